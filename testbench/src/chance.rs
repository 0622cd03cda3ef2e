//! Chance that can be had again: a seed that is printed, and numbers that follow from it.

/// A stream of numbers that its seed decides: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The stream of a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The seed that `VEILLE_SEED` names, or the given one; says which, so that a failure can be had again.
    #[must_use]
    pub fn from_environment(or: u64) -> Self {
        let seed = std::env::var("VEILLE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(or);
        println!("VEILLE_SEED={seed}");
        Self::new(seed)
    }

    /// The next number.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `end`, which is not reached. `end` is at least 1.
    pub const fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}
