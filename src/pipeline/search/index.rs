//! The words that the index holds of an item.

use crate::{
    domain::refresh::IndexedText,
    pipeline::text::{ItemWords, Word, Words},
};
use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// Stems remembered of one language. Few words make most of a text: remembering theirs spares nearly all the stemming.
const REMEMBERED: usize = 40_000;

/// Makes index text. Keep one for many items: it remembers stems. Texts are never seen twice by two at once, so each processor
/// has its own.
pub struct Indexer {
    french: Stems,
    english: Stems,
    seen: FxHashSet<u64>,
}

impl Default for Indexer {
    fn default() -> Self {
        Self { french: Stems::new(Algorithm::French), english: Stems::new(Algorithm::English), seen: FxHashSet::default() }
    }
}

impl Indexer {
    /// Each distinct stem once a column, since the index counts columns and not places. `language` is the primary tag.
    pub fn index(&mut self, words: &ItemWords, language: Option<&str>) -> IndexedText {
        IndexedText {
            title: self.distinct(&[&words.title], language),
            body: self.distinct(&[&words.summary, &words.body], language),
        }
    }

    fn distinct(&mut self, texts: &[&Words], language: Option<&str>) -> String {
        let mut stems = match language {
            Some(tag) if tag.starts_with("fr") => Some(&mut self.french),
            Some(tag) if tag.starts_with("en") => Some(&mut self.english),
            _ => None,
        };
        self.seen.clear();
        let mut joined = String::with_capacity(1024);
        for text in texts {
            for word in text.those(|hash| self.seen.insert(hash)).filter(is_indexed) {
                append(&mut joined, stems.as_mut().map_or(word.key, |stems| stems.of(&word)));
            }
        }
        joined
    }
}

fn append(joined: &mut String, word: &str) {
    if !joined.is_empty() {
        joined.push(' ');
    }
    joined.push_str(&token(word));
}

/// A word as the index's tokeniser leaves it whole: it splits at every ASCII sign, and "C++", "C#" and "(1)" hold some.
pub(super) fn token(word: &str) -> Cow<'_, str> {
    if word.bytes().all(|b| b.is_ascii_alphanumeric() || !b.is_ascii()) {
        return Cow::Borrowed(word);
    }
    let spelt = |c: char| match c {
        '+' => "plus".to_owned(),
        '#' => "sharp".to_owned(),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => String::new(),
        c => c.to_string(),
    };
    Cow::Owned(word.chars().map(spelt).collect())
}

/// Longer runs are encoded data, not words. Bytes.
const LONGEST_WORD: usize = 80;

pub(super) fn is_indexed(word: &Word<'_>) -> bool {
    word.key.len() <= LONGEST_WORD
}

/// The stems of one language: all in one text, found by the hash of the word.
struct Stems {
    stemmer: Stemmer,
    known: FxHashMap<u64, (u32, u32)>,
    letters: String,
}

impl Stems {
    fn new(algorithm: Algorithm) -> Self {
        Self { stemmer: Stemmer::create(algorithm), known: FxHashMap::default(), letters: String::new() }
    }

    fn of(&mut self, word: &Word<'_>) -> &str {
        if self.known.len() >= REMEMBERED {
            self.known.clear();
            self.letters.clear();
        }
        let (start, end) = *self.known.entry(word.hash).or_insert_with(|| {
            let start = self.letters.len();
            self.letters.push_str(&self.stemmer.stem(word.key));
            (narrow(start), narrow(self.letters.len()))
        });
        &self.letters[start as usize..end as usize]
    }
}

/// A place in the letters: at most [`REMEMBERED`] words of [`LONGEST_WORD`] bytes.
fn narrow(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::Indexer;
    use crate::pipeline::text::{ItemWords, Words};

    fn title(text: &str, language: &str) -> String {
        let words = ItemWords { title: Words::of(text), ..ItemWords::default() };
        Indexer::default().index(&words, Some(language)).title
    }

    #[test]
    fn each_stem_is_indexed_once() {
        for (text, language, expected) in [
            ("Règlement, règlements et règlement", "fr", "regl et"),
            ("regulations regulation", "en", "regul"),
            ("Verordnungen", "de", "verordnungen"),
            ("L'Œuvre d’Été : règlement (UE) 2024/1689", "de", "oeuvre ete reglement ue 2024 1689"),
            ("C++ et C#, ⑴", "de", "cplusplus et csharp 1"),
            ("", "fr", ""),
        ] {
            assert_eq!(title(text, language), expected, "{text}");
        }
        assert_eq!(title(&"x".repeat(81), "en"), "", "encoded data is no word");
    }

    #[test]
    fn forms_of_a_word_meet() {
        for (language, one, other) in [
            ("fr", "régulateurs", "régulateur"),
            ("fr", "Règlementations", "reglementation"),
            ("fr", "sanctionnera", "sanctionner"),
            ("en", "regulations", "regulation"),
            ("en", "published", "publishing"),
        ] {
            assert_eq!(title(one, language), title(other, language), "{one} {other}");
        }
    }
}
