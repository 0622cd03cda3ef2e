//! What a refresh decided becomes rows: items, and in the same transaction the validators that vouch for them.

use crate::{
    domain::{
        item::NewItem,
        refresh::{AssessedItem, NextState, RefreshPlan, SourceOutcome},
        relevance::Relevance,
    },
    store::{
        PATIENCE, Result, Store, assessments::write_assessment, compression::Compressor, familiar, in_background,
        quarantine::write_refused, rows,
    },
};
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};
use std::sync::Arc;

/// A plan ready to be written: bodies compressed and words cut, so that the one writer does nothing but write.
#[derive(Debug, Clone)]
pub struct PreparedPlan {
    pub(super) plan: RefreshPlan,
    pub(super) new: Vec<Prepared>,
    changed: Vec<Prepared>,
}

#[derive(Debug, Clone)]
pub(super) struct Prepared {
    body: Option<Vec<u8>>,
}

/// What applying plans wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Row ids of the new items, in the order of arrival.
    pub new: Vec<i64>,
    /// How many of them are backlog.
    pub backlog: usize,
    /// Row ids of the items whose content changed.
    pub changed: Vec<i64>,
    /// New row ids with their place in the plan: not every item of a plan is stored.
    indexed: Vec<(i64, usize)>,
}

impl PreparedPlan {
    /// Does the work that needs no database. Costs processor time: keep it off the asynchronous threads.
    pub fn new(mut plan: RefreshPlan) -> Self {
        let mut compressor = Compressor::default();
        let mut prepared = |assessed: &mut AssessedItem| Prepared::new(assessed, &mut compressor);
        let new = plan.new.iter_mut().map(&mut prepared).collect();
        let changed = plan.changed.iter_mut().map(|(_, assessed)| prepared(assessed)).collect();
        Self { plan, new, changed }
    }

    /// Row id of the source that it is about.
    pub fn source_id(&self) -> i64 {
        self.plan.source_id
    }

    /// How many items it writes.
    pub fn items(&self) -> usize {
        self.new.len() + self.changed.len()
    }

    /// What was decided; the bodies of its items are no longer in it.
    pub fn decided(&self) -> &RefreshPlan {
        &self.plan
    }

    /// What it means, for the report.
    pub fn outcome(&self) -> &SourceOutcome {
        &self.plan.outcome
    }

    /// The host:port that asked for rest, and until when.
    pub fn rest(&self) -> Option<&(String, DateTime<Utc>)> {
        self.plan.state.host_rest.as_ref()
    }
}

impl Prepared {
    /// Takes the texts out of the item: from here on only their compressed form is needed.
    pub(super) fn new(assessed: &mut AssessedItem, compressor: &mut Compressor) -> Self {
        assessed.item.content_text = None;
        let html = assessed.item.content_html.take().filter(|html| !html.is_empty());
        Self { body: html.map(|html| compressor.compress(html.as_bytes())) }
    }
}

impl Store {
    /// Writes what refreshes decided about many sources, in one transaction: all of it, or nothing.
    pub async fn apply_refreshes(&self, plans: Vec<RefreshPlan>) -> Result<Applied> {
        let prepare = move || Ok(plans.into_iter().map(PreparedPlan::new).collect::<Vec<_>>());
        let plans = in_background(prepare).await?;
        let applied = self.write(move |transaction| apply_all(transaction, &plans)).await?;
        Ok(applied.into_iter().fold(Applied::default(), Applied::and))
    }

    /// The same for plans that are ready, one result a plan. They are written in one transaction; when one of them cannot be
    /// written, each in its own, so that only that one fails. What concerns all of them is the error.
    pub async fn apply_prepared(&self, plans: Vec<PreparedPlan>) -> Result<Vec<Result<Applied>>> {
        let connections = Arc::clone(&self.connections);
        in_background(move || match connections.transact(PATIENCE, |transaction| apply_all(transaction, &plans)) {
            Ok(applied) => Ok(applied.into_iter().map(Ok).collect()),
            Err(error) if error.concerns_all() => Err(error),
            Err(_) => {
                let one = |plan| connections.transact(PATIENCE, |transaction| apply_all(transaction, std::slice::from_ref(plan)));
                Ok(plans
                    .iter()
                    .map(|plan| one(plan).map(|applied| applied.into_iter().fold(Applied::default(), Applied::and)))
                    .collect())
            }
        })
        .await
    }
}

impl Applied {
    fn and(mut self, other: Self) -> Self {
        self.new.extend(other.new);
        self.backlog += other.backlog;
        self.changed.extend(other.changed);
        self
    }
}

