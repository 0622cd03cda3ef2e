//! Which overrides hold at an instant, and what became of the others.

use super::{Act, Record, Subject};
use crate::domain::{evidence::Criterion, slug::Slug};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::collections::HashMap;

/// What became of an override.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OverrideState {
    /// It holds.
    InForce,
    /// Its review date has come: it holds no longer, and waits for a person.
    ToReview,
    /// A later one of its kind stands in its place.
    Replaced,
    /// A person took it back.
    Withdrawn,
}

/// One override with what became of it. The field names are those of `veille overrides list --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverrideRow {
    /// Number of its record.
    pub number: i64,
    /// "source" or "item".
    pub scope: &'static str,
    /// Slug of the source, the item's too.
    pub source: String,
    /// Row id.
    pub item: Option<i64>,
    /// The item's title when it was contested.
    pub title: Option<String>,
    /// "pin", "evidence" or "block".
    pub kind: &'static str,
    /// Of a pin.
    pub score: Option<u8>,
    /// Of evidence.
    pub criterion: Option<Criterion>,
    /// Of evidence.
    pub support: Option<f64>,
    /// Of evidence.
    pub weight: Option<f64>,
    /// Why.
    pub reason: String,
    /// Who.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Until when.
    pub review_by: NaiveDate,
    /// What became of it.
    pub state: OverrideState,
    /// The record that took it back.
    pub withdrawn_by: Option<i64>,
}

/// A pin that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned {
    /// 0 to 100.
    pub score: u8,
    /// By whom.
    pub actor: String,
    /// Until when.
    pub review_by: NaiveDate,
}

/// The overrides in force of one subject.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hold {
    /// In the order of their records.
    pub rows: Vec<OverrideRow>,
}

impl Hold {
    /// Nothing was said.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The pin, if there is one.
    pub fn pin(&self) -> Option<Pinned> {
        let pin = self.rows.iter().find(|row| row.kind == "pin")?;
        Some(Pinned { score: pin.score?, actor: pin.actor.clone(), review_by: pin.review_by })
    }

    /// Why it is blocked, and by whom.
    pub fn block(&self) -> Option<&OverrideRow> {
        self.rows.iter().find(|row| row.kind == "block")
    }
}

/// Every override as of an instant.
#[derive(Debug, Clone, Default)]
pub struct Holdings {
    rows: Vec<OverrideRow>,
    sources: HashMap<String, Hold>,
    items: HashMap<i64, Hold>,
}

/// The answer for whatever nobody contested.
static NOTHING: Hold = Hold { rows: Vec::new() };

impl Holdings {
    /// From the records made until `at`. A review date is a day of UTC: from its beginning on, the override holds no longer.
    pub fn of(records: &[Record], at: DateTime<Utc>) -> Self {
        let records: Vec<&Record> = records.iter().filter(|record| record.at <= at).collect();
        let withdrawn: HashMap<i64, i64> = records
            .iter()
            .filter_map(|record| match record.act {
                Act::Withdraw { number } => Some((number, record.number)),
                _ => None,
            })
            .collect();
        let mut holdings = Self::default();
        let mut taken: Vec<Place> = Vec::new();
        for record in records.iter().rev() {
            let Some(mut row) = row(record) else { continue };
            row.withdrawn_by = withdrawn.get(&row.number).copied();
            let place = Place::of(&row);
            row.state = match row.withdrawn_by {
                Some(_) => OverrideState::Withdrawn,
                None if taken.contains(&place) => OverrideState::Replaced,
                None if at.date_naive() >= row.review_by => OverrideState::ToReview,
                None => OverrideState::InForce,
            };
            if row.state != OverrideState::Withdrawn {
                taken.push(place);
            }
            holdings.rows.push(row);
        }
        holdings.rows.reverse();
        for row in holdings.rows.iter().filter(|row| row.state == OverrideState::InForce) {
            let hold = match row.item {
                Some(item) => holdings.items.entry(item).or_default(),
                None => holdings.sources.entry(row.source.clone()).or_default(),
            };
            hold.rows.push(row.clone());
        }
        holdings
    }

    /// All of them, in the order of their records.
    pub fn rows(&self) -> &[OverrideRow] {
        &self.rows
    }

    /// Those of a source as a whole.
    pub fn of_source(&self, source: &str) -> &Hold {
        self.sources.get(source).unwrap_or(&NOTHING)
    }

    /// Those of one item.
    pub fn of_item(&self, item: i64) -> &Hold {
        self.items.get(&item).unwrap_or(&NOTHING)
    }

    /// Nothing is in force.
    pub fn is_empty(&self) -> bool {
        self.sources.is_empty() && self.items.is_empty()
    }

    /// Those whose review date has come.
    pub fn to_review(&self) -> impl Iterator<Item = &OverrideRow> {
        self.rows.iter().filter(|row| row.state == OverrideState::ToReview)
    }
}

/// Of two overrides in one place, the later holds.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    source: String,
    item: Option<i64>,
    kind: &'static str,
    criterion: Option<Criterion>,
}

impl Place {
    fn of(row: &OverrideRow) -> Self {
        Self { source: row.source.clone(), item: row.item, kind: row.kind, criterion: row.criterion }
    }
}

/// A record as a row; `None` when it is no override.
fn row(record: &Record) -> Option<OverrideRow> {
    let (scope, source, item, title) = match record.act.subject()? {
        Subject::Source { source } => ("source", source.to_string(), None, None),
        Subject::Item { item, source, title } => ("item", source.clone(), Some(*item), Some(title.clone())),
    };
    let (kind, score, criterion, support, weight) = match &record.act {
        Act::Pin { score, .. } => ("pin", Some(*score), None, None, None),
        Act::Evidence { criterion, support, weight, .. } => ("evidence", None, Some(*criterion), Some(*support), Some(*weight)),
        _ => ("block", None, None, None, None),
    };
    Some(OverrideRow {
        number: record.number,
        scope,
        source,
        item,
        title,
        kind,
        score,
        criterion,
        support,
        weight,
        reason: record.reason.clone().unwrap_or_default(),
        actor: record.actor.clone(),
        at: record.at,
        review_by: record.act.review_by()?,
        state: OverrideState::InForce,
        withdrawn_by: None,
    })
}

impl OverrideRow {
    /// The slug of its source.
    pub fn source_slug(&self) -> Option<Slug> {
        Slug::parse(&self.source).ok()
    }
}
