//! Bylines that only people are shown: by class, by `rel`, by microdata, by the word before them.

use super::names::{is_full, names};
use crate::{
    domain::entry::Author,
    pipeline::page::{
        Sources,
        tree::{attribute, names_of, select, text_of},
        visible::is_around,
    },
};
use scraper::ElementRef;

/// Elements that say whose name they hold, the most exact first.
const EXACT: [(&str, &str); 4] = [
    ("microdata", "[itemprop~='author'] [itemprop~='name'], [itemprop~='creator'] [itemprop~='name'], [property~='author'] [property~='name']"),
    ("microdata", "[itemprop~='author'], [itemprop~='creator'], [property='dc:creator'], [property='schema:author']"),
    ("rel=author", "a[rel~='author'], link[rel='author'][title]"),
    ("vcard", ".author.vcard .fn, .author .fn, .byline .fn, .vcard .fn, .vcard.author"),
];
/// Names that templates give to bylines.
const NAMED: [&str; 4] = [
    "[class*='author-name'], [class*='authorname'], [class*='author_name'], [class*='AuthorName'], [class*='byline-name'], [class*='bylineName'], [class*='byline__name'], [class*='byline-author'], [class*='article-author'], [class*='post-author'], [class*='entry-author'], [class*='author__name'], [class*='author__link']",
    "[class*='byline'], [class*='Byline'], [id*='byline'], [class*='signature']",
    "[class~='author'], [class~='auteur'], [class~='autor'], [class~='authors'], [class*='auteur'], [id='author'], [class*='autor']",
    "[class*='author'], [class*='Author'], a[href*='/author/'], a[href*='/auteur/'], a[href*='/autor/'], a[href*='/authors/'], [class*='writer'], [class*='contributor'], [class*='submitted'], [class*='posted-by']",
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
    for element in select(sources.document, css) {
        if is_around(element) || first.is_some_and(|first| !are_neighbours(first, element)) {
            continue;
        }
        let found = of_element(element, place, sources);
        if !found.is_empty() {
            first = first.or(Some(element));
            authors.extend(found.into_iter().filter(|new| !authors.iter().any(|known| known.name == new.name)).collect::<Vec<_>>());
        }
    }
    authors
}

/// Whether two elements share a parent, or a parent's parent.
fn are_neighbours(one: ElementRef<'_>, other: ElementRef<'_>) -> bool {
    let near = |element: ElementRef<'_>| element.ancestors().take(2).map(|node| node.id()).collect::<Vec<_>>();
    let (one, other) = (near(one), near(other));
    one.iter().any(|id| other.contains(id))
}

fn of_element(element: ElementRef<'_>, place: &'static str, sources: &Sources<'_>) -> Vec<Author> {
    let stated = attribute(element, "content").or_else(|| attribute(element, "title").filter(|_| element.value().name() == "link"));
    let people: Vec<ElementRef<'_>> = element.descendent_elements().filter(|inner| is_person_link(*inner)).collect();
    let author = |name: String, link: Option<ElementRef<'_>>| {
        let url = link.and_then(|link| attribute(link, "href")).and_then(|href| sources.absolute(href));
        Author { name, place, url }
    };
    if stated.is_none() && !people.is_empty() {
        return people.iter().flat_map(|link| names(&brief(&text_of(*link))).into_iter().map(|name| author(name, Some(*link)))).collect();
    }
    let text = stated.map_or_else(|| text_of(element), str::to_owned);
    names(&brief(&text)).into_iter().map(|name| author(name, None)).collect()
}

/// A link to a page about a person.
fn is_person_link(element: ElementRef<'_>) -> bool {
    let value = element.value();
    let href = value.attr("href").unwrap_or_default().to_lowercase();
    let about = ["/author", "/auteur", "/autor", "/people/", "/person", "/profil", "/by/", "/staff/", "/journalist", "/users/", "/user/", "/contributor", "/redakt"];
    value.name() == "a" && (value.attr("rel") == Some("author") || about.iter().any(|part| href.contains(part)))
}

/// Nothing, where the text is too long to be a byline.
fn brief(text: &str) -> String {
    if text.chars().count() <= BRIEF { text.to_owned() } else { String::new() }
}

/// What a line beside the title introduces as a signature: "Par Jeanne Dupont".
pub(super) fn said(sources: &Sources<'_>) -> Vec<Author> {
    let introductions = ["par ", "by ", "von ", "por ", "auteur", "author", "autor", "written by", "text:", "texte", "geschrieben von", "propos recueillis par", "posted by"];
    let lines = sources.visible.around_title(AFTER, BEFORE).filter(|line| line.text.chars().count() <= BRIEF && !is_around(line.element));
    for line in lines {
        let lower = line.text.to_lowercase();
        let lower = lower.trim_start_matches(|c: char| !c.is_alphanumeric());
        if introductions.iter().any(|words| lower.starts_with(words)) && !names_of(line.element).contains("caption") {
            let found: Vec<String> = names(&line.text).into_iter().filter(|name| is_full(name)).collect();
            if !found.is_empty() {
                return found.into_iter().map(|name| Author { name, place: "byline", url: None }).collect();
            }
        }
    }
    Vec::new()
}
