//! Find sources and write them into `sources.toml`. Needs the files of a home folder, not its database.

mod desk;

pub use desk::{Added, Desk, Import, Wishes, Writing};

use crate::{
    app::{self, Error, Result},
    clock::Clock,
    config,
    domain::{
        document::Document,
        entry::ParsedFeed,
        fetching::{Answer, FetchOutcome, FetchRequest},
    },
    fetch::Fetcher,
    pipeline::{
        discover::{self, Announcement, Candidate},
        parse::parse,
    },
};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use std::path::Path;
use url::Url;

/// Newest entries shown of a feed.
const SHOWN_ENTRIES: usize = 5;
/// Candidates of one kind that are tried.
const TRIED: usize = 9;

/// A feed that was found and read. The field names are those of `veille sources discover --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoundFeed {
    /// Its address, after permanent redirects.
    pub url: Url,
    /// What it calls itself, else what the page calls it.
    pub title: Option<String>,
    /// Its format.
    pub format: String,
    /// BCP 47.
    pub language: Option<String>,
    /// Entries that can be read.
    pub entries: usize,
    /// The newest date stated.
    pub newest: Option<DateTime<Utc>>,
    /// Where its address was found.
    pub found: Announcement,
    /// The first entries: what would come in.
    pub latest: Vec<LatestEntry>,
    /// Repairs that were needed.
    pub warnings: Vec<String>,
}

/// An entry, for a look.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LatestEntry {
    /// Plain text.
    pub title: String,
    /// Its address.
    pub link: Option<String>,
    /// When it was published, or last changed.
    pub published: Option<DateTime<Utc>>,
}

/// Reads pages and feeds, stores nothing.
#[derive(Clone)]
pub struct Scout {
    fetcher: Fetcher,
    clock: Clock,
}

impl Scout {
    /// With the settings of a home folder; a folder without settings has the defaults.
    pub fn open(home: &Path, clock: Clock) -> Result<Self> {
        let settings = config::load_settings(home)?;
        Ok(Self { fetcher: app::fetcher(home, &settings).map_err(Error::Internal)?, clock })
    }

    /// The feeds behind an address: itself, else those that the page announces, else those at usual paths. The surest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the address cannot be read, or when no feed was found.
    pub async fn discover(&self, address: &Url) -> Result<Vec<FoundFeed>> {
        // One address that a person asked for by name: robots.txt, which speaks to crawlers, is asked only before guesses.
        let outcome = self.fetcher.fetch(FetchRequest::feed(address.clone(), None)).await;
        let url = lasting_address(address, &outcome);
        let page = document(outcome).map_err(Error::NotFound)?;
        let itself = Candidate { url, title: None, found: Announcement::Itself };
        if let Ok(feed) = parse(&page, self.clock.now()) {
            return Ok(vec![found(itself, feed)]);
        }
        let candidates = discover::discover(&page, address);
        for kind in [Announcement::Link, Announcement::Anchor, Announcement::UsualPath] {
            let of_kind = candidates.iter().filter(|candidate| candidate.found == kind).take(TRIED);
            let tried = stream::iter(of_kind.map(|candidate| self.read(candidate.clone()))).buffered(TRIED);
            let mut feeds: Vec<FoundFeed> = tried.filter_map(std::future::ready).collect().await;
            let mut seen = std::collections::HashSet::new();
            feeds.retain(|feed| seen.insert(feed.url.clone()));
            if !feeds.is_empty() {
                return Ok(feeds);
            }
        }
        Err(Error::NotFound(format!(
            "{address} is no feed, and none was found behind it ({} addresses tried); give the feed's own address",
            candidates.len()
        )))
    }

    async fn read(&self, candidate: Candidate) -> Option<FoundFeed> {
        let request = match candidate.found {
            Announcement::UsualPath => FetchRequest::page(candidate.url.clone()),
            _ => FetchRequest::feed(candidate.url.clone(), None),
        };
        let outcome = self.fetcher.fetch(request).await;
        let url = lasting_address(&candidate.url, &outcome);
        let read = document(outcome).and_then(|document| parse(&document, self.clock.now()).map_err(|error| error.to_string()));
        match read {
            Ok(feed) => Some(found(Candidate { url, ..candidate }, feed)),
            Err(reason) => {
                tracing::debug!(url = %candidate.url, "no feed here: {reason}");
                None
            }
        }
    }
}

/// Reads an address as people type it: `https://` may be left out.
///
/// # Errors
/// [`Error::Invalid`] when it is none.
pub fn address(text: &str) -> Result<Url> {
    let written = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    Url::parse(&written).map_err(|error| Error::Invalid(format!("\"{text}\" is no web address: {error}")))
}

/// Where to ask next time: permanent redirects at the head of the chain are taken at their word, since nothing is stored yet.
fn lasting_address(asked: &Url, outcome: &FetchOutcome) -> Url {
    let permanent = outcome.redirects.iter().take_while(|redirect| matches!(redirect.status, 301 | 308));
    let mut lasting = asked;
    for redirect in permanent {
        if lasting.scheme() == "https" && redirect.target.scheme() != "https" {
            break;
        }
        lasting = &redirect.target;
    }
    lasting.clone()
}

fn document(outcome: FetchOutcome) -> std::result::Result<Document, String> {
    match outcome.result {
        Ok(Answer::Fetched { document, .. }) => Ok(document),
        Ok(Answer::NotModified { .. }) => Err("the server answered 304 to an unconditional request".to_owned()),
        Err(failure) => Err(failure.reason),
    }
}

fn found(candidate: Candidate, feed: ParsedFeed) -> FoundFeed {
    let date = |entry: &crate::domain::entry::Entry| entry.published.or(entry.updated).map(|date| date.at);
    let mut latest: Vec<_> = feed
        .entries
        .iter()
        .map(|entry| LatestEntry { title: entry.title.clone(), link: entry.link.clone(), published: date(entry) })
        .collect();
    latest.sort_by_key(|entry| std::cmp::Reverse(entry.published));
    latest.truncate(SHOWN_ENTRIES);
    FoundFeed {
        url: candidate.url,
        title: feed.title.or(candidate.title),
        format: feed.format.to_owned(),
        language: feed.language,
        entries: feed.entries.len(),
        newest: latest.first().and_then(|entry| entry.published),
        found: candidate.found,
        latest,
        warnings: feed.warnings,
    }
}
