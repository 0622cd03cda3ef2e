//! Subscriptions with hubs (WebSub).

use crate::{
    domain::{
        fetching::FetchFailure,
        hub::{Errands, Hub, HubSubscription, Intent, Request},
        secret::Secret,
    },
    store::{Result, Store, StoreError, keyed::unguessable, rows},
};
use chrono::{DateTime, Utc};
use rusqlite::{Row, params};
use std::collections::HashMap;

const COLUMNS: &str = "id, source_id, hub, topic, token, secret, pending, ending, lease_until, next_at, failures, last_error, \
     last_push_at";

impl Store {
    /// The hub of each source that is asked (not paused, retired or gone), and every subscription.
    pub async fn hubs(&self) -> Result<(HashMap<i64, Hub>, Vec<HubSubscription>)> {
        self.read(|transaction| {
            let sql = "select id, hub from source where hub is not null and condition not in ('paused', 'retired', 'gone')";
            let mut sources = transaction.prepare_cached(sql)?;
            let hubs = rows::collect(sources.query([])?, |row| Ok((row.get(0)?, rows::json(&row.get::<_, String>(1)?)?)))?;
            let mut held = transaction.prepare_cached(&format!("select {COLUMNS} from hub_subscription order by id"))?;
            Ok((hubs.into_iter().collect(), rows::collect(held.query([])?, subscription)?))
        })
        .await
    }

    /// The subscription of a source that stands or is asked for.
    pub async fn hub_subscription(&self, source_id: i64) -> Result<Option<HubSubscription>> {
        self.one_subscription("source_id = ?1 and ending = 0 order by id desc", source_id.to_string()).await
    }

    /// The subscription whose callback has that token.
    pub async fn subscription_of_callback(&self, token: String) -> Result<Option<HubSubscription>> {
        self.one_subscription("token = ?1", token).await
    }

    async fn one_subscription(&self, which: &'static str, value: String) -> Result<Option<HubSubscription>> {
        self.read(move |transaction| {
            let sql = format!("select {COLUMNS} from hub_subscription where {which}");
            let mut statement = transaction.prepare_cached(&sql)?;
            let mut found = statement.query([value])?;
            found.next()?.map(subscription).transpose()
        })
        .await
    }

    /// Subscriptions begin, end and go, all at once. Those that begin or end are to be asked for from `now` on.
    pub async fn turn_subscriptions(&self, turn: Errands, now: DateTime<Utc>) -> Result<()> {
        self.write(move |transaction| {
            for (source, hub) in &turn.begin {
                transaction
                    .prepare_cached(
                        "insert into hub_subscription (source_id, hub, topic, token, secret, next_at) values (?1, ?2, ?3, ?4, ?5, ?6)",
                    )?
                    .execute(params![source, hub.hub, hub.topic, unguessable()?, unguessable()?, now.timestamp()])?;
            }
            for id in &turn.end {
                let sql = "update hub_subscription set ending = 1, pending = null, failures = 0, next_at = ?2 where id = ?1";
                transaction.prepare_cached(sql)?.execute(params![id, now.timestamp()])?;
            }
            for id in &turn.forget {
                transaction.prepare_cached("delete from hub_subscription where id = ?1")?.execute([id])?;
            }
            Ok(())
        })
        .await
    }

    /// A hub is about to be asked: written first, because it may verify before it answers.
    pub async fn hub_is_asked(&self, request: Request) -> Result<()> {
        self.write(move |transaction| {
            let sql = "update hub_subscription set pending = ?2, failures = ?3, next_at = ?4 where id = ?1";
            let (word, again) = (request.intent.word(), request.again_at.timestamp());
            transaction.prepare_cached(sql)?.execute(params![request.id, word, request.failures, again])?;
            Ok(())
        })
        .await
    }

    /// A hub could not be asked. It is asked again when [`Store::hub_is_asked`] said, or later.
    pub async fn hub_failed(&self, id: i64, failure: FetchFailure, again_at: DateTime<Utc>) -> Result<()> {
        self.write(move |transaction| {
            let sql = "update hub_subscription set last_error = ?2, next_at = max(next_at, ?3) where id = ?1";
            transaction.prepare_cached(sql)?.execute(params![id, failure.reason, again_at.timestamp()])?;
            Ok(())
        })
        .await
    }

    /// A hub verified what it was asked. False: it was not pending any more.
    pub async fn hub_subscribed(&self, id: i64, until: DateTime<Utc>, renew_at: DateTime<Utc>) -> Result<bool> {
        self.write(move |transaction| {
            let sql =
                "update hub_subscription set pending = null, failures = 0, last_error = null, lease_until = ?2, next_at = ?3
                       where id = ?1 and pending = 'subscribe'";
            let changed = transaction.prepare_cached(sql)?.execute(params![id, until.timestamp(), renew_at.timestamp()])?;
            Ok(changed == 1)
        })
        .await
    }

    /// A hub verified that it tells no more.
    pub async fn hub_unsubscribed(&self, id: i64) -> Result<()> {
        self.turn_subscriptions(Errands { forget: vec![id], ..Errands::default() }, DateTime::UNIX_EPOCH).await
    }

    /// A hub refused.
    pub async fn hub_denied(&self, id: i64, reason: String, again_at: DateTime<Utc>) -> Result<()> {
        self.write(move |transaction| {
            let sql =
                "update hub_subscription set pending = null, lease_until = null, last_error = ?2, next_at = ?3 where id = ?1";
            transaction.prepare_cached(sql)?.execute(params![id, reason, again_at.timestamp()])?;
            Ok(())
        })
        .await
    }

    /// A hub told of a change: the source is asked at `now`, but never sooner than `floor_seconds` after it was last asked. Gives
    /// whether that is earlier than it would have been: the same push again changes nothing.
    pub async fn hub_told(&self, held: HubSubscription, floor_seconds: i64, now: DateTime<Utc>) -> Result<bool> {
        self.write(move |transaction| {
            transaction
                .prepare_cached("update hub_subscription set last_push_at = ?2 where id = ?1")?
                .execute(params![held.id, now.timestamp()])?;
            let hastened = transaction
                .prepare_cached(
                    "update source set next_check_at = max(?2, coalesce(last_checked_at, 0) + ?3)
                     where id = ?1 and condition in ('new','healthy','failing')
                       and next_check_at > max(?2, coalesce(last_checked_at, 0) + ?3)",
                )?
                .execute(params![held.source_id, now.timestamp(), floor_seconds])?;
            Ok(hastened == 1)
        })
        .await
    }
}

fn subscription(row: &Row<'_>) -> Result<HubSubscription> {
    let pending: Option<String> = row.get(6)?;
    let unknown = |word: &str| StoreError::Corrupt(format!("\"{word}\" is nothing that a hub is asked"));
    Ok(HubSubscription {
        id: row.get(0)?,
        source_id: row.get(1)?,
        hub: Hub { hub: row.get(2)?, topic: row.get(3)? },
        token: Secret::new(row.get(4)?),
        secret: Secret::new(row.get(5)?),
        pending: pending.map(|word| Intent::of_word(&word).ok_or_else(|| unknown(&word))).transpose()?,
        ending: row.get(7)?,
        lease_until: rows::optional_instant(row.get(8)?)?,
        next_at: rows::instant(row.get(9)?)?,
        failures: row.get(10)?,
        last_error: row.get(11)?,
        last_push_at: rows::optional_instant(row.get(12)?)?,
    })
}
