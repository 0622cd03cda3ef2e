//! What came back, and what it changed: one row a report, and one transaction for the report and its consequence.

use crate::{
    domain::{
        bounce::{BounceKey, BounceRecord, Effect, ReportKind, TAGS_HOLD_FOR, Untagged, Verdict},
        suppression::{Suppression, SuppressionReason},
    },
    store::{
        Result, Store,
        deliveries::{instant, pause_digest},
        keyed::{self, Keyed},
        rows::{from_word, word},
        suppressions::{Returned, consequence, suppress, suppression, without_address},
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// Reports that change nothing are kept for a look: so many of them.
const MOST_IDLE: u32 = 1_000;

/// A report that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBounce {
    /// SHA-256 of its bytes.
    pub fingerprint: Vec<u8>,
    /// What kind of message it is.
    pub kind: ReportKind,
    /// The delivery that its tag names, or why there is none.
    pub delivery: std::result::Result<i64, Untagged>,
    /// What it says.
    pub verdict: Verdict,
    /// The status code that it gives.
    pub status: Option<String>,
    /// The server's words, one short line.
    pub detail: Option<String>,
}

/// The delivery that a report is about.
struct About {
    edition: i64,
    digest: String,
    email: String,
    queued_at: DateTime<Utc>,
    held: Verdict,
}

/// What follows from a report.
struct Decision {
    effect: Effect,
    /// The keyed hash of an address that is written to no more, and why.
    suppress: Option<(String, SuppressionReason)>,
}

impl From<Effect> for Decision {
    fn from(effect: Effect) -> Self {
        Self { effect, suppress: None }
    }
}

impl Store {
    /// The key of the tags, made when first needed. An own one: what a bounce address shows tells nothing about Message-IDs.
    pub async fn bounce_key(&self) -> Result<BounceKey> {
        self.write(|tx| Ok(BounceKey::new(keyed::secret(tx, keyed::BOUNCE_SECRET)?))).await
    }

    /// The same, without making one: `None` when nothing ever left with a tag.
    pub async fn existing_bounce_key(&self) -> Result<Option<BounceKey>> {
        self.read(|tx| Ok(keyed::stored(tx, keyed::BOUNCE_SECRET)?.map(BounceKey::new))).await
    }

    /// To whom a delivery went; `None`: there is no such delivery, or the person was erased.
    pub async fn delivered_to(&self, delivery: i64) -> Result<Option<String>> {
        self.read(move |tx| {
            let email: Option<String> =
                tx.query_row("select email from delivery where id = ?1", [delivery], |row| row.get(0)).optional()?;
            Ok(email.filter(|email| !email.is_empty()))
        })
        .await
    }

    /// Writes a report down with everything that follows from it. The same report twice, or another one that says no more about
    /// the same delivery, changes nothing.
    pub async fn record_bounce(&self, new: NewBounce, now: DateTime<Utc>) -> Result<BounceRecord> {
        self.write(move |tx| {
            let about = find(tx, &new)?;
            let decision = decide(tx, &new, about.as_ref(), now)?;
            let effect = decision.effect;
            if effect.changes()
                && let (Ok(delivery), Some(about)) = (new.delivery, &about)
            {
                apply(tx, &new, (delivery, about), (decision, now))?;
            }
            let id = keep(tx, &new, about.as_ref(), (effect, now))?;
            Ok(record(&new, about, (id, effect), now))
        })
        .await
    }

    /// What [`Store::record_bounce`] would do. Writes nothing.
    pub async fn rehearse_bounce(&self, new: NewBounce, now: DateTime<Utc>) -> Result<BounceRecord> {
        self.read(move |tx| {
            let about = find(tx, &new)?;
            let effect = decide(tx, &new, about.as_ref(), now)?.effect;
            Ok(record(&new, about, (None, effect), now))
        })
        .await
    }

    /// The reports that are kept, newest first.
    pub async fn bounces(&self, limit: u32) -> Result<Vec<BounceRecord>> {
        self.read(move |tx| {
            let mut list = tx.prepare_cached(
                "select b.id, b.received_at, b.kind, b.verdict, b.status, b.effect, b.detail, d.edition, e.digest, d.email
                 from bounce b left join delivery d on d.id = b.delivery_id left join edition e on e.number = d.edition
                 order by b.id desc limit ?1",
            )?;
            let rows = list.query_map([limit], |row| Ok(read_record(row)))?;
            rows.map(|row| row?).collect()
        })
        .await
    }
}

fn find(tx: &Transaction<'_>, new: &NewBounce) -> Result<Option<About>> {
    let Ok(delivery) = new.delivery else { return Ok(None) };
    type Columns = (i64, String, String, i64, Option<String>);
    let row: Option<Columns> = tx
        .prepare_cached(
            "select d.edition, e.digest, d.email, d.queued_at, d.bounce from delivery d join edition e on e.number = d.edition
             where d.id = ?1",
        )?
        .query_row([delivery], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
        .optional()?;
    row.map(|(edition, digest, email, queued_at, held)| {
        let held = held.map_or(Ok(Verdict::Nothing), from_word)?;
        Ok(About { edition, digest, email, queued_at: instant(queued_at)?, held })
    })
    .transpose()
}

/// What follows from a report; reads only.
fn decide(tx: &Transaction<'_>, new: &NewBounce, about: Option<&About>, now: DateTime<Utc>) -> Result<Decision> {
    let delivery = match new.delivery {
        Ok(delivery) => delivery,
        Err(Untagged::Absent) => return Ok(Effect::NoTag.into()),
        Err(Untagged::Forged) => return Ok(Effect::ForgedTag.into()),
    };
    if tx.prepare_cached("select 1 from bounce where fingerprint = ?1")?.exists([&new.fingerprint])? {
        return Ok(Effect::Known.into());
    }
    let Some(about) = about.filter(|about| now - about.queued_at <= TAGS_HOLD_FOR) else { return Ok(Effect::ExpiredTag.into()) };
    let effect = match new.verdict {
        Verdict::Nothing | Verdict::Delayed | Verdict::Delivered => Effect::Silent,
        verdict if verdict <= about.held => Effect::Known,
        Verdict::Failed => Effect::Noted,
        _ if about.email.is_empty() => Effect::Forgotten,
        Verdict::Sender => pause(tx, about)?,
        _ => return on_the_address(tx, (delivery, about), new.verdict, now),
    };
    Ok(effect.into())
}

/// Once a person let the digest go on, what left before is no news.
fn pause(tx: &Transaction<'_>, about: &About) -> Result<Effect> {
    let resumed = tx
        .prepare_cached("select 1 from digest_resume where digest = ?1 and at >= ?2")?
        .exists(params![about.digest, about.queued_at.timestamp()])?;
    Ok(if resumed { Effect::Resumed } else { Effect::Paused })
}

fn on_the_address(tx: &Transaction<'_>, of: (i64, &About), verdict: Verdict, now: DateTime<Utc>) -> Result<Decision> {
    let (delivery, about) = of;
    let Some(hash) = Keyed::existing(tx)?.map(|keyed| keyed.address(&about.email)) else { return Ok(Effect::Counted.into()) };
    let reason = consequence(tx, &Returned { delivery, email: &about.email, hash: &hash, verdict }, now)?;
    let held = suppression(tx, &hash)?;
    Ok(match reason {
        None => Effect::Counted.into(),
        Some(reason) if held.is_none_or(|held| reason.outweighs(held.reason)) => {
            Decision { effect: Effect::Suppressed, suppress: Some((hash, reason)) }
        }
        Some(_) => Effect::Noted.into(),
    })
}

fn apply(tx: &Transaction<'_>, new: &NewBounce, of: (i64, &About), at: (Decision, DateTime<Utc>)) -> Result<()> {
    let ((delivery, about), (decision, now)) = (of, at);
    tx.execute("update delivery set bounce = ?2 where id = ?1", params![delivery, new.verdict.name()])?;
    if let Some((hash, reason)) = decision.suppress {
        suppress(tx, &hash, &Suppression { reason, detail: new.status.clone(), since: now })?;
    }
    if decision.effect == Effect::Paused {
        let words = new.detail.as_deref().or(new.status.as_deref()).unwrap_or("refused");
        pause_digest(tx, &about.digest, &without_address(words, &about.email), now)?;
    }
    Ok(())
}

/// Keeps the report, once, without words that nobody could find again to erase; forgets the oldest that changed nothing.
fn keep(tx: &Transaction<'_>, new: &NewBounce, about: Option<&About>, at: (Effect, DateTime<Utc>)) -> Result<Option<i64>> {
    let (effect, now) = at;
    let words = about.filter(|about| !about.email.is_empty()).zip(new.detail.as_deref());
    let kept = tx
        .prepare_cached(
            "insert into bounce (fingerprint, received_at, delivery_id, kind, verdict, status, effect, detail)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) on conflict do nothing returning id",
        )?
        .query_row(
            params![
                new.fingerprint,
                now.timestamp(),
                about.and(new.delivery.ok()),
                word(new.kind)?,
                new.verdict.name(),
                new.status,
                word(effect)?,
                words.map(|(about, words)| without_address(words, &about.email)),
            ],
            |row| row.get(0),
        )
        .optional()?;
    if !effect.changes() {
        tx.prepare_cached(
            "delete from bounce where effect not in ('suppressed', 'counted', 'paused', 'noted') and id not in
               (select id from bounce where effect not in ('suppressed', 'counted', 'paused', 'noted') order by id desc limit ?1)",
        )?
        .execute([MOST_IDLE])?;
    }
    Ok(kept)
}

fn record(new: &NewBounce, about: Option<About>, what: (Option<i64>, Effect), now: DateTime<Utc>) -> BounceRecord {
    let (edition, digest, email) =
        about.map_or((None, None, None), |about| (Some(about.edition), Some(about.digest), Some(about.email)));
    BounceRecord {
        id: what.0,
        received_at: now,
        kind: new.kind,
        verdict: new.verdict,
        status: new.status.clone(),
        effect: what.1,
        detail: email.as_ref().filter(|email| !email.is_empty()).and(new.detail.clone()),
        edition,
        digest,
        email,
    }
}

fn read_record(row: &Row<'_>) -> Result<BounceRecord> {
    Ok(BounceRecord {
        id: row.get(0)?,
        received_at: instant(row.get(1)?)?,
        kind: from_word(row.get(2)?)?,
        verdict: from_word(row.get(3)?)?,
        status: row.get(4)?,
        effect: from_word(row.get(5)?)?,
        detail: row.get(6)?,
        edition: row.get(7)?,
        digest: row.get(8)?,
        email: row.get(9)?,
    })
}
