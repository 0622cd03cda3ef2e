//! What is published, when, to whom.

use crate::domain::{
    localised::{Locale, Localised},
    slug::Slug,
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// A recurring publication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    /// Its name in commands.
    pub slug: Slug,
    /// Its title, as readers see it.
    pub title: Localised,
    /// The language it is written in.
    pub language: Locale,
    /// Cron text of five fields, in local time.
    pub schedule: Schedule,
    /// Whether a person must approve an edition before it leaves.
    pub approval: Approval,
    /// Themes it covers, in order; empty means all, in the order of the file.
    pub themes: Vec<Slug>,
    /// How many stories an edition holds at most.
    pub max_items: usize,
    /// How many stories one section holds at most.
    pub max_items_per_theme: usize,
    /// What to do about periods missed while the machine was down.
    pub catch_up: CatchUp,
    /// Whether an edition without a single item is sent.
    pub send_empty: bool,
    /// What happens to a delivery whose acceptance is unknown.
    pub ambiguous: AmbiguousPolicy,
}

/// When editions are due: a cron text with its zone. Valid by construction (`pipeline::periods::schedule`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// Five fields, as written.
    pub cron: String,
    /// The zone its hours are in.
    pub zone: Tz,
}

/// Who lets an edition leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approval {
    /// A person.
    #[default]
    Required,
    /// The schedule, if the accessibility gate passes.
    Automatic,
}

/// Periods missed while the machine was down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CatchUp {
    /// One edition, for the latest missed period.
    #[default]
    Latest,
    /// One edition for each.
    All,
    /// None: the next regular one covers everything.
    Skip,
}

/// Deliveries of which nobody can know whether the relay took them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AmbiguousPolicy {
    /// Send once more with the same Message-ID.
    #[default]
    Resend,
    /// Wait for a person.
    Hold,
}
