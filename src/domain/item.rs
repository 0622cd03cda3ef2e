//! Our normalised, keyed, stored unit.

use crate::domain::{entry::Author, fetching::StatedDate, identifier::Identifier};
use chrono::{DateTime, Utc};

/// What makes an item of a source the same item at the next fetch: the declared stable id, else the canonical URL, else a hash
/// of source and title. Prefixed by which of the three it is: `id:`, `url:`, `hash:`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ItemKey(pub String);

/// An item as it comes out of normalising, before the database knows it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewItem {
    /// See [`ItemKey`]; unique within its source.
    pub key: ItemKey,
    /// Canonical: no tracking parameter, no fragment (`pipeline::canonical_url`).
    pub url: Option<String>,
    /// Plain text, cleaned of entities, emoji and control characters.
    pub title: String,
    /// Who signs it.
    pub authors: Vec<Author>,
    /// When it says that it was published.
    pub published: Option<StatedDate>,
    /// When it says that it was changed.
    pub updated: Option<StatedDate>,
    /// A date was there but unreadable or impossible.
    pub unreadable_date: Option<String>,
    /// BCP 47: declared by the entry, the feed or the source, else detected.
    pub language: Option<String>,
    /// Plain text; the entry's own, else the beginning of the body.
    pub summary: String,
    /// Sanitised HTML of the body, if any.
    pub content_html: Option<String>,
    /// The body as plain text, if any.
    pub content_text: Option<String>,
    /// Categories and tags.
    pub categories: Vec<String>,
    /// Hosts and addresses linked from the body, absolute, in order, without repeats.
    pub links: Vec<String>,
    /// Official and scholarly references found in title, text and links.
    pub identifiers: Vec<Identifier>,
    /// SHA-256 over title, authors, dates, summary and body: differs when, and only when, something that we show changed.
    pub content_hash: [u8; 32],
}

impl NewItem {
    /// Everything that can be read, title first: for matching, statistics and search.
    pub fn text(&self) -> String {
        let body = self.content_text.as_deref().unwrap_or(&self.summary);
        format!("{}\n{}", self.title, body)
    }
}

/// An item as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Row id: grows in the order in which items came in.
    pub id: i64,
    /// Row id of its source.
    pub source_id: i64,
    /// What it is.
    pub content: NewItem,
    /// When we first saw it.
    pub first_seen_at: DateTime<Utc>,
    /// When its content last changed for us.
    pub changed_at: Option<DateTime<Utc>>,
    /// It came with the first fetch of its source: known, but never "new".
    pub backlog: bool,
}
