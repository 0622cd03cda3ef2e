//! Who receives what; least data, and nobody comes back by an import.

use crate::{
    domain::{
        email_address::EmailAddress,
        slug::Slug,
        subscriber::{DeliveryRecord, Erasure, PersonRecord, Standing, Subscription, SubscriptionRecord, SubscriptionState},
        suppression::{Suppression, SuppressionReason},
    },
    store::{
        Result, Store, StoreError,
        deliveries::instant,
        keyed::Keyed,
        rows::from_word,
        suppressions::{lift, lifts, suppress, suppression},
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// A link to be made between an address and a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubscription {
    /// Where mail goes.
    pub email: EmailAddress,
    /// Which digest.
    pub digest: Slug,
    /// What was agreed to, and how.
    pub consent: String,
}

/// Who brings somebody back, and on what ground.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Who.
    pub actor: String,
    /// What they say.
    pub words: String,
}

impl Store {
    /// All subscriptions, by digest and address; those of one digest if it is given.
    pub async fn subscriptions(&self, digest: Option<Slug>) -> Result<Vec<Subscription>> {
        self.read(move |tx| {
            let mut list = tx.prepare_cached(
                "select id, email, digest, state, consent, created_at, changed_at from subscription
                 where ?1 is null or digest = ?1 order by digest, email",
            )?;
            let rows = list.query_map([digest.as_ref().map(Slug::as_str)], |row| Ok((row.get(0)?, read_subscription(row))))?;
            let mut subscriptions = Vec::new();
            for row in rows {
                match row? {
                    (_, Ok(subscription)) => subscriptions.push(subscription),
                    // Only another program writes such a row; one of them must not hide all the others, nor stop their letter.
                    (id, Err(StoreError::Corrupt(why))) => {
                        let id: i64 = id;
                        tracing::warn!(subscription = id, "left out: {why} cannot be read");
                    }
                    (_, Err(error)) => return Err(error),
                }
            }
            Ok(subscriptions)
        })
        .await
    }

    /// Where each pair stands, in the same order. Writes nothing.
    pub async fn standings(&self, wanted: Vec<(EmailAddress, Slug)>) -> Result<Vec<Standing>> {
        self.read(move |tx| {
            let keyed = Keyed::existing(tx)?;
            wanted.iter().map(|(email, digest)| standing(tx, keyed.as_ref(), email, digest)).collect()
        })
        .await
    }

    /// Confirms the subscriptions of people who are unknown or pending; leaves everybody else as they are. Gives where each one
    /// stood before, in the same order.
    pub async fn subscribe(&self, wanted: Vec<NewSubscription>, now: DateTime<Utc>) -> Result<Vec<Standing>> {
        self.write(move |tx| {
            let keyed = Keyed::load(tx)?;
            wanted
                .iter()
                .map(|new| {
                    let before = standing(tx, Some(&keyed), &new.email, &new.digest)?;
                    if matches!(before, Standing::Unknown | Standing::Pending) {
                        confirm(tx, new, now)?;
                    }
                    Ok(before)
                })
                .collect()
        })
        .await
    }

    /// Confirms a subscription whatever happened before, as `consent` tells. Lifts a suppression, and keeps who did and on what
    /// ground.
    pub async fn subscribe_again(&self, new: NewSubscription, ground: Ground, now: DateTime<Utc>) -> Result<()> {
        self.write(move |tx| {
            let hash = Keyed::load(tx)?.address(new.email.as_str());
            lift(tx, &hash, &ground.actor, &ground.words, now)?;
            confirm(tx, &new, now)
        })
        .await
    }

