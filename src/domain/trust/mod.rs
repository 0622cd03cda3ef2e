//! What people say about trust, beside what was computed: overrides and qualification sheets, in one chain of records.
//!
//! A record is never changed nor removed. What holds at an instant is read from the records made until then: [`Holdings`] for
//! overrides, [`Sheet`] for the qualification of a source.

mod chain;
mod holding;
mod rules;
mod sheet;

pub use chain::{Broken, FIRST_PREVIOUS, StoredRecord, seal, sha256, verify};
pub use holding::{Hold, Holdings, OverrideRow, OverrideState, Pinned};
pub use rules::{Inadmissible, LEAST_REASON, admit};
pub use sheet::{HistoryRow, Overdue, Sheet, SheetAnswer};

use crate::domain::{evidence::Criterion, slug::Slug};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// One record of the chain. Its serialisation as compact JSON, fields in this order, is what is hashed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Its place, from 1, without a gap.
    pub number: i64,
    /// SHA-256 of the record before, hexadecimal; 64 zeros in the first.
    pub previous: String,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// By whom: a name that the team knows.
    pub actor: String,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// What it says.
    pub act: Act,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Act {
    /// The score is that one, whatever was computed.
    Pin {
        /// Of what.
        subject: Subject,
        /// 0 to 100.
        score: u8,
        /// On that day it no longer holds, and waits to be looked at again.
        review_by: NaiveDate,
    },
    /// A person adds evidence.
    Evidence {
        /// About what.
        subject: Subject,
        /// Which criterion it bears on.
        criterion: Criterion,
        /// 0 to 1.
        support: f64,
        /// More than 0, 10 at most.
        weight: f64,
        /// As for a pin.
        review_by: NaiveDate,
    },
    /// Not scored, in no edition.
    Block {
        /// What.
        subject: Subject,
        /// As for a pin.
        review_by: NaiveDate,
    },
    /// An earlier override holds no longer.
    Withdraw {
        /// Its number.
        number: i64,
    },
    /// A step of the qualification of a source.
    Qualify {
        /// Which source.
        source: Slug,
        /// What it changes.
        step: Step,
    },
}

/// What an override is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "scope", rename_all = "snake_case")]
pub enum Subject {
    /// A source, and through it its items.
    Source {
        /// Which.
        source: Slug,
    },
    /// One item.
    Item {
        /// Row id.
        item: i64,
        /// Slug of its source.
        source: String,
        /// Its title on that day: a number alone would tell an auditor nothing.
        title: String,
    },
}

impl Act {
    /// What an override is about; `None` for any other act.
    pub fn subject(&self) -> Option<&Subject> {
        match self {
            Self::Pin { subject, .. } | Self::Evidence { subject, .. } | Self::Block { subject, .. } => Some(subject),
            Self::Withdraw { .. } | Self::Qualify { .. } => None,
        }
    }

    /// The row id of the item that it is about.
    pub fn item(&self) -> Option<i64> {
        match self.subject() {
            Some(Subject::Item { item, .. }) => Some(*item),
            _ => None,
        }
    }

    /// The day on which an override ends.
    pub fn review_by(&self) -> Option<NaiveDate> {
        match self {
            Self::Pin { review_by, .. } | Self::Evidence { review_by, .. } | Self::Block { review_by, .. } => Some(*review_by),
            Self::Withdraw { .. } | Self::Qualify { .. } => None,
        }
    }
}

/// A step of a qualification: what is absent stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Step {
    /// Where the sheet stands from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<SheetState>,
    /// Answers to criteria.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// The last day of the trial.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_until: Option<NaiveDate>,
    /// When the source is to be looked at again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_review: Option<NaiveDate>,
}

/// A person's answer to one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Which.
    pub criterion: Criterion,
    /// Whether it is met; `None` when only the note is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub met: Option<Met>,
    /// In the person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whether a source meets a criterion, says a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Met {
    /// It does.
    Yes,
    /// In part.
    Partly,
    /// It does not.
    No,
}

/// Where a qualification stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetState {
    /// Somebody proposed the source.
    Proposed,
    /// It is watched for a time.
    Trial,
    /// It is one of the team's sources.
    Accepted,
    /// It is not, and is not fetched.
    Refused,
}

#[cfg(test)]
mod tests;
