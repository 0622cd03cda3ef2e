//! What people do to stories: bring items together that grouping kept apart, or take apart what it brought together.

use crate::domain::story::{Membership, Story};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoryActKind {
    /// Several stories became one.
    Merge,
    /// Items left their story for one of their own.
    Split,
}

/// Who does something, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// A name.
    pub actor: String,
    /// In the person's words.
    pub reason: Option<String>,
}

/// One act, as kept: never changed, never removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StoryAct {
    /// What was done.
    pub kind: StoryActKind,
    /// The items named.
    pub items: Vec<i64>,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// An act with all that it changes, to be written in one transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Regrouping {
    /// The act.
    pub act: StoryAct,
    /// The stories concerned, as they are afterwards.
    pub stories: Vec<Story>,
    /// The place of each of their items.
    pub memberships: Vec<Membership>,
    /// Stories that are no more, and the one that their items are in now.
    pub gone: Vec<(i64, i64)>,
}
