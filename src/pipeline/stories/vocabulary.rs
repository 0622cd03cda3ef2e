//! How rare a word is.

use crate::pipeline::stories::{glossary::common_numbers, logarithm::log};

/// Counters: a power of two. Two words may share one; the rarer then weighs a little less.
const COUNTERS: usize = 1 << 17;
/// The texts that a watch is imagined to have read before its first: words of its subject were in a fifth of them.
const READ_BEFORE: f32 = 200.0;
const COMMON_BEFORE: f32 = 40.0;

/// In how many open items each word stands.
pub(super) struct Vocabulary {
    /// Texts, those imagined included. Exact up to 16 million.
    counts: Vec<f32>,
    /// Their logarithms: asked for thousands of times for each time that a count changes.
    logs: Vec<f32>,
    texts: f32,
    /// Logarithm of `texts`: asked for thousands of times an item.
    log_texts: f32,
}

impl Vocabulary {
    pub(super) fn new() -> Self {
        let mut counts = vec![1.0; COUNTERS];
        common_numbers().for_each(|word| counts[slot(word)] = COMMON_BEFORE);
        let logs = counts.iter().map(|count| count.ln()).collect();
        Self { counts, logs, texts: READ_BEFORE, log_texts: READ_BEFORE.ln() }
    }

    /// Takes in the distinct words of one more text.
    pub(super) fn add(&mut self, words: impl Iterator<Item = u32>) {
        self.texts += 1.0;
        self.log_texts = self.texts.ln();
        for word in words {
            let count = &mut self.counts[slot(word)];
            *count += 1.0;
            self.logs[slot(word)] = log(*count);
        }
    }

    /// In how many texts a word stands.
    pub(super) fn count(&self, word: u32) -> f32 {
        self.counts[slot(word)]
    }

    /// Inverse document frequency: 0 and more.
    pub(super) fn rarity(&self, word: u32) -> f32 {
        (self.log_texts - self.logs[slot(word)]).max(0.0)
    }
}

fn slot(word: u32) -> usize {
    word as usize % COUNTERS
}
