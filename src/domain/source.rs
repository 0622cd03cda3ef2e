//! What we watch: its definition, and the state that the database keeps of it.

use crate::domain::{
    archive::CatchUp,
    evidence::Reliability,
    fetching::{Declared, Validators},
    hub::Hub,
    slug::Slug,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;

/// How a source is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// RSS, Atom, RDF or JSON Feed.
    #[default]
    Feed,
    /// A web page.
    Page,
    /// Newsletters in a mailbox.
    Newsletter,
    /// A JSON web service.
    Api,
    /// A file.
    File,
    /// A database query.
    Sql,
}

/// One thing we watch, as `sources.toml` defines it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its name in commands.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// How it is read.
    pub kind: SourceKind,
    /// Where it is read.
    pub url: Url,
    /// The language of its items when they do not say (BCP 47).
    pub language: Option<String>,
    /// The themes it is watched for; empty means every theme.
    pub themes: Vec<Slug>,
    /// Who stands behind it.
    pub publisher: Option<Slug>,
    /// Defined but not fetched.
    pub paused: bool,
}

/// Whether a source is being fetched, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceCondition {
    /// Never fetched yet.
    New,
    /// The last fetch succeeded.
    Healthy,
    /// The last fetch failed; it is tried again.
    Failing,
    /// The publisher answered 410: not tried again until a person says so.
    Gone,
    /// `paused = true` in the file.
    Paused,
    /// No longer in the file; kept with its items.
    Retired,
    /// Its qualification sheet says no: not fetched. Told, never stored: the sheet is what holds.
    Refused,
}

/// What the database knows of a source.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceState {
    /// Row id.
    pub id: i64,
    /// See [`SourceCondition`].
    pub condition: SourceCondition,
    /// Not to be asked again before. `None`: at once.
    pub next_check_at: Option<DateTime<Utc>>,
    /// When it was last asked, whatever the answer.
    pub last_checked_at: Option<DateTime<Utc>>,
    /// When it last answered well (200 or 304).
    pub last_success_at: Option<DateTime<Utc>>,
    /// When it first answered well.
    pub first_success_at: Option<DateTime<Utc>>,
    /// When an item last came in.
    pub last_new_item_at: Option<DateTime<Utc>>,
    /// Why the last fetch failed; cleared by the next success.
    pub last_error: Option<String>,
    /// Failures since the last success.
    pub consecutive_failures: u32,
    /// The address in use: that of the file, or the one that a permanent redirect was proved to mean.
    pub effective_url: Url,
    /// What to send back to be told "nothing new": kept by the URL that gave them.
    pub validators: Option<Validators>,
    /// For how long the publisher said, with the last document, that it need not be asked for again.
    pub declared: Declared,
    /// SHA-256 of the last body that was parsed, to skip an identical one.
    pub body_hash: Option<[u8; 32]>,
    /// A permanent redirect under observation.
    pub redirect: Option<PendingRedirect>,
    /// The publishing rhythm observed: mean hours between two items.
    pub rhythm_hours: Option<f64>,
    /// The reliability last computed for the source.
    pub reliability: Option<Reliability>,
    /// The reading of its further pages, the last one or the one under way.
    pub catch_up: Option<CatchUp>,
    /// Its hub, as its last document stated it.
    pub hub: Option<Hub>,
    /// Until when a hub tells of its changes that did so before: polling may then be slow.
    pub told_until: Option<DateTime<Utc>>,
}

/// A 301 or 308 seen, not yet adopted: three sightings at least 24 hours apart are needed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingRedirect {
    /// Where it points.
    pub target: Url,
    /// How many sightings counted; 0 when another feed stood there at first sight.
    pub sightings: u32,
    /// When the last one that counted was.
    pub last_seen_at: DateTime<Utc>,
}
