//! One document, read: from its bytes to the items that a plan is made of.

use crate::{
    domain::{
        document::Document,
        entry::{Elsewhere, NotAFeed, ParsedFeed, RefusedEntry},
        item::NewItem,
        source::Source,
    },
    pipeline::{normalize::normalize, parse::parse},
};
use chrono::{DateTime, Duration, Utc};
use url::Url;

/// A document, read: what the plan needs of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reading {
    /// Its items, oldest first.
    pub items: Vec<NewItem>,
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
    /// Parses and normalises one document.
    pub fn of(document: &Document, source: &Source, now: DateTime<Utc>) -> Result<Self, NotAFeed> {
        let mut feed: ParsedFeed = parse(document, now)?;
        let ttl = feed.ttl_minutes.map(|minutes| Duration::minutes(minutes.into()));
        let (truncated, warnings) = (feed.truncated, std::mem::take(&mut feed.warnings));
        let elsewhere = std::mem::take(&mut feed.elsewhere);
        let (items, refused) = normalize(feed, source);
        Ok(Self { items, refused, ttl, truncated, warnings, elsewhere, url: document.url.clone() })
    }
}
