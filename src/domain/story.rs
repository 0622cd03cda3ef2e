//! Items that tell the same fact.

use serde::{Deserialize, Serialize};

/// Why an item is in a story. The first member is the seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Tie {
    /// It opened the story.
    Seed,
    /// The same canonical address as that item.
    SameUrl {
        /// The other item.
        item: i64,
    },
    /// The same words as that item, or nearly: no independent voice.
    Copy {
        /// The other item.
        item: i64,
        /// Share of five-word runs in common, 0 to 1.
        overlap: f64,
    },
    /// The same identifier as that item.
    SharedIdentifier {
        /// The other item.
        item: i64,
        /// For people: "CELEX 32024R1689".
        identifier: String,
    },
    /// Told in the same words as the story so far.
    SameWords {
        /// Cosine, 0 to 1.
        similarity: f64,
        /// The words that weighed most.
        words: Vec<String>,
    },
}

impl Tie {
    /// A copy or the same page confirms nothing.
    pub fn is_independent(&self) -> bool {
        !matches!(self, Self::SameUrl { .. } | Self::Copy { .. })
    }
}

/// An item's place in a story.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// Which story; row id.
    pub story: i64,
    /// Which item; row id.
    pub item: i64,
    /// Why.
    pub tie: Tie,
}
