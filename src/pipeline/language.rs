//! Which language a text is in.
//!
//! Two detectors: whichlang knows sixteen languages, costs microseconds and is right on sentences; lingua, held to French and English,
//! is the better judge of a title of six words, and dearer. So the second is asked only about short texts that are not plainly in a
//! third language, and small words, accents and elisions are heard beside it.

use crate::pipeline::text::{Words, is_english_stop_word, is_french_stop_word};
use lingua::{Language, LanguageDetector, LanguageDetectorBuilder};
use std::sync::LazyLock;
use whichlang::{Lang, detect_language};

/// Letters from which whichlang is right on its own.
const LONG: usize = 150;
/// Letters from which a text may contradict what was declared.
const PLAIN: usize = 200;
/// Bytes that are looked at: more would change nothing.
const ENOUGH: usize = 800;
/// Letters under which nothing is said.
const SHORTEST: usize = 8;
/// Letters from which whichlang may name a third language.
const FOREIGN: usize = 60;
/// What an accent or an elision weighs, in log odds.
const FRENCH_SPELLING: f64 = 2.0;
/// Log odds under which nothing is said.
const ENOUGH_EVIDENCE: f64 = 0.4;

/// Shared with the accessibility gate: its models are large.
pub(in crate::pipeline) static FRENCH_OR_ENGLISH: LazyLock<LanguageDetector> =
    LazyLock::new(|| LanguageDetectorBuilder::from_languages(&[Language::French, Language::English]).build());

/// The language (BCP 47 primary tag) of an item: what was declared, unless the text plainly contradicts it; else what is
/// detected; `None` when there is too little text to tell. `text` is the title with as much of the body as there is.
pub fn language(declared: Option<&str>, text: &str) -> Option<String> {
    let text = beginning(text);
    match declared.and_then(primary_tag) {
        Some(declared) => Some(contradiction(&declared, text).map_or(declared, str::to_owned)),
        None => detected(text).map(str::to_owned),
    }
}

/// The language that a text is plainly in instead of `declared`: long, and in the same other language in both its halves.
fn contradiction(declared: &str, text: &str) -> Option<&'static str> {
    if letters(text) < PLAIN || !LANGUAGES.iter().any(|(_, tag)| *tag == declared) {
        return None;
    }
    let middle = text.char_indices().map(|(at, _)| at).find(|at| *at >= text.len() / 2).unwrap_or(text.len());
    let (first, second) = text.split_at(middle);
    let found = tag(detect_language(first));
    (found != declared && tag(detect_language(second)) == found).then_some(found)
}

fn detected(text: &str) -> Option<&'static str> {
    let letters = letters(text);
    if letters < SHORTEST {
        return None;
    }
    let guess = detect_language(text);
    if letters >= LONG || !is_latin(guess) {
        return Some(tag(guess));
    }
    if !matches!(guess, Lang::Fra | Lang::Eng) && (letters >= FOREIGN || text.chars().any(is_foreign)) {
        return Some(tag(guess));
    }
    let evidence = lingua_evidence(text) + small_words(text) + FRENCH_SPELLING * f64::from(u8::from(spelt_in_french(text)));
    (evidence.abs() >= ENOUGH_EVIDENCE).then_some(if evidence > 0.0 { "fr" } else { "en" })
}

/// Log odds of French against English, as lingua sees them.
fn lingua_evidence(text: &str) -> f64 {
    let french = FRENCH_OR_ENGLISH.compute_language_confidence(text, Language::French).clamp(0.01, 0.99);
    (french / (1.0 - french)).ln()
}

/// French small words less English ones: each nearly settles it, since the lists hardly meet.
fn small_words(text: &str) -> f64 {
    let of = |folded: &str| f64::from(u8::from(is_french_stop_word(folded))) - f64::from(u8::from(is_english_stop_word(folded)));
    Words::of(text).iter().map(|word| of(word.folded)).sum()
}

/// Accents of French, or an elision ("l'", "d'").
fn spelt_in_french(text: &str) -> bool {
    let letters: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let elision =
        |run: &[char]| "ldjcnqsmu".contains(run[0]) && matches!(run[1], '\'' | '’') && run[2].is_alphabetic() && run[2] != 's';
    letters.iter().any(|c| "éèàçùêîôûœë".contains(*c))
        || letters.windows(4).any(|run| !run[0].is_alphabetic() && elision(&run[1..]))
        || letters.get(..3).is_some_and(elision)
}

/// A letter that neither French nor English uses.
fn is_foreign(c: char) -> bool {
    "äöüßñ¿¡ãõåøíóúáìòğşıđ".contains(c)
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| c.is_alphabetic()).count()
}

