//! One row a refresh: the proof that the watch was done.

use crate::{
    domain::refresh::RefreshReport,
    store::{Result, Store},
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

/// A refresh under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// Row id.
    pub id: i64,
    /// The run before it has no end: what comes after the items may not have been done.
    pub after_interruption: bool,
}

impl Store {
    /// Notes that a refresh begins. A run without an end was interrupted, or is under way in another process.
    pub async fn begin_run(&self, now: DateTime<Utc>) -> Result<Run> {
        self.write(move |transaction| {
            let last = "select ended_at is null from refresh_run order by id desc limit 1";
            let after_interruption = transaction.query_row(last, [], |row| row.get(0)).optional()?.unwrap_or(false);
            transaction.execute("insert into refresh_run (started_at) values (?1)", [now.timestamp()])?;
            Ok(Run { id: transaction.last_insert_rowid(), after_interruption })
        })
        .await
    }

    /// Notes how it ended. One that asked nobody leaves no trace: there is one a minute.
    pub async fn end_run(&self, run: Run, now: DateTime<Utc>, report: RefreshReport) -> Result<()> {
        self.write(move |transaction| {
            if report.sources == 0 {
                transaction.execute("delete from refresh_run where id = ?1", [run.id])?;
                return Ok(());
            }
            transaction.execute(
                "update refresh_run set ended_at = ?2, report = ?3 where id = ?1",
                params![run.id, now.timestamp(), serde_json::to_string(&report)?],
            )?;
            Ok(())
        })
        .await
    }
}
