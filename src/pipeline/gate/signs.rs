//! Signs that a screen reader spells out or drops, text that a program broke, and text in capitals.

use super::words::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// The first emoji, arrow, bullet or other sign that decorates instead of saying something.
pub(super) fn decorative(text: &str) -> Option<char> {
    let mut previous = ' ';
    let mut signs = text.chars().peekable();
    while let Some(sign) = signs.next() {
        let next = signs.peek().copied().unwrap_or(' ');
        let decorates = match sign {
            // The middle dot joins letters in French ("abonné·e·s"); alone it is a bullet.
            '·' | '‧' | '•' => !(previous.is_alphanumeric() && next.is_alphanumeric()),
            '|' => previous.is_whitespace() || next.is_whitespace(),
            _ => is_decoration(sign),
        };
        if decorates {
            return Some(sign);
        }
        previous = sign;
    }
    None
}

fn is_decoration(sign: char) -> bool {
    matches!(
        u32::from(sign),
        0x2022..=0x2023 // bullets
        | 0x203B..=0x203C | 0x2042 | 0x2043 | 0x204C..=0x204F | 0x2055 | 0x205C
        | 0x2190..=0x21FF // arrows
        | 0x2300..=0x23FF // technical
        | 0x2460..=0x24FF // enclosed numbers
        | 0x2500..=0x27BF // boxes, blocks, shapes, dingbats
        | 0x27F0..=0x27FF | 0x2900..=0x297F // more arrows
        | 0x2B00..=0x2BFF
        | 0x3004 | 0x3012..=0x3013 | 0x3020 | 0x3030
        | 0xFE0E..=0xFE0F | 0x20E3 // variation selectors, keycap
        | 0x1_D400..=0x1_D7FF // mathematical letters, used as fonts
        | 0x1_F000..=0x1_FAFF
        | 0xE000..=0xF8FF // private use: icon fonts
        | 0xE_0020..=0xE_007F
    )
}

/// A line drawn with signs: `-----`, `=====`, `* * *`.
pub(super) fn is_ruled(text: &str) -> bool {
    static RULE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:[-=_*~#+.<>/\\—–]\s?){4,}|[=_*~#]{3,}"));
    RULE.find(text).is_some_and(|drawn| !drawn.as_str().chars().all(|c| c == '.') && drawn.as_str() != "<!--")
}

/// The first run of words in capitals that is no acronym.
pub(super) fn capitals(text: &str) -> Option<String> {
    let mut run: Vec<&str> = Vec::new();
    for word in text.split_whitespace().chain(["."]) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let ends_here = word.ends_with([',', ';', ':', '.', '(', ')', '»', '/']);
        if is_capital_word(bare) {
            run.push(bare);
            if !ends_here {
                continue;
            }
        }
        let letters: usize = run.iter().map(|word| word.chars().count()).sum();
        let shouted = match run.len() {
            0 => false,
            1 => letters >= 11,
            2 => letters >= 12,
            _ => letters >= 9,
        };
        if shouted {
            return Some(run.join(" "));
        }
        run.clear();
    }
    None
}

fn is_capital_word(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters > 0
        && word.chars().all(|c| c.is_uppercase() || matches!(c, '\'' | '’' | '-'))
        && (letters > 1 || matches!(word, "À" | "A" | "Y" | "I"))
}

/// Letters set apart by hand: "B O N J O U R".
pub(super) fn is_spaced_out(text: &str) -> bool {
    let mut run = 0;
    text.split(' ').any(|word| {
        let mut letters = word.chars();
        let single = letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none();
        run = if single { run + 1 } else { 0 };
        run >= 4
    })
}

/// What a program left behind: an entity escaped twice, a tag, a placeholder, an empty value.
pub(super) fn leftover(text: &str) -> Option<&str> {
    static LEFTOVER: LazyLock<Regex> = LazyLock::new(|| {
        let entity = r"&(?:[a-z][a-z0-9]{1,30}|#\d{1,7}|#x[0-9a-f]{1,6});";
        let tag = r"</?(?:p|br|a|b|i|em|strong|span|div|img|ul|ol|li|h[1-6]|table|tr|td|blockquote|font|iframe|script|style)(?:\s[^<>]{0,200})?/?>";
        let cdata = r"<!\[CDATA\[|\]\]>|<!--";
        let placeholder =
            r"\{\{|\}\}|\{%|%\}|<%|%>|\$\{|\*\|[A-Z_:]+\|\*|%%[a-z_]+%%|\[object Object\]|lorem ipsum|\[\[?[A-Z_]{3,}\]?\]";
        let empty = r"(?:^|[:\s(«])(?:undefined|NaN|Invalid Date|\(null\))(?:$|[\s,.;:)»])";
        pattern(&format!("(?i:{entity}|{tag}|{placeholder})|{cdata}|{empty}"))
    });
    static ONLY: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\W*(?:null|None|nil|N/A)\W*$|[:–]\s*(?:null|None|nil)\s*$"));
    let find = |pattern: &'static LazyLock<Regex>| pattern.find(text).map(|found| found.as_str());
    find(&LEFTOVER).or_else(|| find(&ONLY))
}

/// UTF-8 read as Latin-1 or Windows-1252, or bytes that no encoding explains.
pub(super) fn mojibake(text: &str) -> Option<&str> {
    static BROKEN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            "Ã[\u{80}-\u{bf}©¨ªŠ‰«®´»¼§¯ƒ‚€™˜œŽ¢¤±¹²³¶º]|â€[\u{80}-\u{bf}™œ“”¦˜¢“”š]|â€|Â[\u{a0}«»°·©®§]|ï»¿|\u{fffd}|[\u{80}-\u{9f}]|Å“|Å’|ðŸ",
        )
    });
    BROKEN.find(text).map(|found| found.as_str())
}

