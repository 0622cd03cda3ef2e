//! One transaction takes the deliveries of several conversations further.

use crate::{
    domain::{
        delivery::{Claim, DeliveryState, SendOutcome},
        digest::AmbiguousPolicy,
    },
    store::{
        Result, Store,
        deliveries::{finish, forget_if_erased, record},
        keyed::Keyed,
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The attempt.
    pub claim: Claim,
    /// What became of it.
    pub outcome: SendOutcome,
    /// What is done if nobody can know whether it arrived.
    pub policy: AmbiguousPolicy,
}

/// What one conversation has to write down.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Step {
    /// Attempts that came to their end.
    pub ended: Vec<Ended>,
    /// The delivery whose message is about to leave.
    pub next: Option<Claim>,
}

/// The answer to a [`Step`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Advanced {
    /// Of the ended attempts, those that were not the current ones any more: nothing was written about these deliveries.
    pub stale: Vec<i64>,
    /// About the next one.
    pub checked: Option<LastCheck>,
}

/// The answer to the last question before a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastCheck {
    /// `committing` is on disk: the message may be handed over.
    Send,
    /// The person left, must not be written to, or the edition is no longer being sent: the delivery is withdrawn.
    Withdrawn,
    /// Sending of the digest was paused meanwhile: the delivery waits again.
    Paused,
    /// Another worker holds the delivery, or it has ended.
    Lost,
}

impl Store {
    /// Takes deliveries further, those of many conversations at once, in one transaction: first what became of attempts, then the
    /// last check of consent and suppression and the promise not to forget. After [`LastCheck::Send`] the row says `committing` on
    /// disk, until `until`. Gives one answer a step, in order.
    pub async fn advance_deliveries(&self, steps: Vec<Step>, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<Vec<Advanced>> {
        self.write(move |tx| {
            let mut advanced = vec![Advanced::default(); steps.len()];
            for (step, advanced) in steps.iter().zip(&mut advanced) {
                for Ended { claim, outcome, policy } in &step.ended {
                    if !finish(tx, claim, outcome, *policy, now)? {
                        advanced.stale.push(claim.id);
                    }
                }
            }
            for (step, advanced) in steps.iter().zip(&mut advanced) {
                advanced.checked = step.next.as_ref().map(|claim| last_check(tx, claim, now, until)).transpose()?;
            }
            Ok(advanced)
        })
        .await
    }
}

fn last_check(tx: &Transaction<'_>, claim: &Claim, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<LastCheck> {
    let suppressed = Keyed::load(tx)?.address(claim.email.as_str());
    let (id, attempt) = (claim.id, claim.attempt);
    let mut commit = tx.prepare_cached(
        "update delivery set state = 'committing', claimed_until = ?3 where id = ?1 and attempt = ?2 and state = 'sending'
           and exists (select 1 from edition e where e.number = edition and e.state = 'sending'
             and not exists (select 1 from digest_pause p where p.digest = e.digest))
           and exists (select 1 from subscription s where s.id = subscription_id and s.state = 'confirmed')
           and not exists (select 1 from suppression where address_hash = ?4)",
    )?;
    if commit.execute(params![id, attempt, until.timestamp(), suppressed])? > 0 {
        return Ok(LastCheck::Send);
    }
    let released = tx.execute(
        "update delivery set state = 'queued', claimed_until = null where id = ?1 and attempt = ?2 and state = 'sending'
           and exists (select 1 from digest_pause p join edition e on e.digest = p.digest where e.number = edition)",
        params![id, attempt],
    )?;
    if released > 0 {
        return Ok(LastCheck::Paused);
    }
    let withdrawn = tx.execute(
        "update delivery set state = 'withdrawn', ended_at = ?3, claimed_until = null
         where id = ?1 and attempt = ?2 and state = 'sending'",
        params![id, attempt, now.timestamp()],
    )?;
    if withdrawn == 0 {
        return Ok(LastCheck::Lost);
    }
    record(tx, (id, attempt), DeliveryState::Withdrawn, "unsubscribed or suppressed before it left", now)?;
    forget_if_erased(tx, id)?;
    Ok(LastCheck::Withdrawn)
}
