//! How deliveries stand, for people.

use crate::{
    domain::{
        delivery::{DeliveryDoubt, DeliveryProblem, DeliveryState, DeliverySummary},
        slug::Slug,
    },
    store::{Result, Store, StoreError, deliveries::instant, rows::from_word},
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction};

const PROBLEM: &str =
    "select edition, email, state, coalesce(last_reply, ''), case when ended_at is null then next_attempt_at end
  from delivery where ";

impl Store {
    /// How the deliveries of an edition stand, with up to a hundred that did not go smoothly and every doubt.
    pub async fn delivery_summary(&self, edition: i64) -> Result<DeliverySummary> {
        self.read(move |tx| {
            let mut summary = counts(tx, edition)?;
            summary.paused = tx
                .query_row(
                    "select p.reason from digest_pause p join edition e on e.digest = p.digest where e.number = ?1",
                    [edition],
                    |row| row.get(0),
                )
                .optional()?;
            let filter =
                "edition = ?1 and (state in ('failed', 'ambiguous') or (ended_at is null and tries > 0) or bounce is not null)
                   order by id limit 100";
            summary.problems = problems(tx, filter, [edition])?;
            summary.doubts = doubts(tx, edition)?;
            Ok(summary)
        })
        .await
    }

    /// Deliveries of which nobody can know whether the relay took them, over all editions; at most a thousand.
    pub async fn ambiguous_deliveries(&self) -> Result<Vec<DeliveryProblem>> {
        self.read(|tx| problems(tx, "state = 'ambiguous' order by id limit 1000", [])).await
    }

    /// Digests whose sending is paused: which, why, since when.
    pub async fn paused_digests(&self) -> Result<Vec<(Slug, String, DateTime<Utc>)>> {
        self.read(|tx| {
            let mut paused = tx.prepare_cached("select digest, reason, since from digest_pause order by digest")?;
            let rows = paused.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))?;
            rows.map(|row| {
                let (digest, reason, since) = row?;
                let digest = Slug::parse(&digest).map_err(|error| StoreError::Corrupt(error.to_string()))?;
                Ok((digest, reason, instant(since)?))
            })
            .collect()
        })
        .await
    }

    /// Editions that are being sent, and the instant before which nothing is due for any of them (`None`: nothing waits).
    pub async fn editions_in_sending(&self) -> Result<Vec<(i64, Option<DateTime<Utc>>)>> {
        self.read(|tx| {
            let mut sending = tx.prepare_cached(
                "select e.number, min(d.next_attempt_at) from edition e
                 left join delivery d on d.edition = e.number and d.ended_at is null where e.state = 'sending' group by e.number",
            )?;
            let rows = sending.query_map([], |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?)))?;
            rows.map(|row| {
                let (number, next) = row?;
                Ok((number, next.map(instant).transpose()?))
            })
            .collect()
        })
        .await
    }
}

fn counts(tx: &Transaction<'_>, edition: i64) -> Result<DeliverySummary> {
    let mut summary = DeliverySummary::default();
    let mut by_state = tx.prepare_cached(
        "select state, count(*), coalesce(sum(ambiguities > 0), 0), min(case when ended_at is null then next_attempt_at end),
           count(bounce) from delivery where edition = ?1 group by state",
    )?;
    let mut rows = by_state.query([edition])?;
    while let Some(row) = rows.next()? {
        let (state, count, doubted): (String, u32, u32) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (count, doubted) = (count as usize, doubted as usize);
        let next: Option<DateTime<Utc>> = row.get::<_, Option<i64>>(3)?.map(instant).transpose()?;
        summary.total += count;
        summary.next_attempt_at = match (summary.next_attempt_at, next) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        match from_word::<DeliveryState>(state)? {
            DeliveryState::Queued | DeliveryState::Sending | DeliveryState::Committing => summary.waiting += count,
            DeliveryState::Sent => {
                summary.sent += count;
                summary.bounced += row.get::<_, u32>(4)? as usize;
                summary.resent += doubted;
            }
            DeliveryState::Failed => summary.failed += count,
            DeliveryState::Ambiguous => summary.ambiguous += count,
            DeliveryState::Withdrawn => summary.withdrawn += count,
        }
    }
    Ok(summary)
}

fn problems<P: rusqlite::Params>(tx: &Transaction<'_>, filter: &str, parameters: P) -> Result<Vec<DeliveryProblem>> {
    let mut select = tx.prepare_cached(&format!("{PROBLEM}{filter}"))?;
    let rows = select.query_map(parameters, |row| Ok(read_problem(row)))?;
    rows.map(|row| row?).collect()
}

fn doubts(tx: &Transaction<'_>, edition: i64) -> Result<Vec<DeliveryDoubt>> {
    let mut select = tx.prepare_cached(
        "select email, message_id, state, ambiguities from delivery where edition = ?1 and ambiguities > 0 order by id",
    )?;
    let mut rows = select.query([edition])?;
    let mut doubts = Vec::new();
    while let Some(row) = rows.next()? {
        let state = from_word(row.get(2)?)?;
        doubts.push(DeliveryDoubt { email: row.get(0)?, message_id: row.get(1)?, state, times: row.get(3)? });
    }
    Ok(doubts)
}

fn read_problem(row: &Row<'_>) -> Result<DeliveryProblem> {
    Ok(DeliveryProblem {
        edition: row.get(0)?,
        email: row.get(1)?,
        state: from_word(row.get(2)?)?,
        reason: row.get(3)?,
        next_attempt_at: row.get::<_, Option<i64>>(4)?.map(instant).transpose()?,
    })
}
