//! Lists of feeds in OPML, both ways (OPML 2.0 with its "subscription list" conventions; 1.0 and 1.1 are read too).
//!
//! Readers write it carelessly: reading takes what can be taken and says what was left out.

mod outline;
mod read;
mod write;

pub use read::read;
pub use write::write;

use url::Url;

/// A longer file is not read.
pub const LONGEST: usize = 10 << 20;
/// Feeds beyond this number are left out.
pub const MOST_FEEDS: usize = 5_000;
/// Outlines nested deeper are left out.
pub const DEEPEST: usize = 64;

/// What a list holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OpmlList {
    /// `head/title`.
    pub title: Option<String>,
    /// The feeds, in order, each address once.
    pub feeds: Vec<OpmlFeed>,
    /// What could not be taken, one line each.
    pub warnings: Vec<String>,
}

/// One feed of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct OpmlFeed {
    /// `text`, else `title`; plain text. `None` when both are empty.
    pub title: Option<String>,
    /// `xmlUrl`.
    pub url: Url,
    /// `htmlUrl`.
    pub site: Option<Url>,
    /// `language`, as written.
    pub language: Option<String>,
    /// Groups it stands in and `category`, each as a path from the outermost.
    pub categories: Vec<Vec<String>>,
}

/// The document is no OPML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotOpml(pub(super) String);
