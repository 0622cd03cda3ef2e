//! What a refresh decided about one source, and what it reports about all.

use crate::domain::{
    entry::RefusedEntry,
    evidence::{Evidence, Ledger},
    fetching::{FailureKind, Validators},
    item::NewItem,
    relevance::Relevance,
    source::{PendingRedirect, SourceCondition},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use url::Url;

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
    /// Row ids of known items that the document still lists unchanged.
    pub seen: Vec<i64>,
    /// Entries that could not be read.
    pub quarantine: Vec<RefusedEntry>,
    /// What the plan means, for the report.
    pub outcome: SourceOutcome,
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
    pub ledger: Ledger,
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
    /// Hash of the body that was taken in.
    pub body_hash: Option<[u8; 32]>,
    /// A permanent redirect under observation.
    pub redirect: Option<PendingRedirect>,
    /// Mean hours between two items.
    pub rhythm_hours: Option<f64>,
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
    /// Items stored.
    pub new_items: usize,
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
