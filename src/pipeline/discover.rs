//! Feeds that a web page announces.
//!
//! First what the page says outright (`<link rel="alternate">` of a feed type, anywhere in it), then anchors that look like feeds,
//! then the paths that common programs use. Whether there is a feed behind an address is for the caller to try.

use crate::{
    domain::{document::Document, registrable::registrable_or_whole},
    pipeline::{charset::text_of, markup::costs_too_much},
};
use scraper::{ElementRef, Html, Selector};
use serde::Serialize;
use std::{collections::HashSet, sync::LazyLock};
use url::Url;

/// More of a page is not looked at.
const READ_AT_MOST: usize = 4 << 20;
/// Candidates beyond this number help nobody.
const MOST_CANDIDATES: usize = 24;

/// Where an address was found, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Announcement {
    /// The address given is a feed itself.
    Itself,
    /// A `<link>` of a feed type.
    Link,
    /// An anchor that looks like a feed.
    Anchor,
    /// A path that common programs use.
    UsualPath,
}

/// An address that may be a feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The address, absolute.
    pub url: Url,
    /// What the page calls it.
    pub title: Option<String>,
    /// Where it was found.
    pub found: Announcement,
}

/// What a page announces, the surest first: each address once, feeds of comments last of their kind.
pub fn discover(page: &Document, address: &Url) -> Vec<Candidate> {
    let bytes = &page.bytes[..page.bytes.len().min(READ_AT_MOST)];
    let text = text_of(bytes, page.content_type.as_deref());
    let html = if costs_too_much(&text) { Html::new_document() } else { Html::parse_document(&text) };
    let address = page.url.as_ref().unwrap_or(address);
    let base = base_of(&html, address);
    let mut links: Vec<_> = html.select(&LINKS).filter_map(|element| announced(element, &base)).collect();
    let mut anchors: Vec<_> = html.select(&ANCHORS).filter_map(|element| anchored(element, &base, address)).collect();
    links.sort_by_key(is_of_comments);
    anchors.sort_by_key(is_of_comments);
    let mut seen = HashSet::from([address.clone()]);
    let mut candidates: Vec<_> = links.into_iter().chain(anchors).chain(usual_paths(address)).collect();
    candidates.retain(|candidate| seen.insert(candidate.url.clone()));
    candidates.truncate(MOST_CANDIDATES);
    candidates
}

static LINKS: LazyLock<Selector> = LazyLock::new(|| selector("link[href]"));
static ANCHORS: LazyLock<Selector> = LazyLock::new(|| selector("a[href]"));
static BASE: LazyLock<Selector> = LazyLock::new(|| selector("base[href]"));

#[expect(clippy::expect_used, reason = "invariant: constant selectors, used by every test")]
fn selector(text: &str) -> Selector {
    Selector::parse(text).expect("invariant: a valid selector")
}

const FEED_TYPES: [&str; 8] = [
    "application/atom+xml",
    "application/rss+xml",
    "application/feed+json",
    "application/rdf+xml",
    "application/x.atom+xml",
    "application/x-atom+xml",
    "application/rss",
    "text/rss+xml",
];
/// Types that other things have as well: believed only beside an address that looks like a feed.
const VAGUE_TYPES: [&str; 3] = ["application/json", "application/xml", "text/xml"];

fn announced(link: ElementRef<'_>, base: &Url) -> Option<Candidate> {
    let relations = link.attr("rel")?.to_ascii_lowercase();
    let mut relations = relations.split_ascii_whitespace();
    let media_type = link.attr("type").unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let url = resolve(link.attr("href")?, base)?;
    let is_feed_type = FEED_TYPES.contains(&media_type.as_str());
    let is_vague = VAGUE_TYPES.contains(&media_type.as_str()) && looks_like_feed(&url);
    let is_announced = relations.any(|relation| match relation {
        "alternate" => is_feed_type || is_vague,
        "feed" => true,
        _ => false,
    });
    // WordPress announces its programming interface and its embedding service in the same way.
    let is_interface = url.path().contains("/wp-json/") || url.path().contains("/oembed");
    (is_announced && !is_interface).then(|| Candidate { url, title: line(link.attr("title")), found: Announcement::Link })
}

fn anchored(anchor: ElementRef<'_>, base: &Url, page: &Url) -> Option<Candidate> {
    let url = resolve(anchor.attr("href")?, base)?;
    let text: String = anchor.text().take(20).collect();
    let says_feed =
        text.split(|c: char| !c.is_alphanumeric()).any(|word| ["rss", "atom"].contains(&word.to_lowercase().as_str()));
    let is_near = site(&url) == site(page) || url.host_str().is_some_and(|host| host.starts_with("feeds."));
    (is_near && (looks_like_feed(&url) || says_feed)).then(|| Candidate {
        url,
        title: line(Some(&text)),
        found: Announcement::Anchor,
    })
}

/// A step of the path or its extension says so.
fn looks_like_feed(url: &Url) -> bool {
    let path = url.path().to_ascii_lowercase();
    let steps_say = path.split('/').any(|step| ["feed", "feeds", "rss", "atom", "rdf", "rss2"].contains(&step));
    let last = path.rsplit('/').next().unwrap_or_default();
    let (stem, extension) = last.rsplit_once('.').unwrap_or((last, ""));
    let file_says = ["rss", "atom", "rdf"].contains(&extension)
        || (["xml", "json", "php"].contains(&extension) && ["feed", "rss", "atom"].iter().any(|word| stem.contains(word)));
    let query_says =
        url.query_pairs().any(|(key, value)| ["feed", "format"].contains(&&*key) && ["rss", "rss2", "atom"].contains(&&*value));
    steps_say || file_says || query_says
}

