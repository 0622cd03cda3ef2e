//! From rows to domain values, and back where the two differ.

use crate::{
    domain::{
        entry::Author,
        fetching::{DatePrecision, StatedDate},
        item::{Item, ItemKey, NewItem},
        source::{SourceCondition, SourceState},
    },
    store::{Result, StoreError},
};
use chrono::{DateTime, Utc};
use rusqlite::Row;
use serde::{Serialize, de::DeserializeOwned};
use std::str::FromStr;
use url::Url;

/// The columns that [`source_state`] reads, in order.
pub(crate) const SOURCE_COLUMNS: &str = "source.id, condition, next_check_at, last_checked_at, last_success_at, last_new_item_at, \
     last_error, consecutive_failures, effective_url, validators, body_hash, redirect, rhythm_hours, reliability, \
     first_success_at, catch_up, source.hub, (select max(lease_until) from hub_subscription told where told.source_id = source.id \
     and ending = 0 and last_push_at is not null), declared";

/// The state of a source, from [`SOURCE_COLUMNS`].
pub(crate) fn source_state(row: &Row<'_>) -> Result<SourceState> {
    Ok(SourceState {
        id: row.get(0)?,
        condition: condition(&row.get::<_, String>(1)?)?,
        next_check_at: optional_instant(row.get(2)?)?,
        last_checked_at: optional_instant(row.get(3)?)?,
        last_success_at: optional_instant(row.get(4)?)?,
        last_new_item_at: optional_instant(row.get(5)?)?,
        last_error: row.get(6)?,
        consecutive_failures: row.get(7)?,
        effective_url: parsed::<Url>(&row.get::<_, String>(8)?)?,
        validators: optional_json(row.get(9)?)?,
        body_hash: row.get(10)?,
        redirect: optional_json(row.get(11)?)?,
        rhythm_hours: row.get(12)?,
        reliability: optional_json(row.get(13)?)?,
        first_success_at: optional_instant(row.get(14)?)?,
        catch_up: optional_json(row.get(15)?)?,
        hub: optional_json(row.get(16)?)?,
        told_until: optional_instant(row.get(17)?)?,
        declared: optional_json(row.get(18)?)?.unwrap_or_default(),
    })
}

/// The columns that [`item`] reads, in order.
pub(crate) const ITEM_COLUMNS: &str = "item.id, item.source_id, item.key, item.url, item.title, item.authors, item.published_at, \
     item.published_precision, item.updated_at, item.updated_precision, item.unreadable_date, item.language, item.summary, \
     item.categories, item.links, item.identifiers, item.content_hash, item.first_seen_at, item.changed_at, item.backlog";

/// An item without its body, from [`ITEM_COLUMNS`].
pub(crate) fn item(row: &Row<'_>) -> Result<Item> {
    Ok(Item {
        id: row.get(0)?,
        source_id: row.get(1)?,
        content: NewItem {
            key: ItemKey(row.get(2)?),
            url: row.get(3)?,
            title: row.get(4)?,
            authors: authors(&row.get::<_, String>(5)?)?,
            published: stated(row.get(6)?, row.get(7)?)?,
            updated: stated(row.get(8)?, row.get(9)?)?,
            unreadable_date: row.get(10)?,
            language: row.get(11)?,
            summary: row.get(12)?,
            content_html: None,
            content_text: None,
            categories: json(&row.get::<_, String>(13)?)?,
            links: json(&row.get::<_, String>(14)?)?,
            identifiers: json(&row.get::<_, String>(15)?)?,
            content_hash: row.get(16)?,
        },
        first_seen_at: instant(row.get(17)?)?,
        changed_at: optional_instant(row.get(18)?)?,
        backlog: row.get(19)?,
    })
}

/// All rows of a statement through a mapping that may find them unreadable.
pub(crate) fn collect<T>(mut rows: rusqlite::Rows<'_>, map: impl Fn(&Row<'_>) -> Result<T>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(map(row)?);
    }
    Ok(all)
}

/// Unix seconds to an instant.
pub(crate) fn instant(seconds: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).ok_or_else(|| StoreError::Corrupt(format!("instant {seconds}")))
}

