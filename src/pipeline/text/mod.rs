//! Words, folded and stemmed, in French and English.
//!
//! Everything that compares texts (themes, stories, search) takes its words from here, so that "Règlements sur l’IA" and
//! "reglement sur l'IA" are the same words everywhere.
//!
//! ```
//! use veille::pipeline::text::Words;
//! let words = Words::of("Les Règlements sur l’IA");
//! let keys: Vec<&str> = words.iter().map(|word| word.key).collect();
//! assert_eq!(keys, ["les", "reglement", "sur", "ia"]);
//! ```

mod fold;
mod hash;
mod item_words;
mod plain_run;
mod shingles;
mod singular;
mod stop_words;
mod words;

pub use fold::fold;
pub use hash::hash;
pub use item_words::ItemWords;
pub(in crate::pipeline) use plain_run::plain_run;
pub use shingles::{SHINGLE, shingles};
pub use singular::singular;
pub use stop_words::{is_english_stop_word, is_french_stop_word, is_stop_word};
pub use words::{Word, Words};
