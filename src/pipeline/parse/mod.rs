//! Bytes to a [`ParsedFeed`]: decode, guard, parse, repair.
//!
//! 1. `decode`: bytes to text, whatever the labels say.
//! 2. `build`: a tolerant tree under limits of depth and size, before anything recursive sees the document. It survives what
//!    publishers really send: a bare `&`, crossed tags, junk around the XML, a document cut in two.
//! 3. `feed` and `entry`: the tree in our words, for every vocabulary of XML; `json` does the same for JSON Feed.
//! 4. `second_reading`: feed-rs reads every sound document in which an entry lacks something. It models Media RSS, iTunes and
//!    podcasts more fully than we do: what we left empty is taken from it, and if it finds more entries, that is said.
//!
//! Why not feed-rs first: it refuses a document for one bare `&`, recurses without limit, and silently drops or misreads what
//! publishers commonly send (Atom 0.3, permalinks, inline markup, signatures outside `author`, most dates that are not RFC 2822).
//! Our tree has to read everything anyway, so it comes first, and one reading decides.

mod bodies;
mod build;
mod construct;
mod context;
pub(in crate::pipeline) mod dates;
mod decode;
mod elsewhere;
mod entry;
mod feed;
mod json;
mod listing;
mod mojibake;
mod names;
mod people;
pub mod probe;
mod ranked;
mod recogniser;
mod scan;
mod second_reading;
mod text;
mod tree;

pub(super) use elsewhere::Links;

use crate::{
    domain::{
        document::Document,
        entry::{NotAFeed, ParsedFeed, RefusedEntry},
        fetching::StatedDate,
    },
    pipeline::familiar::Familiar,
};
use chrono::{DateTime, Utc};
use context::Context;
use listing::Listing;
use recogniser::{Around, Recogniser};

/// How many entries of one document are read.
const MAX_ENTRIES: usize = 5_000;
/// Documents with more elements and texts are not read a second time: a model of everything in them costs too much memory …
const MAX_NODES_READ_TWICE: usize = 150_000;
/// … and longer ones likewise. Bytes.
const MAX_BYTES_READ_TWICE: usize = 4 << 20;
/// How many bytes of a refused entry are kept.
const MAX_REFUSED_BYTES: usize = 64 * 1024;

/// A date as publishers write it, the day before the month where both are numbers. `None` when the text is no date that exists.
pub fn read_date(text: &str) -> Option<StatedDate> {
    dates::parse(text, dates::DayOrder::DayFirst)
}

/// Reads one feed document. One bad entry never loses the feed; only "no feed at all" is an error. Never panics.
///
/// `now` serves to tell impossible dates: nothing is published later than a day from now.
pub fn parse(document: &Document, now: DateTime<Utc>) -> Result<ParsedFeed, NotAFeed> {
    read(document, None, now)
}

/// As [`parse`]; entries that are familiar are recognised instead of read, and the others will be.
pub fn parse_unfamiliar(document: &Document, familiar: &Familiar, now: DateTime<Utc>) -> Result<ParsedFeed, NotAFeed> {
    read(document, Some(familiar), now)
}

fn read(document: &Document, familiar: Option<&Familiar>, now: DateTime<Utc>) -> Result<ParsedFeed, NotAFeed> {
    let decoded = decode::decode(&document.bytes, document.content_type.as_deref());
    let text = decoded.text.as_ref();
    let context = Context { dialect: construct::Dialect::Rss, base: document.url.clone(), day_order: Default::default(), now };
    let mut feed = if json::looks_like(text) { json::read(text, &context, familiar)? } else { xml(text, context, familiar)? };
    feed.warnings.splice(0..0, decoded.warning);
    if feed.truncated {
        feed.warnings.push("the document breaks off before its end".to_owned());
    }
    Ok(feed)
}

fn xml(text: &str, context: Context, familiar: Option<&Familiar>) -> Result<ParsedFeed, NotAFeed> {
    let Some(tree) = build::read(text) else { return Err(NotAFeed(no_feed(text))) };
    let root = tree.root();
    let context = Context { dialect: construct::dialect(root), ..context };
    let feed::Head { mut feed, authors, context } = feed::head(root, &context);
    let around = Around { context: &context, feed: &feed, authors: &authors, definitions: &tree.definitions };
    let mut listing = Listing::new(&context, &authors, Recogniser::new(familiar, &around));
    let mut listed = 0usize;
    for element in feed::entries(&tree) {
        listed += 1;
        match refusal(element) {
            _ if listed > MAX_ENTRIES => {}
            Some(reason) => feed.refused.push(refused(text, element.span(), reason)),
            None => listing.take(element),
        }
    }
    if listed > MAX_ENTRIES {
        feed.warnings.push(format!("{} entries beyond {MAX_ENTRIES} were left out", listed - MAX_ENTRIES));
    }
    feed.truncated = tree.truncated;
    feed.warnings.extend(tree.repairs.iter().map(|repair| (*repair).to_owned()));
    let small = tree.nodes.len() <= MAX_NODES_READ_TWICE && text.len() <= MAX_BYTES_READ_TWICE;
    if tree.repairs.is_empty() && !tree.truncated && listed <= MAX_ENTRIES && small {
        let (start, end) = root.span();
        feed.warnings.extend(second_reading::complete(&mut listing, &text[start..end], &context));
    }
    feed.entries = listing.entries;
    Ok(feed)
}

fn refusal(element: tree::Element<'_, '_>) -> Option<&'static str> {
    if element.is_too_deep() {
        Some("nested more than 64 elements deep")
    } else if !element.is_complete() {
        Some("the document breaks off inside this entry")
    } else {
        None
    }
}

fn refused(text: &str, (start, end): (usize, usize), reason: &str) -> RefusedEntry {
    let bytes = &text.as_bytes()[start..end.max(start)];
    RefusedEntry { bytes: bytes[..bytes.len().min(MAX_REFUSED_BYTES)].to_vec(), reason: reason.to_owned() }
}

/// Why a document without any element of a feed is none, in words that name the remedy.
fn no_feed(text: &str) -> String {
    let head: String = text.chars().take(2048).collect::<String>().to_ascii_lowercase();
    if text.trim().is_empty() {
        "the document is empty".to_owned()
    } else if head.contains("<html") || head.contains("<!doctype html") {
        "this is a web page, not a feed; `veille sources discover` finds the feeds it announces".to_owned()
    } else if head.contains("<opml") {
        "this is a list of feeds (OPML); `veille sources import` reads it".to_owned()
    } else {
        "no element of RSS, RDF, Atom or CDF in it, and it is no JSON Feed".to_owned()
    }
}

#[cfg(test)]
mod tests;
