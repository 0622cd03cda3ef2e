//! Reading the further pages of a feed (RFC 5005): how far it came.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

/// One reading of a feed's further pages, kept with the source so that it goes on where it stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CatchUp {
    /// Why it began.
    pub reason: CatchUpReason,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// What was published before that was never news to us: it is backlog. `None`: nothing was.
    pub news_since: Option<DateTime<Utc>>,
    /// Pages read so far.
    pub pages: u32,
    /// Failures in a row to read the page that is next.
    pub failures: u32,
    /// The page to read next; `None` when it is over.
    pub next: Option<Url>,
    /// Where and why it stopped, when that was not at the end.
    pub stopped: Option<CatchUpStop>,
}

/// Why further pages are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatchUpReason {
    /// The first fetch of the source.
    First,
    /// Its document lists nothing that is known: items may have come and gone unseen.
    Gap,
}

/// What ended, or for now holds up, the reading of further pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatchUpStop {
    /// As many pages were read as the operator allows.
    Limit,
    /// The pages lead back to one that was read.
    Circle,
    /// The next page is at another origin, and is not asked for. Its address, as it may be told.
    Elsewhere(String),
    /// This refresh took long enough; the next one goes on.
    Paused,
    /// A page could not be read: tried again while `next` is set.
    Failed(String),
}
