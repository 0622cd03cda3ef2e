//! What people say about trust: contest a score, qualify a source, and what then holds.
//!
//! Stored scores stay as computed. People's words are read beside them, as of an instant: see `pipeline::reliability::heard`.

mod judging;
mod qualify;

pub(crate) use judging::Heard;
pub use qualify::SourceSheet;

use crate::{
    app::{App, Error, Result},
    domain::{
        evidence::Criterion,
        localised::Words,
        slug::Slug,
        trust::{Act, Broken, Hold, Holdings, Inadmissible, Overdue, OverrideRow, Record, Sheet, SheetState, Subject},
    },
    pipeline::reliability::Said,
    store::trust::{Added, NewRecord},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::collections::HashMap;

/// What a person puts against a computed score.
#[derive(Debug, Clone, PartialEq)]
pub enum Contest {
    /// The score is that one.
    Pin(u8),
    /// One more piece of evidence.
    Evidence {
        /// Which criterion it bears on.
        criterion: Criterion,
        /// 0 to 1.
        support: f64,
        /// Above 0.
        weight: f64,
    },
    /// Not scored, in no edition.
    Block,
}

/// A contestation, with its circumstances.
#[derive(Debug, Clone, PartialEq)]
pub struct Contestation {
    /// What.
    pub what: Contest,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// Until when.
    pub review_by: NaiveDate,
}

impl Contestation {
    fn act(&self, subject: Subject) -> Act {
        let review_by = self.review_by;
        match self.what {
            Contest::Pin(score) => Act::Pin { subject, score, review_by },
            Contest::Evidence { criterion, support, weight } => Act::Evidence { subject, criterion, support, weight, review_by },
            Contest::Block => Act::Block { subject, review_by },
        }
    }
}

/// What an override is about, as a command names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A source of the file.
    Source(Slug),
    /// An item by its row id.
    Item(i64),
}

/// Every override, and whether the chain that holds them is sound.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OverrideList {
    /// In the order of their records.
    pub overrides: Vec<OverrideRow>,
    /// Hash of the last record of the chain: noted elsewhere, it proves later that nothing before it was changed.
    pub head: Option<String>,
    /// What is wrong with the chain.
    pub broken: Option<String>,
}

/// Everything that people said, as of an instant.
#[derive(Debug, Clone)]
pub struct Trust {
    holdings: Holdings,
    sheets: HashMap<Slug, Sheet>,
    head: Option<String>,
    broken: Option<Broken>,
    at: DateTime<Utc>,
}

impl Trust {
    /// What was said of a source as a whole.
    pub(crate) fn of_source(&self, source: &Slug) -> Said<'_> {
        Said { source: self.holdings.of_source(source.as_str()), sheet: self.sheets.get(source), item: None }
    }

    /// What was said of one of its items.
    pub(crate) fn of_item(&self, source: &Slug, item: i64) -> Said<'_> {
        Said { item: Some(self.holdings.of_item(item)), ..self.of_source(source) }
    }

    /// The sheet of a source.
    pub fn sheet(&self, source: &Slug) -> Option<&Sheet> {
        self.sheets.get(source)
    }

    /// The sheet that refuses a source, if one does.
    pub fn refusal(&self, source: &Slug) -> Option<&Sheet> {
        self.sheet(source).filter(|sheet| sheet.state == SheetState::Refused)
    }

    /// A sheet refuses its source.
    pub(crate) fn refuses_any(&self) -> bool {
        self.sheets.values().any(|sheet| sheet.state == SheetState::Refused)
    }

    /// Nobody said anything.
    pub(crate) fn is_silent(&self) -> bool {
        self.holdings.is_empty() && self.sheets.is_empty()
    }

    /// The overrides in force of a source and one of its items, the item's own first.
    pub(crate) fn overrides(said: &Said<'_>) -> Vec<OverrideRow> {
        let own = said.item.into_iter().flat_map(|hold: &Hold| hold.rows.iter());
        own.chain(&said.source.rows).cloned().collect()
    }

    /// Overrides whose review date has come.
    pub fn to_review(&self) -> impl Iterator<Item = &OverrideRow> {
        self.holdings.to_review()
    }

    /// What is overdue on the sheet of a source.
    pub fn overdue(&self, source: &Slug) -> Option<Overdue> {
        self.sheet(source)?.overdue(self.at.date_naive())
    }

    /// When all this held.
    pub(crate) fn at(&self) -> DateTime<Utc> {
        self.at
    }
}

