//! Items that left in an edition and have changed since.

use crate::{
    domain::{
        edition::{EditionContent, EditionItem},
        erratum::{ItemNow, ToldItem},
        slug::Slug,
    },
    store::{Result, items, rows},
};
use chrono::{DateTime, Duration, Utc};
use rusqlite::{Row, Transaction, params};
use std::collections::{HashMap, hash_map::Entry};

/// Older editions are history: nobody acts on them any more.
const LOOKED_BACK: Duration = Duration::days(90);
/// Characters of a text that are looked at.
const TEXT_READ: usize = 20_000;
/// More have changed at once only if a publisher rewrote its whole site.
const MOST: i64 = 500;

/// Of each item the last edition of the digest that told it, where the item changed after the approval or was withdrawn, and no other
/// edition has said so of this content.
const SQL: &str = "
    select t.item_id, t.edition, item.title, item.summary, lower(hex(item.content_hash)),
      coalesce(assessment.caps, '') like '%cap.retracted%'
    from (select item_id, max(edition) edition from edition_item where digest = ?1 and edition < ?2 group by item_id) t
    join edition on edition.number = t.edition and edition.state in ('sending', 'sent') and edition.approved_at >= ?3
    join item on item.id = t.item_id
    left join assessment on assessment.item_id = t.item_id
    where (item.changed_at > edition.approved_at or assessment.caps like '%cap.retracted%')
    and not exists (
      select 1 from edition_erratum e join edition said on said.number = e.edition
      where e.item_id = t.item_id and e.edition <> ?2 and said.digest = ?1 and said.state in ('approved', 'sending', 'sent')
        and e.content = lower(hex(item.content_hash)))
    order by t.edition, t.item_id limit ?4";

/// What earlier editions of the digest told and is stored otherwise now. `own`: the number of the edition that would say so.
pub(super) fn told_and_changed(tx: &Transaction<'_>, digest: &Slug, own: i64, now: DateTime<Utc>) -> Result<Vec<ToldItem>> {
    let mut statement = tx.prepare_cached(SQL)?;
    let since = (now - LOOKED_BACK).timestamp();
    let rows = rows::collect(statement.query(params![digest.as_str(), own, since, MOST])?, changed)?;
    let mut editions: HashMap<i64, EditionContent> = HashMap::new();
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let content = match editions.entry(row.edition) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(content(tx, row.edition)?),
        };
        if let Some(item) = content.items().find(|item| item.item == row.item) {
            told.push(of(tx, &row, content, item)?);
        }
    }
    Ok(told)
}

struct Changed {
    item: i64,
    edition: i64,
    title: String,
    summary: String,
    content: String,
    withdrawn: bool,
}

fn changed(row: &Row<'_>) -> Result<Changed> {
    Ok(Changed {
        item: row.get(0)?,
        edition: row.get(1)?,
        title: row.get(2)?,
        summary: row.get(3)?,
        content: row.get(4)?,
        withdrawn: row.get(5)?,
    })
}

fn content(tx: &Transaction<'_>, number: i64) -> Result<EditionContent> {
    let json: String = tx.query_row("select content from edition where number = ?1", [number], |row| row.get(0))?;
    rows::json(&json)
}

fn of(tx: &Transaction<'_>, row: &Changed, edition: &EditionContent, item: &EditionItem) -> Result<ToldItem> {
    let [_, _, mut text] = items::texts(tx, row.item)?;
    text.truncate(text.floor_char_boundary(TEXT_READ));
    Ok(ToldItem {
        item: row.item,
        edition: row.edition,
        issue: edition.issue,
        date: edition.date,
        title: item.title.clone(),
        summary: item.summary.clone(),
        url: item.url.clone(),
        language: item.language.clone(),
        publisher: item.publisher.clone(),
        now: ItemNow {
            title: row.title.clone(),
            summary: row.summary.clone(),
            text,
            withdrawn: row.withdrawn,
            content: row.content.clone(),
        },
    })
}

/// What an edition says of earlier ones, written with its draft: the same is not said twice.
pub(super) fn write(tx: &Transaction<'_>, number: i64, content: &EditionContent) -> Result<()> {
    free(tx, number)?;
    let mut said = tx.prepare_cached("insert into edition_erratum (edition, item_id, content) values (?1, ?2, ?3)")?;
    for erratum in &content.errata {
        said.execute(params![number, erratum.item, erratum.content])?;
    }
    Ok(())
}

/// The edition says nothing any more: another one may.
pub(super) fn free(tx: &Transaction<'_>, number: i64) -> Result<()> {
    tx.execute("delete from edition_erratum where edition = ?1", [number])?;
    Ok(())
}
