//! The outbox: who works on a delivery, and what became of it.
//!
//! Every change names the attempt that it belongs to, so that a worker that slept through its lease changes nothing. `committing`
//! is durable (`synchronous=full`) before the caller may write the final dot of the message.

mod advance;
mod pause;
mod queue;
mod returned;
mod summary;

pub use advance::{Advanced, Ended, LastCheck, Step};
pub(in crate::store) use pause::pause_digest;
pub use queue::OutgoingEdition;

use crate::{
    domain::{
        delivery::{Claim, DeliveryState, GIVE_UP_AFTER, SendOutcome, back_off},
        digest::AmbiguousPolicy,
        email_address::InvalidAddress,
        slug::Slug,
    },
    store::{Result, Store, StoreError, suppressions::without_address},
};
use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Row, Transaction, params};

/// A lost answer is often followed by a return of the relay; the twin waits for that.
const RESEND_AFTER: TimeDelta = TimeDelta::minutes(1);

/// Whose claims are void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leases {
    /// Those whose time is over.
    Expired,
    /// All: nobody else is at work.
    All,
}

/// What recovering found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recovered {
    /// Nothing had left: they wait again.
    pub requeued: usize,
    /// Nobody can know.
    pub ambiguous: usize,
}

impl Store {
    /// Takes up to `limit` deliveries that are due, until `until`. Those of paused digests stay; one whose address cannot stand in an
    /// envelope fails.
    pub async fn claim_deliveries(&self, now: DateTime<Utc>, until: DateTime<Utc>, limit: usize) -> Result<Vec<Claim>> {
        self.write(move |tx| {
            let mut claim = tx.prepare_cached(
                "update delivery set state = 'sending', attempt = attempt + 1, claimed_until = ?2 where id in (
                   select d.id from delivery d join edition e on e.number = d.edition
                   where d.ended_at is null and d.state in ('queued', 'ambiguous') and d.next_attempt_at <= ?1
                     and e.state = 'sending' and not exists (select 1 from digest_pause p where p.digest = e.digest)
                   order by d.next_attempt_at, d.id limit ?3)
                 returning id, edition, (select digest from edition where number = edition), email, message_id, attempt, queued_at",
            )?;
            let rows = claim.query_map(params![now.timestamp(), until.timestamp(), limit as i64], |row| Ok(read_claim(row)))?;
            let mut claims = Vec::new();
            for claimed in rows.collect::<rusqlite::Result<Vec<_>>>()? {
                match claimed? {
                    Claimed::Ready(claim) => claims.push(claim),
                    Claimed::Unaddressable { key, why } => {
                        tracing::warn!(delivery = key.0, "its address cannot stand in an envelope: not sent");
                        end(tx, key, DeliveryState::Failed, &why, now)?;
                    }
                }
            }
            claims.sort_by_key(|claim| claim.id);
            Ok(claims)
        })
        .await
    }

    /// Gives back claims on which no work began.
    pub async fn release_deliveries(&self, claims: Vec<Claim>) -> Result<()> {
        if claims.is_empty() {
            return Ok(());
        }
        self.write(move |tx| {
            let mut release = tx.prepare_cached(
                "update delivery set state = 'queued', claimed_until = null where id = ?1 and attempt = ?2 and state = 'sending'",
            )?;
            claims.iter().try_for_each(|claim| release.execute(params![claim.id, claim.attempt]).map(|_| ()))?;
            Ok(())
        })
        .await
    }

    /// Takes up what a dead or sleeping worker left: `sending` waits again, `committing` is ambiguous. `hold`: digests whose
    /// ambiguous deliveries wait for a person.
    pub async fn recover_deliveries(&self, leases: Leases, hold: Vec<Slug>, now: DateTime<Utc>) -> Result<Recovered> {
        self.write(move |tx| {
            let before = match leases {
                Leases::Expired => now.timestamp(),
                Leases::All => i64::MAX,
            };
            let requeued = tx.execute(
                "update delivery set state = 'queued', claimed_until = null
                 where ended_at is null and state = 'sending' and coalesce(claimed_until, 0) < ?1",
                [before],
            )?;
            let lost = committing_before(tx, before)?;
            for (id, attempt, digest) in &lost {
                let policy =
                    if hold.iter().any(|slug| slug.as_str() == digest) { AmbiguousPolicy::Hold } else { AmbiguousPolicy::Resend };
                let why = "the worker ended before the relay's answer was written down";
                mark_ambiguous(tx, (*id, *attempt), why, policy, now)?;
            }
            Ok(Recovered { requeued, ambiguous: lost.len() })
        })
        .await
    }

    /// Editions whose deliveries have all ended become `sent`; gives their numbers.
    pub async fn settle_editions(&self, now: DateTime<Utc>) -> Result<Vec<i64>> {
        self.write(move |tx| {
            let mut settle = tx.prepare_cached(
                "update edition set state = 'sent', sent_at = ?1 where state = 'sending'
                   and not exists (select 1 from delivery where edition = number and ended_at is null)
                 returning number",
            )?;
            let numbers = settle.query_map([now.timestamp()], |row| row.get(0))?;
            Ok(numbers.collect::<rusqlite::Result<Vec<i64>>>()?)
        })
        .await
    }
}

enum Claimed {
    Ready(Claim),
    /// What another program wrote into the database, or an older veille took.
    Unaddressable {
        key: (i64, u32),
        why: String,
    },
}

