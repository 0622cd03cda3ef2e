//! Sending of a digest stops when it is refused because of us, and goes on at a person's word.

use crate::{
    domain::slug::Slug,
    store::{Result, Store},
};
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};

impl Store {
    /// Sending of a digest goes on after a pause; its deliveries are due at once. False: it was not paused.
    pub async fn resume_digest(&self, digest: &Slug, now: DateTime<Utc>) -> Result<bool> {
        let digest = digest.clone();
        self.write(move |tx| {
            let paused = tx.execute("delete from digest_pause where digest = ?1", [digest.as_str()])?;
            if paused > 0 {
                tx.execute(
                    "insert or replace into digest_resume (digest, at) values (?1, ?2)",
                    params![digest.as_str(), now.timestamp()],
                )?;
                tx.execute(
                    "update delivery set next_attempt_at = min(next_attempt_at, ?2) where ended_at is null and state = 'queued'
                       and edition in (select number from edition where digest = ?1)",
                    params![digest.as_str(), now.timestamp()],
                )?;
            }
            Ok(paused > 0)
        })
        .await
    }
}

/// Nothing of the digest leaves until a person says so.
pub(in crate::store) fn pause_digest(tx: &Transaction<'_>, digest: &str, reason: &str, now: DateTime<Utc>) -> Result<()> {
    tx.execute(
        "insert into digest_pause (digest, reason, since) values (?1, ?2, ?3) on conflict do nothing",
        params![digest, reason, now.timestamp()],
    )?;
    Ok(())
}
