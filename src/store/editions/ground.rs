//! What an edition is composed from, in one consistent view.

use crate::{
    domain::{
        candidate::{Candidate, FirstFetch, Window},
        edition::PeriodKey,
        erratum::ToldItem,
        slug::Slug,
    },
    store::{
        Result, Store,
        editions::{
            EditionRecord,
            candidates::{self, Scope},
            errata, load,
        },
        rows,
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, params};

/// The facts that a draft is composed from.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The items it claims.
    pub window: Window,
    /// Its place in the series, from 1.
    pub issue: u32,
    /// Sources checked since the period before ended.
    pub sources_checked: usize,
    /// What it can tell.
    pub candidates: Vec<Candidate>,
    /// What earlier editions told and is otherwise now.
    pub changed: Vec<ToldItem>,
}

/// The facts that an edition would be composed from again.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The edition as stored.
    pub record: EditionRecord,
    /// What it could tell.
    pub candidates: Vec<Candidate>,
}

impl Store {
    /// The ground of an edition of `digest` for `period` as of `now`: items since the edition before it, up to the last that had
    /// come in, with what people kept or deferred. `since`: when the period before ended.
    pub async fn edition_ground(
        &self,
        digest: Slug,
        period: PeriodKey,
        since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Result<Ground> {
        self.read(move |tx| {
            let own: Option<i64> = tx
                .query_row(
                    "select number from edition where digest = ?1 and period = ?2 and state <> 'cancelled'",
                    params![digest.as_str(), period.0],
                    |row| row.get(0),
                )
                .optional()?;
            let own = own.unwrap_or(i64::MAX);
            let window = window(tx, &digest, since, now)?;
            let issue: u32 = tx.query_row(
                "select count(*) + 1 from edition where digest = ?1 and state <> 'cancelled' and number < ?2",
                params![digest.as_str(), own],
                |row| row.get(0),
            )?;
            let scope = Scope { digest: &digest, window, now, own, told_before: i64::MAX };
            let sources_checked = sources_checked(tx, since)?;
            let changed = errata::told_and_changed(tx, &digest, own, now)?;
            Ok(Ground { window, issue, sources_checked, candidates: candidates::load(tx, &scope)?, changed })
        })
        .await
    }

    /// The ground of an edition that exists, at its own clock: later items, decisions and editions do not count.
    pub async fn edition_replay(&self, number: i64) -> Result<Replay> {
        self.read(move |tx| {
            let record = load(tx, number)?;
            let edition = &record.edition;
            let scope = Scope {
                digest: &edition.digest,
                window: record.window,
                now: edition.composed_at,
                own: number,
                told_before: number,
            };
            let candidates = candidates::load(tx, &scope)?;
            Ok(Replay { record, candidates })
        })
        .await
    }
}

/// After the last item of the editions of earlier periods, up to the last item that had come in.
fn window(tx: &Transaction<'_>, digest: &Slug, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<Window> {
    let before: (Option<i64>, Option<i64>) = tx.query_row(
        "select max(up_to_item), max(coalesce(approved_at, composed_at)) from edition
         where digest = ?1 and since < ?2 and state <> 'cancelled'",
        params![digest.as_str(), since.timestamp()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let last: Option<i64> =
        tx.query_row("select max(id) from item where first_seen_at <= ?1", [now.timestamp()], |row| row.get(0))?;
    let after_item = before.0.unwrap_or(0);
    let up_to_item = last.unwrap_or(0).max(after_item);
    Ok(Window { after_item, up_to_item, opened_at: rows::optional_instant(before.1)?, first_fetch: FirstFetch::default() })
}

fn sources_checked(tx: &Transaction<'_>, since: DateTime<Utc>) -> Result<usize> {
    let count: i64 = tx.query_row(
        "select count(*) from source where last_success_at >= ?1 and condition <> 'retired'",
        [since.timestamp()],
        |row| row.get(0),
    )?;
    Ok(usize::try_from(count).unwrap_or_default())
}
