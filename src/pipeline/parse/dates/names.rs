//! Names of months, zones and halves of the day.

/// The month, 1 to 12, that a lower-case word names: English, French, German, Spanish, Italian, Portuguese and Dutch, whole or
/// shortened, and the Greek and Hungarian ones that old feeds carry.
pub(super) fn month(word: &str) -> Option<u32> {
    Some(match word {
        "jan" | "january" | "janvier" | "janv" | "januar" | "jän" | "jänner" | "enero" | "ene" | "gennaio" | "gen"
        | "janeiro" | "januari" | "ιαν" | "január" => 1,
        "feb" | "february" | "février" | "fevrier" | "févr" | "fevr" | "fév" | "fev" | "februar" | "febrero" | "febbraio"
        | "fevereiro" | "februari" | "φεβ" | "február" => 2,
        "mar" | "march" | "mars" | "märz" | "mär" | "mrz" | "marzo" | "março" | "maart" | "mrt" | "μάώ" | "μαώ" | "μαρ"
        | "március" => 3,
        "apr" | "april" | "avril" | "avr" | "abril" | "abr" | "aprile" | "απρ" | "április" => 4,
        "may" | "mai" | "mayo" | "maggio" | "mag" | "maio" | "mei" | "μάι" | "μαϊ" | "μαι" | "május" => 5,
        "jun" | "june" | "juin" | "juni" | "junio" | "giugno" | "giu" | "junho" | "ιούν" | "ιον" | "június" => 6,
        "jul" | "july" | "juillet" | "juil" | "juli" | "julio" | "luglio" | "lug" | "julho" | "ιούλ" | "ιολ" | "július" => {
            7
        }
        "aug" | "august" | "août" | "aout" | "agosto" | "ago" | "augustus" | "αύγ" | "αυγ" | "augusztus" => 8,
        "sep" | "sept" | "september" | "septembre" | "septiembre" | "settembre" | "set" | "setembro" | "σεπ" | "szeptember" => {
            9
        }
        "oct" | "october" | "octobre" | "okt" | "oktober" | "octubre" | "ottobre" | "ott" | "out" | "outubro" | "οκτ"
        | "október" => 10,
        "nov" | "november" | "novembre" | "noviembre" | "novembro" | "νοέ" | "νοε" => 11,
        "dec" | "december" | "décembre" | "decembre" | "déc" | "dez" | "dezember" | "diciembre" | "dic" | "dicembre"
        | "dezembro" | "δεκ" => 12,
        _ => return None,
    })
}

/// Minutes east of Greenwich of a lower-case zone name: RFC 822, RFC 2822 and what Europe and its partners write.
pub(super) fn zone(word: &str) -> Option<i32> {
    Some(match word {
        "z" | "ut" | "utc" | "gmt" | "wet" => 0,
        "west" | "bst" | "cet" | "mez" | "hec" | "a" => 60 * if word == "a" { -1 } else { 1 },
        "cest" | "mest" | "mesz" | "eet" | "heec" | "sast" => 120,
        "eest" | "msk" => 180,
        "gst" => 240,
        "ist" => 330,
        "ict" => 420,
        "hkt" | "sgt" | "awst" | "pht" => 480,
        "jst" | "kst" => 540,
        "acst" => 570,
        "aest" => 600,
        "aedt" => 660,
        "nzst" => 720,
        "nzdt" => 780,
        "ast" | "edt" | "at" => -240,
        "adt" | "brt" | "art" => -180,
        "est" | "cdt" | "et" => -300,
        "cst" | "mdt" | "ct" => -360,
        "mst" | "pdt" | "mt" => -420,
        "pst" | "akdt" | "pt" => -480,
        "akst" => -540,
        "hst" => -600,
        "n" => 60,
        "m" => -720,
        "y" => 720,
        _ => return None,
    })
}
