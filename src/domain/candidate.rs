//! What an edition is chosen from, and what became of each story: in or out, and why.

use crate::domain::{
    decision::Verdict, edition::PeriodKey, evidence::Level, fetching::StatedDate, relevance::Relevance, slug::Slug, story::Tie,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// One item that an edition could tell, with everything that the choice needs. The items of one story come together.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Row id.
    pub item: i64,
    /// Row id of its story; minus the item's own id while no story holds it.
    pub story: i64,
    /// It leads its story.
    pub leads: bool,
    /// Why it is in its story.
    pub tie: Tie,
    /// Independent voices that tell its story, its own included.
    pub independent: usize,
    /// Which source gave it.
    pub source: Slug,
    /// The source's name for people.
    pub source_name: String,
    /// As stored.
    pub title: String,
    /// As stored.
    pub summary: String,
    /// Canonical.
    pub url: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// Who signs it.
    pub authors: Vec<String>,
    /// When it says that it was published.
    pub published: Option<StatedDate>,
    /// It states a date that cannot be read or cannot be true.
    pub date_is_impossible: bool,
    /// When it came in.
    pub first_seen_at: DateTime<Utc>,
    /// It came with the first fetch of its source.
    pub backlog: bool,
    /// It came in since the last edition. The others are here because a person deferred or kept them, or for their story.
    pub in_window: bool,
    /// What the themes make of it.
    pub relevance: Vec<Relevance>,
    /// What it is worth; `None` when nothing was assessed.
    pub reliability: Option<Assessed>,
    /// What a person last decided.
    pub decision: Option<Decided>,
    /// The edition of this digest that already told it, or its story.
    pub told_in: Option<i64>,
}

/// A reliability, as far as the choice needs it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Assessed {
    /// 0 to 100.
    pub score: f64,
    /// The low bound.
    pub low: f64,
    /// The high bound.
    pub high: f64,
    /// In words.
    pub level: Level,
}

/// The decision that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What.
    pub verdict: Verdict,
    /// By whom.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
    /// In the person's words.
    pub reason: Option<String>,
}

/// The stretch of the watch that an edition covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Its local calendar label.
    pub key: PeriodKey,
    /// When the period before it ended.
    pub since: DateTime<Utc>,
    /// The local day that the edition is dated.
    pub date: NaiveDate,
}

/// What was published before that is no news at `now`, for a period that began at `since`: a period and a fortnight ago at most.
pub fn oldest_news(since: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    since - (now - since).max(TimeDelta::days(14))
}

/// Of what first fetches brought, so many of the newest items get a line each in the account of an edition that leaves them out: the
/// first day of a watch may bring a million.
pub const FIRST_FETCH_ACCOUNTED: usize = 1_000;

/// Which items an edition claims, by order of arrival, and what bounds its choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Items after this row id…
    pub after_item: i64,
    /// …up to this one.
    pub up_to_item: i64,
    /// When the edition before it was closed: what a person deferred earlier is due now.
    pub opened_at: Option<DateTime<Utc>>,
    /// What becomes of items that came with the first fetch of their source.
    pub first_fetch: FirstFetch,
}

/// What becomes of items that came with the first fetch of their source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FirstFetch {
    /// They are no news, whatever their date; a person may keep one.
    #[default]
    LeaveOut,
    /// Those that were published inside the period are admitted: for the first edition of a new watch.
    Admit,
}

/// What became of one story.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Row id of the story (see [`Candidate::story`]).
    pub story: i64,
    /// The item that tells it, or would have.
    pub item: i64,
    /// In or out.
    #[serde(flatten)]
    pub fate: Fate,
}

/// In or out, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fate", rename_all = "snake_case")]
pub enum Fate {
    /// It is told.
    In {
        /// In which section.
        theme: Slug,
        /// Its place in the edition, from 1.
        position: usize,
        /// What it was ranked by.
        rank: Rank,
    },
    /// It is not.
    Out {
        /// Why.
        #[serde(flatten)]
        because: Exclusion,
    },
}

/// What a story was ranked by; each part 0 to 1, `total` their weighted sum.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Rank {
    /// A person kept it: before all others.
    pub kept: bool,
    /// Of the best theme.
    pub relevance: f64,
    /// The low bound of its reliability.
    pub reliability: f64,
    /// Independent publishers that confirm it: three are full marks.
    pub corroboration: f64,
    /// 1 at the end of the period, 0 at its start or without a date.
    pub freshness: f64,
    /// The weighted sum.
    pub total: f64,
}

/// Why a story is not in an edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "snake_case")]
pub enum Exclusion {
    /// An edition of this digest told it already.
    Told {
        /// Its number.
        edition: i64,
    },
    /// A person dropped it.
    Dropped {
        /// Who.
        actor: String,
        /// Why.
        reason: Option<String>,
    },
    /// A person deferred it to the next edition.
    Later {
        /// Who.
        actor: String,
    },
    /// Its publisher is blocked.
    Blocked {
        /// Who.
        publisher: String,
        /// Why.
        reason: String,
    },
    /// No theme of the digest matched.
    NoTheme,
    /// A rule of `none` excluded it.
    ExcludedByRule {
        /// Of which theme.
        theme: Slug,
        /// As written.
        rule: String,
    },
    /// It came with the first fetch of its source, which is never news by itself.
    Backlog {
        /// When it was published, if it says so.
        published_at: Option<DateTime<Utc>>,
    },
    /// It was published long before the period.
    Old {
        /// When.
        published_at: DateTime<Utc>,
    },
    /// Its title cannot be read aloud: the accessibility gate would refuse it.
    Unreadable,
    /// The section was full.
    SectionFull {
        /// Which one.
        theme: Slug,
        /// How many it holds.
        limit: usize,
    },
    /// The edition was full.
    EditionFull {
        /// How many it holds.
        limit: usize,
    },
    /// Its publisher had its share.
    PublisherShare {
        /// Who.
        publisher: String,
        /// The share, in stories.
        limit: usize,
    },
}

impl Exclusion {
    /// It answered a theme and was news, but found no room.
    pub fn is_for_lack_of_room(&self) -> bool {
        matches!(self, Self::SectionFull { .. } | Self::EditionFull { .. } | Self::PublisherShare { .. })
    }
}
