//! What a page states about itself: JSON-LD (schema.org), Open Graph, meta elements, and visible bylines and dates.

use super::{select, text_of};
use crate::domain::{
    entry::Author,
    fetching::{DatePrecision, StatedDate},
};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use scraper::Html;
use serde_json::Value;

/// JSON-LD beyond that is no description of one page.
const JSON_LD_BYTES: usize = 256 * 1024;

#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) title: Option<String>,
    pub(super) authors: Vec<Author>,
    pub(super) published: Option<StatedDate>,
    pub(super) unreadable_date: Option<String>,
    pub(super) canonical: Option<String>,
}

pub(super) fn read(document: &Html) -> Metadata {
    let objects = json_ld(document);
    let (published, unreadable_date) = date(document, &objects);
    let title = meta(document, "meta[property='og:title']")
        .or_else(|| select(document, "h1").first().map(|h1| text_of(*h1)))
        .or_else(|| select(document, "title").first().map(|title| text_of(*title)))
        .filter(|title| !title.is_empty());
    let canonical =
        select(document, "link[rel='canonical']").first().and_then(|link| link.value().attr("href")).map(str::to_owned);
    Metadata { title, authors: authors(document, &objects), published, unreadable_date, canonical }
}

/// The publisher that the page's JSON-LD declares.
pub(super) fn publisher(document: &Html) -> Option<String> {
    json_ld(document).iter().find_map(|object| name_of(object.get("publisher")?))
}

/// Every object of every JSON-LD block, nested graphs included.
fn json_ld(document: &Html) -> Vec<Value> {
    let mut objects = Vec::new();
    for script in select(document, "script[type='application/ld+json']") {
        let text: String = script.text().collect();
        if text.len() <= JSON_LD_BYTES
            && let Ok(value) = serde_json::from_str(&text)
        {
            flatten(value, &mut objects);
        }
    }
    objects
}

fn flatten(value: Value, objects: &mut Vec<Value>) {
    match value {
        Value::Array(values) => values.into_iter().for_each(|value| flatten(value, objects)),
        Value::Object(mut object) => {
            if let Some(graph) = object.remove("@graph") {
                flatten(graph, objects);
            }
            objects.push(Value::Object(object));
        }
        _ => {}
    }
}

fn name_of(value: &Value) -> Option<String> {
    match value {
        Value::String(name) if !name.starts_with("http") => Some(name.trim().to_owned()),
        Value::Object(object) => object.get("name")?.as_str().map(|name| name.trim().to_owned()),
        Value::Array(values) => values.iter().find_map(name_of),
        _ => None,
    }
    .filter(|name| !name.is_empty())
}

fn authors(document: &Html, objects: &[Value]) -> Vec<Author> {
    let mut authors: Vec<Author> = Vec::new();
    for author in objects.iter().filter_map(|object| object.get("author")) {
        let several = author.as_array().map_or_else(|| std::slice::from_ref(author), Vec::as_slice);
        authors.extend(several.iter().filter_map(|one| {
            let link = one.get("sameAs").or_else(|| one.get("url")).and_then(Value::as_str);
            Some(Author { name: name_of(one)?, place: "JSON-LD author", url: link.map(str::to_owned) })
        }));
    }
    if authors.is_empty() {
        let name = meta(document, "meta[name='author']").or_else(|| meta(document, "meta[property='article:author']"));
        authors.extend(name.filter(|name| !name.starts_with("http")).map(|name| Author {
            name,
            place: "meta author",
            url: None,
        }));
    }
    if authors.is_empty() {
        for byline in
            select(document, "[rel='author'], [itemprop='author'], .byline, .author-name, .author, .auteur").into_iter().take(1)
        {
            let name = text_of(byline);
            let url = byline.value().attr("href").map(str::to_owned);
            if !name.is_empty() && name.chars().count() < 120 {
                authors.push(Author { name, place: "byline", url });
            }
        }
    }
    authors
}

fn date(document: &Html, objects: &[Value]) -> (Option<StatedDate>, Option<String>) {
    let stated = objects
        .iter()
        .find_map(|object| object.get("datePublished")?.as_str().map(str::to_owned))
        .or_else(|| meta(document, "meta[property='article:published_time']"))
        .or_else(|| {
            meta(document, "meta[name='date'], meta[name='DC.date'], meta[name='dcterms.date'], meta[itemprop='datePublished']")
        })
        .or_else(|| select(document, "time[datetime]").first().and_then(|time| time.value().attr("datetime")).map(str::to_owned));
    match stated {
        None => (None, None),
        Some(text) => match read_date(text.trim()) {
            Some(date) => (Some(date), None),
            None => (None, Some(text)),
        },
    }
}

/// ISO 8601 as pages write it: with a zone, without one, or a day.
fn read_date(text: &str) -> Option<StatedDate> {
    let dated = |at: DateTime<Utc>, precision| Some(StatedDate { at, precision });
    if let Ok(at) = DateTime::parse_from_rfc3339(text).or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z")) {
        return dated(at.to_utc(), DatePrecision::Zoned);
    }
    if let Ok(at) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M%:z") {
        return dated(at.to_utc(), DatePrecision::Zoned);
    }
    for format in ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S"] {
        if let Ok(at) = NaiveDateTime::parse_from_str(text, format) {
            return dated(at.and_utc(), DatePrecision::NoZone);
        }
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    dated(day.and_hms_opt(0, 0, 0)?.and_utc(), DatePrecision::Day)
}

fn meta(document: &Html, css: &'static str) -> Option<String> {
    let content = select(document, css).first()?.value().attr("content")?.trim().to_owned();
    (!content.is_empty()).then_some(content)
}
