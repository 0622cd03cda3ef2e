//! One web page, read for what it says of itself: author, date, publisher, policies, structure, and the accessibility checks that
//! HTML alone can answer. First depth: what needs a browser (contrast, focus, zoom in use) is not checked, and said so.

mod checks;

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
        page::{PageReading, Subject},
        publisher::Publisher,
    },
    pipeline::{
        identifiers::identifiers,
        page::{Page, read_document},
    },
};
use chrono::{DateTime, Utc};
use scraper::Html;
use url::Url;

/// A page read, and what it tells of its reliability.
#[derive(Debug)]
pub struct Observed {
    /// What it says, and what it says of itself.
    pub reading: PageReading,
    /// What that is worth.
    pub evidence: Vec<Evidence>,
}

/// What a page alone tells, and what the registry knows of its publisher. The page is parsed once.
pub fn observe_page(rules: &Rules, page: &Page<'_>, publisher: Option<&Publisher>, now: DateTime<Utc>) -> Observed {
    let document = Html::parse_document(page.html);
    let reading = read_document(&document, page.url, now);
    let item = item(&reading, page.url);
    let mut evidence = observe_alone(rules, &item, publisher, (Provenance::Page, now));
    let known = registry(rules, publisher, now);
    let mut notes = Notes::new(rules, now, Provenance::Page);
    page_only(&mut notes, &document, &reading);
    page_signs(&mut notes, &document, &evidence);
    // What the registry knows for certain is not counted again from the page.
    notes.evidence.retain(|line| !known.iter().any(|registered| registered.signal == line.signal));
    let policy = Signal::PolicyLinked.name();
    if known.iter().any(|line| line.signal == policy) {
        notes.evidence.retain(|line| line.signal != Signal::PolicyNone.name());
    }
    evidence.extend(notes.evidence);
    evidence.extend(known);
    Observed { reading, evidence }
}

fn page_only(notes: &mut Notes<'_>, document: &Html, reading: &PageReading) {
    let about = |subject: Subject| {
        reading.statements.iter().find(|statement| statement.subject == subject).map(|statement| statement.label.clone())
    };
    let declared = reading.publisher.clone().filter(|_| reading.publisher_declared);
    if let Some(name) = declared.or_else(|| about(Subject::Legal)) {
        notes.add(Signal::PublisherDeclared, name);
    }
    match about(Subject::Policy) {
        Some(label) => notes.add(Signal::PolicyLinked, label),
        None => notes.add(Signal::PolicyNone, None),
    }
    if let Some(label) = about(Subject::Accessibility) {
        notes.add(Signal::StatementLinked, label);
    }
    let (share, excerpt) = checks::outcome(&checks::structure(document));
    notes.add_computed(Signal::StructurePage, 0.1 + 0.8 * share, excerpt);
    let (share, excerpt) = checks::outcome(&checks::wcag(document));
    notes.add_computed(Signal::WcagPage, share, excerpt);
}

/// The page as an item, so that the same observations are made of it.
fn item(reading: &PageReading, url: Option<&Url>) -> NewItem {
    let title = reading.title.clone().unwrap_or_default();
    let identifiers = identifiers(&title, &reading.text, &reading.links);
    let mut authors = reading.authors.clone();
    authors.extend(reading.unnamed.clone());
    NewItem {
        key: ItemKey("page".to_owned()),
        url: url.map(Url::to_string).or_else(|| reading.canonical.clone()),
        title,
        authors,
        published: reading.published.as_ref().map(|date| date.stated()),
        updated: None,
        unreadable_date: reading.unreadable_date.clone(),
        language: reading.language.clone(),
        summary: String::new(),
        content_html: None,
        content_text: Some(reading.text.clone()),
        categories: Vec::new(),
        links: reading.links.clone(),
        identifiers,
        content_hash: [0; 32],
    }
}

#[cfg(test)]
mod tests;
