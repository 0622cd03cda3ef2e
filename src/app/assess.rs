//! What a source or a document is worth, and why.

use crate::{
    app::{App, Error, Result},
    domain::{
        definitions::Definitions,
        document::Document,
        evidence::{Evidence, Ledger, Reliability},
        page::PageReading,
        publisher::Publisher,
        slug::Slug,
        source::{Source, SourceKind},
    },
    pipeline::{
        markup::costs_too_much,
        normalize::normalize,
        page::{Page, decode_page},
        parse::parse,
        reliability::{Observed, Past, Rules, ledger, observe, observe_page, source_evidence, source_reliability},
    },
    store::source_reliability::SourcePast,
};
use chrono::{DateTime, Utc};
use url::Url;

/// How many of its newest items speak for a source: more of one template add next to nothing.
const ITEMS_OF_A_SOURCE: u32 = 60;
/// Each is read with its newest items: so many are held in memory at once.
const SOURCES_AT_A_TIME: usize = 50;

/// What one document is worth, and why.
#[derive(Debug)]
pub struct Assessment {
    /// The account.
    pub ledger: Ledger,
    /// What was read, where the document is a web page.
    pub page: Option<PageReading>,
}

/// The ledger of one document, offline: a feed as a source over its entries, a web page as an item. `definitions` tell the
/// publisher of the document's address; without one it is unknown.
pub fn assess_document(document: &Document, definitions: &Definitions, rules: &Rules, now: DateTime<Utc>) -> Result<Assessment> {
    if looks_like_html(&document.bytes) {
        return assess_page(document, definitions, rules, now);
    }
    let feed = parse(document, now).map_err(|error| Error::Refused(format!("neither a feed nor a web page: {error}")))?;
    let site = document.url.clone().or_else(|| Url::parse(feed.link.as_deref()?).ok());
    let publisher = publisher_at(definitions, site.as_ref());
    let source = Source {
        slug: Slug::propose("document"),
        name: feed.title.clone().unwrap_or_default(),
        kind: SourceKind::Feed,
        url: site.map_or_else(nowhere, Ok)?,
        language: None,
        themes: Vec::new(),
        publisher: None,
        paused: false,
    };
    let (items, _) = normalize(feed, &source);
    let items: Vec<Past> = items
        .iter()
        .map(|item| {
            let at = item.published.or(item.updated).map_or(now, |date| date.at);
            Past { at, evidence: observe(rules, item, publisher, now) }
        })
        .collect();
    Ok(Assessment { ledger: ledger(rules, &source_evidence(rules, &items, publisher, now)), page: None })
}

fn assess_page(document: &Document, definitions: &Definitions, rules: &Rules, now: DateTime<Utc>) -> Result<Assessment> {
    let Observed { reading, evidence } = observed(document, definitions, rules, now)?;
    Ok(Assessment { ledger: ledger(rules, &evidence), page: Some(reading) })
}

/// What can be observed of a web page. Refused when it cannot be read safely.
pub(crate) fn page_evidence(
    document: &Document,
    definitions: &Definitions,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<Vec<Evidence>> {
    Ok(observed(document, definitions, rules, now)?.evidence)
}

fn observed(document: &Document, definitions: &Definitions, rules: &Rules, now: DateTime<Utc>) -> Result<Observed> {
    let html = decode_page(&document.bytes, document.content_type.as_deref());
    if costs_too_much(&html) {
        let reason =
            "the page is too long, too deeply nested or too broken to be read safely; save the article alone and assess that";
        return Err(Error::Refused(reason.to_owned()));
    }
    let page = Page { html: &html, url: document.url.as_ref() };
    Ok(observe_page(rules, &page, publisher_at(definitions, document.url.as_ref()), now))
}

fn publisher_at<'a>(definitions: &'a Definitions, url: Option<&Url>) -> Option<&'a Publisher> {
    definitions.publisher_of_host(url?.host_str()?)
}

