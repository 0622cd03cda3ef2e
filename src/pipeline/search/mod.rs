//! Full text: which words of an item are found, and how a person's words find them.
//!
//! A word is folded (no case, no accent), taken without its plural (`pipeline::text`), then stemmed by the item's language. A
//! query does not say its language, so each of its words is looked for as it stands and under its French and its English stem.
//! The index itself is SQLite's (`store::search`).

mod index;
mod query;

pub use index::Indexer;
pub use query::parse_query;
