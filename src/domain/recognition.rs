//! How an entry that comes again as it came is recognised, so that nobody reads it again.

use chrono::{DateTime, Utc};

/// Hash of an entry as it stands in its document, with everything around it that its reading depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EntryHash(pub [u8; 16]);

/// How much of what a feed can say of an entry our own reading found: whether another reading may add to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Completeness {
    /// No title, no address or no text.
    Lacking,
    /// Those three.
    Essential,
    /// Authors and categories too: nothing can be added.
    Full,
}

/// What an entry is recognised by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryMark {
    /// As it came.
    pub hash: EntryHash,
    /// What our own reading found.
    pub completeness: Completeness,
}

/// What recognition says of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Recognition {
    /// It was read, and must be read again when it comes again: its reading depended on more than itself.
    #[default]
    Never,
    /// It was read; by this it will be recognised.
    Read(EntryMark),
    /// It was recognised, and not read.
    Known(EntryMark),
}

/// What is kept of an entry beside the row of its item: both together say what a reading of it would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    /// What it is recognised by.
    pub mark: EntryMark,
    /// Its item has a more exact key than the one that the entry itself gives.
    pub exact: bool,
    /// Nanoseconds of its two dates, published and updated: rows keep seconds.
    pub fractions: [u32; 2],
    /// Hash over what the row must still hold.
    pub seal: [u8; 8],
}

/// The item that an entry of a plan became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Became {
    /// A new one, by its place in the plan.
    New(usize),
    /// A known one, by its row id.
    Known(i64),
}

/// A trace with what the row of its item says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TracedItem {
    /// What was kept of the entry.
    pub trace: Trace,
    /// Key of the item.
    pub key: String,
    /// Canonical address.
    pub url: Option<String>,
    /// Plain text.
    pub title: String,
    /// Plain text.
    pub summary: String,
    /// To the second.
    pub published: Option<DateTime<Utc>>,
    /// To the second.
    pub updated: Option<DateTime<Utc>>,
    /// Hash of what is shown.
    pub content_hash: [u8; 32],
}