    /// Ends the subscriptions of an address, to one digest or to all; queued deliveries are withdrawn by the last check. Gives
    /// the digests that were left.
    pub async fn unsubscribe(&self, email: &EmailAddress, digest: Option<Slug>, now: DateTime<Utc>) -> Result<Vec<String>> {
        let email = email.clone();
        self.write(move |tx| {
            let mut leave = tx.prepare_cached(
                "update subscription set state = 'unsubscribed', changed_at = ?3
                 where email = ?1 and (?2 is null or digest = ?2) and state <> 'unsubscribed' returning digest",
            )?;
            let left = leave
                .query_map(params![email.as_str(), digest.as_ref().map(Slug::as_str), now.timestamp()], |row| row.get(0))?
                .collect::<rusqlite::Result<Vec<String>>>()?;
            Ok(left)
        })
        .await
    }

    /// The digests that [`Store::unsubscribe`] would leave. Writes nothing.
    pub async fn subscribed_to(&self, email: &EmailAddress, digest: Option<Slug>) -> Result<Vec<String>> {
        let email = email.clone();
        self.read(move |tx| {
            let mut list = tx.prepare_cached(
                "select digest from subscription where email = ?1 and (?2 is null or digest = ?2) and state <> 'unsubscribed'",
            )?;
            let digests = list.query_map(params![email.as_str(), digest.as_ref().map(Slug::as_str)], |row| row.get(0))?;
            Ok(digests.collect::<rusqlite::Result<Vec<String>>>()?)
        })
        .await
    }

    /// Everything held about a person.
    pub async fn person(&self, email: &EmailAddress) -> Result<PersonRecord> {
        let email = email.clone();
        self.read(move |tx| {
            let hash = Keyed::existing(tx)?.map(|keyed| keyed.address(email.as_str()));
            Ok(PersonRecord {
                subscriptions: subscription_records(tx, &email)?,
                deliveries: delivery_records(tx, &email)?,
                suppressed: hash.as_deref().map(|hash| suppression(tx, hash)).transpose()?.flatten(),
                lifted: hash.as_deref().map_or_else(|| Ok(Vec::new()), |hash| lifts(tx, hash))?,
                email: email.as_str().to_owned(),
            })
        })
        .await
    }

    /// What [`Store::erase`] would touch. Writes nothing.
    pub async fn erasure(&self, email: &EmailAddress) -> Result<Erasure> {
        let email = email.clone();
        self.read(move |tx| {
            let count = |sql: &str| -> Result<usize> {
                let number: i64 = tx.query_row(sql, [email.as_str()], |row| row.get(0))?;
                Ok(usize::try_from(number).unwrap_or_default())
            };
            Ok(Erasure {
                subscriptions: count("select count(*) from subscription where email = ?1")?,
                deliveries: count("select count(*) from delivery where email = ?1")?,
                withdrawn: count(
                    "select count(*) from delivery where email = ?1 and ended_at is null and state in ('queued', 'sending')",
                )?,
                traces: false,
            })
        })
        .await
    }

    /// Forgets a person: subscriptions deleted, addresses and replies blanked in deliveries, what had not left withdrawn. A keyed
    /// hash stays, so that nobody writes to them again. What the rows held is then taken out of the files by [`Store::scrub`].
    pub async fn erase(&self, email: &EmailAddress, now: DateTime<Utc>) -> Result<Erasure> {
        let email = email.clone();
        self.write(move |tx| {
            let hash = Keyed::load(tx)?.address(email.as_str());
            suppress(tx, &hash, &Suppression { reason: SuppressionReason::Erased, detail: None, since: now })?;
            let (address, now) = (email.as_str(), now.timestamp());
            tx.execute(
                "update bounce set detail = null where delivery_id in (select id from delivery where email = ?1)",
                [address],
            )?;
            let withdrawn = tx.execute(
                "update delivery set state = 'withdrawn', ended_at = ?2, claimed_until = null
                 where email = ?1 and ended_at is null and state in ('queued', 'sending')",
                params![address, now],
            )?;
            tx.execute(
                "update delivery_event set detail = null where delivery_id in (select id from delivery where email = ?1)",
                [address],
            )?;
            // a message that is leaving at this very moment keeps its address until its answer is known
            let deliveries = tx.execute(
                "update delivery set email = '', last_reply = null, ended_at = coalesce(ended_at, ?2)
                 where email = ?1 and state <> 'committing'",
                params![address, now],
            )?;
            let subscriptions = tx.execute("delete from subscription where email = ?1", [address])?;
            Ok(Erasure { subscriptions, deliveries, withdrawn, traces: true })
        })
        .await
    }
}

