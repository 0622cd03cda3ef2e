//! When a page was published and when it was changed: told apart, each with the place and the words that it was read from.
//!
//! What machines are told comes before what people are told, and that before what can only be guessed.

mod address;
mod elements;
mod read;
mod text;
mod visible;

pub(super) use elements::is_cited;
pub(super) use visible::without_dates;

use super::{Sources, structured};
use crate::{domain::page::PageDate, pipeline::parse::dates::DayOrder};
use chrono::{DateTime, Utc};
use read::Reader;

/// Names of `meta` elements that give a date of publication, the most exact first.
const PUBLISHED: &[&str] = &[
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "rnews:datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "citation_online_date",
    "citation_publication_date",
    "citation_date",
    "prism.publicationdate",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "dc.date.created",
    "dc.created",
    "bepress_citation_date",
    "bepress_citation_online_date",
    "pubdate",
    "publish-date",
    "publish_date",
    "publishdate",
    "publication_date",
    "publicationdate",
    "published",
    "article_date_original",
    "article.published",
    "originalpublicationdate",
    "date_published",
    "displaydate",
    "ptime",
];
/// … and those under which some give the date of the file: believed after what the page shows.
const VAGUE: &[&str] =
    &["date", "dc.date", "dc:date", "dcterms.date", "datecreated", "created", "gentime", "creation_date", "citation_year"];
/// … and of its last change.
const MODIFIED: &[&str] = &[
    "article:modified_time",
    "og:modified_time",
    "og:updated_time",
    "article:modified",
    "datemodified",
    "article:updated_time",
    "dcterms.modified",
    "dc.date.modified",
    "dc.modified",
    "lastmodified",
    "last-modified",
    "lastmod",
    "modified",
    "revision_date",
    "updated_time",
    "utime",
    "date_updated",
    "last_modified",
    "modificationdate",
    "revised",
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
    let said = text::dated(sources, &reader);
    let shown = [address::dated(sources.url).filter(|date| reader.is_past(date)), said.shown()];
    let stated_in_full = stated.date.or_else(|| elsewhere(true));
    let modified = modified.or(said.changed.clone());
    // The day shown may be that of the last change.
    let shown = shown.map(|shown| shown.filter(|date| modified.as_ref().is_none_or(|modified| modified.day != date.day)));
    let published = confirmed(stated_in_full, &shown);
    let vague = || self::stated(sources, &reader, &[], VAGUE).date;
    let [named, named_around] = if published.is_none() { elements::named(sources, &reader) } else { [None, None] };
    let published = published
        .or(said.published)
        .or_else(|| elements::named_published(sources, &reader))
        .or(named)
        .or(said.near)
        .or_else(|| elements::times(sources, &reader))
        .or(said.anywhere)
        .or(named_around)
        .or_else(vague)
        .or_else(|| modified.clone());
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

/// A date as stated for machines, held against the day that the address names and the one that readers are shown.
///
/// An address that names a day was given on that day: it outlives the redating of what stands there. And a day's difference to
/// either is that between the clock of the server and that of the publisher.
fn confirmed(stated: Option<PageDate>, [address, shown]: &[Option<PageDate>; 2]) -> Option<PageDate> {
    let Some(stated) = stated else { return address.clone() };
    let apart = |other: &PageDate| (other.day - stated.day).num_days().abs();
    match (address, shown) {
        (Some(address), _) if apart(address) > 1 => Some(address.clone()),
        (Some(near), _) | (None, Some(near)) if apart(near) == 1 && stated.at.offset().local_minus_utc() == 0 => {
            Some(PageDate { day: near.day, ..stated })
        }
        _ => Some(stated),
    }
}
