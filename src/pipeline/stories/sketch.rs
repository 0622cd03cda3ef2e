//! Shingles in little room: enough to find copies and to measure them.

/// Bins of the MinHash, and how they are banded: a power of two.
const BINS: usize = BANDS * ROWS;
const BANDS: usize = 16;
const ROWS: usize = 8;
/// The minimum of a bin that no shingle fell into.
const EMPTY: u32 = u32::MAX;
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
}

/// MinHash by one permutation: each shingle counts in one of 128 bins, a bin without any borrows from another that chance chooses, the
/// same in every text (Shrivastava 2017, "Optimal Densification"). The minima are folded into one key a band.
fn bands(shingles: &[u32]) -> Vec<u32> {
    let mut minima = [EMPTY; BINS];
    for shingle in shingles {
        let spread = shingle.wrapping_mul(0x9e37_79b1);
        let minimum = &mut minima[(spread >> (u32::BITS - BINS.ilog2())) as usize];
        *minimum = (*minimum).min(spread);
    }
    let filled = |bin: usize| {
        let stride = (bin.wrapping_mul(0x2545_f491) >> 7) | 1; // odd: it comes to every bin
        let turn = |attempt: usize| minima[(bin + attempt * stride) % BINS];
        (0..BINS).map(turn).find(|minimum| *minimum != EMPTY).unwrap_or(EMPTY)
    };
    let key = |band: usize| {
        let seed = u32::try_from(band + 1).unwrap_or_default().wrapping_mul(0x9e37_79b9);
        (band * ROWS..(band + 1) * ROWS).fold(seed, |key, bin| (key.rotate_left(7) ^ filled(bin)).wrapping_mul(0x85eb_ca6b))
    };
    (0..BANDS).map(key).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::Sketch;

    /// Well-spread numbers.
    pub(in super::super) fn numbers(range: std::ops::Range<u32>) -> Vec<u32> {
        range
            .map(|n| {
                (n.wrapping_mul(0x9e37_79b1) ^ 0x5bd1_e995).wrapping_mul(0x85eb_ca6b).rotate_left(13).wrapping_mul(0xc2b2_ae35)
            })
            .collect()
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
}
