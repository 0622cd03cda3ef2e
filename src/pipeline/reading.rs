//! One document, read: from its bytes to the items that a plan is made of.

use crate::{
    domain::{
        document::Document,
        entry::{Elsewhere, NotAFeed, ParsedFeed, RefusedEntry},
        item::NewItem,
        recognition::Recognition,
        source::Source,
    },
    pipeline::{
        familiar::Familiar,
        normalize::{Normalized, normalize_unfamiliar},
        parse::parse_unfamiliar,
    },
};
use chrono::{DateTime, Duration, Utc};
use url::Url;

/// A document, read: what the plan needs of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Its items, oldest first. One that was recognised holds only what tells which it is.
    pub items: Vec<NewItem>,
    /// What recognition says of each.
    pub recognitions: Vec<Recognition>,
    /// Entries that could not be read.
    pub refused: Vec<RefusedEntry>,
    /// `ttl`, if declared.
    pub ttl: Option<Duration>,
    /// It broke off before its end.
    pub truncated: bool,
    /// What had to be repaired.
    pub warnings: Vec<String>,
    /// Where else the feed is.
    pub elsewhere: Elsewhere,
    /// Where the document was really read.
    pub url: Option<Url>,
}

impl Reading {
    /// Parses and normalises one document, except the entries that are familiar.
    pub fn of(document: &Document, source: &Source, familiar: &Familiar, now: DateTime<Utc>) -> Result<Self, NotAFeed> {
        let mut feed: ParsedFeed = parse_unfamiliar(document, familiar, now)?;
        let ttl = feed.ttl_minutes.map(|minutes| Duration::minutes(minutes.into()));
        let (truncated, warnings) = (feed.truncated, std::mem::take(&mut feed.warnings));
        let elsewhere = std::mem::take(&mut feed.elsewhere);
        let Normalized { items, recognitions, refused } = normalize_unfamiliar(feed, source, familiar);
        Ok(Self { items, recognitions, refused, ttl, truncated, warnings, elsewhere, url: document.url.clone() })
    }
}