/// The first date written in figures.
pub(super) fn date_in_figures(text: &str) -> Option<&str> {
    static DATE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(?:(?:0?[1-9]|[12]\d|3[01])([/.\-])(?:0?[1-9]|[12]\d|3[01])[/.\-](?:(?:19|20)\d{2}|\d{2})|(?:19|20)\d{2}[/.\-](?:0[1-9]|1[0-2])[/.\-](?:0[1-9]|[12]\d|3[01]))\b",
        )
    });
    DATE.find_iter(text).map(|date| (date.start(), date.end(), date.as_str())).find_map(|(start, end, date)| {
        // 1.2.26 is more often a version than a date, and 10.0.12.1 an address.
        let dotted = date.contains('.') && !date.split('.').any(|part| part.len() == 4);
        let longer = text
            .get(end..)
            .is_some_and(|after| after.starts_with(['.', '-', '/']) && after.chars().nth(1).is_some_and(char::is_alphanumeric))
            || text
                .get(..start)
                .and_then(|before| before.chars().next_back())
                .is_some_and(|c| matches!(c, '.' | '-' | '/' | '_'));
        (!dotted && !longer).then_some(date)
    })
}

/// Fillers and other signs without width, which some readers spell out.
pub(super) fn filler(text: &str) -> Option<char> {
    let mut run = 0;
    text.chars().find(|sign| {
        let invisible = matches!(u32::from(*sign), 0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180E | 0x200B..=0x200F | 0x2007 | 0x202A..=0x202E | 0x2060..=0x2064 | 0x2066..=0x206F | 0x3164 | 0xFEFF | 0xFFA0);
        run = if invisible { run + 1 } else { 0 };
        // One soft hyphen or joiner inside a word does no harm; an override of direction always does.
        run >= 2 || matches!(u32::from(*sign), 0x034F | 0x2007 | 0x202A..=0x202E | 0x3164)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decorative_signs() {
        for text in ["🚀 Lancement", "Lire →", "★ Nouveau", "a • b", "Un | deux", "𝗚𝗿𝗮𝘀", "➜ ici", "✔ fait", "1️⃣", "▶ Voir"]
        {
            assert!(decorative(text).is_some(), "{text}");
        }
        for text in ["« Bonjour »", "abonné·e·s", "50 €", "n° 3", "§ 2", "a–b", "C++ & C#", "x ≥ 2", "a|b", "Noël…", "Rust®"]
        {
            assert_eq!(decorative(text), None, "{text}");
        }
    }

    #[test]
    fn capitals_are_told_from_acronyms() {
        for text in ["ALERTE DE SÉCURITÉ MAJEURE", "MISE À JOUR URGENTE", "AVERTISSEMENT", "voir IMPORTANT RAPPEL ici"] {
            assert!(capitals(text).is_some(), "{text}");
        }
        for text in
            ["La CNIL et l'ANSSI", "CNIL, ANSSI, ENISA, EDPB", "CVE-2026-12345", "NIS 2", "CERT-FR", "RGPD et IA", "API REST"]
        {
            assert_eq!(capitals(text), None, "{text}");
        }
    }

    #[test]
    fn leftovers_of_programs() {
        for text in [
            "R&amp;D",
            "l&#39;IA",
            "caf&eacute;",
            "{{title}}",
            "Publié le undefined",
            "NaN %",
            "<p>Bonjour",
            "null",
            "[object Object]",
            "Auteur : null",
            "*|FNAME|*",
        ] {
            assert!(leftover(text).is_some(), "{text}");
        }
        for text in ["R&D", "a < b", "null pointer dereference in the kernel", "Vec<T>", "AT&T; suite", "C'est {important}"] {
            assert_eq!(leftover(text), None, "{text}");
        }
    }

    #[test]
    fn mojibake_is_found() {
        for text in ["rÃ©glementaire", "lâ€™IA", "Â« bonjour", "a\u{fffd}b", "Ã  venir".replace(' ', "\u{a0}").as_str()]
        {
            assert!(mojibake(text).is_some(), "{text}");
        }
        for text in ["réglementaire", "l’IA", "« bonjour »", "São Paulo", "Århus", "Â"] {
            assert_eq!(mojibake(text), None, "{text}");
        }
    }

    #[test]
    fn dates_in_figures_are_told_from_versions() {
        for text in ["le 06/01/2026", "2026-01-06", "6.1.2026", "01-02-26"] {
            assert!(date_in_figures(text).is_some(), "{text}");
        }
        for text in ["mardi 6 janvier 2026", "version 1.2.26", "10.0.12.1", "2024/1689", "24/7", "CVE-2026-01-06-x", "3/4"] {
            assert_eq!(date_in_figures(text), None, "{text}");
        }
    }

    #[test]
    fn ruled_lines_and_spaced_letters() {
        assert!(is_ruled("-----") && is_ruled("* * * *") && is_ruled("====="));
        assert!(!is_ruled("a - b") && !is_ruled("etc....") && !is_ruled("C++") && !is_ruled("###".get(..2).unwrap()));
        assert!(is_spaced_out("B O N J O U R") && !is_spaced_out("a b c") && !is_spaced_out("Il y a"));
    }
}
