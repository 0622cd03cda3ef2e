//! From an approved edition to one row a subscriber.

use crate::{
    domain::{
        edition::{EditionContent, RenderedEdition},
        slug::Slug,
    },
    store::{Result, Store, StoreError, keyed::Keyed},
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, params};

/// What a worker needs to make the messages of an edition.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingEdition {
    /// Its number.
    pub number: i64,
    /// Of which digest.
    pub digest: Slug,
    /// The digest's title, as the edition gives it.
    pub title: String,
    /// The frozen bytes.
    pub rendered: RenderedEdition,
    /// Their SHA-256, hexadecimal, as approved.
    pub hash: String,
    /// When it was approved: the `Date` of its messages.
    pub approved_at: DateTime<Utc>,
}

impl Store {
    /// An approved edition starts to leave: it becomes `sending` and one delivery a confirmed subscription is queued, in one
    /// transaction. `domain` is that of the Message-IDs. Gives how many; an edition that is `sending` already changes nothing
    /// and gives 0. Errors: there is no such edition, or it is not approved.
    pub async fn start_sending(&self, number: i64, domain: &str, now: DateTime<Utc>) -> Result<usize> {
        let domain = domain.to_owned();
        self.write(move |tx| {
            let state: Option<String> =
                tx.query_row("select state from edition where number = ?1", [number], |row| row.get(0)).optional()?;
            match state.as_deref() {
                None => Err(StoreError::NotFound(format!("edition {number}"))),
                Some("sending") => Ok(0),
                Some("approved") => {
                    tx.execute("update edition set state = 'sending' where number = ?1", [number])?;
                    queue_deliveries(tx, number, &domain, now)
                }
                Some(other) => Err(StoreError::Conflict(format!("edition {number} is {other}, not approved"))),
            }
        })
        .await
    }

    /// How many [`Store::resend_ambiguous`] would send. Writes nothing.
    pub async fn resendable(&self, edition: i64) -> Result<usize> {
        self.read(move |tx| {
            let count = "select count(*) from delivery where edition = ?1 and state = 'ambiguous' and email <> ''";
            let count: u32 = tx.query_row(count, [edition], |row| row.get(0))?;
            Ok(count as usize)
        })
        .await
    }

    /// A person decides that the doubtful deliveries of an edition leave once more, with the same Message-ID; gives how many.
    pub async fn resend_ambiguous(&self, edition: i64, now: DateTime<Utc>) -> Result<usize> {
        self.write(move |tx| {
            let again = tx.execute(
                "update delivery set ended_at = null, next_attempt_at = ?2 where edition = ?1 and state = 'ambiguous' and email <> ''",
                params![edition, now.timestamp()],
            )?;
            if again > 0 {
                tx.execute("update edition set state = 'sending', sent_at = null where number = ?1 and state = 'sent'", [edition])?;
            }
            Ok(again)
        })
        .await
    }

    /// The frozen edition, ready to be made into messages. Errors: it is not there, or was never approved.
    pub async fn outgoing_edition(&self, number: i64) -> Result<OutgoingEdition> {
        self.read(move |tx| {
            type Columns = (String, String, Option<String>, Option<String>, Option<i64>);
            let row: Option<Columns> = tx
                .query_row(
                    "select digest, content, rendered, hash, approved_at from edition where number = ?1",
                    [number],
                    |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)),
                )
                .optional()?;
            let Some((digest, content, rendered, hash, approved_at)) = row else {
                return Err(StoreError::NotFound(format!("edition {number}")));
            };
            let (Some(rendered), Some(hash), Some(approved_at)) = (rendered, hash, approved_at) else {
                return Err(StoreError::Conflict(format!("edition {number} was never approved")));
            };
            let content: EditionContent = serde_json::from_str(&content)?;
            Ok(OutgoingEdition {
                number,
                digest: Slug::parse(&digest).map_err(|error| StoreError::Corrupt(error.to_string()))?,
                title: content.title,
                rendered: serde_json::from_str::<RenderedEdition>(&rendered)?,
                hash,
                approved_at: super::instant(approved_at)?,
            })
        })
        .await
    }
}

/// Queues one delivery a confirmed subscription of the edition's digest that may be written to. Part of the transaction that
/// moves the edition to `sending`; doing it twice adds nothing. `domain` is that of the Message-IDs.
fn queue_deliveries(tx: &Transaction<'_>, edition: i64, domain: &str, now: DateTime<Utc>) -> Result<usize> {
    let keyed = Keyed::load(tx)?;
    let mut receivers = tx.prepare_cached(
        "select s.id, s.email from subscription s join edition e on e.digest = s.digest
         where e.number = ?1 and s.state = 'confirmed' order by s.id",
    )?;
    let receivers: Vec<(i64, String)> =
        receivers.query_map([edition], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    let any_suppressed: bool = tx.query_row("select exists (select 1 from suppression)", [], |row| row.get(0))?;
    let mut suppressed = tx.prepare_cached("select 1 from suppression where address_hash = ?1")?;
    let mut queue = tx.prepare_cached(
        "insert into delivery (edition, subscription_id, email, message_id, state, next_attempt_at, queued_at)
         values (?1, ?2, ?3, ?4, 'queued', ?5, ?5) on conflict do nothing",
    )?;
    let mut queued = 0;
    for (subscription, email) in receivers {
        if any_suppressed && suppressed.exists([keyed.address(&email)])? {
            continue;
        }
        let message_id = keyed.message_id(edition, subscription, domain);
        queued += queue.execute(params![edition, subscription, email, message_id, now.timestamp()])?;
    }
    Ok(queued)
}
