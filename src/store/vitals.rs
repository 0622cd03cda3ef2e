//! What `doctor` asks of the database.

use crate::{
    domain::slug::Slug,
    store::{Result, Store, StoreError, deliveries::instant},
};
use chrono::{DateTime, Utc};
use rusqlite::Transaction;
use std::time::Duration;

/// Findings about the database itself and about what waits in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vitals {
    /// Of the library that is built in.
    pub sqlite_version: String,
    /// What SQLite's own check found; empty when all is well.
    pub damage: Vec<String>,
    /// The latest instant that was written.
    pub newest_instant: Option<DateTime<Utc>>,
    /// Approved editions that nobody sent, and drafts that nobody approved: number, digest, since when.
    pub waiting_editions: Vec<(i64, Slug, DateTime<Utc>)>,
    /// Queued deliveries by the time at which they were due: how many were due before `now`, and since when.
    pub overdue_deliveries: Option<(u32, DateTime<Utc>)>,
}

impl Store {
    /// Writes a row and takes it back. Errors: why nothing can be written, within seconds.
    pub async fn try_to_write(&self) -> Result<()> {
        let written = self.write_within(Duration::ZERO, |tx| {
            tx.execute("insert or replace into meta (key, value) values ('probe', '')", [])?;
            tx.execute("delete from meta where key = 'probe'", [])?;
            Ok(())
        });
        written.await
    }

    /// Looks the database over; reads all of it once, which takes seconds on a large one.
    pub async fn vitals(&self, now: DateTime<Utc>) -> Result<Vitals> {
        self.read(move |tx| {
            let mut check = tx.prepare("pragma quick_check(20)")?;
            let lines = check.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
            let newest: Option<i64> = tx.query_row(
                "select max(at) from (select max(started_at) at from refresh_run union all select max(started_at) from job
                   union all select max(composed_at) from edition)",
                [],
                |row| row.get(0),
            )?;
            Ok(Vitals {
                sqlite_version: tx.query_row("select sqlite_version()", [], |row| row.get(0))?,
                damage: lines.into_iter().filter(|line| line != "ok").collect(),
                newest_instant: newest.map(instant).transpose()?,
                waiting_editions: waiting_editions(tx)?,
                overdue_deliveries: overdue_deliveries(tx, now)?,
            })
        })
        .await
    }
}

fn waiting_editions(tx: &Transaction<'_>) -> Result<Vec<(i64, Slug, DateTime<Utc>)>> {
    let mut select = tx.prepare(
        "select number, digest, coalesce(approved_at, composed_at) from edition where state in ('draft', 'approved') order by number",
    )?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?, row.get(2)?)))?;
    rows.map(|row| {
        let (number, digest, since) = row?;
        Ok((number, slug(&digest)?, instant(since)?))
    })
    .collect()
}

fn overdue_deliveries(tx: &Transaction<'_>, now: DateTime<Utc>) -> Result<Option<(u32, DateTime<Utc>)>> {
    let (count, since): (u32, Option<i64>) = tx.query_row(
        "select count(*), min(d.next_attempt_at) from delivery d join edition e on e.number = d.edition
         where d.ended_at is null and d.next_attempt_at < ?1 and e.state = 'sending'
           and not exists (select 1 from digest_pause p where p.digest = e.digest)",
        [now.timestamp()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(since.map(instant).transpose()?.map(|since| (count, since)))
}

fn slug(text: &str) -> Result<Slug> {
    Slug::parse(text).map_err(|error| StoreError::Corrupt(error.to_string()))
}
