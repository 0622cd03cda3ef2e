//! Stories and their members.

use crate::{
    domain::{
        evidence::{Evidence, Reliability},
        story::{GroupingPlan, OpenMember, Story, StoryMember, Ungrouped, UngroupedItem},
    },
    store::{Result, Store, assessments::write_assessment, rows},
};
use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction, params};

/// When an item happened.
const AT: &str = "coalesce(item.published_at, item.first_seen_at)";
/// Items are put into stories in the order of their ids, so those that are in none come after the last that is in one.
const UNGROUPED: &str = "item.id > (select coalesce(max(item_id), 0) from story_member)";
const MEMBER_COLUMNS: &str =
    "item.id, coalesce(story_member.story_id, 0), source.slug, source.url, coalesce(item.published_at, item.first_seen_at),
     item.url, item.title, item.summary, item.links, coalesce(story_member.tie, '{\"kind\":\"seed\"}'), assessment.score";
const MEMBER_TABLES: &str = "item join source on source.id = item.source_id
     left join story_member on story_member.item_id = item.id left join assessment on assessment.item_id = item.id";

impl Store {
    /// The items that are in no story; `None` when every item is in one.
    pub async fn ungrouped(&self) -> Result<Option<Ungrouped>> {
        self.read(|transaction| {
            let sql = format!("select min({AT}), max({AT}), count(*) from item where {UNGROUPED}");
            let (first, last, count) =
                transaction.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, i64>(2)?)))?;
            let span = rows::optional_instant(first)?.zip(rows::optional_instant(last)?);
            Ok(span.map(|(first, last)| Ungrouped { first, last, count: usize::try_from(count).unwrap_or(usize::MAX) }))
        })
        .await
    }

    /// The next items that are in no story, in the order of their ids.
    pub async fn ungrouped_items(&self, limit: u32) -> Result<Vec<UngroupedItem>> {
        self.read(move |transaction| {
            let mut statement = transaction.prepare_cached(&format!(
                "select item.id, source_id, {AT}, url, backlog, title, summary, identifiers, bytes
                 from item left join item_fingerprint on item_id = item.id where {UNGROUPED} order by item.id limit ?1"
            ))?;
            rows::collect(statement.query([limit])?, ungrouped)
        })
        .await
    }

    /// Those after an item, with what they can be met by: of one that has a fingerprint nothing else is read.
    pub async fn ungrouped_keys(&self, after: i64, limit: u32) -> Result<Vec<UngroupedItem>> {
        self.read(move |transaction| {
            let mut statement = transaction.prepare_cached(&format!(
                "select item.id, source_id, {AT}, iif(bytes is null, url, null), backlog, iif(bytes is null, title, ''),
                   iif(bytes is null, summary, ''), iif(bytes is null, identifiers, '[]'), bytes
                 from item left join item_fingerprint on item_id = item.id
                 where {UNGROUPED} and item.id > ?2 order by item.id limit ?1"
            ))?;
            rows::collect(statement.query(params![limit, after])?, ungrouped)
        })
        .await
    }

    /// The members of the stories of which some item happened between two instants: ids of item and story, in the order of the
    /// items.
    pub async fn open_member_ids(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<(i64, i64)>> {
        self.read(move |transaction| {
            let mut statement = transaction.prepare_cached(
                "select item_id, story_id from story join story_member on story_id = story.id where last_at >= ?1 and opened_at <= ?2",
            )?;
            let query = statement.query([from.timestamp(), to.timestamp()])?;
            let mut members: Vec<(i64, i64)> = rows::collect(query, |row| Ok((row.get(0)?, row.get(1)?)))?;
            members.sort_unstable();
            Ok(members)
        })
        .await
    }

    /// Those members, in the order given; an item without a fingerprint is left out.
    pub async fn open_members(&self, ids: Vec<(i64, i64)>) -> Result<Vec<OpenMember>> {
        self.read(move |transaction| {
            let mut statement = transaction.prepare_cached(&format!(
                "select item.id, ?2, item.source_id, {AT}, bytes from item join item_fingerprint on item_id = item.id where item.id = ?1"
            ))?;
            let mut members = Vec::with_capacity(ids.len());
            for (item, story) in ids {
                members.extend(statement.query([item, story])?.next()?.map(open_member).transpose()?);
            }
            Ok(members)
        })
        .await
    }

    /// What the choice of a lead needs of those items, in the order of their ids; unknown ones are left out.
    pub async fn story_candidates(&self, items: Vec<i64>) -> Result<Vec<StoryMember>> {
        self.read(move |transaction| {
            let sql = format!("select {MEMBER_COLUMNS} from {MEMBER_TABLES} where item.id = ?1");
            let mut statement = transaction.prepare_cached(&sql)?;
            let mut found = Vec::with_capacity(items.len());
            for item in &items {
                found.extend(rows::collect(statement.query([item])?, member)?);
            }
            found.sort_unstable_by_key(|member| member.item);
            Ok(found)
        })
        .await
    }

    /// A story with its members in the order of their ids; both empty for an unknown one.
    pub async fn story_members(&self, story: i64) -> Result<Vec<StoryMember>> {
        self.read(move |transaction| members_of(transaction, story)).await
    }

    /// Writes one batch of grouping. An item that another process grouped meanwhile keeps its story. Gives the number of items
    /// written.
    pub async fn record_grouping(&self, plan: GroupingPlan) -> Result<usize> {
        self.write(move |transaction| {
            let mut stories = transaction.prepare_cached(
                "insert into story (id, lead_item, opened_at, last_at, independent, due_at) values (?1, ?2, ?3, ?4, ?5, ?6)
                 on conflict (id) do update set lead_item = excluded.lead_item, opened_at = min(opened_at, excluded.opened_at),
                   last_at = max(last_at, excluded.last_at), independent = excluded.independent, due_at = excluded.due_at",
            )?;
            for Story { id, lead, opened_at, last_at, independent, due_at } in &plan.stories {
                let independent = i64::try_from(*independent).unwrap_or(i64::MAX);
                stories.execute(params![
                    id,
                    lead,
                    opened_at.timestamp(),
                    last_at.timestamp(),
                    independent,
                    rows::seconds(*due_at)
                ])?;
            }
            let written = write_members(transaction, &plan)?;
            let mut orphans = transaction.prepare_cached(
                "delete from story where id = ?1 and not exists (select 1 from story_member where story_id = ?1)",
            )?;
            for story in &plan.stories {
                orphans.execute([story.id])?;
            }
            Ok(written)
        })
        .await
    }

    /// Stories whose corroboration is to be looked at, the longest due first, each with its members.
    pub async fn stories_due(&self, now: DateTime<Utc>, limit: u32) -> Result<Vec<Vec<StoryMember>>> {
        self.read(move |transaction| {
            let mut statement =
                transaction.prepare_cached("select id from story where due_at <= ?1 order by due_at, id limit ?2")?;
            let due = rows::collect(statement.query(params![now.timestamp(), limit])?, |row| Ok(row.get::<_, i64>(0)?))?;
            due.into_iter().map(|story| members_of(transaction, story)).collect()
        })
        .await
    }

    /// Writes what corroboration changed: all the evidence of each item with what it adds up to, and when each story is due next.
    pub async fn record_corroboration(
        &self,
        assessments: Vec<(i64, Vec<Evidence>, Reliability)>,
        stories: Vec<(i64, Option<DateTime<Utc>>)>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.write(move |transaction| {
            for (item, evidence, reliability) in &assessments {
                write_assessment(transaction, *item, evidence, reliability, now)?;
            }
            let mut statement = transaction.prepare_cached("update story set due_at = ?2 where id = ?1")?;
            for (story, due_at) in &stories {
                statement.execute(params![story, rows::seconds(*due_at)])?;
            }
            Ok(())
        })
        .await
    }
}

