//! How alike an item and a story are, and how alike they must be.

use crate::pipeline::stories::{
    index::{Member, StoryIndex, WINDOW},
    packed::Fingerprint,
};

/// What words and letters weigh: tuned on the labelled set of `tests/it/stories`.
const WORDS: f64 = 0.65;
const LETTERS: f64 = 0.35;
/// What is left when both titles hold numbers and share none: another sum, another issue of a series; another version.
const OTHER_NUMBERS: f64 = 0.6;
const OTHER_VERSION: f64 = 0.4;
/// What is left of a likeness at the end of the window.
const AT_WINDOW_END: f64 = 0.8;
/// Words that must be shared for a likeness of words to count whole.
const SHARED_WORDS: f64 = 3.0;
/// Likeness of words under which no title makes up for it.
const WORTH_READING: f64 = 0.05;
/// Members whose titles are compared.
const COMPARED: usize = 4;

/// Likeness from which two texts tell the same fact.
const SAME_FACT: f64 = 0.30;
/// The same within one source, which seldom tells a fact twice, and in a story that the source is already part of.
const SAME_SOURCE: f64 = 0.54;
const TOLD_BEFORE: f64 = 0.36;
/// How much more alike than usual for the source, in the same two cases; never so much that a copy would fail.
const UNUSUAL: f64 = 0.3;
const SOMEWHAT_UNUSUAL: f64 = 0.1;
const ENOUGH: f64 = 0.95;

/// A likeness, 0 to 1, and what is asked for.
pub(super) struct Measured {
    pub(super) likeness: f64,
    pub(super) asked: f64,
    shared_words: f64,
}

impl Measured {
    /// Less when hardly a word is shared: two short titles are soon alike.
    pub(super) fn by_words_alone(&self) -> f64 {
        self.likeness * (self.shared_words / SHARED_WORDS).min(1.0)
    }
}

impl StoryIndex {
    /// Words against the centroid, letters against the titles of the last members; less when numbers contradict, or with time.
    pub(super) fn likeness(&self, query: &Member, story: u32) -> Measured {
        let open = &self.stories[story as usize];
        let compared: Vec<&Member> =
            open.members.iter().rev().take(COMPARED).map(|number| &self.items[*number as usize]).collect();
        let (words, shared_words) = cosine(query.fingerprint.words(), self.words(open), |word| self.vocabulary.rarity(word));
        let letters = if words < WORTH_READING { 0.0 } else { self.letters(&compared) };
        let away = (open.first - query.at).max(query.at - open.last).max(0);
        let faded = 1.0 - (1.0 - AT_WINDOW_END) * away as f64 / WINDOW.num_seconds() as f64;
        let likeness = (WORDS * words + LETTERS * letters) * faded.max(0.0) * numbers(query, &compared);
        Measured { likeness, asked: self.asked(query, &compared), shared_words }
    }

    /// Mean likeness of the titles to the current one.
    fn letters(&self, compared: &[&Member]) -> f64 {
        let sum: f64 = compared.iter().map(|member| f64::from(self.grams.likeness(member.fingerprint.title()))).sum();
        sum / compared.len().max(1) as f64
    }

    /// How alike two items are, the first of which has the title that `grams` compares with.
    pub(super) fn between(&self, current: &Fingerprint, other: &Fingerprint) -> f64 {
        let other_words = other.words().map(|(word, weight)| (word, f32::from(weight)));
        let (words, _) = cosine(current.words(), other_words, |word| self.vocabulary.rarity(word));
        WORDS * words + LETTERS * f64::from(self.grams.likeness(other.title()))
    }

    fn asked(&self, query: &Member, compared: &[&Member]) -> f64 {
        let own = compared.iter().filter(|member| member.source == query.source).count();
        let habit = self.habits.of(query.source);
        match own {
            0 => SAME_FACT,
            all if all == compared.len() => SAME_SOURCE.max(habit + UNUSUAL).min(ENOUGH),
            _ => TOLD_BEFORE.max(habit + SOMEWHAT_UNUSUAL).min(ENOUGH),
        }
    }
}

/// How far the numbers of the titles agree: with every member of the same source, which numbers its issues, else with the best of the
/// others.
fn numbers(query: &Member, compared: &[&Member]) -> f64 {
    let own = compared.iter().filter(|member| member.source == query.source);
    let contradicted = own.clone().any(|member| !same_numbers(&query.fingerprint, &member.fingerprint));
    let agreements =
        |members: &[&Member]| members.iter().map(|member| agreement(&query.fingerprint, &member.fingerprint)).fold(0.0, f64::max);
    let worst_own = own.map(|member| agreement(&query.fingerprint, &member.fingerprint)).fold(1.0, f64::min);
    agreements(compared).min(worst_own).min(if contradicted { OTHER_NUMBERS } else { 1.0 })
}

/// Whether two titles hold the same numbers.
pub(super) fn same_numbers(one: &Fingerprint, other: &Fingerprint) -> bool {
    let within =
        |one: &Fingerprint, other: &Fingerprint| one.numbers().all(|number| other.numbers().any(|other| other == number));
    within(one, other) && within(other, one)
}

/// 1 when one title has no number or when they share one, less when they contradict.
fn agreement(one: &Fingerprint, other: &Fingerprint) -> f64 {
    let shared = |counts: fn(&u32) -> bool| {
        let (mut own, theirs) = (one.numbers().filter(counts).peekable(), other.numbers().filter(counts));
        own.peek().is_none() || theirs.clone().next().is_none() || own.any(|number| theirs.clone().any(|their| their == number))
    };
    if !shared(|number| number % 2 == 1) {
        OTHER_VERSION
    } else if !shared(|_| true) {
        OTHER_NUMBERS
    } else {
        1.0
    }
}

/// Cosine between the words of an item and those of a story, weighed by rarity, and how many they share. Both are sorted by word.
fn cosine(
    item: impl Iterator<Item = (u32, u8)>,
    centroid: impl Iterator<Item = (u32, f32)>,
    rarity: impl Fn(u32) -> f32,
) -> (f64, f64) {
    let (mut product, mut own, mut theirs, mut shared) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0);
    let weighed = |(word, weight): (u32, f32)| (word, weight * rarity(word));
    let mut item =
        item.map(|(word, weight)| weighed((word, f32::from(weight)))).inspect(|(_, weight)| own += weight * weight).peekable();
    for (word, weight) in centroid.map(weighed) {
        theirs += weight * weight;
        while item.next_if(|(known, _)| *known < word).is_some() {}
        if let Some((_, other)) = item.next_if(|(known, _)| *known == word) {
            product += weight * other;
            shared += 1.0;
        }
    }
    item.for_each(drop);
    let lengths = (own * theirs).sqrt();
    (if lengths > 0.0 { f64::from((product / lengths).min(1.0)) } else { 0.0 }, shared)
}
