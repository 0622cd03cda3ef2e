//! What an edition told, and what has become of it since.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// An item that left in an edition and has changed since.
#[derive(Debug, Clone, PartialEq)]
pub struct ToldItem {
    /// Row id of the item.
    pub item: i64,
    /// The last edition that told it.
    pub edition: i64,
    /// Its place in the series of its digest.
    pub issue: u32,
    /// The day it was dated.
    pub date: NaiveDate,
    /// As it left.
    pub title: String,
    /// As it left.
    pub summary: String,
    /// As it left.
    pub url: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// Who publishes it.
    pub publisher: String,
    /// As it is now.
    pub now: ItemNow,
}

/// An item as it is stored now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemNow {
    /// Its title.
    pub title: String,
    /// Its summary.
    pub summary: String,
    /// The beginning of its text, plain.
    pub text: String,
    /// Its publisher withdrew it.
    pub withdrawn: bool,
    /// SHA-256, in hexadecimal, of what a reader sees of it.
    pub content: String,
}

/// What an edition must say about an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erratum {
    /// Row id of the item.
    pub item: i64,
    /// The edition that told it.
    pub edition: i64,
    /// Its place in the series of its digest.
    pub issue: u32,
    /// The day it was dated.
    pub date: NaiveDate,
    /// The title under which it was told.
    pub title: String,
    /// Where to read it.
    pub url: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// Who publishes it.
    pub publisher: String,
    /// What has become of it.
    pub change: Change,
    /// The content that this speaks of, SHA-256 in hexadecimal: the same is said once, another change again.
    pub content: String,
}

/// What has become of an item, what matters most first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change {
    /// Its publisher withdrew or retracted it.
    Withdrawn,
    /// Its publisher says that it was corrected.
    Corrected {
        /// The publisher's words.
        notice: String,
    },
    /// It says other figures.
    Figures {
        /// Those that it said.
        before: String,
        /// Those that it says now, in the same places.
        now: String,
    },
    /// It has another title.
    Retitled {
        /// The title.
        now: String,
    },
    /// Half of what was quoted of it is no longer there.
    Rewritten,
}