/// The base of a document that says nothing of where it is from: reserved, resolves nowhere (RFC 2606).
fn nowhere() -> Result<Url> {
    Url::parse("https://document.invalid/").map_err(|error| Error::Internal(error.into()))
}

/// By its first element; a feed never starts with these.
fn looks_like_html(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    let mut rest = head.trim_start_matches('\u{feff}').trim_start();
    while let Some((open, close)) = [("<!--", "-->"), ("<?", "?>")].into_iter().find(|(open, _)| rest.starts_with(open)) {
        let Some((_, after)) = rest[open.len()..].split_once(close) else { return false };
        rest = after.trim_start();
    }
    ["<!doctype html", "<html", "<head", "<body", "<meta", "<title", "<article", "<main", "<h1", "<p", "<div"].iter().any(|tag| {
        rest.strip_prefix(tag).is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == ':'))
    })
}

impl App {
    /// [`Self::reassess_sources`] for those of which an item was assessed since: for after a refresh and its grouping.
    pub async fn reassess_stale_sources(&self) -> Result<()> {
        for some in self.store.stale_sources().await?.chunks(SOURCES_AT_A_TIME) {
            self.reassess_sources(some.to_vec()).await?;
        }
        Ok(())
    }

    /// Recomputes the reliability of sources from their items, and stores it: one read, one write. By row id.
    pub async fn reassess_sources(&self, sources: Vec<i64>) -> Result<()> {
        if sources.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let pasts = self.store.source_pasts(sources, ITEMS_OF_A_SOURCE).await?;
        let (app, rules) = (self.clone(), Rules::shipped());
        let compute = move || -> Vec<(i64, Reliability)> {
            let of = |past: SourcePast| {
                let (source, publisher) = (past.source, app.publisher_of_slug(&past.slug));
                (source, source_reliability(&rules, &in_time(past), publisher, now))
            };
            pasts.into_iter().map(of).collect()
        };
        let computed = tokio::task::spawn_blocking(compute).await.map_err(|error| Error::Internal(error.into()))?;
        Ok(self.store.save_source_reliabilities(computed, now).await?)
    }

    /// The evidence about a source, as of its last assessment, without people's words.
    pub(crate) async fn source_evidence(&self, slug: &Slug) -> Result<Vec<Evidence>> {
        let state = self.store.source_state(slug.clone()).await?;
        let past = self.store.source_pasts(vec![state.id], ITEMS_OF_A_SOURCE).await?.pop();
        let past = past.ok_or_else(|| Error::NotFound(format!("no source \"{slug}\"")))?;
        let at = past.assessed_at.unwrap_or_else(|| self.clock.now());
        Ok(source_evidence(&Rules::shipped(), &in_time(past), self.publisher_of_slug(slug), at))
    }

    fn publisher_of_slug(&self, slug: &Slug) -> Option<&Publisher> {
        self.definitions.publisher_of(self.definitions.source(slug)?)
    }
}

fn in_time(past: SourcePast) -> Vec<Past> {
    past.items.into_iter().map(|(at, evidence)| Past { at, evidence }).collect()
}

#[cfg(test)]
mod tests {
    use super::looks_like_html;

    #[test]
    fn tells_pages_from_feeds() {
        for (text, page) in [
            ("<!DOCTYPE html><html>", true),
            ("\u{feff}  <!-- a --><HTML lang='fr'>", true),
            ("<?xml version='1.0'?><!DOCTYPE html PUBLIC \"\">", true),
            ("<p>Bonjour</p>", true),
            ("<?xml version='1.0'?><rss/>", false),
            ("<feed/>", false),
            ("<podcast:x/>", false),
            ("<!-- never closed", false),
            ("{\"version\": \"https://jsonfeed.org/version/1.1\"}", false),
            ("", false),
        ] {
            assert_eq!(looks_like_html(text.as_bytes()), page, "{text}");
        }
    }
}