fn read_claim(row: &Row<'_>) -> Result<Claimed> {
    let (digest, email): (String, String) = (row.get(2)?, row.get(3)?);
    let (id, attempt) = (row.get(0)?, row.get(5)?);
    let email = match email.parse() {
        Ok(email) => email,
        Err(error) => {
            let error: InvalidAddress = error;
            return Ok(Claimed::Unaddressable { key: (id, attempt), why: error.to_string() });
        }
    };
    Ok(Claimed::Ready(Claim {
        id,
        edition: row.get(1)?,
        digest: Slug::parse(&digest).map_err(|error| StoreError::Corrupt(error.to_string()))?,
        email,
        message_id: row.get(4)?,
        attempt,
        queued_at: instant(row.get(6)?)?,
    }))
}

pub(in crate::store) fn instant(seconds: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).ok_or_else(|| StoreError::Corrupt(format!("the instant {seconds}")))
}

fn finish(
    tx: &Transaction<'_>,
    claim: &Claim,
    outcome: &SendOutcome,
    policy: AmbiguousPolicy,
    now: DateTime<Utc>,
) -> Result<bool> {
    let key = (claim.id, claim.attempt);
    match outcome {
        SendOutcome::Accepted(reply) => end(tx, key, DeliveryState::Sent, reply, now),
        SendOutcome::RejectedRecipient { reason, fault } => returned::fail(tx, claim, (reason, *fault), now),
        SendOutcome::Ambiguous(reason) => mark_ambiguous(tx, key, reason, policy, now),
        SendOutcome::Deferred { reason, fault, .. } if now - claim.queued_at >= GIVE_UP_AFTER => {
            returned::fail(tx, claim, (&format!("given up after 5 days: {reason}"), *fault), now)
        }
        SendOutcome::Deferred { reason, .. } => put_off(tx, key, reason, now),
        SendOutcome::RejectedSender(reason) => {
            let ours = put_off(tx, key, reason, now)?;
            if ours {
                pause_digest(tx, claim.digest.as_str(), &without_address(reason, claim.email.as_str()), now)?;
            }
            Ok(ours)
        }
    }
}

/// An answer that arrives after the lease was given up still ends the doubt, as long as nobody has begun to resend.
fn end(tx: &Transaction<'_>, key: (i64, u32), state: DeliveryState, reason: &str, now: DateTime<Utc>) -> Result<bool> {
    let ended = tx
        .prepare_cached(
            "update delivery set state = ?3, ended_at = ?4, last_reply = ?5, claimed_until = null
             where id = ?1 and attempt = ?2 and state in ('sending', 'committing', 'ambiguous')",
        )?
        .execute(params![key.0, key.1, state.name(), now.timestamp(), reason])?;
    if ended > 0 {
        record(tx, key, state, reason, now)?;
        forget_if_erased(tx, key.0)?;
    }
    Ok(ended > 0)
}

fn put_off(tx: &Transaction<'_>, key: (i64, u32), reason: &str, now: DateTime<Utc>) -> Result<bool> {
    let tries: Option<u32> = tx
        .prepare_cached(
            "update delivery set state = 'queued', tries = tries + 1, last_reply = ?3, claimed_until = null
             where id = ?1 and attempt = ?2 and state in ('sending', 'committing') returning tries",
        )?
        .query_map(params![key.0, key.1, reason], |row| row.get(0))?
        .next()
        .transpose()?;
    let Some(tries) = tries else { return Ok(false) };
    let next = now + back_off(tries);
    tx.execute("update delivery set next_attempt_at = ?2 where id = ?1", params![key.0, next.timestamp()])?;
    record(tx, key, DeliveryState::Queued, reason, now)?;
    Ok(true)
}

/// The first time it is resent if the policy says so; the second time it waits for a person whatever the policy.
fn mark_ambiguous(
    tx: &Transaction<'_>,
    key: (i64, u32),
    reason: &str,
    policy: AmbiguousPolicy,
    now: DateTime<Utc>,
) -> Result<bool> {
    let resend = policy == AmbiguousPolicy::Resend;
    let marked = tx.execute(
        "update delivery set state = 'ambiguous', ambiguities = ambiguities + 1, last_reply = ?3, claimed_until = null,
           next_attempt_at = ?4, ended_at = case when ?5 and ambiguities = 0 then null else ?6 end
         where id = ?1 and attempt = ?2 and state = 'committing'",
        params![key.0, key.1, reason, (now + RESEND_AFTER).timestamp(), resend, now.timestamp()],
    )?;
    if marked > 0 {
        record(tx, key, DeliveryState::Ambiguous, reason, now)?;
        forget_if_erased(tx, key.0)?;
    }
    Ok(marked > 0)
}

fn committing_before(tx: &Transaction<'_>, before: i64) -> Result<Vec<(i64, u32, String)>> {
    let mut lost = tx.prepare_cached(
        "select d.id, d.attempt, e.digest from delivery d join edition e on e.number = d.edition
         where d.ended_at is null and d.state = 'committing' and coalesce(d.claimed_until, 0) < ?1",
    )?;
    let rows = lost.query_map([before], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn record(tx: &Transaction<'_>, key: (i64, u32), state: DeliveryState, detail: &str, now: DateTime<Utc>) -> Result<()> {
    tx.prepare_cached("insert into delivery_event (delivery_id, at, state, attempt, detail) values (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![key.0, now.timestamp(), state.name(), key.1, detail])?;
    Ok(())
}

/// Whoever was erased while a message was leaving is forgotten as soon as its end is known.
fn forget_if_erased(tx: &Transaction<'_>, id: i64) -> Result<()> {
    let forgotten = tx
        .prepare_cached(
            "update delivery set email = '', last_reply = null where id = ?1 and subscription_id is null and ended_at is not null",
        )?
        .execute([id])?;
    if forgotten > 0 {
        tx.execute("update delivery_event set detail = null where delivery_id = ?1", [id])?;
    }
    Ok(())
}