/// The full-text index comes last, because every other statement may make it write out what it gathered.
fn apply_all(transaction: &Transaction<'_>, plans: &[PreparedPlan]) -> Result<Vec<Applied>> {
    let all: Vec<Applied> = plans.iter().map(|prepared| apply(transaction, prepared)).collect::<Result<_>>()?;
    let mut remove = transaction.prepare_cached("delete from item_search where rowid = ?1")?;
    let mut insert = transaction.prepare_cached("insert into item_search (rowid, title, body) values (?1, ?2, ?3)")?;
    for (PreparedPlan { plan, .. }, applied) in plans.iter().zip(&all) {
        for id in &applied.changed {
            remove.execute([id])?;
        }
        let changed = applied.changed.iter().zip(plan.changed.iter().map(|(_, assessed)| assessed));
        for (id, assessed) in applied.indexed.iter().map(|(id, place)| (id, &plan.new[*place])).chain(changed) {
            insert.execute(params![id, assessed.text.title, assessed.text.body])?;
        }
    }
    Ok(all)
}

fn apply(transaction: &Transaction<'_>, prepared: &PreparedPlan) -> Result<Applied> {
    let PreparedPlan { plan, new, changed } = prepared;
    let at = plan.state.checked_at;
    let mut applied = Applied::default();
    let mut ids = Vec::with_capacity(plan.new.len());
    for (place, (assessed, prepared)) in plan.new.iter().zip(new).enumerate() {
        ids.push(insert_item(transaction, plan.source_id, assessed, at)?);
        if let Some(id) = ids[place] {
            write_parts(transaction, id, assessed, prepared, at)?;
            applied.new.push(id);
            applied.backlog += usize::from(assessed.backlog);
            applied.indexed.push((id, place));
        }
    }
    for ((id, assessed), prepared) in plan.changed.iter().zip(changed) {
        update_item(transaction, *id, &assessed.item, at)?;
        clear_parts(transaction, *id)?;
        write_parts(transaction, *id, assessed, prepared, at)?;
        applied.changed.push(*id);
    }
    write_sightings(transaction, plan, at)?;
    write_refused(transaction, plan.source_id, &plan.quarantine, at)?;
    if let Some(traces) = &plan.traces {
        familiar::write(transaction, plan.source_id, traces, &ids)?;
    }
    write_state(transaction, plan, !applied.new.is_empty())?;
    Ok(applied)
}

/// `None` when another process stored the same item meanwhile.
fn insert_item(transaction: &Transaction<'_>, source: i64, assessed: &AssessedItem, at: DateTime<Utc>) -> Result<Option<i64>> {
    let item = &assessed.item;
    let inserted = transaction
        .prepare_cached(
            "insert into item (source_id, key, url, title, authors, published_at, published_precision, updated_at,
               updated_precision, unreadable_date, language, summary, categories, links, identifiers, content_hash,
               first_seen_at, last_listed_at, backlog)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?17, ?18)
             on conflict (source_id, key) do nothing",
        )?
        .execute(params![
            source,
            item.key.0,
            item.url,
            item.title,
            rows::authors_json(&item.authors)?,
            rows::seconds(item.published.map(|date| date.at)),
            rows::precision(item.published),
            rows::seconds(item.updated.map(|date| date.at)),
            rows::precision(item.updated),
            item.unreadable_date,
            item.language,
            item.summary,
            serde_json::to_string(&item.categories)?,
            serde_json::to_string(&item.links)?,
            serde_json::to_string(&item.identifiers)?,
            item.content_hash,
            at.timestamp(),
            assessed.backlog,
        ])?;
    Ok((inserted == 1).then(|| transaction.last_insert_rowid()))
}

fn update_item(transaction: &Transaction<'_>, id: i64, item: &NewItem, at: DateTime<Utc>) -> Result<()> {
    transaction
        .prepare_cached(
            "update item set url = ?2, title = ?3, authors = ?4, published_at = ?5, published_precision = ?6, updated_at = ?7,
               updated_precision = ?8, unreadable_date = ?9, language = ?10, summary = ?11, categories = ?12, links = ?13,
               identifiers = ?14, content_hash = ?15, changed_at = ?16
             where id = ?1",
        )?
        .execute(params![
            id,
            item.url,
            item.title,
            rows::authors_json(&item.authors)?,
            rows::seconds(item.published.map(|date| date.at)),
            rows::precision(item.published),
            rows::seconds(item.updated.map(|date| date.at)),
            rows::precision(item.updated),
            item.unreadable_date,
            item.language,
            item.summary,
            serde_json::to_string(&item.categories)?,
            serde_json::to_string(&item.links)?,
            serde_json::to_string(&item.identifiers)?,
            item.content_hash,
            at.timestamp(),
        ])?;
    Ok(())
}

