//! The items that an edition could tell, with everything known of them.

use crate::{
    domain::{
        candidate::{Assessed, Candidate, Decided, FIRST_FETCH_ACCOUNTED, FirstFetch, Window},
        decision::Verdict,
        relevance::Relevance,
        slug::Slug,
        story::Tie,
    },
    store::{Result, StoreError, rows},
};
use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction, params};
use std::collections::HashMap;

/// Which candidates.
pub(super) struct Scope<'a> {
    pub(super) digest: &'a Slug,
    pub(super) window: Window,
    /// Later decisions do not count.
    pub(super) now: DateTime<Utc>,
    /// The edition concerned: what it tells itself does not count as told.
    pub(super) own: i64,
    /// Nor does what editions from this number on tell.
    pub(super) told_before: i64,
}

/// A summary is cut long before that.
const SUMMARY_READ: usize = 8192;

pub(super) fn load(tx: &Transaction<'_>, scope: &Scope<'_>) -> Result<Vec<Candidate>> {
    let mut statement = tx.prepare_cached(SQL)?;
    let found = statement.query(params![
        scope.window.after_item,
        scope.window.up_to_item,
        scope.now.timestamp(),
        scope.digest.as_str(),
        scope.own,
        scope.told_before,
        SUMMARY_READ as i64,
        match scope.window.first_fetch {
            FirstFetch::Admit => -1, // all
            FirstFetch::LeaveOut => FIRST_FETCH_ACCOUNTED as i64,
        }
    ])?;
    let mut candidates = rows::collect(found, candidate)?;
    let mut relevance = relevance(tx, &candidates)?;
    let told = Told::load(tx, scope)?;
    for candidate in &mut candidates {
        candidate.relevance = relevance.remove(&candidate.item).unwrap_or_default();
        candidate.told_in = told.by_item.get(&candidate.item).or_else(|| told.by_story.get(&candidate.story)).copied();
    }
    Ok(candidates)
}

/// What earlier editions of the digest told, by item and by story: stories merge, items stay.
#[derive(Default)]
struct Told {
    by_item: HashMap<i64, i64>,
    by_story: HashMap<i64, i64>,
}

impl Told {
    fn load(tx: &Transaction<'_>, scope: &Scope<'_>) -> Result<Self> {
        let mut statement = tx.prepare_cached(
            "select item_id, story_id, edition from edition_item where digest = ?1 and edition <> ?2 and edition < ?3
             order by edition desc",
        )?;
        let mut found = statement.query(params![scope.digest.as_str(), scope.own, scope.told_before])?;
        let mut told = Self::default();
        while let Some(row) = found.next()? {
            told.by_item.insert(row.get(0)?, row.get(2)?);
            told.by_story.insert(row.get(1)?, row.get(2)?);
        }
        Ok(told)
    }
}

/// New items, those that a person kept or deferred and no edition told, and the other members of their stories. Of what first fetches
/// brought, where it is left out, only the newest: for the account.
const SQL: &str = "
    with last (item_id, verdict, actor, reason, decided_at) as (
      select d.item_id, d.verdict, d.actor, d.reason, d.decided_at from decision d
      where d.id = (select max(e.id) from decision e where e.item_id = d.item_id and e.decided_at <= ?3)),
    told (item_id) as (select item_id from edition_item where digest = ?4 and edition <> ?5 and edition < ?6),
    picked (id) as (
      select id from item where backlog = 0 and id > ?1 and id <= ?2
      union
      select id from (select id from item where backlog = 1 and id > ?1 and id <= ?2 order by id desc limit ?8)
      union
      select item_id from last where verdict in ('keep', 'later') and item_id <= ?2 and item_id not in (select item_id from told)),
    wanted (id) as (
      select id from picked
      union
      select other.item_id from picked join story_member own on own.item_id = picked.id
      join story_member other on other.story_id = own.story_id where other.item_id <= ?2)
    select item.id, story_member.story_id, story.lead_item, story_member.tie, source.slug, source.name, item.title,
      substr(item.summary, 1, ?7), item.url, item.language, item.authors, item.published_at, item.published_precision,
      item.first_seen_at, item.backlog, item.id > ?1, assessment.score, assessment.low, assessment.high, assessment.level,
      last.verdict, last.actor, last.reason, last.decided_at, coalesce(story.independent, 1), item.unreadable_date is not null
    from wanted join item on item.id = wanted.id join source on source.id = item.source_id
    left join story_member on story_member.item_id = item.id left join story on story.id = story_member.story_id
    left join assessment on assessment.item_id = item.id left join last on last.item_id = item.id
    order by item.id";

