//! Items that tell the same fact.

use crate::domain::identifier::Identifier;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Why an item is in a story. The first member is the seed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Tie {
    /// It opened the story.
    Seed,
    /// The same canonical address as that item.
    SameUrl {
        /// The other item.
        item: i64,
    },
    /// The same words as that item, or nearly: no independent voice.
    Copy {
        /// The other item.
        item: i64,
        /// Share of five-word runs in common, 0 to 1.
        overlap: f64,
    },
    /// The same identifier as that item.
    SharedIdentifier {
        /// The other item.
        item: i64,
        /// For people: "CELEX 32024R1689".
        identifier: String,
    },
    /// Told in the same words as the story so far.
    SameWords {
        /// Cosine, 0 to 1.
        similarity: f64,
        /// The words that weighed most.
        words: Vec<String>,
    },
    /// A person says so (`domain::story_act`).
    Person,
}

impl Tie {
    /// A copy or the same page confirms nothing.
    pub fn is_independent(&self) -> bool {
        !matches!(self, Self::SameUrl { .. } | Self::Copy { .. })
    }
}

/// An item's place in a story.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// Which story; row id.
    pub story: i64,
    /// Which item; row id.
    pub item: i64,
    /// Why.
    pub tie: Tie,
}

/// The items that are in no story yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ungrouped {
    /// When the first of them happened.
    pub first: DateTime<Utc>,
    /// When the last of them happened.
    pub last: DateTime<Utc>,
    /// How many.
    pub count: usize,
}

/// An item that is in no story yet, as grouping sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct UngroupedItem {
    /// Row id.
    pub item: i64,
    /// Row id of its source.
    pub source: i64,
    /// When it happened: the stated publication, else the day we first saw it.
    pub at: DateTime<Utc>,
    /// Canonical address.
    pub url: Option<String>,
    /// It came with the first fetch of its source.
    pub backlog: bool,
    /// Its title.
    pub title: String,
    /// Its summary.
    pub summary: String,
    /// Official and scholarly references.
    pub identifiers: Vec<Identifier>,
    /// What was taken from its whole text when it came in (`pipeline::stories::Fingerprint`); `None`: title and summary have to do.
    pub fingerprint: Option<Vec<u8>>,
}

/// A member of a story that may still grow, as grouping sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenMember {
    /// Row id of the item.
    pub item: i64,
    /// Row id of its story.
    pub story: i64,
    /// Row id of its source.
    pub source: i64,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// See [`UngroupedItem::fingerprint`].
    pub fingerprint: Vec<u8>,
}

/// A member of a story, as the choice of a lead and the count of voices see it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryMember {
    /// Row id of the item.
    pub item: i64,
    /// Row id of its story; 0 before it is in one.
    pub story: i64,
    /// Slug of its source.
    pub source: String,
    /// Address of its source.
    pub site: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Canonical address.
    pub url: Option<String>,
    /// Its title.
    pub title: String,
    /// Its summary.
    pub summary: String,
    /// Addresses linked from its body.
    pub links: Vec<String>,
    /// Why it is in the story.
    pub tie: Tie,
    /// The reliability last computed, 0 to 100.
    pub score: Option<f64>,
}

/// A story as the database keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Story {
    /// Row id: that of the item that opened it.
    pub id: i64,
    /// The item that heads it.
    pub lead: i64,
    /// When its first item happened.
    pub opened_at: DateTime<Utc>,
    /// When its last item happened.
    pub last_at: DateTime<Utc>,
    /// How many independent publishers tell it.
    pub independent: usize,
    /// When to look for corroboration next; `None`: nothing to expect.
    pub due_at: Option<DateTime<Utc>>,
}

/// What one batch of grouping writes: all of it, or nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GroupingPlan {
    /// Items put into stories, in the order of their ids.
    pub memberships: Vec<Membership>,
    /// The stories concerned, as they are afterwards.
    pub stories: Vec<Story>,
    /// Fingerprints to keep: row id of the item and bytes.
    pub fingerprints: Vec<(i64, Vec<u8>)>,
}

/// Publishers that speak with one voice, within a story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VoiceGroup {
    /// For people: names of the publishers or sites.
    pub names: Vec<String>,
    /// The items that speak with that voice.
    pub items: Vec<i64>,
    /// (score less one deviation) / 100 of the best of them, computed without corroboration; 0 to 1.
    pub quality: f64,
}

/// Who else tells what an item tells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Corroboration {
    /// Which item.
    pub item: i64,
    /// The independent voices other than its own, best first.
    pub groups: Vec<VoiceGroup>,
    /// Items that repeat another one: heard as no voice.
    pub copies: Vec<i64>,
}

impl Corroboration {
    /// Others tell it, and all of them only repeat.
    pub fn only_copies(&self) -> bool {
        self.groups.is_empty() && !self.copies.is_empty()
    }
}
