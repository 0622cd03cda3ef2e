//! Our normalised, keyed, stored unit.

use crate::domain::{entry::Author, fetching::StatedDate, identifier::Identifier};
use chrono::{DateTime, Utc};
use ring::digest::{Context, SHA256};

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
    /// What [`Self::hash`] gave when it came in.
    pub content_hash: [u8; 32],
}

impl NewItem {
    /// Everything that can be read, title first: for matching, statistics and search.
    pub fn text(&self) -> String {
        let body = self.content_text.as_deref().unwrap_or(&self.summary);
        format!("{}\n{}", self.title, body)
    }

    /// SHA-256 over title, authors, dates, summary and body: differs when, and only when, something that we show changed. Each part is
    /// preceded by its length, so that no two can run together. It is stored and compared with what is stored (`db check`): whoever
    /// changes what goes into it makes every item of before look damaged.
    pub fn hash(&self) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        let mut part = |bytes: &[u8]| {
            context.update(&bytes.len().to_le_bytes());
            context.update(bytes);
        };
        part(self.title.as_bytes());
        self.authors.iter().for_each(|author| part(author.name.as_bytes()));
        for date in [self.published, self.updated] {
            part(&date.map(seconds).unwrap_or_default());
        }
        part(self.summary.as_bytes());
        part(self.content_html.as_deref().unwrap_or_default().as_bytes());
        let mut hash = [0; 32];
        hash.copy_from_slice(context.finish().as_ref());
        hash
    }
}

fn seconds(date: StatedDate) -> Vec<u8> {
    date.at.timestamp().to_le_bytes().to_vec()
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
