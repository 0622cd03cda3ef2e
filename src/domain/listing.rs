//! Looking at what came in: what is asked for, and the rows that answer.

use crate::domain::{
    decision::{Decision, Verdict},
    evidence::{Evidence, Level},
    item::Item,
    relevance::Relevance,
    slug::Slug,
    story::Tie,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::str::FromStr;

/// Which items to list. Every condition that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ItemFilter {
    /// Items that answer this theme.
    pub theme: Option<Slug>,
    /// Items of this source.
    pub source: Option<Slug>,
    /// Items first seen at or after.
    pub since: Option<DateTime<Utc>>,
    /// Items in this state.
    pub state: Option<ItemState>,
    /// How many, newest first.
    pub limit: u32,
}

/// Where an item stands for the people who choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    /// Came in after the first fetch of its source; nobody decided.
    New,
    /// Came with the first fetch of its source; nobody decided.
    Backlog,
    /// The last decision is that one.
    Decided(Verdict),
    /// In an edition that was not cancelled.
    Published,
}

/// The text names no state of an item.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a state of an item; use new, backlog, keep, drop, later or published")]
pub struct UnknownState(String);

impl FromStr for ItemState {
    type Err = UnknownState;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "new" => Ok(Self::New),
            "backlog" => Ok(Self::Backlog),
            "keep" | "kept" => Ok(Self::Decided(Verdict::Keep)),
            "drop" | "dropped" => Ok(Self::Decided(Verdict::Drop)),
            "later" => Ok(Self::Decided(Verdict::Later)),
            "published" => Ok(Self::Published),
            other => Err(UnknownState(other.to_owned())),
        }
    }
}

/// What a person looks for, read (`pipeline::search`).
#[derive(Debug, Clone)]
pub struct SearchQuery {
    /// What an item must hold, all of it; none: there is no word to look for, and nothing is found.
    pub wanted: Vec<SearchTerm>,
    /// What it must not hold, none of it.
    pub unwanted: Vec<SearchTerm>,
    /// Runs of words that must stand together. The index does not know places: the texts themselves are asked.
    pub phrases: Vec<Vec<String>>,
    /// Whether the words of a phrase stand together in a text.
    pub stands_in: fn(&[String], &str) -> bool,
}

/// A word to look for, as the index holds words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchTerm {
    /// In one of these forms.
    Word(Vec<String>),
    /// Any word that begins so.
    Beginning(String),
}

/// In which order results come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SearchOrder {
    /// The best match first: words in the title count more. Where a word is held by thousands of items, which cannot be weighed in
    /// no time, the items come first that hold more of the words in their title, then the newest.
    #[default]
    Best,
    /// The last to come in first.
    Newest,
}

/// A row of a list of items. The field names are those of `veille items list --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ItemRow {
    /// Row id.
    pub id: i64,
    /// Slug of its source.
    pub source: String,
    /// Plain text.
    pub title: String,
    /// Canonical.
    pub url: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// As stated by the publisher.
    pub published_at: Option<DateTime<Utc>>,
    /// When we first saw it.
    pub first_seen_at: DateTime<Utc>,
    /// Themes that it answers, best first.
    pub themes: Vec<String>,
    /// The best of its themes' scores, 0 to 1; 0 when it answers none.
    pub relevance: f64,
    /// What its evidence adds up to; null before it was assessed.
    pub reliability: Option<ReliabilityRow>,
    /// Row id of its story.
    pub story: Option<i64>,
    /// The last decision.
    pub decision: Option<Verdict>,
    /// Came with the first fetch of its source.
    pub backlog: bool,
}

/// A reliability without its criteria.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReliabilityRow {
    /// 0 to 100.
    pub score: f64,
    /// Score less one standard deviation.
    pub low: f64,
    /// Score plus one standard deviation.
    pub high: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// In words.
    pub level: Level,
}

/// Everything stored about one item.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemRecord {
    /// Its row in a list.
    pub row: ItemRow,
    /// The item itself; the body as HTML only.
    pub item: Item,
    /// What each theme made of it, exclusions included.
    pub relevance: Vec<Relevance>,
    /// What was observed about it.
    pub evidence: Vec<Evidence>,
    /// The other items of its story.
    pub story: Vec<StoryRow>,
    /// All decisions, oldest first.
    pub decisions: Vec<Decision>,
}

/// A member of an item's story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoryRow {
    /// Row id of the item.
    pub item: i64,
    /// Slug of its source.
    pub source: String,
    /// Plain text.
    pub title: String,
    /// Canonical.
    pub url: Option<String>,
    /// It heads the story.
    pub lead: bool,
    /// Why it is in the story.
    pub tie: Tie,
}

/// An entry that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuarantineRow {
    /// Row id.
    pub id: i64,
    /// Slug of its source.
    pub source: String,
    /// Why, in one line.
    pub reason: String,
    /// The bytes concerned, as text, what is no UTF-8 replaced.
    pub excerpt: String,
    /// How many bytes are kept.
    pub bytes: u32,
    /// When it first came.
    pub first_seen_at: DateTime<Utc>,
    /// When it last came.
    pub last_seen_at: DateTime<Utc>,
}
