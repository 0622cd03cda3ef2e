//! Publishers' words made fit for reading aloud: no entities, markup, addresses, emoji, arrows, control characters or capitals.

use regex::Regex;
use std::{borrow::Cow, sync::LazyLock};

/// Tags of HTML that feeds leave in text; `Vec<u8>` and `<T>` are words and stay.
static TAG: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?is)<(script|style)\b[^>]*>.*?(</(script|style)\s*>|$)|</?(a|abbr|article|b|big|blockquote|body|br|button|center|cite|code|dd|del|div|dl|dt|em|embed|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|li|link|main|mark|meta|nav|object|ol|p|pre|q|s|script|section|small|source|span|strike|strong|style|sub|sup|svg|table|tbody|td|th|time|title|tr|tt|u|ul|var|video|wbr)(\s[^<>]*)?/?>|<!--.*?-->",
    )
});
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)[(\[<]?\b((https?|ftp)://|www\.|pic\.twitter\.com/|t\.co/|bit\.ly/)[^\s)\]>]+[)\]>]?"));
static TRACKING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)[?&](utm_\w+|fbclid|gclid|mc_cid|mc_eid)=\S*"));
static SIGNS: LazyLock<Regex> = LazyLock::new(|| pattern(r"[*_~=#]{2,}|-{3,}|\.{4,}|(^|\s)[*#>]+(\s|$)"));
static SHOUTS: LazyLock<Regex> = LazyLock::new(|| pattern(r"([!?])[!?]+"));
static ARROWS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\s*(->|=>|<-|[\u{2190}-\u{21FF}\u{27F0}-\u{27FF}\u{2900}-\u{297F}])\s*"));

#[expect(clippy::expect_used, reason = "invariant: constants that the tests compile")]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("invariant: a valid pattern")
}

/// One line of plain text. Idempotent but for what decoding an entity may reveal.
pub fn speakable(text: &str) -> String {
    let text = decoded(text);
    let text = TAG.replace_all(&text, " ");
    let text = ADDRESS.replace_all(&text, " ");
    let text = TRACKING.replace_all(&text, "");
    let text = ARROWS.replace_all(&text, ", ");
    let text: String = text.chars().filter_map(spoken_char).collect();
    let text = SIGNS.replace_all(&text, " ");
    let text = SHOUTS.replace_all(&text, "$1");
    calm(&tidy(&text))
}

/// Entities decoded, twice at most: feeds escape once too often, and what was escaped three times was meant as text.
fn decoded(text: &str) -> Cow<'_, str> {
    let once = html_escape::decode_html_entities(text);
    if once.contains('&') { Cow::Owned(html_escape::decode_html_entities(&once).into_owned()) } else { once }
}

/// The character as it can be said; a space for white space and controls; `None` for signs that only decorate.
fn spoken_char(c: char) -> Option<char> {
    match c {
        '\u{a0}' | '\u{202f}' => Some('\u{a0}'),
        c if c.is_control() || c.is_whitespace() => Some(' '),
        // Soft hyphen, zero width, direction marks, byte order mark, variation selectors, tags, private use.
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => None,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffd}' | '\u{e000}'..='\u{f8ff}' => None,
        '\u{20d0}'..='\u{20ff}' | '\u{e0000}'..='\u{10ffff}' => None,
        // Bullets, arrows, technical signs, boxes, shapes, dingbats, emoji.
        '•' | '‣' | '⁃' | '※' | '™' | '®' | '©' | '℠' | '¦' | '¶' | '†' | '‡' => Some(' '),
        '\u{2300}'..='\u{23ff}' | '\u{2400}'..='\u{243f}' | '\u{2500}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' => Some(' '),
        '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}' | '\u{1f000}'..='\u{1faff}' => Some(' '),
        c => Some(c),
    }
}

/// White space folded, none before a comma or a full stop, no separator at either end.
pub(super) fn tidy(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split([' ', '\t']).filter(|word| !word.is_empty()) {
        let hugs = word.starts_with([',', '.']) && word.chars().nth(1).is_none_or(|next| !next.is_alphanumeric());
        if word.starts_with(',') && (line.is_empty() || line.ends_with([',', ':', ';'])) {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(word.trim_start_matches(','));
            continue;
        }
        if !line.is_empty() && !hugs && !line.ends_with(' ') {
            line.push(' ');
        }
        line.push_str(word);
    }
    let at_ends = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '-' | '–' | '—' | '|' | '·' | '/' | '\\' | '~');
    line.trim_start_matches(at_ends).trim_end_matches(at_ends).to_owned()
}

/// Acronyms of the field that hold a vowel; those without one ("RGPD", "LLM") are told by that.
const ACRONYMS: [&str; 47] = [
    "ACPR", "ADEME", "AEPD", "AI", "AIPD", "AMF", "ANSI", "ANSSI", "API", "ARCEP", "ARCOM", "CEN", "CEPD", "CISA", "CNIL", "CPU",
    "CVE", "DINUM", "DPIA", "DSA", "DMA", "EDPB", "EDPS", "ENISA", "ETSI", "EU", "FAQ", "GPAI", "GPU", "IA", "ICO", "IEC",
    "IEEE", "IETF", "IOT", "ISO", "NIST", "OCDE", "OECD", "ONU", "OWASP", "PIA", "UE", "UK", "UN", "US", "USA",
];

/// Where a word in capitals stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spot {
    /// Among words in small letters.
    Alone,
    /// Inside a run of capitals.
    Inside,
    /// At the head of a run that opens a sentence.
    Opening,
}

