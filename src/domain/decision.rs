//! What a person decided about an item.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Keep, drop or later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It goes into the next edition, first of its section.
    Keep,
    /// It goes into no edition.
    Drop,
    /// Not into this one: asked again for the next.
    Later,
}

/// A verdict with its circumstances. Append-only: the last one holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Row id of the item.
    pub item: i64,
    /// What was decided.
    pub verdict: Verdict,
    /// By whom: the name given with `--as`, else the operating system's user.
    pub actor: String,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// When.
    pub decided_at: DateTime<Utc>,
}
