//! The qualification sheet of a source, as its steps make it.

use super::{Act, Met, Record, SheetState, Step};
use crate::domain::{evidence::Criterion, slug::Slug};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// What people say of a source, criterion by criterion, and what they decided.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sheet {
    /// Which source.
    pub source: Slug,
    /// Where it stands.
    pub state: SheetState,
    /// Who proposed it, and when: the first step.
    pub proposed_by: String,
    /// When.
    pub proposed_at: DateTime<Utc>,
    /// The answers given, in the order of the criteria.
    pub answers: Vec<SheetAnswer>,
    /// Who last accepted or refused it.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why.
    pub reason: Option<String>,
    /// The last day of the trial.
    pub trial_until: Option<NaiveDate>,
    /// When it is to be looked at again.
    pub next_review: Option<NaiveDate>,
    /// Every step, oldest first.
    pub history: Vec<HistoryRow>,
}

/// The answer that holds for one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetAnswer {
    /// Which.
    pub criterion: Criterion,
    /// Whether it is met; `None` when there is only a note.
    pub met: Option<Met>,
    /// In the person's words.
    pub note: Option<String>,
    /// Who last answered.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryRow {
    /// Number of its record in the chain.
    pub number: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: Option<String>,
    /// What it changed.
    pub step: Step,
}

/// What ought to have been done by now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "what", content = "since", rename_all = "snake_case")]
pub enum Overdue {
    /// The trial ended on that day, and nobody decided.
    Trial(NaiveDate),
    /// The review was due on that day.
    Review(NaiveDate),
}

impl Overdue {
    /// Since when.
    pub fn since(self) -> NaiveDate {
        match self {
            Self::Trial(day) | Self::Review(day) => day,
        }
    }
}

impl Sheet {
    /// The sheet of a source as of `at`; `None` when nobody wrote one.
    pub fn of(records: &[Record], source: &Slug, at: DateTime<Utc>) -> Option<Self> {
        let mut sheet: Option<Self> = None;
        for record in records.iter().filter(|record| record.at <= at) {
            let Act::Qualify { source: about, step } = &record.act else { continue };
            if about == source {
                sheet.get_or_insert_with(|| Self::opened(source, record)).take(record, step);
            }
        }
        sheet
    }

    /// The sheets of all sources that have one.
    pub fn all(records: &[Record], at: DateTime<Utc>) -> Vec<Self> {
        let mut sources: Vec<&Slug> = Vec::new();
        for record in records {
            if let Act::Qualify { source, .. } = &record.act
                && !sources.contains(&source)
            {
                sources.push(source);
            }
        }
        sources.into_iter().filter_map(|source| Self::of(records, source, at)).collect()
    }

    /// What ought to have been done before `today`. A source that was refused waits for nothing.
    pub fn overdue(&self, today: NaiveDate) -> Option<Overdue> {
        match self.state {
            SheetState::Trial => self.trial_until.filter(|day| *day < today).map(Overdue::Trial),
            SheetState::Accepted => None,
            SheetState::Proposed | SheetState::Refused => return None,
        }
        .or_else(|| self.next_review.filter(|day| *day < today).map(Overdue::Review))
    }

    /// The answer that holds.
    pub fn answer(&self, criterion: Criterion) -> Option<&SheetAnswer> {
        self.answers.iter().find(|answer| answer.criterion == criterion)
    }

    fn opened(source: &Slug, record: &Record) -> Self {
        Self {
            source: source.clone(),
            state: SheetState::Proposed,
            proposed_by: record.actor.clone(),
            proposed_at: record.at,
            answers: Vec::new(),
            decided_by: None,
            decided_at: None,
            reason: None,
            trial_until: None,
            next_review: None,
            history: Vec::new(),
        }
    }

    fn take(&mut self, record: &Record, step: &Step) {
        for answer in &step.answers {
            let held = self.answer(answer.criterion);
            let new = SheetAnswer {
                criterion: answer.criterion,
                met: answer.met.or_else(|| held.and_then(|held| held.met)),
                note: answer.note.clone().or_else(|| held.and_then(|held| held.note.clone())),
                by: record.actor.clone(),
                at: record.at,
            };
            self.answers.retain(|held| held.criterion != answer.criterion);
            self.answers.push(new);
        }
        self.answers.sort_by_key(|answer| answer.criterion);
        if let Some(state) = step.state {
            self.state = state;
            let decided = matches!(state, SheetState::Accepted | SheetState::Refused);
            (self.decided_by, self.decided_at) = (decided.then(|| record.actor.clone()), decided.then_some(record.at));
            self.reason = record.reason.clone().filter(|_| decided);
        }
        self.trial_until = step.trial_until.or(self.trial_until);
        self.next_review = step.next_review.or(self.next_review);
        let (number, at, by) = (record.number, record.at, record.actor.clone());
        self.history.push(HistoryRow { number, at, by, reason: record.reason.clone(), step: step.clone() });
    }
}
