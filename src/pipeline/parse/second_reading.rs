//! feed-rs reads every sound document after us in which an entry lacks something.
//!
//! It never sees a document that had to be repaired, nor one beyond the limits: it recurses on some elements and refuses or
//! misreads what is not sound. It gets our timestamp parser and invents no id. What we left empty is taken from it (Media RSS,
//! iTunes and podcast elements above all); what we read stands.

use crate::{
    domain::{
        entry::{Author, Entry},
        recognition::Completeness,
    },
    pipeline::{
        caught::caught,
        parse::{bodies, construct::Construct, context::Context, listing::Listing, people, recogniser::completeness, text},
    },
};
use feed_rs::model;

/// Fills what the entries lack from feed-rs's reading of the same document; gives what is to be told of it. A panic inside it
/// counts as no reading.
pub(super) fn complete(listing: &mut Listing<'_, '_, '_>, xml: &str, context: &Context) -> Option<String> {
    let enough = if speaks_others(xml) { Completeness::Full } else { Completeness::Essential };
    if listing.entries.iter().all(|entry| completeness(entry) >= enough) {
        return None;
    }
    let second = read(xml, context)?;
    let (ours, theirs) = (listing.entries.len(), second.entries.len());
    if ours != theirs {
        // It passes over what it does not know; that is no news unless it found more than we did.
        return (theirs > ours).then(|| format!("a second reading finds {theirs} entries, the first {ours}"));
    }
    listing.prepare_to_be_filled();
    for (first, second) in listing.entries.iter_mut().zip(second.entries) {
        if completeness(first) < Completeness::Full {
            fill(first, second, context);
        }
    }
    None
}

/// Whether the document uses vocabularies that only feed-rs reads: Media RSS, iTunes and podcasts.
fn speaks_others(xml: &str) -> bool {
    ["search.yahoo.com/mrss", "itunes.com/dtds", "podcastindex.org"]
        .iter()
        .any(|name| memchr::memmem::find(xml.as_bytes(), name.as_bytes()).is_some())
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