fn clear_parts(transaction: &Transaction<'_>, id: i64) -> Result<()> {
    for sql in ["delete from item_body where item_id = ?1", "delete from item_theme where item_id = ?1"] {
        transaction.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}

fn write_parts(
    transaction: &Transaction<'_>,
    id: i64,
    assessed: &AssessedItem,
    prepared: &Prepared,
    at: DateTime<Utc>,
) -> Result<()> {
    if let Some(body) = &prepared.body {
        transaction.prepare_cached("insert into item_body (item_id, html) values (?1, ?2)")?.execute(params![id, body])?;
    }
    transaction
        .prepare_cached("insert or replace into item_fingerprint (item_id, bytes) values (?1, ?2)")?
        .execute(params![id, assessed.fingerprint])?;
    for relevance in &assessed.relevance {
        write_relevance(transaction, id, relevance)?;
    }
    write_assessment(transaction, id, &assessed.evidence, &assessed.reliability, at)
}

fn write_relevance(transaction: &Transaction<'_>, id: i64, relevance: &Relevance) -> Result<()> {
    let excluded = relevance.excluded_by.as_ref().map(serde_json::to_string).transpose()?;
    transaction
        .prepare_cached("insert into item_theme (item_id, theme, score, matches, excluded_by) values (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![id, relevance.theme.as_str(), relevance.score, serde_json::to_string(&relevance.matches)?, excluded])?;
    Ok(())
}

fn write_sightings(transaction: &Transaction<'_>, plan: &RefreshPlan, at: DateTime<Utc>) -> Result<()> {
    let mut seen = transaction.prepare_cached("update item set last_listed_at = ?2 where id = ?1")?;
    for id in &plan.seen {
        seen.execute(params![id, at.timestamp()])?;
    }
    // Another item may have taken the key meanwhile; then this one keeps its own.
    let mut moved = transaction.prepare_cached("update or ignore item set key = ?2, url = ?3 where id = ?1")?;
    for item in &plan.moved {
        moved.execute(params![item.id, item.key.0, item.url])?;
    }
    let mut buried = transaction.prepare_cached("update tombstone set last_listed_at = ?3 where source_id = ?1 and key = ?2")?;
    for key in &plan.buried {
        buried.execute(params![plan.source_id, key.0, at.timestamp()])?;
    }
    Ok(())
}

fn write_state(transaction: &Transaction<'_>, plan: &RefreshPlan, any_new: bool) -> Result<()> {
    let state = &plan.state;
    let checked = state.checked_at.timestamp();
    transaction
        .prepare_cached(
            "update source set condition = ?2, next_check_at = ?3, last_checked_at = ?4, last_error = ?5,
               consecutive_failures = ?6, effective_url = ?7, validators = ?8, body_hash = ?9, redirect = ?10, rhythm_hours = ?11,
               notices = ?12, last_success_at = iif(?13, ?4, last_success_at),
               first_success_at = coalesce(first_success_at, iif(?13, ?4, null)),
               listed_at = iif(?14, ?4, listed_at), last_new_item_at = iif(?15, ?4, last_new_item_at), catch_up = ?16, hub = ?17, declared = ?18
             where id = ?1",
        )?
        .execute(params![
            plan.source_id,
            rows::condition_word(state.condition),
            state.next_check_at.map(rows::seconds_up),
            checked,
            state.last_error,
            state.consecutive_failures,
            state.effective_url.as_str(),
            state.validators.as_ref().map(serde_json::to_string).transpose()?,
            state.body_hash,
            state.redirect.as_ref().map(serde_json::to_string).transpose()?,
            state.rhythm_hours,
            serde_json::to_string(&state.notices)?,
            state.succeeded,
            plan.whole,
            any_new,
            state.catch_up.as_ref().map(serde_json::to_string).transpose()?,
            state.hub.as_ref().map(serde_json::to_string).transpose()?,
            serde_json::to_string(&state.declared)?,
        ])?;
    write_rest(transaction, state)
}

/// The longer rest holds. One that is over is remembered, so that the next can be longer.
fn write_rest(transaction: &Transaction<'_>, state: &NextState) -> Result<()> {
    let Some((host, until)) = &state.host_rest else { return Ok(()) };
    transaction
        .prepare_cached("insert into host_rest (host, until, began) values (?1, ?2, ?3) on conflict (host) do update set until = max(until, excluded.until), began = excluded.began")?
        .execute(params![host, rows::seconds_up(*until), state.checked_at.timestamp()])?;
    Ok(())
}
