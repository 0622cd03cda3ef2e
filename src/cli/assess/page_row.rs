//! A page that was read, for programs and for people.

use crate::{
    domain::{
        fetching::DatePrecision,
        localised::Locale,
        page::{PageDate, PageKind, PageReading, Subject},
    },
    pipeline::dates::whole,
};
use serde::Serialize;

/// The field names are those of `page` in `veille assess --json`.
#[derive(Debug, Serialize)]
pub(super) struct PageRow<'a> {
    kind: PageKind,
    paywalled: bool,
    title: Option<&'a str>,
    authors: Vec<&'a str>,
    author_details: Vec<AuthorRow<'a>>,
    publisher: Option<&'a str>,
    published: Option<String>,
    published_precision: Option<DatePrecision>,
    published_from: Option<DateFrom<'a>>,
    modified: Option<String>,
    modified_precision: Option<DatePrecision>,
    modified_from: Option<DateFrom<'a>>,
    language: Option<&'a str>,
    canonical: Option<&'a str>,
    description: Option<&'a str>,
    text: &'a str,
    words: usize,
    images: usize,
    links: &'a [String],
    statements: Vec<StatementRow<'a>>,
}

#[derive(Debug, Serialize)]
struct AuthorRow<'a> {
    name: &'a str,
    place: &'a str,
    url: Option<&'a str>,
}

#[derive(Debug, Serialize)]
struct DateFrom<'a> {
    place: &'a str,
    excerpt: &'a str,
}

#[derive(Debug, Serialize)]
struct StatementRow<'a> {
    subject: Subject,
    label: &'a str,
    url: Option<&'a str>,
}

impl<'a> PageRow<'a> {
    pub(super) fn of(page: &'a PageReading) -> Self {
        let from = |date: &'a Option<PageDate>| date.as_ref().map(|date| DateFrom { place: date.place, excerpt: &date.excerpt });
        let text = |date: &Option<PageDate>| date.as_ref().map(PageDate::rfc3339);
        let precision = |date: &Option<PageDate>| date.as_ref().map(|date| date.precision);
        let authors = page.authors.iter();
        let statements = page.statements.iter();
        Self {
            kind: page.kind,
            paywalled: page.paywalled,
            title: page.title.as_deref(),
            authors: authors.clone().map(|author| author.name.as_str()).collect(),
            author_details: authors
                .map(|author| AuthorRow { name: &author.name, place: author.place, url: author.url.as_deref() })
                .collect(),
            publisher: page.publisher.as_deref(),
            published: text(&page.published),
            published_precision: precision(&page.published),
            published_from: from(&page.published),
            modified: text(&page.modified),
            modified_precision: precision(&page.modified),
            modified_from: from(&page.modified),
            language: page.language.as_deref(),
            canonical: page.canonical.as_deref(),
            description: page.description.as_deref(),
            text: &page.text,
            words: page.words,
            images: page.images,
            links: &page.links,
            statements: statements
                .map(|one| StatementRow { subject: one.subject, label: &one.label, url: one.url.as_deref() })
                .collect(),
        }
    }
}

/// What was read, in a few lines, with a blank one at the end.
pub(super) fn page_lines(page: &PageReading, locale: Locale) -> Vec<String> {
    let names = page.authors.iter().map(|author| author.name.as_str()).collect::<Vec<_>>().join(", ");
    let date =
        |date: &Option<PageDate>| date.as_ref().map(|date| format!("{} ({} : {})", date.rfc3339(), date.place, date.excerpt));
    let counts = match locale {
        Locale::Fr => format!("{} mots, {} liens", whole(page.words, locale), whole(page.links.len(), locale)),
        Locale::En => format!("{} words, {} links", whole(page.words, locale), whole(page.links.len(), locale)),
    };
    let rows = [
        (locale.pick("Titre", "Title"), page.title.clone()),
        (locale.pick("Auteurs", "Authors"), Some(names).filter(|names| !names.is_empty())),
        (locale.pick("Éditeur", "Publisher"), page.publisher.clone()),
        (locale.pick("Publié", "Published"), date(&page.published)),
        (locale.pick("Modifié", "Modified"), date(&page.modified)),
        (locale.pick("Langue", "Language"), page.language.clone()),
        (locale.pick("Texte", "Text"), Some(counts)),
    ];
    let said = rows.into_iter().filter_map(|(label, value)| Some(format!("{label:<10} {}", value?)));
    said.chain([String::new()]).collect()
}
