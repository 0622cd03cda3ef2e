//! Shingles in little room: enough to find copies and to measure them.

/// Hash functions of the MinHash, and how they are banded.
const BANDS: usize = 16;
const ROWS: usize = 8;
/// Shingles kept at most.
const CAP: usize = 128;
/// Shingles under which two texts are never called copies: a formula is no article.
const SHORTEST: usize = 16;

/// What is kept of the shingles of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sketch {
    /// One key a band: texts that share one are candidates. Empty for a text too short to be a copy.
    pub(super) bands: Vec<u32>,
    /// Those of its distinct shingles that end in `rate` zero bits, sorted: a sample that is drawn alike from every text.
    pub(super) sample: Vec<u32>,
    pub(super) rate: u8,
}

/// How much two texts share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Overlap {
    /// Of both together.
    pub(super) jaccard: f64,
    /// Of the shorter.
    pub(super) containment: f64,
}

impl Sketch {
    pub(super) fn of(mut shingles: Vec<u32>) -> Self {
        shingles.sort_unstable();
        shingles.dedup();
        if shingles.len() < SHORTEST {
            return Self::default();
        }
        let bands = bands(&shingles);
        let mut rate = 0;
        while shingles.len() > CAP {
            rate += 1;
            shingles.retain(|shingle| shingle.trailing_zeros() >= u32::from(rate));
        }
        Self { bands, sample: shingles, rate }
    }

    /// Measured on the samples, at the coarser of the two rates: exact for texts of up to 130 words.
    pub(super) fn overlap(&self, other: &Self) -> Overlap {
        let rate = u32::from(self.rate.max(other.rate));
        let kept = |shingle: &&u32| shingle.trailing_zeros() >= rate;
        let (mut own, mut theirs) = (self.sample.iter().filter(kept).peekable(), other.sample.iter().filter(kept).peekable());
        let (mut left, mut right, mut both) = (0_u32, 0_u32, 0_u32);
        loop {
            match (own.peek(), theirs.peek()) {
                (Some(one), Some(two)) => {
                    let (one, two) = (**one, **two);
                    if one <= two {
                        left += 1;
                        own.next();
                    }
                    if two <= one {
                        right += 1;
                        theirs.next();
                    }
                    both += u32::from(one == two);
                }
                (Some(_), None) => {
                    left += 1;
                    own.next();
                }
                (None, Some(_)) => {
                    right += 1;
                    theirs.next();
                }
                (None, None) => break,
            }
        }
        let share = |of: u32| if of == 0 { 0.0 } else { f64::from(both) / f64::from(of) };
        Overlap { jaccard: share(left + right - both), containment: share(left.min(right)) }
    }
}

/// MinHash of 128 by multiply-add (Carter and Wegman), folded into one key a band.
fn bands(shingles: &[u32]) -> Vec<u32> {
    let mut minima = [u32::MAX; BANDS * ROWS];
    for shingle in shingles {
        for (minimum, (factor, term)) in minima.iter_mut().zip(&FUNCTIONS) {
            *minimum = (*minimum).min(shingle.wrapping_mul(*factor).wrapping_add(*term));
        }
    }
    let key = |(band, rows): (usize, &[u32])| {
        let seed = 0x9e37_79b9_u32.wrapping_mul(u32::try_from(band + 1).unwrap_or_default());
        rows.iter().fold(seed, |key, row| (key.rotate_left(7) ^ row).wrapping_mul(0x85eb_ca6b))
    };
    minima.chunks(ROWS).enumerate().map(key).collect()
}

/// Factor (odd) and term of each function.
static FUNCTIONS: [(u32, u32); BANDS * ROWS] = functions();

#[expect(clippy::cast_possible_truncation, reason = "halves of a generated number are wanted")]
const fn functions() -> [(u32, u32); BANDS * ROWS] {
    let mut functions = [(0, 0); BANDS * ROWS];
    let mut state = 0x0123_4567_89ab_cdef_u64;
    let mut at = 0;
    while at < functions.len() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mixed = (state ^ (state >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        functions[at] = ((mixed >> 32) as u32 | 1, mixed as u32);
        at += 1;
    }
    functions
}

#[cfg(test)]
mod tests {
    use super::Sketch;
    use proptest::prelude::*;

    /// Well-spread numbers.
    fn numbers(range: std::ops::Range<u32>) -> Vec<u32> {
        range
            .map(|n| {
                (n.wrapping_mul(0x9e37_79b1) ^ 0x5bd1_e995).wrapping_mul(0x85eb_ca6b).rotate_left(13).wrapping_mul(0xc2b2_ae35)
            })
            .collect()
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
            let overlap = Sketch::of(numbers(one.clone())).overlap(&Sketch::of(numbers(two.clone())));
            let near = |found: f64, expect: f64| (found - expect).abs() < 0.12;
            assert!(near(overlap.jaccard, jaccard) && near(overlap.containment, containment), "{one:?} {two:?} {overlap:?}");
        }
    }

    #[test]
    fn near_copies_share_a_band_and_strangers_do_not() {
        let share = |one: &Sketch, two: &Sketch| one.bands.iter().zip(&two.bands).any(|(one, two)| one == two);
        let found = |distance: u32| {
            let near = |start: u32| {
                share(&Sketch::of(numbers(start..start + 200)), &Sketch::of(numbers(start + distance..start + 200 + distance)))
            };
            (0..50).filter(|n| near(n * 10_000)).count()
        };
        assert!(found(10) >= 49, "Jaccard 0.9: {}", found(10));
        assert_eq!(found(200), 0);
    }

    proptest! {
        #[test]
        fn overlap_is_symmetric_and_bounded(one in prop::collection::vec(0_u32..400, 0..200), two in prop::collection::vec(0_u32..400, 0..200)) {
            let (one, two) = (Sketch::of(one), Sketch::of(two));
            let (there, back) = (one.overlap(&two), two.overlap(&one));
            prop_assert_eq!(there, back);
            prop_assert!(0.0 <= there.jaccard && there.jaccard <= there.containment && there.containment <= 1.0);
        }
    }
}
