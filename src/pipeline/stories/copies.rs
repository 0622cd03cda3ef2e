//! Finding copies among many.

use crate::pipeline::stories::packed::Fingerprint;
use rustc_hash::FxHashMap;

/// Jaccard from which two texts are the same, and containment from which one is an excerpt of the other.
const COPY: f64 = 0.8;
const EXCERPT: f64 = 0.6;
/// One shingle in so many leads to excerpts: a power of two.
const PIECES: u32 = 16;
/// Followed at most along one chain: a longer one is a formula that a whole site repeats.
const FOLLOWED: usize = 24;

/// Many short lists in one: each key leads to the numbers put under it, the last first.
#[derive(Debug, Default)]
pub(super) struct Chains {
    heads: FxHashMap<u32, u32>,
    links: Vec<(u32, u32)>,
}

const END: u32 = u32::MAX;

impl Chains {
    pub(super) fn push(&mut self, key: u32, number: u32) {
        let link = u32::try_from(self.links.len()).unwrap_or(END);
        let next = self.heads.insert(key, link).unwrap_or(END);
        self.links.push((number, next));
    }

    pub(super) fn follow(&self, key: u32) -> impl Iterator<Item = u32> + '_ {
        let mut link = self.heads.get(&key).copied().unwrap_or(END);
        std::iter::from_fn(move || {
            let (number, next) = *self.links.get(link as usize)?;
            link = next;
            Some(number)
        })
    }
}

/// Texts by their bands and pieces.
#[derive(Debug, Default)]
pub(super) struct Copies {
    bands: Chains,
    pieces: Chains,
}

impl Copies {
    /// Takes in a text under those of its keys that are wanted; whether there are any.
    pub(super) fn add(&mut self, print: &Fingerprint, number: u32, wanted: impl Fn(u32) -> bool) -> bool {
        let before = self.bands.links.len() + self.pieces.links.len();
        band_keys(print).filter(|key| wanted(*key)).for_each(|key| self.bands.push(key, number));
        pieces(print).filter(|key| wanted(*key)).for_each(|key| self.pieces.push(key, number));
        self.bands.links.len() + self.pieces.links.len() > before
    }

    /// The numbers of the texts that may be copies or excerpts, sorted.
    pub(super) fn candidates(&self, print: &Fingerprint) -> Vec<u32> {
        let near = band_keys(print).flat_map(|key| self.bands.follow(key).take(FOLLOWED));
        let parts = pieces(print).flat_map(|key| self.pieces.follow(key).take(FOLLOWED));
        let mut found: Vec<u32> = near.chain(parts).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// How much two texts share.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Overlap {
    /// Of both together.
    jaccard: f64,
    /// Of the shorter.
    containment: f64,
}

/// The share that two texts have in common, when one is a copy or an excerpt of the other.
pub(super) fn copied(one: &Fingerprint, other: &Fingerprint) -> Option<f64> {
    let Overlap { jaccard, containment } = overlap(one, other);
    (jaccard >= COPY || containment >= EXCERPT).then_some(containment.max(jaccard))
}

/// Measured on two samples, at the coarser of their rates: exact for texts of up to 130 words.
fn overlap(one: &Fingerprint, other: &Fingerprint) -> Overlap {
    let rate = u32::from(one.rate().max(other.rate()));
    let kept = |shingle: &u32| shingle.trailing_zeros() >= rate;
    let (own, mut theirs) = (one.sample().filter(kept), other.sample().filter(kept).peekable());
    let (left, right) = (own.clone().count(), theirs.clone().count());
    // Both are sorted.
    let both = own.filter(|shingle| {
        while theirs.next_if(|their| their < shingle).is_some() {}
        theirs.peek() == Some(shingle)
    });
    let both = both.count();
    let share = |of: usize| if of == 0 { 0.0 } else { both as f64 / of as f64 };
    Overlap { jaccard: share(left + right - both), containment: share(left.min(right)) }
}

/// Everything by which a text may be found to be a copy or an excerpt.
pub(super) fn keys(print: &Fingerprint) -> impl Iterator<Item = u32> + '_ {
    band_keys(print).chain(pieces(print))
}

fn band_keys(print: &Fingerprint) -> impl Iterator<Item = u32> + '_ {
    (0_u32..).zip(print.bands()).map(|(band, key)| key ^ band.wrapping_mul(0x9e37_79b9))
}

fn pieces(print: &Fingerprint) -> impl Iterator<Item = u32> + '_ {
    print.sample().filter(|shingle| *shingle % PIECES == 0)
}

#[cfg(test)]
mod tests {
    use super::{Overlap, overlap};
    use crate::pipeline::stories::{
        packed::{Fingerprint, Parts},
        sketch::{Sketch, tests::numbers},
    };
    use proptest::prelude::*;

    fn of(shingles: Vec<u32>) -> Fingerprint {
        Fingerprint::pack(&Parts { sketch: Sketch::of(shingles), ..Parts::default() })
    }

    #[test]
    fn measures_what_two_texts_share() {
        for (one, two, jaccard, containment) in [
            (0..100, 0..100, 1.0, 1.0),
            (0..100, 100..200, 0.0, 0.0),
            (0..100, 50..150, 1.0 / 3.0, 0.5),
            (0..40, 0..120, 1.0 / 3.0, 1.0),
            (0..2000, 0..2000, 1.0, 1.0),
            (0..2000, 1000..3000, 1.0 / 3.0, 0.5),
            (0..200, 0..2000, 0.1, 1.0),
        ] {
            let Overlap { jaccard: both, containment: within } = overlap(&of(numbers(one.clone())), &of(numbers(two.clone())));
            let near = |found: f64, expect: f64| (found - expect).abs() < 0.12;
            assert!(near(both, jaccard) && near(within, containment), "{one:?} {two:?} {both} {within}");
        }
    }

    proptest! {
        #[test]
        fn overlap_is_symmetric_and_bounded(one in prop::collection::vec(0_u32..400, 0..200), two in prop::collection::vec(0_u32..400, 0..200)) {
            let (one, two) = (of(one), of(two));
            let (there, back) = (overlap(&one, &two), overlap(&two, &one));
            prop_assert_eq!(there, back);
            prop_assert!(0.0 <= there.jaccard && there.jaccard <= there.containment && there.containment <= 1.0);
        }
    }
}
