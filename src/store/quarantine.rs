//! Entries that could not be read: kept with why, each once, so many a source.

use crate::{
    domain::{entry::RefusedEntry, listing::QuarantineRow},
    store::{Result, Store, rows},
};
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use rusqlite::{Transaction, params};

/// How many a source; the ones that came last stay.
const KEPT_A_SOURCE: u32 = 50;

/// How much of each is shown. Bytes.
const SHOWN: u32 = 400;

impl Store {
    /// What was refused, the last to come first.
    pub async fn quarantine(&self, limit: u32) -> Result<Vec<QuarantineRow>> {
        self.read(move |transaction| {
            let mut statement = transaction.prepare_cached(
                "select quarantine.id, slug, reason, coalesce(substr(bytes, 1, ?2), x''), length(bytes), first_seen_at, last_seen_at
                 from quarantine join source on source.id = source_id order by last_seen_at desc, quarantine.id desc limit ?1",
            )?;
            rows::collect(statement.query(params![limit, SHOWN])?, |row| {
                Ok(QuarantineRow {
                    id: row.get(0)?,
                    source: row.get(1)?,
                    reason: row.get(2)?,
                    excerpt: String::from_utf8_lossy(&row.get::<_, Vec<u8>>(3)?).into_owned(),
                    bytes: row.get(4)?,
                    first_seen_at: rows::instant(row.get(5)?)?,
                    last_seen_at: rows::instant(row.get(6)?)?,
                })
            })
        })
        .await
    }
}

pub(crate) fn write_refused(
    transaction: &Transaction<'_>,
    source: i64,
    refused: &[RefusedEntry],
    now: DateTime<Utc>,
) -> Result<()> {
    if refused.is_empty() {
        return Ok(());
    }
    let mut insert = transaction.prepare_cached(
        "insert into quarantine (source_id, fingerprint, reason, bytes, first_seen_at, last_seen_at) values (?1, ?2, ?3, ?4, ?5, ?5)
         on conflict (source_id, fingerprint) do update set reason = excluded.reason, last_seen_at = excluded.last_seen_at",
    )?;
    for entry in refused {
        let fingerprint = digest(&SHA256, &entry.bytes);
        insert.execute(params![source, fingerprint.as_ref(), entry.reason, entry.bytes, now.timestamp()])?;
    }
    transaction
        .prepare_cached(
            "delete from quarantine where id in (select id from quarantine where source_id = ?1
               order by last_seen_at desc, id desc limit -1 offset ?2)",
        )?
        .execute(params![source, KEPT_A_SOURCE])?;
    Ok(())
}
