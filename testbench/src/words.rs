//! Texts whose words are as unequal as those of a language: how often a word comes follows Zipf's law over 30,000 made words, so
//! that a few make most of a text and a search index has something to do.

/// A source of words: the same number always gives the same text.
pub struct Words(u64);

/// Words of grammar and of the subject, the most frequent of all.
const FREQUENT: [&str; 24] = [
    "the",
    "of",
    "la",
    "de",
    "and",
    "to",
    "les",
    "des",
    "in",
    "le",
    "et",
    "model",
    "data",
    "règlement",
    "intelligence",
    "risk",
    "données",
    "personal",
    "authority",
    "publie",
    "security",
    "obligations",
    "version",
    "transfer",
];
/// Syllables of the made words.
const SYLLABLES: [&str; 16] =
    ["ba", "cor", "di", "fen", "gra", "li", "mon", "né", "pol", "ra", "si", "ter", "tion", "ver", "lu", "pré"];
/// Words of the vocabulary. How often a word comes follows Zipf's law, as in any natural text: a few make most of it.
pub const VOCABULARY: f64 = 30_000.0;

impl Words {
    /// From that number on.
    #[must_use]
    pub const fn of(number: u64) -> Self {
        Self(number)
    }

    /// A number by chance.
    pub fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    /// One word, as often as its rank has it.
    pub fn word(&mut self) -> String {
        let share = self.below(1 << 30) as f64 / f64::from(1 << 30);
        let rank = VOCABULARY.powf(share) as usize; // the inverse of the distribution 1 / rank
        word(rank)
    }

    /// So many, with spaces between.
    pub fn words(&mut self, count: u64) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

/// The word of a rank: 1 is the most frequent.
///
/// # Panics
///
/// At rank 0.
#[must_use]
pub fn word(rank: usize) -> String {
    FREQUENT.get(rank - 1).map_or_else(|| made_word(rank), |word| (*word).to_owned())
}

fn made_word(rank: usize) -> String {
    let mut word = String::new();
    let mut rest = rank;
    while rest > 0 {
        word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    word
}
