//! Finding copies among many.

use crate::pipeline::stories::sketch::{Overlap, Sketch};
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

/// Jaccard from which two texts are the same, and containment from which one is an excerpt of the other.
const COPY: f64 = 0.8;
const EXCERPT: f64 = 0.6;
/// One shingle in so many leads to excerpts: a power of two.
const PIECES: u32 = 16;
/// Followed at most along one chain: a longer one is a formula that a whole site repeats.
const FOLLOWED: usize = 24;

/// Keys that are hashes already.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |state, byte| state.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// A map whose keys are hashes already.
pub(super) type HashedMap<V> = HashMap<u64, V, BuildHasherDefault<AsIs>>;

/// Many short lists in one: each key leads to the numbers put under it, the last first.
#[derive(Debug, Default)]
pub(super) struct Chains {
    heads: HashedMap<u32>,
    links: Vec<(u32, u32)>,
}

const END: u32 = u32::MAX;

impl Chains {
    pub(super) fn push(&mut self, key: u64, number: u32) {
        let link = u32::try_from(self.links.len()).unwrap_or(END);
        let next = self.heads.insert(key, link).unwrap_or(END);
        self.links.push((number, next));
    }

    pub(super) fn follow(&self, key: u64) -> impl Iterator<Item = u32> + '_ {
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
    pub(super) fn add(&mut self, sketch: &Sketch, number: u32) {
        band_keys(sketch).for_each(|key| self.bands.push(key, number));
        pieces(sketch).for_each(|key| self.pieces.push(key, number));
    }

    /// The numbers of the texts that may be copies or excerpts, sorted.
    pub(super) fn candidates(&self, sketch: &Sketch) -> Vec<u32> {
        let near = band_keys(sketch).flat_map(|key| self.bands.follow(key).take(FOLLOWED));
        let parts = pieces(sketch).flat_map(|key| self.pieces.follow(key).take(FOLLOWED));
        let mut found: Vec<u32> = near.chain(parts).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The share that two texts have in common, when one is a copy or an excerpt of the other.
pub(super) fn copied(one: &Sketch, other: &Sketch) -> Option<f64> {
    let Overlap { jaccard, containment } = one.overlap(other);
    (jaccard >= COPY || containment >= EXCERPT).then_some(containment.max(jaccard))
}

fn band_keys(sketch: &Sketch) -> impl Iterator<Item = u64> + '_ {
    (0_u64..).zip(&sketch.bands).map(|(band, key)| band << 32 | u64::from(*key))
}

fn pieces(sketch: &Sketch) -> impl Iterator<Item = u64> + '_ {
    sketch.sample.iter().filter(|shingle| *shingle % PIECES == 0).map(|shingle| u64::from(*shingle))
}