/// Shouting lowered: runs of two words or more in capitals, and single long words. Acronyms stay.
fn calm(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut calmed: Vec<Cow<'_, str>> = Vec::with_capacity(words.len());
    while let Some(word) = words.get(calmed.len()) {
        let from = calmed.len();
        let run = words[from..].iter().take_while(|word| is_shouted(word) || letters(word) == 0);
        let (length, shouted, size) = run
            .fold((0, 0, 0), |(n, shouted, size), word| (n + 1, shouted + usize::from(is_shouted(word)), size + letters(word)));
        if length == 0 {
            calmed.push(Cow::Borrowed(word));
            continue;
        }
        let is_run = shouted >= 2 && size >= 10;
        for (offset, word) in words[from..from + length].iter().enumerate() {
            let opens = calmed.last().is_none_or(|before| before.ends_with(['.', '!', '?', ':'])) || (offset == 0 && from == 0);
            calmed.push(lowered(
                word,
                if !is_run {
                    Spot::Alone
                } else if opens {
                    Spot::Opening
                } else {
                    Spot::Inside
                },
            ));
        }
    }
    calmed.join(" ")
}

fn letters(word: &str) -> usize {
    word.chars().filter(|c| c.is_alphabetic()).count()
}

fn is_shouted(word: &str) -> bool {
    !word.chars().any(char::is_lowercase) && word.chars().any(char::is_uppercase)
}

fn is_acronym(core: &str) -> bool {
    let has_vowel = core.chars().any(|c| "AEIOUYÀÂÉÈÊËÎÏÔÙÛÜ".contains(c));
    ACRONYMS.contains(&core)
        || core.chars().any(|c| c.is_ascii_digit())
        || (!has_vowel && letters(core) <= 6)
        || letters(core) == 1
}

fn lowered(word: &str, spot: Spot) -> Cow<'_, str> {
    let core = word.trim_matches(|c: char| !c.is_alphanumeric());
    let elided = core.rsplit_once(['\'', '’']).map_or(core, |(_, rest)| rest);
    if is_acronym(elided) && !(spot == Spot::Inside && letters(core) == 1) || (spot == Spot::Alone && letters(core) < 7) {
        return Cow::Borrowed(word);
    }
    let lower = word.to_lowercase();
    let Some(at) = lower.find(char::is_alphabetic).filter(|_| spot != Spot::Inside) else { return Cow::Owned(lower) };
    let mut rest = lower[at..].chars();
    let first: String = rest.next().into_iter().flat_map(char::to_uppercase).collect();
    Cow::Owned(format!("{}{first}{}", &lower[..at], rest.as_str()))
}

#[cfg(test)]
mod tests {
    use super::speakable;
    use proptest::prelude::*;

    fn check(cases: &[(&str, &str)]) {
        for (text, spoken) in cases {
            assert_eq!(&speakable(text), spoken, "{text:?}");
        }
    }

    #[test]
    fn what_feeds_leave_in_text_is_removed() {
        check(&[
            ("AT&amp;amp;T &lt;b&gt;gagne&lt;/b&gt;", "AT&T gagne"),
            ("Q&amp;A : l&#39;IA", "Q&A : l'IA"),
            ("Use Vec<u8> and <T> &amp; more", "Use Vec<u8> and <T> & more"),
            ("a<script>alert(1)</script>b", "a b"),
            ("<script>alert(1)", ""),
            ("See https://example.org/x?utm_source=rss now", "See now"),
            ("Titre ?utm_source=rss&utm_medium=feed", "Titre"),
            ("🚀 Rust 1.95 🎉 est là ★★★", "Rust 1.95 est là"),
            ("iOS 18 → 19", "iOS 18, 19"),
            ("→ À lire", "À lire"),
            ("a\u{202e}b\u{200b}c\u{7}d", "abc d"),
            ("*** Alerte *** ===", "Alerte"),
            ("Quoi ?!?!!", "Quoi ?"),
            ("Fin !!!", "Fin !"),
            ("C++ et C# et F#", "C++ et C# et F#"),
            ("prix : 1\u{202f}000 €", "prix : 1\u{a0}000 €"),
            ("", ""),
        ]);
    }

    #[test]
    fn capitals_are_lowered_and_acronyms_stay() {
        check(&[
            (
                "URGENT: LA CNIL SANCTIONNE GOOGLE POUR VIOLATION DU RGPD",
                "Urgent: La CNIL sanctionne google pour violation du RGPD",
            ),
            ("MISE EN GARDE SUR L'INTELLIGENCE ARTIFICIELLE", "Mise en garde sur l'intelligence artificielle"),
            ("The EU AI Act and GDPR", "The EU AI Act and GDPR"),
            ("CNIL, ANSSI, ENISA : avis conjoint", "CNIL, ANSSI, ENISA : avis conjoint"),
            ("ANTHROPIC publishes", "Anthropic publishes"),
            ("NVIDIA and CVE-2026-12345", "NVIDIA and CVE-2026-12345"),
            ("NEW RELEASE OUT TODAY", "New release out today"),
        ]);
    }

    proptest! {
        #[test]
        fn never_leaves_what_a_reader_cannot_hear(text in "\\PC{0,80}|[&<>#;a-zA-Z\u{2190}-\u{21ff}\u{1f600}-\u{1f64f}\u{202a}-\u{202e} ]{0,60}") {
            let spoken = speakable(&text);
            let is_bad = |c: char| c.is_control() || ('\u{2190}'..='\u{21ff}').contains(&c) || ('\u{1f600}'..='\u{1f64f}').contains(&c) || ('\u{202a}'..='\u{202e}').contains(&c);
            prop_assert!(!spoken.chars().any(is_bad), "{:?}", spoken);
            prop_assert!(!spoken.contains("  ") && spoken.trim() == spoken, "{:?}", spoken);
        }
    }
}