fn usual_paths(page: &Url) -> impl Iterator<Item = Candidate> {
    const BESIDE: [&str; 2] = ["feed/", "rss.xml"];
    const AT_THE_ROOT: [&str; 7] = ["/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json"];
    let beside = BESIDE.iter().filter(|_| page.path().ends_with('/') && page.path() != "/");
    let addresses: Vec<_> = beside.chain(&AT_THE_ROOT).filter_map(|path| page.join(path).ok()).collect();
    addresses.into_iter().map(|url| Candidate { url, title: None, found: Announcement::UsualPath })
}

fn is_of_comments(candidate: &Candidate) -> bool {
    let title = candidate.title.as_deref().unwrap_or_default().to_lowercase();
    candidate.url.path().contains("/comments") || title.contains("comment")
}

fn base_of(html: &Html, address: &Url) -> Url {
    let declared = html.select(&BASE).next().and_then(|base| base.attr("href"));
    declared.and_then(|href| address.join(href.trim()).ok()).unwrap_or_else(|| address.clone())
}

fn resolve(href: &str, base: &Url) -> Option<Url> {
    let href = href.trim();
    let href = href.strip_prefix("feed:").map_or(href, |rest| if rest.starts_with("http") { rest } else { href });
    let mut url = base.join(href).ok()?;
    if url.scheme() == "feed" {
        url = Url::parse(&url.as_str().replacen("feed:", "http:", 1)).ok()?;
    }
    url.set_fragment(None);
    matches!(url.scheme(), "http" | "https").then_some(url)
}

/// The registrable domain, or the whole host where there is none.
fn site(url: &Url) -> &str {
    let host = url.host_str().unwrap_or_default();
    registrable_or_whole(host)
}

fn line(text: Option<&str>) -> Option<String> {
    let line = text?.split_whitespace().collect::<Vec<_>>().join(" ");
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(html: &str) -> Vec<(String, Announcement)> {
        let address = Url::parse("https://www.d.test/blog/").unwrap();
        let page = Document { bytes: html.into(), content_type: None, url: None };
        let sure = discover(&page, &address).into_iter().filter(|candidate| candidate.found != Announcement::UsualPath);
        sure.map(|candidate| (candidate.url.into(), candidate.found)).collect()
    }

    fn check(html: &str, expected: &[&str], how: Announcement) {
        let expected: Vec<_> = expected.iter().map(|url| ((*url).to_owned(), how)).collect();
        assert_eq!(found(html), expected, "{html}");
    }

    #[test]
    fn links() {
        let f = "https://www.d.test/f";
        check("<link rel=alternate type='application/rss+xml' href=/f>", &[f], Announcement::Link);
        check(
            "<body><p><link rel='Alternate home' type=' application/ATOM+xml; charset=utf-8' href=' /f '>",
            &[f],
            Announcement::Link,
        );
        check("<link rel=feed href=/f>", &[f], Announcement::Link);
        check("<link rel=alternate type=application/feed+json href='/f#x'>", &[f], Announcement::Link);
        check("<link rel=alternate type=application/json href=/wp-json/wp/v2/pages/2>", &[], Announcement::Link);
        check(
            "<link rel=alternate type=application/json href=/feed.json>",
            &["https://www.d.test/feed.json"],
            Announcement::Link,
        );
        check("<link rel=alternate type=text/xml+oembed href='/oembed?format=xml'>", &[], Announcement::Link);
        check("<link rel=alternate hreflang=en href=/en/>", &[], Announcement::Link);
        check("<link rel=stylesheet type=application/rss+xml href=/f>", &[], Announcement::Link);
        check(
            "<base href='http://other.test/a/'><link rel=alternate type=application/rss+xml href=f>",
            &["http://other.test/a/f"],
            Announcement::Link,
        );
        check(
            "<link rel=alternate type=application/rss+xml href=feed://www.d.test/f>",
            &["http://www.d.test/f"],
            Announcement::Link,
        );
        check("<link rel=alternate type=application/rss+xml href=javascript:1>", &[], Announcement::Link);
        check(
            "<link rel=alternate type=application/rss+xml title='Comments on x' href=/comments/feed/><link rel=alternate type=application/rss+xml href=/f><link rel=alternate type=application/atom+xml href=/f>",
            &[f, "https://www.d.test/comments/feed/"],
            Announcement::Link,
        );
    }

    #[test]
    fn anchors() {
        check("<a href=/actualites/rss.xml>Flux</a>", &["https://www.d.test/actualites/rss.xml"], Announcement::Anchor);
        check("<a href=/x><img> RSS </a>", &["https://www.d.test/x"], Announcement::Anchor);
        check("<a href='/?feed=rss2'>x</a>", &["https://www.d.test/?feed=rss2"], Announcement::Anchor);
        check("<a href=https://feeds.other.test/x>Atom</a>", &["https://feeds.other.test/x"], Announcement::Anchor);
        check(
            "<a href=https://other.test/feed>their feed</a><a href=/feedback>feedback</a><a href=mailto:rss@d.test>RSS</a>",
            &[],
            Announcement::Anchor,
        );
    }

    #[test]
    fn usual_paths_come_last_and_only_once() {
        let address = Url::parse("https://d.test/blog/").unwrap();
        let page =
            Document { bytes: "<link rel=alternate type=application/rss+xml href=/feed>".into(), content_type: None, url: None };
        let all = discover(&page, &address);
        assert_eq!(all[0].found, Announcement::Link);
        assert_eq!(all[1].url.as_str(), "https://d.test/blog/feed/");
        assert_eq!(all.iter().filter(|candidate| candidate.url.path() == "/feed").count(), 1);
    }

    proptest::proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            let page = Document { bytes, content_type: None, url: None };
            let _ = discover(&page, &Url::parse("https://d.test/").unwrap());
        }
    }
}