fn beginning(text: &str) -> &str {
    let text = text.trim();
    let end = (0..=ENOUGH.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

const LANGUAGES: [(Lang, &str); 16] = [
    (Lang::Ara, "ar"),
    (Lang::Cmn, "zh"),
    (Lang::Deu, "de"),
    (Lang::Eng, "en"),
    (Lang::Fra, "fr"),
    (Lang::Hin, "hi"),
    (Lang::Ita, "it"),
    (Lang::Jpn, "ja"),
    (Lang::Kor, "ko"),
    (Lang::Nld, "nl"),
    (Lang::Por, "pt"),
    (Lang::Rus, "ru"),
    (Lang::Spa, "es"),
    (Lang::Swe, "sv"),
    (Lang::Tur, "tr"),
    (Lang::Vie, "vi"),
];

fn tag(language: Lang) -> &'static str {
    LANGUAGES.iter().find(|(known, _)| *known == language).map_or("en", |(_, tag)| tag)
}

fn is_latin(language: Lang) -> bool {
    !matches!(language, Lang::Ara | Lang::Cmn | Lang::Hin | Lang::Jpn | Lang::Kor | Lang::Rus)
}

/// Two-letter codes of ISO 639-1, one after another.
const CODES: &str = "aaabaeafakamanarasavayazbabebgbhbibmbnbobrbscachcocrcscucvcydadedvdzeeeleneoeseteufafffifjfofrfygagdglgngugv\
    hahehihohrhthuhyhziaidieigiiikioisitiujajvkakgkikjkkklkmknkokrkskukvkwkylalblglilnloltlulvmgmhmimkmlmnmrmsmtmynanbndnengnlnnno\
    nrnvnyocojomorospapiplpsptqurmrnrorurwsascsdsesgsiskslsmsnsosqsrssstsusvswtatetgthtitktltntotrtstttwtyugukuruzvevivowawoxhyiyozazhzu";

/// Three-letter codes and names that feeds write in place of a tag.
const OTHER_NAMES: [(&str, &str); 24] = [
    ("fra", "fr"),
    ("fre", "fr"),
    ("french", "fr"),
    ("francais", "fr"),
    ("français", "fr"),
    ("eng", "en"),
    ("english", "en"),
    ("anglais", "en"),
    ("deu", "de"),
    ("ger", "de"),
    ("german", "de"),
    ("spa", "es"),
    ("spanish", "es"),
    ("ita", "it"),
    ("por", "pt"),
    ("nld", "nl"),
    ("dut", "nl"),
    ("zho", "zh"),
    ("chi", "zh"),
    ("jpn", "ja"),
    ("rus", "ru"),
    ("pol", "pl"),
    ("swe", "sv"),
    ("kor", "ko"),
];

/// The primary tag of what was declared ("fr-FR", "fr_FR", "FRA", "french"), if it names one known language.
fn primary_tag(declared: &str) -> Option<String> {
    let declared = declared.trim().to_lowercase();
    let primary = declared.split(['-', '_', ',', ';', ' ', '.']).next()?;
    if let Some((_, tag)) = OTHER_NAMES.iter().find(|(name, _)| *name == primary) {
        return Some((*tag).to_owned());
    }
    let known = primary.len() == 2 && CODES.as_bytes().chunks_exact(2).any(|code| code == primary.as_bytes());
    known.then(|| primary.to_owned())
}

#[cfg(test)]
mod tests {
    use super::language;

    const FRENCH: &str = "La Commission européenne a publié ce matin les lignes directrices attendues par les entreprises. Elles \
        précisent les obligations des fournisseurs de modèles à usage général et le calendrier de leur entrée en application. Les \
        autorités nationales disposeront de pouvoirs d'enquête étendus.";
    const ENGLISH: &str = "The European Commission published this morning the guidelines that companies had been waiting for. They \
        spell out what providers of general-purpose models must do and when the rules begin to apply. National authorities will have \
        wide powers of investigation.";

    fn check(declared: Option<&str>, text: &str, expect: Option<&str>) {
        assert_eq!(language(declared, text).as_deref(), expect, "{declared:?} {text}");
    }

    #[test]
    fn believes_what_is_declared_unless_plainly_wrong() {
        for (declared, text, expect) in [
            ("fr-FR", "", "fr"),
            ("en_US", "Un titre en français", "en"),
            ("FRA", FRENCH, "fr"),
            ("English", ENGLISH, "en"),
            ("en", FRENCH, "fr"),
            ("fr", ENGLISH, "en"),
            ("br", FRENCH, "br"),
            ("UTF-8", FRENCH, "fr"),
            ("", ENGLISH, "en"),
        ] {
            check(Some(declared), text, Some(expect));
        }
    }

    #[test]
    fn says_nothing_of_too_little() {
        for text in ["", "1.95.0", "v2.1", "GPT-5", "…", "   "] {
            check(None, text, None);
        }
    }

    #[test]
    fn tells_other_languages() {
        for (text, expect) in [
            ("Die Bundesnetzagentur veröffentlicht neue Leitlinien für Anbieter von KI-Modellen in Deutschland", "de"),
            ("La Agencia Española de Protección de Datos publica una guía sobre sistemas de inteligencia artificial", "es"),
            ("Il Garante per la protezione dei dati personali sanziona una società di intelligenza artificiale", "it"),
            ("欧州委員会は新しい指針を公表した", "ja"),
            ("Роскомнадзор опубликовал новые правила", "ru"),
        ] {
            check(None, text, Some(expect));
        }
    }

    #[test]
    fn tells_the_language_of_most_titles() {
        let titles = include_str!("language_titles.txt").lines().filter_map(|line| line.split_once(' '));
        let wrong: Vec<_> = titles.clone().filter(|(expect, title)| language(None, title).as_deref() != Some(expect)).collect();
        let total = titles.count();
        println!("{} of {total} titles right", total - wrong.len());
        assert!(wrong.len() * 25 <= total, "{wrong:#?}");
    }
}
