//! One web page, read: what it says and what it says of itself. The same bytes give the same reading.
//!
//! ```
//! use veille::pipeline::page::{Page, read};
//! let html = "<html lang=fr><head><meta property=og:title content='Un titre'></head>\
//!     <body><article><h1>Un titre</h1><p>Par Jeanne Dupont, le 3 mai 2020</p><p>Un texte.</p></article></body></html>";
//! let reading = read(&Page { html, url: None }, "2026-11-25T12:00:00Z".parse().unwrap());
//! assert_eq!(reading.title.as_deref(), Some("Un titre"));
//! assert_eq!(reading.authors[0].name, "Jeanne Dupont");
//! assert_eq!(reading.published.unwrap().rfc3339(), "2020-05-03");
//! ```

mod authors;
mod body;
mod dates;
mod decode;
mod kind;
mod languages;
mod metas;
mod publisher;
mod statements;
mod structured;
mod title;
mod tree;
mod visible;

pub use decode::decode_page;
pub(in crate::pipeline) use tree::{select, text_of};

use crate::domain::page::PageReading;
use chrono::{DateTime, Utc};
use metas::Metas;
use scraper::Html;
use structured::Structured;
use url::Url;
use visible::Visible;

/// A page as it came.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Its markup, decoded.
    pub html: &'a str,
    /// Where it was read, if known.
    pub url: Option<&'a Url>,
}

/// Everything that readings are made from, gathered once.
struct Sources<'a> {
    document: &'a Html,
    structured: &'a Structured,
    metas: &'a Metas<'a>,
    visible: Visible<'a>,
    url: Option<&'a Url>,
    base: Option<Url>,
}

impl Sources<'_> {
    /// An address of the page, made absolute; only of the Web.
    fn absolute(&self, href: &str) -> Option<String> {
        let url = match &self.base {
            Some(base) => base.join(href.trim()).ok()?,
            None => Url::parse(href.trim()).ok()?,
        };
        matches!(url.scheme(), "http" | "https").then(|| url.to_string())
    }
}

/// Reads a page. Markup that would cost too much ([`crate::pipeline::markup::costs_too_much`]) is not to be given to it.
pub fn read(page: &Page<'_>, now: DateTime<Utc>) -> PageReading {
    read_document(&Html::parse_document(page.html), page.url, now)
}

/// Reads a page that was parsed before.
pub(in crate::pipeline) fn read_document(document: &Html, url: Option<&Url>, now: DateTime<Utc>) -> PageReading {
    let (structured, metas) = (Structured::of(document), Metas::of(document));
    let base = select(document, "base[href]").first().and_then(|base| base.value().attr("href"));
    let base = base.and_then(|href| url.map_or_else(|| Url::parse(href), |url| url.join(href)).ok()).or_else(|| url.cloned());
    let visible = Visible::of(document);
    let mut sources = Sources { document, structured: &structured, metas: &metas, visible, url, base };
    let site_names = publisher::site_names(&sources);
    let title = title::title(&sources, &site_names);
    sources.visible.find_title(title.as_deref());
    let body = body::body(&sources, title.as_deref());
    let declared = languages::declared(&sources);
    let authors = authors::authors(&sources, &site_names);
    let dates = dates::dates(&sources, declared.as_deref(), now);
    PageReading {
        kind: kind::kind(&sources, &body),
        paywalled: kind::is_paywalled(&sources),
        unnamed: if authors.is_empty() { authors::unnamed(&sources) } else { None },
        authors,
        publisher: publisher::publisher(&sources),
        publisher_declared: publisher::declared(&sources).is_some(),
        published: dates.published,
        modified: dates.modified,
        unreadable_date: dates.unreadable,
        language: languages::language(declared.as_deref(), &body.text),
        canonical: canonical(&sources),
        description: metas.first(&["description", "og:description", "dc.description", "twitter:description"]).map(str::to_owned),
        words: body.text.split_whitespace().count(),
        text: body.text,
        links: body.links,
        images: body.images,
        statements: statements::statements(&sources),
        title,
    }
}

fn canonical(sources: &Sources<'_>) -> Option<String> {
    let link = select(sources.document, "link[rel~='canonical'][href]").first().and_then(|link| link.value().attr("href"));
    link.or_else(|| sources.metas.first(&["og:url"])).and_then(|href| sources.absolute(href))
}

#[cfg(test)]
mod tests;
