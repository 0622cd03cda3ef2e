//! What `serve` does by the clock, and the lock that says who dispatches.

use crate::store::{Result, Store, StoreError, deliveries::instant, lock_file};
use chrono::{DateTime, Utc};
use rusqlite::{Row, params};
use std::fs::File;

/// How a job last went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRow {
    /// "refresh", "editions", "deliveries" or "retention".
    pub name: String,
    /// When it last began.
    pub started_at: DateTime<Utc>,
    /// When that ended; `None` while it runs, or when the process died.
    pub ended_at: Option<DateTime<Utc>>,
    /// What went wrong, if anything did.
    pub last_error: Option<String>,
}

/// Says that this process works on deliveries. Ends when dropped, or when the process dies, however it dies.
#[derive(Debug)]
pub struct DispatchLock {
    file: File,
    alone: bool,
}

impl DispatchLock {
    /// Nobody else was at work when it was taken, so claims that are left belong to the dead.
    pub fn alone(&self) -> bool {
        self.alone
    }

    /// Lets others work beside; to be called once the claims of the dead are taken up, and before claiming anything.
    pub fn share(&mut self) -> Result<()> {
        self.alone = false;
        self.file.lock_shared().map_err(|error| StoreError::Unusable(format!("cannot lock the outbox: {error}")))
    }
}

impl Store {
    /// A job begins. With a `key` (a day, say) it begins once for each key: false means that it was done already.
    pub async fn begin_job(&self, name: &'static str, key: Option<String>, now: DateTime<Utc>) -> Result<bool> {
        self.write(move |tx| {
            let begun = tx.execute(
                "insert into job (name, key, started_at) values (?1, ?2, ?3)
                 on conflict (name) do update set key = excluded.key, started_at = excluded.started_at, ended_at = null
                 where excluded.key is null or job.key is not excluded.key or job.ended_at is null or job.last_error is not null",
                params![name, key, now.timestamp()],
            )?;
            Ok(begun > 0)
        })
        .await
    }

    /// A job ended, well or with an error.
    pub async fn end_job(&self, name: &'static str, error: Option<String>, now: DateTime<Utc>) -> Result<()> {
        self.write(move |tx| {
            tx.execute("update job set ended_at = ?2, last_error = ?3 where name = ?1", params![name, now.timestamp(), error])?;
            Ok(())
        })
        .await
    }

    /// How each job last went.
    pub async fn jobs(&self) -> Result<Vec<JobRow>> {
        self.read(|tx| {
            let mut select = tx.prepare_cached("select name, started_at, ended_at, last_error from job order by name")?;
            let rows = select.query_map([], |row| Ok(read_job(row)))?;
            rows.map(|row| row?).collect()
        })
        .await
    }

    /// Announces that this process works on deliveries. Several may; whoever comes first knows that it is alone and may take up at
    /// once what a killed process left, instead of waiting for its leases to lapse.
    ///
    /// Errors: the file beside the database cannot be made or locked.
    pub async fn lock_dispatch(&self) -> Result<DispatchLock> {
        let path = self.path().with_extension("dispatch.lock");
        let locked = tokio::task::spawn_blocking(move || {
            let (file, alone) = lock_file::try_alone(&path)?;
            if !alone {
                file.lock_shared()?;
            }
            Ok(DispatchLock { file, alone })
        })
        .await;
        let failed = |error: &dyn std::fmt::Display| StoreError::Unusable(format!("cannot lock the outbox: {error}"));
        locked.map_err(|error| failed(&error))?.map_err(|error: std::io::Error| failed(&error))
    }
}

fn read_job(row: &Row<'_>) -> Result<JobRow> {
    Ok(JobRow {
        name: row.get(0)?,
        started_at: instant(row.get(1)?)?,
        ended_at: row.get::<_, Option<i64>>(2)?.map(instant).transpose()?,
        last_error: row.get(3)?,
    })
}
