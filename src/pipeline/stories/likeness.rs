//! How alike two texts are.

use crate::pipeline::stories::fingerprint::Fingerprint;

/// What words and letters weigh: tuned on the labelled set of `tests/it/stories.rs`.
const WORDS: f64 = 0.65;
const LETTERS: f64 = 0.35;
/// What is left when both titles hold numbers and share none: another version, another issue of a series.
const OTHER_NUMBERS: f64 = 0.6;

/// The parts of a likeness.
pub(super) struct Likeness {
    /// Cosine of words.
    pub(super) words: f64,
    /// Mean cosine of letters.
    pub(super) letters: f64,
    /// Whether the titles may speak of the same numbers.
    pub(super) numbers: bool,
}

impl Likeness {
    /// 0 to 1.
    pub(super) fn value(&self) -> f64 {
        (WORDS * self.words + LETTERS * self.letters) * if self.numbers { 1.0 } else { OTHER_NUMBERS }
    }
}

/// Whether no numbers contradict: one title has none, or they share one.
pub(super) fn same_numbers(one: &Fingerprint, other: &Fingerprint) -> bool {
    let (one, other) = (&one.numbers, &other.numbers);
    one.is_empty() || other.is_empty() || one.iter().any(|number| other.contains(number))
}

/// Cosine between the words of an item and those of a story, weighed by rarity. `centroid` is sorted by word.
pub(super) fn cosine(item: &[(u32, u8)], centroid: &[(u32, f32)], rarity: impl Fn(u32) -> f32) -> f64 {
    let (mut shared, mut own, mut theirs) = (0.0_f32, 0.0_f32, 0.0_f32);
    let mut at = 0;
    for (word, weight) in item {
        let weight = f32::from(*weight) * rarity(*word);
        own += weight * weight;
        while centroid.get(at).is_some_and(|(known, _)| known < word) {
            at += 1;
        }
        if let Some((_, other)) = centroid.get(at).filter(|(known, _)| known == word) {
            shared += weight * other * rarity(*word);
        }
    }
    for (word, weight) in centroid {
        let weight = weight * rarity(*word);
        theirs += weight * weight;
    }
    let lengths = (own * theirs).sqrt();
    if lengths > 0.0 { f64::from((shared / lengths).min(1.0)) } else { 0.0 }
}
