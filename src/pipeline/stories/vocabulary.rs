//! How rare a word is.

use crate::pipeline::stories::glossary::is_common_number;

/// Counters: a power of two. Two words may share one; the rarer then weighs a little less.
const COUNTERS: usize = 1 << 17;
/// The texts that a watch is imagined to have read before its first: words of its subject were in a fifth of them.
const READ_BEFORE: f64 = 200.0;
const COMMON_BEFORE: f64 = 40.0;

/// In how many open items each word stands.
pub(super) struct Vocabulary {
    counts: Vec<u32>,
    texts: u32,
}

impl Vocabulary {
    pub(super) fn new() -> Self {
        Self { counts: vec![0; COUNTERS], texts: 0 }
    }

    /// Takes in the distinct words of one more text.
    pub(super) fn add(&mut self, words: impl Iterator<Item = u32>) {
        self.texts += 1;
        words.for_each(|word| self.counts[slot(word)] += 1);
    }

    /// In how many texts a word stands.
    pub(super) fn count(&self, word: u32) -> u32 {
        self.counts[slot(word)]
    }

    /// Inverse document frequency: 0 and more.
    pub(super) fn rarity(&self, word: u32) -> f32 {
        let before = if is_common_number(word) { COMMON_BEFORE } else { 1.0 };
        let rarity = ((f64::from(self.texts) + READ_BEFORE) / (f64::from(self.count(word)) + before)).ln().max(0.0);
        narrow(rarity)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a logarithm of a count fits")]
fn narrow(number: f64) -> f32 {
    number as f32
}

fn slot(word: u32) -> usize {
    word as usize % COUNTERS
}
