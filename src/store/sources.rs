//! Sources: in step with `sources.toml`, due, and what a refresh must know of them.

use crate::{
    domain::{
        fetching::HostRest,
        item::ItemKey,
        refresh::{KnownItem, KnownItems},
        slug::Slug,
        source::{Source, SourceState},
    },
    store::{
        Result, Store, StoreError,
        rows::{self, SOURCE_COLUMNS},
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Transaction, params};
use std::collections::{HashMap, HashSet};

/// How many of a source's newest items may be recognised under another key.
const RECENT: usize = 500;

/// What bringing the rows in step with the file changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Synced {
    /// Sources that were not known.
    pub added: usize,
    /// Sources whose name, address or pause changed, and those that came back.
    pub changed: usize,
    /// Sources that are no longer in the file.
    pub retired: usize,
}

/// A row of `source`, as far as the file may change it.
struct Row {
    name: String,
    url: String,
    condition: String,
}

impl Store {
    /// Brings the sources' rows in step with the file. Another address starts the source's state afresh; a source that is no
    /// longer there is retired with its items, and one that comes back takes up where it was. Writes nothing when nothing changed.
    pub async fn sync_sources(&self, sources: Vec<Source>) -> Result<Synced> {
        let known = self.read(source_rows).await?;
        if synced(&sources, &known) == Synced::default() {
            return Ok(Synced::default());
        }
        self.write(move |transaction| {
            let known = source_rows(transaction)?;
            let report = synced(&sources, &known);
            for source in &sources {
                match known.get(source.slug.as_str()) {
                    None => insert(transaction, source)?,
                    Some(row) if differs(source, row) => update(transaction, source, row)?,
                    Some(_) => {}
                }
            }
            for slug in retiring(&sources, &known) {
                transaction.execute("update source set condition = 'retired' where slug = ?1", [slug])?;
            }
            Ok(report)
        })
        .await
    }

    /// The state of every source, retired ones included, by slug.
    pub async fn source_states(&self) -> Result<Vec<(Slug, SourceState)>> {
        self.read(|transaction| {
            let sql = format!("select {SOURCE_COLUMNS}, slug from source order by slug");
            let mut statement = transaction.prepare_cached(&sql)?;
            rows::collect(statement.query([])?, |row| {
                let slug: String = row.get(19)?;
                Ok((Slug::parse(&slug).map_err(|error| StoreError::Corrupt(error.to_string()))?, rows::source_state(row)?))
            })
        })
        .await
    }

    /// The state of one source.
    pub async fn source_state(&self, slug: Slug) -> Result<SourceState> {
        self.read(move |transaction| {
            let sql = format!("select {SOURCE_COLUMNS} from source where slug = ?1");
            let mut statement = transaction.prepare_cached(&sql)?;
            let mut found = statement.query([slug.as_str()])?;
            match found.next()? {
                Some(row) => rows::source_state(row),
                None => Err(StoreError::NotFound(format!("source \"{slug}\""))),
            }
        })
        .await
    }

    /// What the publisher and our own care had to tell the operator of a source (Sunset, Deprecation, repairs).
    pub async fn source_notices(&self, slug: Slug) -> Result<Vec<String>> {
        self.read(move |transaction| {
            let notices: Option<String> = transaction
                .query_row("select notices from source where slug = ?1", [slug.as_str()], |row| row.get(0))
                .optional()?;
            notices.map_or_else(|| Err(StoreError::NotFound(format!("source \"{slug}\""))), |text| rows::json(&text))
        })
        .await
    }

    /// The servers that asked for rest lately, by `host:port`: also those whose rest is over.
    pub async fn host_rests(&self) -> Result<HashMap<String, HostRest>> {
        self.read(|transaction| {
            let mut statement = transaction.prepare_cached("select host, coalesce(began, until), until from host_rest")?;
            let rests = rows::collect(statement.query([])?, |row| {
                Ok((row.get(0)?, HostRest { began: rows::instant(row.get(1)?)?, until: rows::instant(row.get(2)?)? }))
            })?;
            Ok(rests.into_iter().collect())
        })
        .await
    }

    /// The servers that asked for rest, with the end of it; those whose rest is over at `now` are left out.
    pub async fn resting_hosts(&self, now: DateTime<Utc>) -> Result<HashMap<String, DateTime<Utc>>> {
        self.read(move |transaction| {
            let mut statement = transaction.prepare_cached("select host, until from host_rest where until > ?1")?;
            let resting =
                rows::collect(statement.query([now.timestamp()])?, |row| Ok((row.get(0)?, rows::instant(row.get(1)?)?)))?;
            Ok(resting.into_iter().collect())
        })
        .await
    }

