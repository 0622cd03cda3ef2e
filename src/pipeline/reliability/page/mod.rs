//! One web page, read for what it says of itself: author, date, publisher, policies, structure, and the accessibility checks that
//! HTML alone can answer. First depth: what needs a browser (contrast, focus, zoom in use) is not checked, and said so.

mod checks;
mod decode;
mod metadata;
mod text;

pub use decode::decode_page;

use super::{
    Rules,
    observe::{Notes, observe_alone, registry},
    page_signs::page_signs,
    signal::Signal,
};
use crate::{
    domain::{
        evidence::{Evidence, Provenance},
        item::{ItemKey, NewItem},
        publisher::Publisher,
    },
    pipeline::identifiers::identifiers,
};
use chrono::{DateTime, Utc};
use scraper::{ElementRef, Html, Selector};
use url::Url;

/// A page as it came.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// Its markup, decoded.
    pub html: &'a str,
    /// Where it was read, if known.
    pub url: Option<&'a Url>,
}

/// What a page alone tells, and what the registry knows of its publisher.
pub fn observe_page(rules: &Rules, page: &Page<'_>, publisher: Option<&Publisher>, now: DateTime<Utc>) -> Vec<Evidence> {
    let document = Html::parse_document(page.html);
    let item = item(&document, page);
    let mut evidence = observe_alone(rules, &item, publisher, (Provenance::Page, now));
    let known = registry(rules, publisher, now);
    let mut notes = Notes::new(rules, now, Provenance::Page);
    page_only(&mut notes, &document);
    page_signs(&mut notes, &document, &evidence);
    // What the registry knows for certain is not counted again from the page.
    notes.evidence.retain(|line| !known.iter().any(|registered| registered.signal == line.signal));
    let policy = Signal::PolicyLinked.name();
    if known.iter().any(|line| line.signal == policy) {
        notes.evidence.retain(|line| line.signal != Signal::PolicyNone.name());
    }
    evidence.extend(notes.evidence);
    evidence.extend(known);
    evidence
}

fn page_only(notes: &mut Notes<'_>, document: &Html) {
    let links = text::labelled_links(document);
    let about =
        |words: &[&str]| links.iter().find(|link| words.iter().any(|word| link.matches(word))).map(|link| link.label.clone());
    if let Some(name) = metadata::publisher(document).or_else(|| about(LEGAL_NOTICE)) {
        notes.add(Signal::PublisherDeclared, name);
    }
    match about(POLICY) {
        Some(label) => notes.add(Signal::PolicyLinked, label),
        None => notes.add(Signal::PolicyNone, None),
    }
    if let Some(label) = about(ACCESSIBILITY) {
        notes.add(Signal::StatementLinked, label);
    }
    let (share, excerpt) = checks::outcome(&checks::structure(document));
    notes.add_computed(Signal::StructurePage, 0.1 + 0.8 * share, excerpt);
    let (share, excerpt) = checks::outcome(&checks::wcag(document));
    notes.add_computed(Signal::WcagPage, share, excerpt);
}

/// How pages name the place where they say who is responsible.
const LEGAL_NOTICE: &[&str] = &["mentions legales", "legal notice", "imprint", "impressum", "informations legales"];
/// … what they bind themselves to.
const POLICY: &[&str] = &[
    "deontologie",
    "charte editoriale",
    "charte ethique",
    "ethics",
    "ethique",
    "corrections",
    "editorial policy",
    "editorial standards",
    "editorial guidelines",
    "code of conduct",
    "financement",
    "who funds us",
    "politique editoriale",
];
/// … and their accessibility statement.
const ACCESSIBILITY: &[&str] = &["accessibilite", "accessibility"];

fn item(document: &Html, page: &Page<'_>) -> NewItem {
    let meta = metadata::read(document);
    let (text, links) = text::main(document, page.url);
    let title = meta.title.unwrap_or_default();
    let identifiers = identifiers(&title, &text, &links);
    NewItem {
        key: ItemKey("page".to_owned()),
        url: page.url.map(Url::to_string).or(meta.canonical),
        title,
        authors: meta.authors,
        published: meta.published,
        updated: None,
        unreadable_date: meta.unreadable_date,
        language: checks::language(document),
        summary: String::new(),
        content_html: None,
        content_text: Some(text),
        categories: Vec::new(),
        links,
        identifiers,
        content_hash: [0; 32],
    }
}

/// The elements that a constant selector finds, in document order.
#[expect(clippy::expect_used, reason = "invariant: selectors are constants of this folder, all of which its tests parse")]
fn select<'a>(document: &'a Html, css: &'static str) -> Vec<ElementRef<'a>> {
    document.select(&Selector::parse(css).expect("invariant: a valid selector")).collect()
}

/// An element's text, white space folded.
fn text_of(element: ElementRef<'_>) -> String {
    element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
