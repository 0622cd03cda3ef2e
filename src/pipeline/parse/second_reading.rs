//! feed-rs reads every sound document after us in which an entry lacks something.
//!
//! It never sees a document that had to be repaired, nor one beyond the limits: it recurses on some elements and refuses or
//! misreads what is not sound. It gets our timestamp parser and invents no id. What we left empty is taken from it (Media RSS,
//! iTunes and podcast elements above all); what we read stands.

use crate::{
    domain::entry::{Author, Entry, ParsedFeed},
    pipeline::{
        caught::caught,
        parse::{bodies, construct::Construct, context::Context, people, text},
    },
};
use feed_rs::model;

/// Fills what `feed` lacks from feed-rs's reading of the same document. A panic inside it counts as no reading.
pub(super) fn complete(feed: &mut ParsedFeed, xml: &str, context: &Context) {
    let worth_it = if speaks_others(xml) { is_full } else { has_essentials };
    if feed.entries.iter().all(worth_it) {
        return;
    }
    let Some(second) = read(xml, context) else { return };
    if second.entries.len() != feed.entries.len() {
        let (ours, theirs) = (feed.entries.len(), second.entries.len());
        // It passes over what it does not know; that is no news unless it found more than we did.
        if theirs > ours {
            feed.warnings.push(format!("a second reading finds {theirs} entries, the first {ours}"));
        }
        return;
    }
    for (first, second) in feed.entries.iter_mut().zip(second.entries) {
        fill(first, second, context);
    }
}

/// Whether the document uses vocabularies that only feed-rs reads: Media RSS, iTunes and podcasts.
fn speaks_others(xml: &str) -> bool {
    ["search.yahoo.com/mrss", "itunes.com/dtds", "podcastindex.org"]
        .iter()
        .any(|name| memchr::memmem::find(xml.as_bytes(), name.as_bytes()).is_some())
}

/// Whether an entry has all that feed-rs could have read as well in a plain document.
fn has_essentials(entry: &Entry) -> bool {
    !entry.title.is_empty() && entry.link.is_some() && (entry.summary.is_some() || entry.content_text.is_some())
}

/// Whether nothing that a feed can say of an entry is missing.
fn is_full(entry: &Entry) -> bool {
    let has_text = entry.summary.is_some() || entry.content_text.is_some();
    !entry.title.is_empty() && entry.link.is_some() && !entry.authors.is_empty() && has_text && !entry.categories.is_empty()
}

fn read(xml: &str, context: &Context) -> Option<model::Feed> {
    let context_of_dates = context.clone();
    let parser = feed_rs::parser::Builder::new()
        .base_uri(context.base.as_ref().map(url::Url::as_str))
        .sanitize_content(false)
        .id_generator(|_, _, _| String::new())
        .timestamp_parser(move |written| context_of_dates.date(written).ok().map(|date| date.at))
        .build();
    caught(|| parser.parse(xml.as_bytes()))?.ok()
}

fn fill(first: &mut Entry, second: model::Entry, context: &Context) {
    let media_text = |text: &Option<model::Text>| text.as_ref().map(|text| text.content.clone());
    if first.title.is_empty() {
        let title = second.title.as_ref().or_else(|| second.media.iter().find_map(|media| media.title.as_ref()));
        first.title = title.map(|title| text::line_of_html(&title.content)).unwrap_or_default();
    }
    if first.link.is_none() {
        first.link = second.links.first().and_then(|link| context.resolve(&link.href));
    }
    if first.authors.is_empty() {
        let credits = second.media.iter().flat_map(|media| &media.credits).map(|credit| credit.entity.as_str());
        let named = second.authors.iter().filter_map(|person| person.name.as_deref()).chain(credits);
        first.authors = named.filter_map(signed).collect();
    }
    if first.categories.is_empty() {
        let labels = second.categories.iter().map(|category| category.label.as_deref().unwrap_or(&category.term));
        first.categories = labels.map(text::line_of_html).filter(|label| !label.is_empty()).collect();
    }
    if first.summary.is_none() && first.content_text.is_none() {
        let described = second.media.iter().find_map(|media| media_text(&media.description));
        let summary = media_text(&second.summary).or(described).map(Construct::Html);
        let content = second.content.and_then(|content| content.body).map(Construct::Html);
        let with_base = |construct: Construct| (construct, context.base.clone());
        bodies::fill(first, summary.map(with_base), content.map(with_base));
    }
}

fn signed(name: &str) -> Option<Author> {
    people::signature(name, "author", None)
}