impl App {
    /// What people said until `at`. Of a chain that was tampered with, the part before the break holds, and the log says so.
    pub async fn trust(&self, at: DateTime<Utc>) -> Result<Trust> {
        let chain = self.store.trust_chain().await?;
        if let Some(broken) = &chain.broken {
            tracing::warn!("{broken}: this record and those after it are not applied; `veille db check` tells more");
        }
        let sheets = Sheet::all(&chain.records, at).into_iter().map(|sheet| (sheet.source.clone(), sheet)).collect();
        Ok(Trust { holdings: Holdings::of(&chain.records, at), sheets, head: chain.head, broken: chain.broken, at })
    }

    /// Puts a person's word against a computed score.
    ///
    /// Errors: no such source or item, no reason that says something, a date that does not lie ahead, a broken chain.
    pub async fn contest(&self, target: &Target, contestation: Contestation) -> Result<OverrideRow> {
        let subject = match target {
            Target::Source(source) => {
                self.known_source(source)?;
                Subject::Source { source: source.clone() }
            }
            Target::Item(item) => {
                let row = self.store.item(*item).await?.row;
                Subject::Item { item: *item, source: row.source, title: row.title.chars().take(200).collect() }
            }
        };
        let act = contestation.act(subject);
        let record = self.record(act, contestation.actor, Some(contestation.reason)).await?;
        self.override_row(record.number).await
    }

    /// Takes an override back. `target`: what the command named, which must be what the override is about.
    pub async fn withdraw(&self, target: &Target, number: i64, actor: String, reason: String) -> Result<OverrideRow> {
        let chain = self.store.trust_chain().await?;
        let named = chain.records.iter().find(|record| record.number == number).and_then(|record| record.act.subject());
        let same = match (named, target) {
            (Some(Subject::Source { source }), Target::Source(slug)) => source == slug,
            (Some(Subject::Item { item, .. }), Target::Item(id)) => item == id,
            (None, _) => true, // The rules of the chain say that there is none.
            _ => false,
        };
        if !same {
            let words = Words::new(
                format!("la dérogation {number} porte sur autre chose ; `veille overrides list` dit sur quoi"),
                format!("override {number} is about something else; `veille overrides list` says about what"),
            );
            return Err(Error::NotFound(words.to_string()));
        }
        self.record(Act::Withdraw { number }, actor, Some(reason)).await?;
        self.override_row(number).await
    }

    /// Every override that was ever made.
    pub async fn overrides(&self) -> Result<OverrideList> {
        let trust = self.trust(self.clock.now()).await?;
        let broken = trust.broken.as_ref().map(ToString::to_string);
        Ok(OverrideList { overrides: trust.holdings.rows().to_vec(), head: trust.head, broken })
    }

    async fn override_row(&self, number: i64) -> Result<OverrideRow> {
        let rows = self.overrides().await?.overrides;
        let row = rows.into_iter().find(|row| row.number == number);
        row.ok_or_else(|| Error::Internal(anyhow::anyhow!("record {number} is no override")))
    }

    pub(crate) async fn record(&self, act: Act, actor: String, reason: Option<String>) -> Result<Record> {
        let trimmed = |text: String| text.trim().to_owned();
        let reason = reason.map(trimmed).filter(|reason| !reason.is_empty());
        let new = NewRecord { at: self.clock.now(), actor: trimmed(actor), reason, act };
        match self.store.add_trust_record(new).await? {
            Added::Record(record) => {
                tracing::info!(record = record.number, "trust recorded");
                Ok(*record)
            }
            Added::Refused(Inadmissible::Invalid(words)) => Err(Error::Invalid(words.to_string())),
            Added::Refused(Inadmissible::NotFound(words)) => Err(Error::NotFound(words.to_string())),
            Added::Refused(Inadmissible::Conflict(words)) => Err(Error::Conflict(words.to_string())),
        }
    }
}
