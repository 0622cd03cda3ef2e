//! One row a refresh: the proof that the watch was done.

use crate::{
    domain::refresh::RefreshReport,
    store::{Result, Store},
};
use chrono::{DateTime, Utc};
use rusqlite::params;

impl Store {
    /// Notes that a refresh begins; gives its row id. A run without an end was interrupted.
    pub async fn begin_run(&self, now: DateTime<Utc>) -> Result<i64> {
        self.write(move |transaction| {
            transaction.execute("insert into refresh_run (started_at) values (?1)", [now.timestamp()])?;
            Ok(transaction.last_insert_rowid())
        })
        .await
    }

    /// Notes how it ended.
    pub async fn end_run(&self, run: i64, now: DateTime<Utc>, report: RefreshReport) -> Result<()> {
        self.write(move |transaction| {
            transaction.execute(
                "update refresh_run set ended_at = ?2, report = ?3 where id = ?1",
                params![run, now.timestamp(), serde_json::to_string(&report)?],
            )?;
            Ok(())
        })
        .await
    }
}
