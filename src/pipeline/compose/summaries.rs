//! One plain paragraph in the publisher's own words, cut where a sentence ends.

use crate::pipeline::compose::spoken::{pattern, speakable};
use regex::Regex;
use std::sync::LazyLock;
use unicode_segmentation::UnicodeSegmentation;

/// Longest summary, in words.
pub(super) const MAX_WORDS: usize = 60;

/// What feeds add to every summary: it tells nothing.
static BOILERPLATE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(the post .{1,300}? (first )?appeared (first )?on .{1,100}?\.?$|l['’]article .{1,300}? est apparu en premier sur .{1,100}?\.?$",
        r"|\(?\b(read more|continue reading|lire la suite|lire l['’]article|en savoir plus|learn more|suite de l['’]article)\b\W{0,4}$",
        r"|\[\s*(…|\.\.\.|\+\d+ chars)\s*\]|comments url\s*:|article url\s*:|\bpoints\s*:\s*\d+|(# )?\bcomments\s*:\s*\d+|^comments$)"
    ))
});

/// The summary of an item called `title`; empty when it says nothing that the title does not.
pub(super) fn summary(text: &str, title: &str) -> String {
    let head = beginning(text);
    let mut spoken = speakable(head);
    // A removal can bare another: "Read more [...]".
    while let Some(shorter) = Some(BOILERPLATE.replace_all(&spoken, " ")).filter(|shorter| *shorter != spoken) {
        spoken = speakable(&shorter);
    }
    let told = spoken.strip_prefix(title).filter(|_| !title.is_empty()).unwrap_or(&spoken);
    let told = told.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ':' | ',' | '-' | '–' | '—' | '…'));
    if told.chars().filter(|c| c.is_alphanumeric()).count() < 3 {
        return String::new();
    }
    shortened(told)
}

/// Nobody summarises in more: what follows is not worth cleaning.
fn beginning(text: &str) -> &str {
    const ENOUGH: usize = 8 << 10;
    &text[..text.floor_char_boundary(ENOUGH)]
}

/// As many whole sentences as fit; when not even one does, as many words, with an ellipsis.
fn shortened(text: &str) -> String {
    let mut kept = 0;
    let mut end = 0;
    for sentence in sentences(text) {
        let words = count_words(sentence);
        if kept + words > MAX_WORDS {
            break;
        }
        kept += words;
        end += sentence.len();
    }
    let whole = text[..end].trim_end();
    if !whole.is_empty() {
        return whole.to_owned();
    }
    let head: Vec<&str> = text.split(' ').take(MAX_WORDS).collect();
    format!("{}…", head.join(" ").trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '»'))
}

fn count_words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Sentences, each with the space after it; "M. Dupont" and "art. 5" are not ends.
fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut start, mut end) = (0, 0);
    for bound in text.split_sentence_bounds() {
        end += bound.len();
        if !ends_in_abbreviation(&text[start..end]) {
            found.push(&text[start..end]);
            start = end;
        }
    }
    if start < text.len() {
        found.push(&text[start..]);
    }
    found
}

fn ends_in_abbreviation(sentence: &str) -> bool {
    const ABBREVIATIONS: [&str; 22] = [
        "mm", "mme", "mmes", "mlle", "dr", "pr", "me", "st", "ste", "art", "al", "cf", "ex", "no", "vol", "mr", "mrs", "ms",
        "inc", "vs", "e.g", "i.e",
    ];
    let Some(body) = sentence.trim_end().strip_suffix('.') else { return false };
    let last = body.rsplit([' ', '(', '\u{a0}', '\'', '’']).next().unwrap_or_default();
    let is_initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
    is_initial || ABBREVIATIONS.contains(&last.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn summaries_are_one_plain_paragraph() {
        for (text, expected) in [
            ("", ""),
            ("Le titre", ""),
            ("Le titre. Puis le reste.", "Puis le reste."),
            ("Une phrase.\n\nUne autre &amp;amp; plus. <p>Et <b>encore</b></p>", "Une phrase. Une autre & plus. Et encore"),
            ("Un début. Lire la suite…", "Un début."),
            ("Un début. [&#8230;] Read more", "Un début."),
            ("Good words. The post Le titre appeared first on Some Blog.", "Good words."),
            ("Article URL: https://a.example/x Comments URL: https://b.example/y Points: 5 # Comments: 3", ""),
            ("Comments", ""),
        ] {
            assert_eq!(summary(text, "Le titre"), expected, "{text}");
        }
    }

    #[test]
    fn long_summaries_end_with_a_sentence() {
        let sentence = "M. Dupont a lu l'art. 5 du texte avec un très grand intérêt hier soir. ";
        let short = summary(&sentence.repeat(10), "");
        assert_eq!(short, sentence.repeat(4).trim_end());
        let endless = summary(&"mot ".repeat(200), "");
        assert!(endless.ends_with("mot…") && count_words(&endless) == MAX_WORDS, "{endless}");
    }

    proptest! {
        #[test]
        fn never_too_long(text in "([a-zé]{1,9}[ .,!?]{1,2}){0,200}") {
            prop_assert!(count_words(&summary(&text, "x")) <= MAX_WORDS);
        }
    }
}
