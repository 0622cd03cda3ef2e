//! When a page was published and when it was changed: told apart, each with the place and the words that it was read from.
//!
//! What machines are told comes before what people are told, and that before what can only be guessed.

mod address;
mod elements;
mod read;
mod text;
mod visible;

pub(super) use elements::is_cited;
pub(super) use visible::{share, without_dates};

use super::{Sources, structured};
use crate::{domain::page::PageDate, pipeline::parse::dates::DayOrder};
use chrono::{DateTime, Utc};
use read::Reader;

/// Names of `meta` elements that give a date of publication, the most exact first.
const PUBLISHED: &[&str] = &[
    "article:published_time", "og:article:published_time", "og:published_time", "article:published", "datepublished", "rnews:datepublished",
    "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "citation_online_date", "citation_publication_date",
    "citation_date", "prism.publicationdate", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.created",
    "bepress_citation_date", "bepress_citation_online_date", "pubdate", "publish-date", "publish_date", "publishdate", "publication_date",
    "publicationdate", "published", "article_date_original", "article.published", "originalpublicationdate", "date_published",
    "dcsext.articlefirstpublished", "displaydate", "ptime",
];
/// … and those under which some give the date of the file: believed after what the page shows.
const VAGUE: &[&str] = &["date", "dc.date", "dc:date", "dcterms.date", "datecreated", "created", "gentime", "creation_date", "citation_year"];
/// … and of its last change.
const MODIFIED: &[&str] = &[
    "article:modified_time", "og:modified_time", "og:updated_time", "article:modified", "datemodified", "article:updated_time",
    "dcterms.modified", "dc.date.modified", "dc.modified", "lastmodified", "last-modified", "lastmod", "modified", "revision_date",
    "updated_time", "utime", "date_updated", "last_modified", "modificationdate", "revised",
];

/// The dates of a page.
#[derive(Debug, Default)]
pub(super) struct Dates {
    pub(super) published: Option<PageDate>,
    pub(super) modified: Option<PageDate>,
    /// What stood where a date of publication was expected and is none.
    pub(super) unreadable: Option<String>,
}

/// Reads both dates. `language` tells which of two numbers is the month.
pub(super) fn dates(sources: &Sources<'_>, language: Option<&str>, now: DateTime<Utc>) -> Dates {
    let order = if language.is_some_and(|tag| tag == "en" || tag == "en-us") { DayOrder::MonthFirst } else { DayOrder::DayFirst };
    let reader = Reader { order, now };
    let stated = stated(sources, &reader, &["datePublished", "dateCreated", "uploadDate"], PUBLISHED);
    let elsewhere = |published| elements::dated(sources, &reader, published);
    let modified = self::stated(sources, &reader, &["dateModified"], MODIFIED).date.or_else(|| elsewhere(false));
    let in_address = address::dated(sources.url);
    let published = confirmed(stated.date.or_else(|| elsewhere(true)), in_address, &reader);
    let (said, changed) = if published.is_none() || modified.is_none() { text::dated(sources, &reader) } else { (None, None) };
    let modified = modified.or(changed);
    let vague = || self::stated(sources, &reader, &[], VAGUE).date;
    let published = published.or(said).or_else(|| elements::any(sources, &reader)).or_else(vague).or_else(|| modified.clone());
    let later = |date: &PageDate| published.as_ref().is_none_or(|published| date.at > published.at);
    let unreadable = if published.is_none() { stated.unreadable } else { None };
    Dates { modified: modified.filter(later), published, unreadable }
}

#[derive(Default)]
struct Stated {
    date: Option<PageDate>,
    unreadable: Option<String>,
}

/// From JSON-LD, then from `meta` elements.
fn stated(sources: &Sources<'_>, reader: &Reader, keys: &[&'static str], metas: &[&'static str]) -> Stated {
    let mut stated = Stated::default();
    let works = sources.structured.works();
    let by_json = works.iter().flat_map(|work| keys.iter().filter_map(|key| Some((place(key), structured::text(work, key)?))));
    let by_meta = sources.metas.named(metas).map(|(name, value)| (name, value.to_owned()));
    for (place, text) in by_json.chain(by_meta) {
        match reader.stated(&text, place) {
            Some(date) => return Stated { date: Some(date), unreadable: None },
            None => stated.unreadable = stated.unreadable.or(Some(text)),
        }
    }
    stated
}

fn place(key: &str) -> &'static str {
    match key {
        "datePublished" => "JSON-LD datePublished",
        "dateCreated" => "JSON-LD dateCreated",
        "uploadDate" => "JSON-LD uploadDate",
        _ => "JSON-LD dateModified",
    }
}

/// An address that names a day was given on that day: it outlives the redating of what stands there.
fn confirmed(stated: Option<PageDate>, address: Option<PageDate>, reader: &Reader) -> Option<PageDate> {
    let address = address.filter(|date| reader.is_past(date));
    match (stated, address) {
        (Some(stated), Some(address)) => {
            let apart = (stated.at.date_naive() - address.at.date_naive()).num_days().abs();
            Some(if apart <= 1 { stated } else { address })
        }
        (stated, address) => stated.or(address),
    }
}