/// Unix seconds, if any, to an instant.
pub(crate) fn optional_instant(seconds: Option<i64>) -> Result<Option<DateTime<Utc>>> {
    seconds.map(instant).transpose()
}

/// An instant as stored.
pub(crate) fn seconds(at: Option<DateTime<Utc>>) -> Option<i64> {
    at.map(|at| at.timestamp())
}

/// An instant not to be acted before, as stored: rounded up, so that nobody comes a fraction of a second early.
pub(crate) fn seconds_up(at: DateTime<Utc>) -> i64 {
    at.timestamp() + i64::from(at.timestamp_subsec_nanos() > 0)
}

/// JSON text to a value.
pub(crate) fn json<T: DeserializeOwned>(text: &str) -> Result<T> {
    Ok(serde_json::from_str(text)?)
}

/// JSON text, if any, to a value.
pub(crate) fn optional_json<T: DeserializeOwned>(text: Option<String>) -> Result<Option<T>> {
    text.as_deref().map(json).transpose()
}

/// The one word that an enum is written as, in JSON and in columns alike.
pub(crate) fn word(value: impl Serialize) -> Result<String> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(StoreError::Corrupt(format!("{other} is not a word"))),
    }
}

/// The enum that a word stands for.
pub(crate) fn from_word<T: DeserializeOwned>(word: String) -> Result<T> {
    Ok(serde_json::from_value(serde_json::Value::String(word))?)
}

/// A text that domain types read: a slug, an address.
pub(crate) fn parsed<T: FromStr>(text: &str) -> Result<T>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| StoreError::Corrupt(format!("\"{text}\": {error}")))
}

/// The authors of an item as stored: `[name, place, url]` each, the shortest that loses nothing.
pub(crate) fn authors_json(authors: &[Author]) -> Result<String> {
    let triples: Vec<_> = authors.iter().map(|author| (&author.name, author.place, &author.url)).collect();
    Ok(serde_json::to_string(&triples)?)
}

pub(crate) fn precision(date: Option<StatedDate>) -> Option<&'static str> {
    date.map(|date| match date.precision {
        DatePrecision::Day => "day",
        DatePrecision::NoZone => "no_zone",
        DatePrecision::Zoned => "zoned",
    })
}

/// The word of a condition, without a trip through JSON: it is written for each source of each refresh.
pub(crate) fn condition_word(condition: SourceCondition) -> &'static str {
    match condition {
        SourceCondition::New => "new",
        SourceCondition::Healthy => "healthy",
        SourceCondition::Failing => "failing",
        SourceCondition::Gone => "gone",
        SourceCondition::Paused => "paused",
        SourceCondition::Retired => "retired",
        SourceCondition::Refused => "refused",
    }
}

fn condition(word: &str) -> Result<SourceCondition> {
    use SourceCondition::{Failing, Gone, Healthy, New, Paused, Retired};
    [New, Healthy, Failing, Gone, Paused, Retired]
        .into_iter()
        .find(|condition| condition_word(*condition) == word)
        .ok_or_else(|| StoreError::Corrupt(format!("condition \"{word}\"")))
}

pub(crate) fn stated(at: Option<i64>, precision: Option<String>) -> Result<Option<StatedDate>> {
    let Some(at) = optional_instant(at)? else { return Ok(None) };
    let precision = match precision.as_deref() {
        Some("day") => DatePrecision::Day,
        Some("zoned") => DatePrecision::Zoned,
        _ => DatePrecision::NoZone,
    };
    Ok(Some(StatedDate { at, precision }))
}

pub(crate) fn authors(text: &str) -> Result<Vec<Author>> {
    let triples: Vec<(String, String, Option<String>)> = json(text)?;
    Ok(triples.into_iter().map(|(name, place, url)| Author { name, place: known_place(&place), url }).collect())
}

/// The places that `pipeline::parse` names.
fn known_place(place: &str) -> &'static str {
    const PLACES: [&str; 6] = ["author", "dc:creator", "itunes:author", "managingEditor", "feed author", "json author"];
    PLACES.into_iter().find(|known| *known == place).unwrap_or("author")
}
