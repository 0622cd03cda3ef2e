//! Items: lists, everything about one, decisions.

mod list;

use crate::{
    domain::{
        decision::Decision,
        item::Item,
        listing::{ItemFilter, ItemRecord, ItemRow, StoryRow},
        relevance::Relevance,
        slug::Slug,
    },
    store::{
        Result, Store, StoreError, assessments,
        compression::decompress,
        rows::{self, ITEM_COLUMNS},
    },
};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// The columns of a list, with the table they come from.
const ROWS: &str = "select item.id, slug, title, item.url, language, published_at, first_seen_at, backlog,
       (select json_group_array(theme) from (select theme from item_theme where item_id = item.id and excluded_by is null
          order by score desc, theme)),
       (select max(score) from item_theme where item_id = item.id and excluded_by is null),
       story_member.story_id,
       (select verdict from decision where decision.item_id = item.id order by decision.id desc limit 1),
       assessment.score, assessment.low, assessment.high, assessment.confidence, assessment.level
     from item join source on source.id = item.source_id
       left join story_member on story_member.item_id = item.id left join assessment on assessment.item_id = item.id";

impl Store {
    /// Items, the last to come in first.
    pub async fn items(&self, filter: ItemFilter) -> Result<Vec<ItemRow>> {
        self.read(move |transaction| {
            let found = list::newest(transaction, &filter)?;
            rows_by_id(transaction, &found)
        })
        .await
    }

    /// Everything stored about one item.
    pub async fn item(&self, id: i64) -> Result<ItemRecord> {
        self.read(move |transaction| {
            let row = rows_by_id(transaction, &[id])?.pop().ok_or_else(|| not_found(id))?;
            let mut item = load_item(transaction, id)?.ok_or_else(|| not_found(id))?;
            item.content.content_html = body(transaction, id)?;
            Ok(ItemRecord {
                row,
                item,
                relevance: relevance_of(transaction, id)?,
                evidence: assessments::assessment_of(transaction, id)?.map(|stored| stored.evidence).unwrap_or_default(),
                story: story_of(transaction, id)?,
                decisions: decisions_of(transaction, id)?,
            })
        })
        .await
    }

    /// Items without their bodies, in the order of `ids`; unknown ones are left out.
    pub async fn items_by_id(&self, ids: Vec<i64>) -> Result<Vec<Item>> {
        self.read(move |transaction| {
            let found: Result<Vec<_>> = ids.iter().map(|id| load_item(transaction, *id)).collect();
            Ok(found?.into_iter().flatten().collect())
        })
        .await
    }

    /// The body of an item as sanitised HTML, if it has one.
    pub async fn item_body(&self, id: i64) -> Result<Option<String>> {
        self.read(move |transaction| body(transaction, id)).await
    }

    /// Adds a decision; the earlier ones stay.
    pub async fn record_decision(&self, decision: Decision) -> Result<()> {
        self.write(move |transaction| {
            let known = transaction.query_row("select 1 from item where id = ?1", [decision.item], |_| Ok(())).optional()?;
            known.ok_or_else(|| not_found(decision.item))?;
            transaction.execute(
                "insert into decision (item_id, verdict, actor, reason, decided_at) values (?1, ?2, ?3, ?4, ?5)",
                params![
                    decision.item,
                    rows::word(decision.verdict)?,
                    decision.actor,
                    decision.reason,
                    decision.decided_at.timestamp()
                ],
            )?;
            Ok(())
        })
        .await
    }
}

/// The rows of a list for those items, in that order.
pub(crate) fn rows_by_id(transaction: &Transaction<'_>, ids: &[i64]) -> Result<Vec<ItemRow>> {
    let mut statement = transaction.prepare_cached(&format!("{ROWS} where item.id = ?1"))?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(rows::collect(statement.query([id])?, item_row)?);
    }
    Ok(found)
}

