//! How alike two texts are.

use crate::pipeline::stories::fingerprint::Fingerprint;

/// What words and letters weigh: tuned on the labelled set of `tests/it/stories.rs`.
const WORDS: f64 = 0.65;
const LETTERS: f64 = 0.35;
/// What is left when both titles hold numbers and share none: another sum, another issue of a series; another version.
const OTHER_NUMBERS: f64 = 0.6;
const OTHER_VERSION: f64 = 0.4;

/// The parts of a likeness.
pub(super) struct Likeness {
    /// Cosine of words.
    pub(super) words: f64,
    /// Mean cosine of letters.
    pub(super) letters: f64,
    /// [`agreement`] of the numbers in the titles.
    pub(super) numbers: f64,
}

impl Likeness {
    /// 0 to 1.
    pub(super) fn value(&self) -> f64 {
        (WORDS * self.words + LETTERS * self.letters) * self.numbers
    }
}

/// How far the numbers of two titles agree: 1 when one title has none or when they share one, less when they contradict.
pub(super) fn agreement(one: &Fingerprint, other: &Fingerprint) -> f64 {
    let shared =
        |one: &[u32], other: &[u32]| one.is_empty() || other.is_empty() || one.iter().any(|number| other.contains(number));
    let versions = |of: &Fingerprint| of.numbers.iter().copied().filter(|number| number % 2 == 1).collect::<Vec<_>>();
    if !shared(&versions(one), &versions(other)) {
        OTHER_VERSION
    } else if !shared(&one.numbers, &other.numbers) {
        OTHER_NUMBERS
    } else {
        1.0
    }
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
