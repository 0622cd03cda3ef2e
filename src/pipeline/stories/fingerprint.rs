//! What grouping compares items by, taken from the whole text once. `packed` tells how it is kept.

use crate::{
    domain::{identifier::Identifier, item::NewItem},
    pipeline::{
        stories::{
            glossary::in_english,
            identifiers::{Context, Mention},
            packed::{Fingerprint, Parts},
            sketch::Sketch,
        },
        text::{ItemWords, Word, Words, hash, is_stop_word, shingles},
    },
};
use chrono::{DateTime, Datelike, Utc};
use std::collections::BTreeMap;

/// Words of the summary that are kept, and words in all.
const LEAD_WORDS: usize = 40;
const WORDS: usize = 56;
/// Bytes of the folded title that are kept.
const TITLE: usize = 120;
/// Numbers of the title that are kept.
const NUMBERS: usize = 8;
/// Weights of a word, in tenths: in the title, in the summary, and what a name or a number is worth.
const IN_TITLE: u32 = 20;
const IN_LEAD: u32 = 10;
const NAME: (u32, u32) = (3, 2);

/// What an item offers to grouping.
#[derive(Debug, Clone, Copy)]
pub struct Text<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its summary.
    pub summary: &'a str,
    /// Canonical address.
    pub url: Option<&'a str>,
    /// Official and scholarly references.
    pub identifiers: &'a [Identifier],
    /// When it happened.
    pub at: DateTime<Utc>,
}

impl Fingerprint {
    /// Takes the fingerprint of a text of which `words` are the words; those of a body no longer than the summary do not count.
    pub fn of(text: &Text<'_>, words: &ItemWords) -> Self {
        let (title, lead) = (&words.title, &words.summary);
        let head: Vec<u64> = title.iter().chain(lead.iter()).map(|word| word.hash).collect();
        let context = Context { words: &head, year: text.at.year(), month: i32::try_from(text.at.month()).unwrap_or(1) };
        let mut runs = Vec::new();
        shingles(if words.body.len() > lead.len() { &words.body } else { lead }, &mut runs);
        Self::pack(&Parts {
            url: text.url.filter(|url| !is_home(url)).map_or(0, |url| hash(url.as_bytes())),
            identifiers: text.identifiers.iter().map(|id| Mention::of(id, &context)).collect(),
            words: weighed(title, lead, text),
            numbers: numbers(title, text.title),
            title: spaced(title),
            sketch: Sketch::of(runs),
        })
    }

    /// Takes the fingerprint of an item that comes in at `now`.
    pub fn of_item(item: &NewItem, words: &ItemWords, now: DateTime<Utc>) -> Self {
        let text = Text {
            title: &item.title,
            summary: &item.summary,
            url: item.url.as_deref(),
            identifiers: &item.identifiers,
            at: item.published.map_or(now, |published| published.at),
        };
        Self::of(&text, words)
    }
}

/// A source whose every item points to its home page says nothing by it.
fn is_home(url: &str) -> bool {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest);
    path.split_once('/').is_none_or(|(_, page)| page.is_empty())
}

/// The number by which a word is known here, the same in French and English.
pub(super) fn number(word: u64) -> u32 {
    u32::try_from(in_english(word) >> 32).unwrap_or_default()
}

/// Whether a word can tell one fact from another.
pub(super) fn is_content(word: &Word<'_>) -> bool {
    (word.folded.len() > 1 || is_number(word.folded)) && !is_stop_word(word.folded)
}

fn is_number(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit())
}

/// The numbers of a title. "1.95.1" is one number, and "1.95.0" is 1.95.
fn numbers(words: &Words, title: &str) -> Vec<u32> {
    let mut runs: Vec<Vec<Word<'_>>> = Vec::new();
    for word in words.iter().filter(|word| is_number(word.folded.trim_start_matches('v'))) {
        match runs.last_mut().filter(|run| run.last().is_some_and(|last| [".", ","].contains(&&title[last.end..word.start]))) {
            Some(run) => run.push(word),
            None => runs.push(vec![word]),
        }
    }
    let number = |run: Vec<Word<'_>>| {
        let mut parts: Vec<&str> = run.iter().map(|word| word.folded.trim_start_matches('v')).collect();
        while parts.len() > 1 && parts.last() == Some(&"0") {
            parts.pop();
        }
        number(hash(parts.join(".").as_bytes())) & !1 | u32::from(run.len() > 1)
    };
    runs.into_iter().map(number).take(NUMBERS).collect()
}

fn weighed(title: &Words, lead: &Words, text: &Text<'_>) -> Vec<(u32, u8)> {
    let mut weights = BTreeMap::<u32, u32>::new();
    let title = title.iter().filter(is_content).map(|word| (word, IN_TITLE, text.title));
    let lead = lead.iter().filter(is_content).take(LEAD_WORDS).map(|word| (word, IN_LEAD, text.summary));
    for (word, weight, source) in title.chain(lead) {
        if weights.len() >= WORDS && !weights.contains_key(&number(word.hash)) {
            continue;
        }
        let weight = if is_name(&word, source) { weight * NAME.0 / NAME.1 } else { weight };
        let known = weights.entry(number(word.hash)).or_default();
        // Once in the title and once in the summary: a repetition within either tells nothing.
        *known = (*known).max(weight).max((*known + weight).min(IN_TITLE + IN_LEAD));
    }
    weights.into_iter().map(|(word, weight)| (word, u8::try_from(weight).unwrap_or(u8::MAX))).collect()
}

/// In capitals, with a digit, or with a capital inside a sentence.
fn is_name(word: &Word<'_>, text: &str) -> bool {
    let inside = || {
        text[..word.start]
            .trim_end_matches([' ', '«', '"', '“', '\u{a0}', '('])
            .ends_with(|c: char| c.is_alphanumeric() || ",'’".contains(c))
    };
    let capital = || text[word.start..].starts_with(char::is_uppercase);
    word.capitals || word.folded.bytes().any(|b| b.is_ascii_digit()) || (capital() && inside())
}

fn spaced(title: &Words) -> String {
    let mut spaced = String::from(" ");
    for word in title.iter() {
        if spaced.len() + word.folded.len() + 1 > TITLE {
            break;
        }
        spaced.push_str(word.folded);
        spaced.push(' ');
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, Text};
    use crate::pipeline::text::ItemWords;
    use chrono::DateTime;
    use proptest::prelude::*;

    fn of(title: &str, summary: &str, url: Option<&str>) -> Fingerprint {
        let words = ItemWords::without_body(title, summary);
        Fingerprint::of(&Text { title, summary, url, identifiers: &[], at: DateTime::UNIX_EPOCH }, &words)
    }

    #[test]
    fn home_pages_are_no_address() {
        assert_eq!(of("x", "", Some("https://example.org/")).url(), 0);
        assert_ne!(of("x", "", Some("https://example.org/a")).url(), 0);
        assert_ne!(of("x", "", Some("https://example.org/?p=1")).url(), 0);
    }

    #[test]
    fn both_languages_share_their_words() {
        let words = |text: &str| of(text, "", None).words().map(|(word, _)| word).collect::<Vec<_>>();
        assert_eq!(words("Amende : la CNIL"), words("CNIL fines"));
    }

    proptest! {
        #[test]
        fn bytes_are_read_back(title in r"\PC{0,80}", summary in r"[\PC ]{0,900}") {
            let taken = of(&title, &summary, Some("https://example.org/a"));
            prop_assert_eq!(Fingerprint::from_bytes(taken.as_bytes().into()), Some(taken));
        }

        #[test]
        fn damaged_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Fingerprint::from_bytes(bytes.into());
        }
    }
}