/// What a phrase may stand in: title, summary, and the text of the body.
pub(crate) fn texts(transaction: &Transaction<'_>, id: i64) -> Result<[String; 3]> {
    let (title, summary) = transaction
        .prepare_cached("select title, summary from item where id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok([title, summary, body(transaction, id)?.map(|html| without_tags(&html)).unwrap_or_default()])
}

/// One item without its body.
pub(crate) fn load_item(transaction: &Transaction<'_>, id: i64) -> Result<Option<Item>> {
    let mut statement = transaction.prepare_cached(&format!("select {ITEM_COLUMNS} from item where id = ?1"))?;
    statement.query([id])?.next()?.map(rows::item).transpose()
}

/// The body of an item as sanitised HTML.
pub(crate) fn body(transaction: &Transaction<'_>, id: i64) -> Result<Option<String>> {
    let mut statement = transaction.prepare_cached("select html from item_body where item_id = ?1")?;
    let bytes: Option<Vec<u8>> = statement.query_row([id], |row| row.get(0)).optional()?;
    bytes.as_deref().map(decompress).transpose()
}

fn item_row(row: &Row<'_>) -> Result<ItemRow> {
    Ok(ItemRow {
        id: row.get(0)?,
        source: row.get(1)?,
        title: row.get(2)?,
        url: row.get(3)?,
        language: row.get(4)?,
        published_at: rows::optional_instant(row.get(5)?)?,
        first_seen_at: rows::instant(row.get(6)?)?,
        backlog: row.get(7)?,
        themes: rows::json(&row.get::<_, String>(8)?)?,
        relevance: row.get::<_, Option<f64>>(9)?.unwrap_or_default(),
        story: row.get(10)?,
        decision: row.get::<_, Option<String>>(11)?.map(rows::from_word).transpose()?,
        reliability: match row.get::<_, Option<f64>>(12)? {
            Some(_) => Some(assessments::reliability_row(row, 12)?),
            None => None,
        },
    })
}

fn relevance_of(transaction: &Transaction<'_>, id: i64) -> Result<Vec<Relevance>> {
    let mut statement = transaction.prepare_cached(
        "select theme, score, matches, excluded_by from item_theme where item_id = ?1 order by score desc, theme",
    )?;
    rows::collect(statement.query([id])?, |row| {
        Ok(Relevance {
            theme: Slug::parse(&row.get::<_, String>(0)?).map_err(|error| StoreError::Corrupt(error.to_string()))?,
            score: row.get(1)?,
            matches: rows::json(&row.get::<_, String>(2)?)?,
            excluded_by: rows::optional_json(row.get(3)?)?,
        })
    })
}

fn story_of(transaction: &Transaction<'_>, id: i64) -> Result<Vec<StoryRow>> {
    let mut statement = transaction.prepare_cached(
        "select item.id, slug, title, item.url, lead_item = item.id, other.tie
         from story_member mine join story on story.id = mine.story_id join story_member other on other.story_id = story.id
           join item on item.id = other.item_id join source on source.id = item.source_id
         where mine.item_id = ?1 and item.id <> ?1 order by item.id",
    )?;
    rows::collect(statement.query([id])?, |row| {
        let tie = rows::json(&row.get::<_, String>(5)?)?;
        Ok(StoryRow { item: row.get(0)?, source: row.get(1)?, title: row.get(2)?, url: row.get(3)?, lead: row.get(4)?, tie })
    })
}

fn decisions_of(transaction: &Transaction<'_>, id: i64) -> Result<Vec<Decision>> {
    let mut statement =
        transaction.prepare_cached("select verdict, actor, reason, decided_at from decision where item_id = ?1 order by id")?;
    rows::collect(statement.query([id])?, |row| {
        Ok(Decision {
            item: id,
            verdict: rows::from_word(row.get(0)?)?,
            actor: row.get(1)?,
            reason: row.get(2)?,
            decided_at: rows::instant(row.get(3)?)?,
        })
    })
}

/// The text between tags; good enough to find words in HTML that was sanitised.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    for piece in html.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, after)| after));
        text.push(' ');
    }
    html_escape::decode_html_entities(&text).into_owned()
}

fn not_found(id: i64) -> StoreError {
    StoreError::NotFound(format!("item {id}"))
}
