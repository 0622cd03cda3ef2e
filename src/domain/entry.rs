//! What a publisher stated, as parsed. Never leaves parsing and normalising.

use crate::domain::{fetching::StatedDate, recognition::Recognition};
use url::Url;

/// One feed document, read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ParsedFeed {
    /// "rss2", "rss1", "rss0.9x", "atom", "atom0.3", "json", "cdf".
    pub format: &'static str,
    /// Plain text.
    pub title: Option<String>,
    /// Plain text: what the feed says of itself.
    pub description: Option<String>,
    /// The site behind the feed.
    pub link: Option<String>,
    /// BCP 47, lower case.
    pub language: Option<String>,
    /// When the feed says that it last changed.
    pub updated: Option<StatedDate>,
    /// Who signs the feed as a whole: names, plain text.
    pub authors: Vec<String>,
    /// RSS `ttl`, or `sy:updatePeriod` and `sy:updateFrequency`, in minutes.
    pub ttl_minutes: Option<u32>,
    /// Where else it is.
    pub elsewhere: Elsewhere,
    /// The entries that were read, in document order.
    pub entries: Vec<Entry>,
    /// The entries that were not, with why.
    pub refused: Vec<RefusedEntry>,
    /// What had to be repaired or guessed, one line each.
    pub warnings: Vec<String>,
    /// The document broke off before its end: what it vouches for is incomplete.
    pub truncated: bool,
}

/// Where else a feed is, by its own word: absolute addresses.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Elsewhere {
    /// The next page with older entries (RFC 5005: `prev-archive`, else `next`; JSON Feed: `next_url`).
    pub older: Option<String>,
    /// Its hubs (WebSub), in order.
    pub hubs: Vec<String>,
    /// Its own address (`self`; JSON Feed: `feed_url`): what a hub knows it by.
    pub own: Option<String>,
}

/// One entry as stated.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entry {
    /// `guid`, `atom:id`, `rdf:about` or JSON `id`, trimmed; never invented.
    pub id: Option<String>,
    /// Plain text: no markup, no entities.
    pub title: String,
    /// Absolute where it can be.
    pub link: Option<String>,
    /// The address behind `link` where that one only counts readers (`feedburner:origLink`).
    pub original_link: Option<String>,
    /// Who signs it: names, plain text, in order; an e-mail address only where no name is given.
    pub authors: Vec<Author>,
    /// When it was first published.
    pub published: Option<StatedDate>,
    /// When it was last changed.
    pub updated: Option<StatedDate>,
    /// A date was there that could not be read, or that is impossible.
    pub unreadable_date: Option<String>,
    /// BCP 47, lower case, when stated for the entry itself.
    pub language: Option<String>,
    /// Plain text.
    pub summary: Option<String>,
    /// Sanitised HTML; relative links resolved; no tracking pixel.
    pub content_html: Option<String>,
    /// The same as plain text.
    pub content_text: Option<String>,
    /// Categories and tags, plain text.
    pub categories: Vec<String>,
    /// Where the entry was first published by somebody else (RSS `source`, Atom `source`).
    pub origin: Option<Url>,
    /// A date was there that is impossible today and may not be later.
    pub early: bool,
    /// Whether it was read at all, and how it will be recognised. One that was recognised holds nothing else.
    pub recognition: Recognition,
}

/// A signature, with where it stood.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Author {
    /// As a person would read it.
    pub name: String,
    /// The element: "author", "dc:creator", "itunes:author", "managingEditor", "feed author", "json author".
    pub place: &'static str,
    /// A page about the author, when the entry gives one.
    pub url: Option<String>,
}

/// An entry that could not be read. Kept in quarantine, so that nothing is lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedEntry {
    /// The bytes concerned, at most 64 KiB of them.
    pub bytes: Vec<u8>,
    /// Why, in one line.
    pub reason: String,
}

/// The document is no feed at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotAFeed(pub String);
