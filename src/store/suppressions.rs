//! Whom not to write to: kept under a keyed hash, so that it outlives the person's own rows.

use crate::{
    domain::{
        bounce::{Past, Verdict, soft_run},
        email_address::EmailAddress,
        suppression::{Lift, Suppression, SuppressionReason},
    },
    store::{Result, Store, deliveries::instant, keyed::Keyed, rows::from_word},
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// More editions than decide anything.
const LOOK_BACK: u32 = 64;

impl Store {
    /// Which of these addresses must not be written to, in the same order.
    pub async fn suppressions(&self, emails: Vec<EmailAddress>) -> Result<Vec<Option<Suppression>>> {
        self.read(move |tx| {
            let Some(keyed) = Keyed::existing(tx)? else { return Ok(vec![None; emails.len()]) };
            emails.iter().map(|email| suppression(tx, &keyed.address(email.as_str()))).collect()
        })
        .await
    }
}

/// Why an address is not written to; `None`: it may be.
pub(in crate::store) fn suppression(tx: &Transaction<'_>, hash: &str) -> Result<Option<Suppression>> {
    type Columns = (String, Option<String>, i64);
    let row: Option<Columns> = tx
        .prepare_cached("select reason, detail, since from suppression where address_hash = ?1")?
        .query_row([hash], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    row.map(|(reason, detail, since)| Ok(Suppression { reason: from_word(reason)?, detail, since: instant(since)? })).transpose()
}

/// Nobody writes to that address any more. A reason that is held already stays, unless the new one outweighs it.
pub(in crate::store) fn suppress(tx: &Transaction<'_>, hash: &str, new: &Suppression) -> Result<()> {
    if suppression(tx, hash)?.is_some_and(|held| !new.reason.outweighs(held.reason)) {
        return Ok(());
    }
    tx.prepare_cached("insert or replace into suppression (address_hash, reason, since, detail) values (?1, ?2, ?3, ?4)")?
        .execute(params![hash, new.reason.name(), new.since.timestamp(), new.detail])?;
    Ok(())
}

/// Lets the address be written to again, and keeps who said so. Does nothing where it was not suppressed.
pub(in crate::store) fn lift(tx: &Transaction<'_>, hash: &str, actor: &str, words: &str, now: DateTime<Utc>) -> Result<()> {
    tx.execute(
        "insert into suppression_lift (address_hash, reason, since, lifted_at, actor, words)
         select address_hash, reason, since, ?2, ?3, ?4 from suppression where address_hash = ?1",
        params![hash, now.timestamp(), actor, words],
    )?;
    tx.execute("delete from suppression where address_hash = ?1", [hash])?;
    Ok(())
}

/// The times that an address was let back.
pub(in crate::store) fn lifts(tx: &Transaction<'_>, hash: &str) -> Result<Vec<Lift>> {
    let mut select = tx.prepare_cached(
        "select reason, since, lifted_at, actor, words from suppression_lift where address_hash = ?1 order by id",
    )?;
    let rows = select.query_map([hash], |row| Ok(read_lift(row)))?;
    rows.map(|row| row?).collect()
}

fn read_lift(row: &Row<'_>) -> Result<Lift> {
    Ok(Lift {
        reason: from_word(row.get(0)?)?,
        since: instant(row.get(1)?)?,
        lifted_at: instant(row.get(2)?)?,
        actor: row.get(3)?,
        words: row.get(4)?,
    })
}

/// Why an address must not be written to after a verdict about one delivery to it; `None`: it may. That delivery counts as
/// returned, whatever its row says yet.
pub(in crate::store) fn consequence(
    tx: &Transaction<'_>,
    about: &Returned<'_>,
    now: DateTime<Utc>,
) -> Result<Option<SuppressionReason>> {
    Ok(match about.verdict {
        Verdict::Address => Some(SuppressionReason::HardBounce),
        Verdict::Complaint => Some(SuppressionReason::Complaint),
        Verdict::Mailbox => soft_run(&history(tx, about)?, now).1.then_some(SuppressionReason::SoftBounces),
        _ => None,
    })
}

/// A delivery that came back.
pub(in crate::store) struct Returned<'a> {
    /// Its row.
    pub(in crate::store) delivery: i64,
    /// To whom it went.
    pub(in crate::store) email: &'a str,
    /// The keyed hash of that.
    pub(in crate::store) hash: &'a str,
    /// What was said.
    pub(in crate::store) verdict: Verdict,
}

/// Editions that left for an address since it was last let back, newest first. What waits or was withdrawn tells nothing.
fn history(tx: &Transaction<'_>, about: &Returned<'_>) -> Result<Vec<Past>> {
    let mut select = tx.prepare_cached(
        "select queued_at, id = ?2 or coalesce(bounce, '') in ('mailbox', 'address') from delivery
         where email = ?1 and (id = ?2 or state = 'sent' or bounce is not null)
           and queued_at >= coalesce((select max(lifted_at) from suppression_lift where address_hash = ?3), 0)
         order by queued_at desc, id desc limit ?4",
    )?;
    let rows = select.query_map(params![about.email, about.delivery, about.hash, LOOK_BACK], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, bool>(1)?))
    })?;
    rows.map(|row| {
        let (at, soft) = row?;
        Ok(Past { at: instant(at)?, soft })
    })
    .collect()
}

/// The codes and words of a server's answer without the address that it names.
pub(in crate::store) fn without_address(text: &str, email: &str) -> String {
    let (lower, email) = (text.to_ascii_lowercase(), email.to_ascii_lowercase());
    if email.is_empty() {
        return text.to_owned();
    }
    let (mut kept, mut from) = (String::with_capacity(text.len()), 0);
    for (at, _) in lower.match_indices(&email) {
        kept.push_str(&text[from..at]);
        kept.push('…');
        from = at + email.len();
    }
    kept.push_str(&text[from..]);
    kept
}

#[cfg(test)]
mod tests {
    use super::without_address;

    #[test]
    fn an_address_leaves_a_reply_whatever_its_case() {
        for (text, expected) in [
            ("550 <Marie@Example.net>: no MARIE@example.NET", "550 <…>: no …"),
            ("550 é marie@example.net", "550 é …"),
            ("550 no", "550 no"),
        ] {
            assert_eq!(without_address(text, "marie@example.net"), expected);
        }
    }
}