fn standing(tx: &Transaction<'_>, keyed: Option<&Keyed>, email: &EmailAddress, digest: &Slug) -> Result<Standing> {
    if let Some(keyed) = keyed
        && suppression(tx, &keyed.address(email.as_str()))?.is_some()
    {
        return Ok(Standing::Suppressed);
    }
    let state: Option<String> = tx
        .prepare_cached("select state from subscription where email = ?1 and digest = ?2")?
        .query_row([email.as_str(), digest.as_str()], |row| row.get(0))
        .optional()?;
    Ok(match state.map(from_word).transpose()? {
        None => Standing::Unknown,
        Some(SubscriptionState::Pending) => Standing::Pending,
        Some(SubscriptionState::Confirmed) => Standing::Confirmed,
        Some(SubscriptionState::Unsubscribed) => Standing::Unsubscribed,
    })
}

fn confirm(tx: &Transaction<'_>, new: &NewSubscription, now: DateTime<Utc>) -> Result<()> {
    tx.prepare_cached(
        "insert into subscription (email, digest, state, consent, created_at, changed_at) values (?1, ?2, 'confirmed', ?3, ?4, ?4)
         on conflict (email, digest) do update set email = excluded.email, state = 'confirmed', consent = excluded.consent,
           changed_at = excluded.changed_at",
    )?
    .execute(params![new.email.as_str(), new.digest.as_str(), new.consent, now.timestamp()])?;
    Ok(())
}

fn read_subscription(row: &Row<'_>) -> Result<Subscription> {
    let (email, digest, state): (String, String, String) = (row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(Subscription {
        id: row.get(0)?,
        email: email.parse().map_err(|_| StoreError::Corrupt("the address of a subscription".to_owned()))?,
        digest: Slug::parse(&digest).map_err(|error| StoreError::Corrupt(error.to_string()))?,
        state: from_word(state)?,
        consent: row.get(4)?,
        created_at: instant(row.get(5)?)?,
        changed_at: instant(row.get(6)?)?,
    })
}

fn subscription_records(tx: &Transaction<'_>, email: &EmailAddress) -> Result<Vec<SubscriptionRecord>> {
    let mut select = tx.prepare_cached(
        "select id, email, digest, state, consent, created_at, changed_at from subscription where email = ?1 order by id",
    )?;
    let rows = select.query_map([email.as_str()], |row| Ok(read_subscription(row)))?;
    rows.map(|row| {
        let held = row??;
        Ok(SubscriptionRecord {
            email: held.email.as_str().to_owned(),
            digest: held.digest.as_str().to_owned(),
            state: held.state,
            consent: held.consent,
            created_at: held.created_at,
            changed_at: held.changed_at,
        })
    })
    .collect()
}

fn delivery_records(tx: &Transaction<'_>, email: &EmailAddress) -> Result<Vec<DeliveryRecord>> {
    let mut select = tx.prepare_cached(
        "select d.edition, e.digest, d.message_id, d.state, d.last_reply, d.queued_at, d.ended_at, d.bounce
         from delivery d join edition e on e.number = d.edition where d.email = ?1 order by d.id",
    )?;
    let mut rows = select.query([email.as_str()])?;
    let mut records = Vec::new();
    while let Some(row) = rows.next()? {
        records.push(DeliveryRecord {
            edition: row.get(0)?,
            digest: row.get(1)?,
            message_id: row.get(2)?,
            state: row.get(3)?,
            last_reply: row.get(4)?,
            queued_at: instant(row.get(5)?)?,
            ended_at: row.get::<_, Option<i64>>(6)?.map(instant).transpose()?,
            bounce: row.get(7)?,
        });
    }
    Ok(records)
}
