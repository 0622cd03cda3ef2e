//! What the items of a source say about it.

use crate::{
    domain::{evidence::Evidence, slug::Slug},
    store::{Result, Store, StoreError, assessments::expand, rows},
};
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};

/// A source's newest items with their evidence.
#[derive(Debug, Clone, PartialEq)]
pub struct SourcePast {
    /// Row id of the source.
    pub source: i64,
    /// Its slug.
    pub slug: Slug,
    /// When its reliability was last computed.
    pub assessed_at: Option<DateTime<Utc>>,
    /// When each item was published, else first seen, and what was observed about it; the last to come in first.
    pub items: Vec<(DateTime<Utc>, Vec<Evidence>)>,
}

impl Store {
    /// The sources of which an item was assessed since they were, or that never were though they have one. What was assessed
    /// before the last time that any source was is not looked at again.
    pub async fn stale_sources(&self) -> Result<Vec<i64>> {
        self.read(|transaction| {
            let mut statement = transaction.prepare_cached(
                "select distinct source.id from assessment join item on item.id = item_id join source on source.id = source_id
                 where observed_at >= (select coalesce(max(reliability_at), 0) from source) and observed_at >= coalesce(reliability_at, 0)",
            )?;
            rows::collect(statement.query([])?, |row| Ok(row.get(0)?))
        })
        .await
    }

    /// The pasts of sources by row id, each with its `items` newest assessed items at most. Unknown ids are left out.
    pub async fn source_pasts(&self, sources: Vec<i64>, items: u32) -> Result<Vec<SourcePast>> {
        self.read(move |transaction| {
            let pasts: Result<Vec<_>> = sources.iter().map(|source| past(transaction, *source, items)).collect();
            Ok(pasts?.into_iter().flatten().collect())
        })
        .await
    }
}

fn past(transaction: &Transaction<'_>, source: i64, limit: u32) -> Result<Option<SourcePast>> {
    let mut statement = transaction.prepare_cached("select slug, reliability_at from source where id = ?1")?;
    let mut found = statement.query([source])?;
    let Some(row) = found.next()? else { return Ok(None) };
    let slug = Slug::parse(&row.get::<_, String>(0)?).map_err(|error| StoreError::Corrupt(error.to_string()))?;
    let assessed_at = rows::optional_instant(row.get(1)?)?;
    let mut statement = transaction.prepare_cached(
        "select coalesce(published_at, first_seen_at), evidence, observed_at
         from (select id as newest from item where source_id = ?1 and exists (select 1 from assessment where item_id = id)
           order by id desc limit ?2)
         join item on item.id = newest join assessment on item_id = newest order by newest desc",
    )?;
    let items = rows::collect(statement.query(params![source, limit])?, |row| {
        let observed_at = rows::instant(row.get(2)?)?;
        Ok((rows::instant(row.get(0)?)?, expand(&row.get::<_, String>(1)?, observed_at)?))
    })?;
    Ok(Some(SourcePast { source, slug, assessed_at, items }))
}
