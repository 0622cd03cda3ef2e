//! What a refresh decided about one source, and what it reports about all.

use crate::domain::{
    archive::CatchUp,
    entry::RefusedEntry,
    evidence::{Evidence, Reliability},
    fetching::{Declared, FailureKind, Validators},
    hub::Hub,
    item::{ItemKey, NewItem},
    recognition::{Became, Trace},
    relevance::Relevance,
    source::{PendingRedirect, SourceCondition},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use url::Url;

/// What the database knows of a source's items, as far as one document is concerned.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KnownItems {
    /// Known items under the keys that the document may give.
    pub by_key: HashMap<ItemKey, KnownItem>,
    /// Items that the previous document of the source listed: the only ones that may have changed their key.
    pub listed: Vec<(ItemKey, KnownItem)>,
    /// Keys that retention removed: never new again while the source lists them.
    pub buried: HashSet<ItemKey>,
}

/// The part of a stored item that says whether an entry is that item, and whether it changed.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownItem {
    /// Row id.
    pub id: i64,
    /// Hash of what we show.
    pub content_hash: [u8; 32],
    /// Canonical address.
    pub url: Option<String>,
    /// As stored.
    pub title: String,
    /// When it says that it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// When it came in.
    pub first_seen_at: DateTime<Utc>,
}

/// A known item under a new key or address, its content unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedItem {
    /// Row id.
    pub id: i64,
    /// The key it has from now on.
    pub key: ItemKey,
    /// The address it has from now on.
    pub url: Option<String>,
}

/// Everything to be written about one source, in one transaction: the items together with the validators that vouch for them.
#[derive(Debug, Clone)]
pub struct RefreshPlan {
    /// Row id of the source.
    pub source_id: i64,
    /// The state to write.
    pub state: NextState,
    /// Items to insert, oldest first.
    pub new: Vec<AssessedItem>,
    /// Known items whose content changed: row id and new content.
    pub changed: Vec<(i64, AssessedItem)>,
    /// Row ids of known items that the document still lists, those of `changed` and `moved` included.
    pub seen: Vec<i64>,
    /// Known items whose key or address changed.
    pub moved: Vec<MovedItem>,
    /// Keys that the document still lists although retention removed their items.
    pub buried: Vec<ItemKey>,
    /// Entries that could not be read.
    pub quarantine: Vec<RefusedEntry>,
    /// A document was read to its end: what it does not list, the source no longer lists.
    pub whole: bool,
    /// By what the entries of the document are recognised when they come again; `None` when no document was taken in.
    pub traces: Option<Vec<(Trace, Became)>>,
    /// What the plan means, for the report.
    pub outcome: SourceOutcome,
}

/// The words of an item as the full-text index takes them: each distinct stem once, separated by spaces (`pipeline::search`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IndexedText {
    /// Of the title.
    pub title: String,
    /// Of the summary and the body.
    pub body: String,
}

/// An item with everything computed about it before it is stored.
#[derive(Debug, Clone)]
pub struct AssessedItem {
    /// The item.
    pub item: NewItem,
    /// Came with a first fetch.
    pub backlog: bool,
    /// What the themes make of it.
    pub relevance: Vec<Relevance>,
    /// What was observed about it.
    pub evidence: Vec<Evidence>,
    /// What it adds up to, before corroboration.
    pub reliability: Reliability,
    /// What full-text search finds it by.
    pub text: IndexedText,
    /// What grouping compares it by (`pipeline::stories::Fingerprint`), taken while its whole text is at hand.
    pub fingerprint: Vec<u8>,
}

/// The part of a source's state that a refresh decides.
#[derive(Debug, Clone, PartialEq)]
pub struct NextState {
    /// See [`SourceCondition`].
    pub condition: SourceCondition,
    /// Durable: a restart changes nothing.
    pub next_check_at: Option<DateTime<Utc>>,
    /// When the answer came.
    pub checked_at: DateTime<Utc>,
    /// The answer was a success.
    pub succeeded: bool,
    /// The reason of a failure.
    pub last_error: Option<String>,
    /// Failures since the last success, this one included.
    pub consecutive_failures: u32,
    /// The address to use next.
    pub effective_url: Url,
    /// What to send next.
    pub validators: Option<Validators>,
    /// For how long the publisher says that it need not be asked for again.
    pub declared: Declared,
    /// Hash of the body that was last taken in.
    pub body_hash: Option<[u8; 32]>,
    /// A permanent redirect under observation.
    pub redirect: Option<PendingRedirect>,
    /// Mean hours between two items.
    pub rhythm_hours: Option<f64>,
    /// The reading of its further pages, the last one or the one under way.
    pub catch_up: Option<CatchUp>,
    /// Its hub, as its last document stated it.
    pub hub: Option<Hub>,
    /// The host:port not to be asked before, after 429 or 503.
    pub host_rest: Option<(String, DateTime<Utc>)>,
    /// Things to tell the operator (Sunset, Deprecation, repairs).
    pub notices: Vec<String>,
}

/// How the refresh of one source ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceOutcome {
    /// A body was read; counts of new and changed items and of quarantined entries.
    Fetched {
        /// New items.
        new: usize,
        /// Changed items.
        changed: usize,
        /// Entries put in quarantine.
        quarantined: usize,
    },
    /// 304, or a body identical to the last.
    NotModified,
    /// Not asked: its host asked for rest, through this source or another.
    Resting {
        /// Who: host:port.
        host: String,
        /// Until when.
        until: DateTime<Utc>,
    },
    /// Nothing could be read.
    Failed {
        /// Which remedy applies.
        kind: FailureKind,
        /// One line.
        reason: String,
    },
}

/// What a refresh did. The field names are those of `veille refresh --json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct RefreshReport {
    /// Sources asked.
    pub sources: usize,
    /// Sources that gave a body.
    pub fetched: usize,
    /// Sources that had nothing new.
    pub not_modified: usize,
    /// Sources that failed.
    pub failed: usize,
    /// Sources not asked, because their host asked for rest: no failure of theirs, and still due.
    pub resting: usize,
    /// Items stored.
    pub new_items: usize,
    /// Those of them that came with the first fetch of their source: known, and never news by themselves.
    pub backlog_items: usize,
    /// Items whose content changed.
    pub updated_items: usize,
    /// Entries put in quarantine.
    pub quarantined: usize,
    /// Bytes received, compressed.
    pub bytes: u64,
    /// Wall time.
    pub elapsed_ms: u64,
    /// Each failure with its reason.
    pub failures: Vec<SourceFailure>,
}

/// One failure of a refresh.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceFailure {
    /// Slug of the source.
    pub source: String,
    /// One line that names the remedy.
    pub reason: String,
}
