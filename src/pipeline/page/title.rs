//! The headline of a page, without the name of the site.

use super::{
    Sources, structured,
    tree::{select_few, text_of},
    visible::is_around,
};
use crate::pipeline::page::tree::folded;
use unicode_normalization::UnicodeNormalization;

/// What stands between a headline and the name of a site.
const SEPARATORS: [&str; 12] = [" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " / ", " ~ ", " : "];
/// A longer heading is no headline.
const LONGEST: usize = 300;

/// What the page calls itself: the heading that a reader sees, where the head of the page agrees or there is no other.
pub(super) fn title(sources: &Sources<'_>, site_names: &[String]) -> Option<String> {
    let stated = stated(sources, site_names);
    let headings = headings(sources, "h1, [itemprop~='headline'], h2, h3, [class*='title' i]", site_names);
    let agreed = headings.iter().find(|heading| stated.iter().any(|title| agree(heading, title)));
    let only = || sole(self::headings(sources, "h1", site_names));
    let part = || headings.iter().find(|heading| stated.iter().any(|title| is_main_part(title, heading))).cloned();
    let chosen = agreed.cloned().or_else(only).or_else(part).or_else(|| stated.first().cloned());
    let chosen = chosen.or_else(|| headings.first().cloned()).or_else(|| whole_title(sources));
    chosen.map(|title| title.nfc().collect())
}

/// The only heading there is, if it says something.
fn sole(mut headings: Vec<String>) -> Option<String> {
    headings.dedup();
    headings.pop().filter(|only| headings.is_empty() && only.split_whitespace().count() >= 3)
}

/// Titles that the head of the page states, the most trustworthy first.
fn stated(sources: &Sources<'_>, site_names: &[String]) -> Vec<String> {
    let works = sources.structured.works();
    let mut titles: Vec<String> = works.iter().take(1).filter_map(|work| structured::text(work, "headline")).collect();
    let metas = ["og:title", "citation_title", "dc.title", "twitter:title", "dcterms.title", "title"];
    titles.splice(0..0, sources.metas.named(&metas[..1]).map(|(_, title)| decoded(title)));
    titles.extend(sources.metas.named(&metas[1..]).map(|(_, title)| decoded(title)));
    titles.extend(whole_title(sources));
    titles.iter_mut().for_each(|title| *title = without_site(title, site_names));
    titles.retain(|title| !title.is_empty() && title.chars().count() <= LONGEST && !is_site(title, site_names));
    titles
}

fn whole_title(sources: &Sources<'_>) -> Option<String> {
    let titles = select_few(sources.document, "head title, title");
    titles.into_iter().map(|title| decoded(&text_of(title))).find(|title| !title.is_empty())
}

/// Headings, those of the first level and outside of an article's surroundings first; none that breaks off.
fn headings(sources: &Sources<'_>, css: &'static str, site_names: &[String]) -> Vec<String> {
    let mut headings = select_few(sources.document, css);
    headings.retain(|heading| heading.value().name() != "meta");
    headings.sort_by_cached_key(|heading| (heading.value().name() != "h1", is_around(*heading)));
    let texts = headings.into_iter().map(text_of);
    texts
        .filter(|text| !text.is_empty() && text.chars().count() <= LONGEST && !text.ends_with('…') && !is_site(text, site_names))
        .collect()
}

/// Entities that were escaped twice.
fn decoded(text: &str) -> String {
    html_escape::decode_html_entities(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same words, or the one the beginning of the other where that has lost its end.
fn agree(heading: &str, title: &str) -> bool {
    let (heading, title) = (folded(heading), folded(title));
    let begins = |long: &str, short: &str| short.chars().count() >= 20 && long.starts_with(short);
    !heading.is_empty() && (heading == title || begins(&heading, &title) || begins(&title, &heading))
}

fn is_site(text: &str, site_names: &[String]) -> bool {
    let text = folded(text);
    site_names.iter().any(|name| folded(name) == text)
}

/// Whether the heading is the longest of the parts of a title: "Section - The headline itself - Site".
fn is_main_part(title: &str, heading: &str) -> bool {
    let mut parts = vec![title];
    for separator in SEPARATORS {
        parts = parts.into_iter().flat_map(|part| part.split(separator)).collect();
    }
    let longest = parts.iter().max_by_key(|part| part.chars().count());
    parts.len() > 1 && longest.is_some_and(|part| folded(part) == folded(heading))
}

/// Without a last or a first part that names the site.
fn without_site(title: &str, site_names: &[String]) -> String {
    let mut title = title.trim();
    for _ in 0..3 {
        let shorter = SEPARATORS.iter().find_map(|separator| {
            let last = title.rsplit_once(separator).filter(|(_, site)| names_site(site, site_names)).map(|(rest, _)| rest);
            last.or_else(|| title.split_once(separator).filter(|(site, _)| names_site(site, site_names)).map(|(_, rest)| rest))
        });
        match shorter {
            Some(rest) if !rest.trim().is_empty() => title = rest.trim(),
            _ => break,
        }
    }
    title.to_owned()
}

fn names_site(part: &str, site_names: &[String]) -> bool {
    let squeezed = |text: &str| folded(text).replace(' ', "");
    let part = squeezed(part);
    !part.is_empty()
        && site_names.iter().map(|name| squeezed(name)).any(|name| {
            !name.is_empty() && (part == name || (name.len() >= 5 && part.starts_with(&name) && part.len() <= name.len() + 12))
        })
}