fn write_members(transaction: &Transaction<'_>, plan: &GroupingPlan) -> Result<usize> {
    let mut members = transaction
        .prepare_cached("insert into story_member (item_id, story_id, tie) values (?1, ?2, ?3) on conflict do nothing")?;
    let mut written = 0;
    for membership in &plan.memberships {
        let tie = serde_json::to_string(&membership.tie)?;
        written += members.execute(params![membership.item, membership.story, tie])?;
    }
    let mut fingerprints =
        transaction.prepare_cached("insert or replace into item_fingerprint (item_id, bytes) values (?1, ?2)")?;
    for (item, bytes) in &plan.fingerprints {
        fingerprints.execute(params![item, bytes])?;
    }
    Ok(written)
}

fn members_of(transaction: &Transaction<'_>, story: i64) -> Result<Vec<StoryMember>> {
    let sql = format!("select {MEMBER_COLUMNS} from {MEMBER_TABLES} where story_member.story_id = ?1 order by item.id");
    rows::collect(transaction.prepare_cached(&sql)?.query([story])?, member)
}

fn ungrouped(row: &Row<'_>) -> Result<UngroupedItem> {
    Ok(UngroupedItem {
        item: row.get(0)?,
        source: row.get(1)?,
        at: rows::instant(row.get(2)?)?,
        url: row.get(3)?,
        backlog: row.get(4)?,
        title: row.get(5)?,
        summary: row.get(6)?,
        identifiers: rows::json(&row.get::<_, String>(7)?)?,
        fingerprint: row.get(8)?,
    })
}

fn open_member(row: &Row<'_>) -> Result<OpenMember> {
    Ok(OpenMember {
        item: row.get(0)?,
        story: row.get(1)?,
        source: row.get(2)?,
        at: rows::instant(row.get(3)?)?,
        fingerprint: row.get(4)?,
    })
}

fn member(row: &Row<'_>) -> Result<StoryMember> {
    Ok(StoryMember {
        item: row.get(0)?,
        story: row.get(1)?,
        source: row.get(2)?,
        site: row.get(3)?,
        at: rows::instant(row.get(4)?)?,
        url: row.get(5)?,
        title: row.get(6)?,
        summary: row.get(7)?,
        links: rows::json(&row.get::<_, String>(8)?)?,
        tie: rows::json(&row.get::<_, String>(9)?)?,
        score: row.get(10)?,
    })
}
