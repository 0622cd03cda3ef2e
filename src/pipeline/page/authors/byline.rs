//! Bylines that only people are shown: by class, by `rel`, by microdata, by the word before them.

use super::names::{is_full, names};
use crate::{
    domain::entry::Author,
    pipeline::page::{
        Sources,
        dates::{is_cited, without_dates},
        tree::{attribute, names_of, select_few, text_of},
        visible::is_around,
    },
};
use scraper::ElementRef;

/// Elements that say whose name they hold, the most exact first.
const EXACT: [(&str, &str); 4] = [
    (
        "microdata",
        "[itemprop~='author'] [itemprop~='name'], [itemprop~='creator'] [itemprop~='name'], [property~='author'] [property~='name']",
    ),
    ("microdata", "[itemprop~='author'], [itemprop~='creator'], [property='dc:creator'], [property='schema:author']"),
    ("rel=author", "a[rel~='author'], link[rel='author'][title]"),
    ("vcard", ".author.vcard .fn, .author .fn, .byline .fn, .vcard .fn, .vcard.author"),
];
/// Names that templates give to bylines.
const NAMED: [&str; 4] = [
    "[class*='author-name' i], [class*='authorname' i], [class*='author_name' i], [class*='AuthorName' i], [class*='byline-name' i], [class*='bylineName' i], [class*='byline__name' i], [class*='byline-author' i], [class*='article-author' i], [class*='post-author' i], [class*='entry-author' i], [class*='author__name' i], [class*='author__link' i]",
    "[class*='byline' i], [id*='byline' i], [data-testid*='byline' i], [data-qa*='byline' i], [class*='signature' i]",
    "[class~='author'], [class~='auteur'], [class~='autor'], [class~='authors'], [class*='auteur' i], [id='author'], [class*='autor' i]",
    "[class*='author' i], [class*='Author' i], a[href*='/author/'], a[href*='/auteur/'], a[href*='/autor/'], a[href*='/authors/'], [class*='writer' i], [class*='contributor' i], [class*='submitted' i], [class*='posted-by' i]",
];
/// A longer text in an element named after a byline is a biography.
const BRIEF: usize = 140;
/// Lines around the title that may hold a byline.
const AFTER: usize = 20;
const BEFORE: usize = 6;

/// What elements made for it say, in order of exactness.
pub(super) fn exact(sources: &Sources<'_>) -> Vec<Vec<Author>> {
    EXACT.iter().map(|(place, css)| in_elements(sources, css, place)).collect()
}

/// What elements named after bylines say.
pub(super) fn named(sources: &Sources<'_>) -> Vec<Vec<Author>> {
    NAMED.iter().map(|css| in_elements(sources, css, "byline")).collect()
}

/// The first element outside of the article's surroundings that names somebody, and those beside it.
fn in_elements(sources: &Sources<'_>, css: &'static str, place: &'static str) -> Vec<Author> {
    let mut authors: Vec<Author> = Vec::new();
    let mut first: Option<ElementRef<'_>> = None;
    for element in select_few(sources.document, css) {
        if is_around(element) || is_cited(element) || first.is_some_and(|first| !are_alike(first, element)) {
            continue;
        }
        let found = of_element(element, place, sources);
        if !found.is_empty() {
            first = first.or(Some(element));
            authors
                .extend(found.into_iter().filter(|new| !authors.iter().any(|known| known.name == new.name)).collect::<Vec<_>>());
        }
    }
    authors
}

/// Whether two elements have the same class, and share a parent or a parent's parent.
fn are_alike(one: ElementRef<'_>, other: ElementRef<'_>) -> bool {
    if one.value().attr("class") != other.value().attr("class") {
        return false;
    }
    let near = |element: ElementRef<'_>| element.ancestors().take(2).map(|node| node.id()).collect::<Vec<_>>();
    let (one, other) = (near(one), near(other));
    one.iter().any(|id| other.contains(id))
}

fn of_element(element: ElementRef<'_>, place: &'static str, sources: &Sources<'_>) -> Vec<Author> {
    let stated =
        attribute(element, "content").or_else(|| attribute(element, "title").filter(|_| element.value().name() == "link"));
    let people: Vec<ElementRef<'_>> = element.descendent_elements().filter(|inner| is_person_link(*inner)).collect();
    let author = |name: String, link: Option<ElementRef<'_>>| {
        let url = link.and_then(|link| attribute(link, "href")).and_then(|href| sources.absolute(href));
        Author { name, place, url }
    };
    if stated.is_none() && !people.is_empty() {
        return people
            .iter()
            .flat_map(|link| names(&brief(&text_of(*link))).into_iter().map(|name| author(name, Some(*link))))
            .collect();
    }
    let text = stated.map_or_else(|| text_of(element), str::to_owned);
    names(&without_dates(&brief(&text))).into_iter().map(|name| author(name, Some(element))).collect()
}

/// A link to a page about a person.
fn is_person_link(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let href = value.attr("href").unwrap_or_default().to_lowercase();
    let about = [
        "/author",
        "/auteur",
        "/autor",
        "/people/",
        "/person",
        "/profil",
        "/by/",
        "/staff/",
        "/journalist",
        "/users/",
        "/user/",
        "/contributor",
        "/redakt",
    ];
    value.name() == "a" && (value.attr("rel") == Some("author") || about.iter().any(|part| href.contains(part)))
}

/// Nothing, where the text is too long to be a byline.
fn brief(text: &str) -> String {
    if text.chars().count() <= BRIEF { text.to_owned() } else { String::new() }
}

/// Words that open a line with a byline.
const INTRODUCTIONS: [&str; 17] = [
    "par ",
    "by ",
    "von ",
    "por ",
    "auteur",
    "author",
    "autor",
    "written by",
    "text:",
    "texte",
    "geschrieben von",
    "propos recueillis par",
    "posted by",
    "publié par",
    "redaktion:",
    "de notre correspondant",
    "un article de",
];

/// What a line beside the title says: "Par Jeanne Dupont", or a name beside a date: "Jeanne Dupont | 3 mai 2020".
pub(super) fn said(sources: &Sources<'_>) -> Vec<Author> {
    let lines = || {
        let near = sources.visible.around_title(AFTER, BEFORE);
        near.filter(|line| {
            line.text.chars().count() <= BRIEF && !is_around(line.element) && !names_of(line.element).contains("caption")
        })
    };
    let full = |text: &str| names(text).into_iter().filter(|name| is_full(name)).collect::<Vec<_>>();
    let introduced = lines().map(|line| without_dates(&line.text)).find_map(|text| {
        let text = text.trim_start_matches(|c: char| !c.is_alphanumeric());
        let lower = text.to_lowercase();
        let opens = INTRODUCTIONS.iter().any(|words| lower.starts_with(words));
        Some(full(text)).filter(|names| opens && !names.is_empty())
    });
    let beside_date = || {
        lines().find_map(|line| {
            let rest = without_dates(&line.text);
            let alone = rest.len() < line.text.len() && rest.split_whitespace().count() <= 6;
            Some(full(&rest)).filter(|names| alone && names.len() == 1)
        })
    };
    let found = introduced.or_else(beside_date).unwrap_or_default();
    found.into_iter().map(|name| Author { name, place: "byline", url: None }).collect()
}
