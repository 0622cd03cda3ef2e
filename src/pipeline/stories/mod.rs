//! Items that tell the same fact.
//!
//! In the order in which an item meets them:
//!
//! 1. **the same canonical address**;
//! 2. **copies**: five-word shingles, MinHash of 128 in 16 bands of 8 rows to find them, Jaccard of 0.8 to prove them; a text of which 0.6
//!    is contained in a longer one is an excerpt or a wire (Broder 1997; Leskovec, Rajaraman and Ullman, chapter 3);
//! 3. **shared identifiers** (CELEX, CVE, DOI, release, …): the stronger, the fewer words in common are asked for (`identifiers`);
//! 4. **the same words**: TF-IDF over words and over character 3- to 5-grams of titles, one centroid an open story.
//!
//! A story stays open seven days after its last item. Items are taken in the order of their ids, each costs about the same whatever the
//! number of open stories (inverted indexes, bounded work), and the same items give the same stories.

mod copies;
mod fingerprint;
mod glossary;
mod grams;
mod habits;
mod identifiers;
mod index;
mod lead;
mod likeness;
mod logarithm;
mod packed;
mod regroup;
mod search;
mod sieve;
mod sketch;
mod vocabulary;
mod voices;

pub use fingerprint::Text;
pub use index::{Assignment, StoryIndex, WINDOW};
pub use lead::lead;
pub use packed::Fingerprint;
pub use regroup::{merged, split};
pub use sieve::Sieve;
pub use voices::{Voice, corroborations, independent};