fn candidate(row: &Row<'_>) -> Result<Candidate> {
    let item: i64 = row.get(0)?;
    let tie = rows::optional_json(row.get(3)?)?.unwrap_or(Tie::Seed);
    let lead: Option<i64> = row.get(2)?;
    Ok(Candidate {
        item,
        story: row.get::<_, Option<i64>>(1)?.unwrap_or(-item),
        leads: lead.is_none_or(|lead| lead == item),
        tie,
        independent: usize::try_from(row.get::<_, i64>(24)?).unwrap_or(1),
        source: slug(&row.get::<_, String>(4)?)?,
        source_name: row.get(5)?,
        title: row.get(6)?,
        summary: row.get(7)?,
        url: row.get(8)?,
        language: row.get(9)?,
        authors: rows::authors(&row.get::<_, String>(10)?)?.into_iter().map(|author| author.name).collect(),
        published: rows::stated(row.get(11)?, row.get(12)?)?,
        date_is_impossible: row.get(25)?,
        first_seen_at: rows::instant(row.get(13)?)?,
        backlog: row.get(14)?,
        in_window: row.get(15)?,
        relevance: Vec::new(),
        reliability: assessed(row)?,
        decision: decided(row)?,
        told_in: None,
    })
}

fn assessed(row: &Row<'_>) -> Result<Option<Assessed>> {
    let Some(level) = row.get::<_, Option<String>>(19)? else { return Ok(None) };
    Ok(Some(Assessed { score: row.get(16)?, low: row.get(17)?, high: row.get(18)?, level: rows::from_word(level)? }))
}

fn decided(row: &Row<'_>) -> Result<Option<Decided>> {
    let Some(verdict) = row.get::<_, Option<String>>(20)? else { return Ok(None) };
    let verdict: Verdict = rows::from_word(verdict)?;
    Ok(Some(Decided { verdict, actor: row.get(21)?, reason: row.get(22)?, at: rows::instant(row.get(23)?)? }))
}

fn relevance(tx: &Transaction<'_>, candidates: &[Candidate]) -> Result<HashMap<i64, Vec<Relevance>>> {
    let ids: Vec<i64> = candidates.iter().map(|candidate| candidate.item).collect();
    let mut statement = tx.prepare_cached(
        "select item_id, theme, score, matches, excluded_by from item_theme
         where item_id in (select value from json_each(?1)) order by item_id, theme",
    )?;
    let row = |row: &Row<'_>| {
        let relevance = Relevance {
            theme: slug(&row.get::<_, String>(1)?)?,
            score: row.get(2)?,
            matches: rows::json(&row.get::<_, String>(3)?)?,
            excluded_by: rows::optional_json(row.get(4)?)?,
        };
        Ok((row.get::<_, i64>(0)?, relevance))
    };
    let mut by_item: HashMap<i64, Vec<Relevance>> = HashMap::new();
    for (item, relevance) in rows::collect(statement.query([serde_json::to_string(&ids)?])?, row)? {
        by_item.entry(item).or_default().push(relevance);
    }
    Ok(by_item)
}

fn slug(text: &str) -> Result<Slug> {
    Slug::parse(text).map_err(|error| StoreError::Corrupt(error.to_string()))
}
