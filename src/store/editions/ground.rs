//! What an edition is composed from, in one consistent view.

use crate::{
    domain::{
        candidate::{Candidate, FirstFetch, Period, Window, oldest_news},
        erratum::ToldItem,
        slug::Slug,
    },
    store::{
        Result, Store,
        editions::{
            EditionRecord,
            candidates::{self, Scope},
            errata, load,
        },
        rows,
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, params};

/// The facts that a draft is composed from.
#[derive(Debug, Clone)]
pub struct Ground {
    /// The items it claims.
    pub window: Window,
    /// Its place in the series, from 1.
    pub issue: u32,
    /// Sources checked since the period before ended.
    pub sources_checked: usize,
    /// What it can tell.
    pub candidates: Vec<Candidate>,
    /// What earlier editions told and is otherwise now.
    pub changed: Vec<ToldItem>,
}

/// The facts that an edition would be composed from again.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The edition as stored.
    pub record: EditionRecord,
    /// What it could tell.
    pub candidates: Vec<Candidate>,
}

impl Store {
    /// The ground of an edition of `digest` for `period` as of `now`: items since the edition before it, up to the last that had
    /// come in, with what people kept or deferred. The first edition of a digest looks no further back than news goes.
    pub async fn edition_ground(
        &self,
        digest: Slug,
        period: Period,
        first_fetch: FirstFetch,
        now: DateTime<Utc>,
    ) -> Result<Ground> {
        self.read(move |tx| {
            let since = period.since;
            let own: Option<i64> = tx
                .query_row(
                    "select number from edition where digest = ?1 and period = ?2 and state <> 'cancelled'",
                    params![digest.as_str(), period.key.0],
                    |row| row.get(0),
                )
                .optional()?;
            let own = own.unwrap_or(i64::MAX);
            let window = Window { first_fetch, ..window(tx, &digest, since, now)? };
            let issue: u32 = tx.query_row(
                "select count(*) + 1 from edition where digest = ?1 and state <> 'cancelled' and number < ?2",
                params![digest.as_str(), own],
                |row| row.get(0),
            )?;
            let scope = Scope { digest: &digest, window, now, own, told_before: i64::MAX };
            let sources_checked = sources_checked(tx, since)?;
            let changed = errata::told_and_changed(tx, &digest, own, now)?;
            Ok(Ground { window, issue, sources_checked, candidates: candidates::load(tx, &scope)?, changed })
        })
        .await
    }

    /// The ground of an edition that exists, at its own clock: later items, decisions and editions do not count.
    pub async fn edition_replay(&self, number: i64) -> Result<Replay> {
        self.read(move |tx| {
            let record = load(tx, number)?;
            let edition = &record.edition;
            let scope = Scope {
                digest: &edition.digest,
                window: record.window,
                now: edition.composed_at,
                own: number,
                told_before: number,
            };
            let candidates = candidates::load(tx, &scope)?;
            Ok(Replay { record, candidates })
        })
        .await
    }
}

/// From the last item back, not by the index of arrivals: nearly always it is the first that is looked at.
const LAST_TO_COME_IN: &str = "select id from item where +first_seen_at <= ?1 order by id desc limit 1";

/// The last to come in before an instant.
const LAST_BEFORE: &str = "select id from item where first_seen_at < ?1 order by first_seen_at desc, id desc limit 1";

/// After the last item of the editions of earlier periods, up to the last item that had come in.
fn window(tx: &Transaction<'_>, digest: &Slug, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<Window> {
    let before: (Option<i64>, Option<i64>) = tx.query_row(
        "select max(up_to_item), max(coalesce(approved_at, composed_at)) from edition
         where digest = ?1 and since < ?2 and state <> 'cancelled'",
        params![digest.as_str(), since.timestamp()],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let last: Option<i64> = tx.query_row(LAST_TO_COME_IN, [now.timestamp()], |row| row.get(0)).optional()?;
    let after_item = match before.0 {
        Some(last) => last,
        None => {
            tx.query_row(LAST_BEFORE, [oldest_news(since, now).timestamp()], |row| row.get(0)).optional()?.unwrap_or_default()
        }
    };
    let up_to_item = last.unwrap_or(0).max(after_item);
    Ok(Window { after_item, up_to_item, opened_at: rows::optional_instant(before.1)?, first_fetch: FirstFetch::default() })
}

fn sources_checked(tx: &Transaction<'_>, since: DateTime<Utc>) -> Result<usize> {
    let count: i64 = tx.query_row(
        "select count(*) from source where last_success_at >= ?1 and condition <> 'retired'",
        [since.timestamp()],
        |row| row.get(0),
    )?;
    Ok(usize::try_from(count).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::{LAST_BEFORE, LAST_TO_COME_IN};
    use crate::store::migrate;
    use rusqlite::Connection;
    use std::path::Path;

    /// Among a million items it must not matter how many there are.
    #[test]
    fn the_bounds_of_a_window_are_looked_up() {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate::run(&mut connection, Path::new("memory")).unwrap();
        for (sql, expected) in [
            (LAST_TO_COME_IN, "SCAN item"), // from its end, to the first that fits
            (LAST_BEFORE, "SEARCH item USING COVERING INDEX item_by_arrival (first_seen_at<?)"),
        ] {
            let plan: Vec<String> = connection
                .prepare(&format!("explain query plan {sql}"))
                .unwrap()
                .query_map([0], |row| row.get(3))
                .unwrap()
                .collect::<rusqlite::Result<_>>()
                .unwrap();
            assert_eq!(plan, [expected], "no sorting, no other step");
        }
    }
}
