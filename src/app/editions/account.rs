//! What is told of editions: the documents behind `veille edition … --json`.

use crate::{
    domain::{
        candidate::Choice,
        delivery::DeliverySummary,
        edition::{EditionContent, EditionState},
    },
    pipeline::gate::Violation,
    store::editions::{ChoiceRow, EditionRecord},
};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// One edition in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EditionSummary {
    /// Its number.
    pub number: i64,
    /// Of which digest.
    pub digest: String,
    /// Of which period.
    pub period: String,
    /// Where it stands.
    pub state: EditionState,
    /// How many stories it tells.
    pub items: usize,
    /// When it was composed.
    pub composed_at: DateTime<Utc>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// By whom.
    pub approved_by: Option<String>,
    /// When its last delivery ended.
    pub sent_at: Option<DateTime<Utc>>,
    /// SHA-256 of the frozen bytes.
    pub hash: Option<String>,
}

impl EditionSummary {
    pub(super) fn of(record: &EditionRecord) -> Self {
        let edition = &record.edition;
        let (approved_at, approved_by) = edition.approved.clone().unzip();
        Self {
            number: edition.number,
            digest: edition.digest.to_string(),
            period: edition.period.0.clone(),
            state: edition.state,
            items: edition.content.items().count(),
            composed_at: edition.composed_at,
            approved_at,
            approved_by,
            sent_at: record.sent_at,
            hash: edition.hash.clone(),
        }
    }
}

/// One edition, whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EditionDetail {
    /// Where it stands.
    #[serde(flatten)]
    pub summary: EditionSummary,
    /// It claims the items after this one…
    pub after_item: i64,
    /// …up to this one.
    pub up_to_item: i64,
    /// What it says.
    pub content: EditionContent,
    /// What became of each story that it could have told, and why.
    pub stories: Vec<StoryFate>,
    /// The frozen bytes are those that were approved; `None` before approval.
    pub intact: Option<bool>,
    /// How its deliveries stand; all zero before it is sent.
    pub deliveries: DeliverySummary,
}

/// What became of one story.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StoryFate {
    /// The item that tells it, or would have: its title as stored.
    pub title: String,
    /// Its source.
    pub source: String,
    /// In or out, and why.
    #[serde(flatten)]
    pub choice: Choice,
}

impl EditionDetail {
    pub(super) fn of(record: &EditionRecord, choices: Vec<ChoiceRow>, intact: Option<bool>, deliveries: DeliverySummary) -> Self {
        let stories = choices.into_iter().map(|row| StoryFate { title: row.title, source: row.source, choice: row.choice });
        Self {
            summary: EditionSummary::of(record),
            after_item: record.window.after_item,
            up_to_item: record.window.up_to_item,
            content: record.edition.content.clone(),
            stories: stories.collect(),
            intact,
            deliveries,
        }
    }
}

/// What a preview wrote.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// Of which edition.
    pub number: i64,
    /// The subject.
    pub subject: String,
    /// SHA-256 of what was written: give it to `approve --seen` to approve these bytes and no others.
    pub hash: String,
    /// The files.
    pub files: Vec<String>,
    /// What the gate would refuse it for.
    pub violations: Vec<Violation>,
}

/// An edition that starts to leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Which one.
    pub number: i64,
    /// Deliveries queued now.
    pub queued: usize,
    /// The subject.
    pub subject: String,
}

/// A state as it is written everywhere.
pub(super) fn word(state: EditionState) -> &'static str {
    match state {
        EditionState::Draft => "draft",
        EditionState::Approved => "approved",
        EditionState::Sending => "sending",
        EditionState::Sent => "sent",
        EditionState::Cancelled => "cancelled",
    }
}

/// "a, b", or "none".
pub(super) fn listed(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// Why the gate refuses, one line a violation.
pub(super) fn refusal(number: i64, violations: &[Violation]) -> String {
    let lines = violations.iter().map(|v| format!("\n  {} ({}): {}; {}; {}", v.rule, v.source, v.element, v.problem, v.remedy));
    format!("edition {number} fails the accessibility gate, {} violations:{}", violations.len(), lines.collect::<String>())
}