    /// What is known of the items that a document may list: those under one of `keys`, those that the source's last document
    /// listed, and those that retention removed.
    pub async fn known_items(&self, source_id: i64, keys: Vec<ItemKey>) -> Result<KnownItems> {
        self.read(move |transaction| {
            let mut known = KnownItems::default();
            let mut by_key = transaction.prepare_cached(
                "select id, content_hash, url, title, published_at, first_seen_at from item where source_id = ?1 and key = ?2",
            )?;
            let mut buried = transaction.prepare_cached("select 1 from tombstone where source_id = ?1 and key = ?2")?;
            let any_buried: bool = transaction
                .prepare_cached("select exists (select 1 from tombstone where source_id = ?1)")?
                .query_row([source_id], |row| row.get(0))?;
            known.listed = still_listed(transaction, source_id)?;
            // A source without items, at its first fetch, has no key to look up.
            let nothing = known.listed.is_empty()
                && !transaction
                    .prepare_cached("select exists (select 1 from item where source_id = ?1)")?
                    .query_row([source_id], |row| row.get::<_, bool>(0))?;
            if nothing && !any_buried {
                return Ok(known);
            }
            for key in keys {
                if let Some(row) = by_key.query(params![source_id, key.0])?.next()? {
                    known.by_key.insert(key, known_item(row)?);
                } else if any_buried && buried.exists(params![source_id, key.0])? {
                    known.buried.insert(key);
                }
            }
            Ok(known)
        })
        .await
    }
}

fn still_listed(transaction: &Transaction<'_>, source_id: i64) -> Result<Vec<(ItemKey, KnownItem)>> {
    let mut statement = transaction.prepare_cached(
        "select recent.id, content_hash, recent.url, title, published_at, first_seen_at, key
         from (select id as newest from item where source_id = ?1 order by id desc limit ?2)
           join item recent on recent.id = newest join source on source.id = ?1
         where last_listed_at >= listed_at",
    )?;
    let limit = i64::try_from(RECENT).unwrap_or(i64::MAX);
    rows::collect(statement.query([source_id, limit])?, |row| Ok((ItemKey(row.get(6)?), known_item(row)?)))
}

fn known_item(row: &rusqlite::Row<'_>) -> Result<KnownItem> {
    Ok(KnownItem {
        id: row.get(0)?,
        content_hash: row.get(1)?,
        url: row.get(2)?,
        title: row.get(3)?,
        published_at: rows::optional_instant(row.get(4)?)?,
        first_seen_at: rows::instant(row.get(5)?)?,
    })
}

fn source_rows(transaction: &Transaction<'_>) -> Result<HashMap<String, Row>> {
    let mut statement = transaction.prepare_cached("select slug, name, url, condition from source")?;
    let all = rows::collect(statement.query([])?, |row| {
        Ok((row.get(0)?, Row { name: row.get(1)?, url: row.get(2)?, condition: row.get(3)? }))
    })?;
    Ok(all.into_iter().collect())
}

fn synced(sources: &[Source], known: &HashMap<String, Row>) -> Synced {
    let (old, new): (Vec<_>, Vec<_>) = sources.iter().partition(|source| known.contains_key(source.slug.as_str()));
    Synced {
        added: new.len(),
        changed: old.iter().filter(|source| differs(source, &known[source.slug.as_str()])).count(),
        retired: retiring(sources, known).len(),
    }
}

fn retiring<'a>(sources: &[Source], known: &'a HashMap<String, Row>) -> Vec<&'a str> {
    let defined: HashSet<&str> = sources.iter().map(|source| source.slug.as_str()).collect();
    known
        .iter()
        .filter(|(slug, row)| !defined.contains(slug.as_str()) && row.condition != "retired")
        .map(|(slug, _)| slug.as_str())
        .collect()
}

fn differs(source: &Source, row: &Row) -> bool {
    let paused = row.condition == "paused";
    row.name != source.name || row.url != source.url.as_str() || paused != source.paused || row.condition == "retired"
}

fn insert(transaction: &Transaction<'_>, source: &Source) -> Result<()> {
    let condition = if source.paused { "paused" } else { "new" };
    transaction
        .prepare_cached("insert into source (slug, name, url, condition, effective_url) values (?1, ?2, ?3, ?4, ?3)")?
        .execute(params![source.slug.as_str(), source.name, source.url.as_str(), condition])?;
    Ok(())
}

/// A source that was away or paused is asked at once, with the validators that it had.
fn update(transaction: &Transaction<'_>, source: &Source, row: &Row) -> Result<()> {
    let slug = source.slug.as_str();
    transaction.execute("update source set name = ?2 where slug = ?1", [slug, &source.name])?;
    if row.url != source.url.as_str() {
        transaction.execute(
            "update source set url = ?2, effective_url = ?2, condition = 'new', next_check_at = null, last_success_at = null,
               last_error = null, consecutive_failures = 0, validators = null, body_hash = null, redirect = null,
               rhythm_hours = null, notices = '[]', catch_up = null, hub = null, declared = null where slug = ?1",
            [slug, source.url.as_str()],
        )?;
    }
    if source.paused {
        transaction.execute("update source set condition = 'paused' where slug = ?1", [slug])?;
    } else {
        transaction.execute(
            "update source set next_check_at = null,
               condition = case when last_success_at is null then 'new' else 'healthy' end
             where slug = ?1 and condition in ('paused', 'retired')",
            [slug],
        )?;
    }
    Ok(())
}
