//! Writing a composed edition.

use crate::{
    domain::{
        candidate::{Choice, Period, Window},
        edition::EditionContent,
        slug::Slug,
    },
    store::{PATIENCE, Result, Store, StoreError, editions::errata, in_background, rows},
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, params};
use std::sync::Arc;

/// A composed edition, to be written.
#[derive(Debug, Clone)]
pub struct Draft {
    /// Of which digest.
    pub digest: Slug,
    /// For which period.
    pub period: Period,
    /// The items it claims.
    pub window: Window,
    /// What it says.
    pub content: EditionContent,
    /// What became of each story.
    pub choices: Vec<Choice>,
    /// When it was composed.
    pub composed_at: DateTime<Utc>,
}

impl Store {
    /// Writes a draft and gives its number. Creating the row is winning the election: of two that draft the same period at once,
    /// the second recomposes what the first made. Errors: the period's edition is no draft any more, or a story was told meanwhile.
    pub async fn save_draft(&self, draft: Draft) -> Result<i64> {
        self.write(move |tx| save(tx, &draft)).await
    }

    /// The same for many digests at once, one result each. They are written in one transaction; when one of them cannot be, each in
    /// its own. What concerns all of them is the error.
    pub async fn save_drafts(&self, drafts: Vec<Draft>) -> Result<Vec<Result<i64>>> {
        let connections = Arc::clone(&self.connections);
        in_background(move || {
            let all = connections.transact(PATIENCE, |tx| drafts.iter().map(|draft| save(tx, draft)).collect::<Result<Vec<_>>>());
            match all {
                Ok(numbers) => Ok(numbers.into_iter().map(Ok).collect()),
                Err(error) if error.concerns_all() => Err(error),
                Err(_) => Ok(drafts.iter().map(|draft| connections.transact(PATIENCE, |tx| save(tx, draft))).collect()),
            }
        })
        .await
    }
}

fn save(tx: &Transaction<'_>, draft: &Draft) -> Result<i64> {
    let number = claim_number(tx, draft)?;
    refuse_told(tx, number, draft)?;
    free_stories(tx, number)?;
    write_choices(tx, number, draft)?;
    errata::write(tx, number, &draft.content)?;
    Ok(number)
}

/// The number of the period's edition, its row created or brought up to date.
fn claim_number(tx: &Transaction<'_>, draft: &Draft) -> Result<i64> {
    let existing: Option<(i64, String)> = tx
        .query_row(
            "select number, state from edition where digest = ?1 and period = ?2 and state <> 'cancelled'",
            params![draft.digest.as_str(), draft.period.key.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    match existing {
        Some((number, state)) if state != "draft" => Err(StoreError::Conflict(format!(
            "the edition of {} for {} is number {number} and is {state}; cancel it first, or draft another period",
            draft.digest, draft.period.key.0
        ))),
        Some((number, _)) => write_row(tx, Some(number), draft),
        None => write_row(tx, None, draft),
    }
}

/// A row without number gets the next one.
fn write_row(tx: &Transaction<'_>, number: Option<i64>, draft: &Draft) -> Result<i64> {
    let mut statement = tx.prepare_cached(
        "insert into edition (number, digest, period, state, content, after_item, up_to_item, since, opened_at, composed_at, first_fetch)
         values (?1, ?2, ?3, 'draft', ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         on conflict (number) do update set content = excluded.content, after_item = excluded.after_item,
           up_to_item = excluded.up_to_item, since = excluded.since, opened_at = excluded.opened_at, composed_at = excluded.composed_at,
           first_fetch = excluded.first_fetch
         returning number",
    )?;
    let values = params![
        number,
        draft.digest.as_str(),
        draft.period.key.0,
        serde_json::to_string(&draft.content)?,
        draft.window.after_item,
        draft.window.up_to_item,
        draft.period.since.timestamp(),
        rows::seconds(draft.window.opened_at),
        draft.composed_at.timestamp(),
        rows::word(draft.window.first_fetch)?,
    ];
    Ok(statement.query_row(values, |row| row.get(0))?)
}

/// Another edition of the digest may have claimed a story between the reading and the writing.
fn refuse_told(tx: &Transaction<'_>, number: i64, draft: &Draft) -> Result<()> {
    let mut told = tx.prepare_cached(
        "select edition from edition_item where digest = ?1 and edition <> ?2 and (story_id = ?3 or item_id = ?4) limit 1",
    )?;
    for item in draft.content.items() {
        let other: Option<i64> =
            told.query_row(params![draft.digest.as_str(), number, item.story, item.item], |row| row.get(0)).optional()?;
        if let Some(other) = other {
            return Err(StoreError::Conflict(format!("edition {other} took \"{}\" meanwhile; draft again", item.title)));
        }
    }
    Ok(())
}

fn free_stories(tx: &Transaction<'_>, number: i64) -> Result<()> {
    tx.execute("delete from edition_item where edition = ?1", [number])?;
    tx.execute("delete from edition_choice where edition = ?1", [number])?;
    Ok(())
}

fn write_choices(tx: &Transaction<'_>, number: i64, draft: &Draft) -> Result<()> {
    let mut told =
        tx.prepare_cached("insert into edition_item (edition, digest, item_id, story_id, position) values (?1, ?2, ?3, ?4, ?5)")?;
    for (position, item) in draft.content.items().enumerate() {
        told.execute(params![number, draft.digest.as_str(), item.item, item.story, position as i64 + 1])?;
    }
    let mut chosen =
        tx.prepare_cached("insert into edition_choice (edition, story_id, item_id, choice) values (?1, ?2, ?3, ?4)")?;
    for choice in &draft.choices {
        chosen.execute(params![number, choice.story, choice.item, serde_json::to_string(choice)?])?;
    }
    Ok(())
}
