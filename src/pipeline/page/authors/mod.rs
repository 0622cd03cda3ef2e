//! Who signs a page.
//!
//! Several places tell; the first that names a person by a full name is believed, else the first that names anybody.

mod byline;
mod names;

use super::{
    Sources,
    structured::{self, Resolved},
};
use crate::{domain::entry::Author, pipeline::page::tree::folded};
use serde_json::{Map, Value};

/// Names of `meta` elements that give an author. Those of catalogues turn names around.
const METAS: &[&str] = &[
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "byl",
    "article.author",
    "authors",
    "cxenseparse:author",
    "rbauthors",
    "dcsext.author",
    "article:author_name",
    "og:article:author",
    "article_author",
    "shareaholic:article_author_name",
    "creator",
    "book:author",
];
const CATALOGUES: &[&str] = &[
    "citation_author",
    "citation_authors",
    "bepress_citation_author",
    "dc.creator",
    "dcterms.creator",
    "dc:creator",
    "dc.contributor",
];

/// How many signatures of one kind are read: each is held against all before it.
const MOST: usize = 60;
/// A longer text is no signature.
const LONGEST: usize = 60;

/// The signatures of a page, clean.
pub(super) fn authors(sources: &Sources<'_>, site_names: &[String]) -> Vec<Author> {
    let mut places = vec![by_json_ld(sources), by_meta(sources), by_catalogue(sources)];
    places.extend(byline::exact(sources));
    places.extend(byline::named(sources));
    places.push(byline::said(sources));
    let of_site = places.iter().find(|authors| authors.iter().any(|author| is_site(&author.name, site_names))).cloned();
    for authors in &mut places {
        authors.retain(|author| !is_site(&author.name, site_names));
    }
    let full = |authors: &&Vec<Author>| authors.iter().any(|author| names::is_full(&author.name));
    let chosen = places.iter().find(full).or_else(|| places.iter().find(|authors| !authors.is_empty()));
    // A site that signs with its own name does sign, if nobody else does.
    chosen.cloned().or(of_site).unwrap_or_default()
}

/// A signature in a place made for it that names nobody.
pub(super) fn unnamed(sources: &Sources<'_>) -> Option<Author> {
    let works = sources.structured.works();
    let by_json = works.iter().find_map(|work| Some((structured::text(work, "author")?, "JSON-LD author")));
    let by_meta = || Some((sources.metas.first(&METAS[..2])?.to_owned(), "meta author"));
    let (name, place) = by_json.or_else(by_meta)?;
    let brief = name.chars().count() <= LONGEST && !name.contains("://") && name.chars().any(char::is_alphabetic);
    brief.then_some(Author { name, place, url: None })
}

fn is_site(name: &str, site_names: &[String]) -> bool {
    let squeezed = |text: &str| folded(text).replace(' ', "");
    let name = squeezed(name);
    site_names.iter().any(|site| squeezed(site) == name)
}

fn by_json_ld(sources: &Sources<'_>) -> Vec<Author> {
    for work in sources.structured.works() {
        for key in ["author", "creator"] {
            let Some(value) = work.get(key) else { continue };
            let mut authors: Vec<Author> = Vec::new();
            for author in structured::several(value).iter().take(MOST).flat_map(|one| of_value(sources, one)) {
                if !authors.iter().any(|known| folded(&known.name) == folded(&author.name)) {
                    authors.push(author);
                }
            }
            if !authors.is_empty() {
                return authors;
            }
        }
    }
    Vec::new()
}

fn of_value(sources: &Sources<'_>, value: &Value) -> Vec<Author> {
    let (text, url) = match sources.structured.resolved(value) {
        Resolved::Object(object) => (structured::text(object, "name").or_else(|| parts_of_name(object)), profile(object)),
        Resolved::Other(other) => (structured::plain(other), None),
    };
    let found = names::names(&text.unwrap_or_default());
    found.into_iter().map(|name| Author { name, place: "JSON-LD author", url: url.clone() }).collect()
}

fn parts_of_name(person: &Map<String, Value>) -> Option<String> {
    Some(format!("{} {}", structured::text(person, "givenName")?, structured::text(person, "familyName")?))
}

/// The page about a person: an ORCID before any other.
fn profile(person: &Map<String, Value>) -> Option<String> {
    let addresses: Vec<&str> = ["sameAs", "url", "@id", "identifier"]
        .iter()
        .filter_map(|key| person.get(*key))
        .flat_map(structured::several)
        .filter_map(Value::as_str)
        .filter(|url| url.starts_with("http"))
        .collect();
    addresses.iter().find(|url| url.contains("orcid.org")).or_else(|| addresses.first()).map(|url| (*url).to_owned())
}

fn by_meta(sources: &Sources<'_>) -> Vec<Author> {
    let mut places = METAS.iter().map(|name| {
        let found = sources.metas.all(name).take(MOST).flat_map(names::names);
        distinct(found.map(|name| Author { name, place: "meta author", url: None }))
    });
    let all: Vec<Vec<Author>> = places.by_ref().filter(|authors| !authors.is_empty()).collect();
    let full = all.iter().find(|authors| authors.iter().any(|author| names::is_full(&author.name)));
    full.or_else(|| all.first()).cloned().unwrap_or_default()
}

fn by_catalogue(sources: &Sources<'_>) -> Vec<Author> {
    let mut places = CATALOGUES.iter().map(|name| {
        let signatures = sources.metas.all(name).take(MOST).flat_map(|value| value.split(';')).map(names::turned);
        let found = signatures.flat_map(|signature| names::names(&signature)).collect::<Vec<_>>();
        distinct(found.into_iter().map(|name| Author { name, place: "meta author", url: None }))
    });
    places.find(|authors| !authors.is_empty()).unwrap_or_default()
}

fn distinct(authors: impl Iterator<Item = Author>) -> Vec<Author> {
    let mut kept: Vec<Author> = Vec::new();
    for author in authors {
        if !kept.iter().any(|known| folded(&known.name) == folded(&author.name)) {
            kept.push(author);
        }
    }
    kept
}
