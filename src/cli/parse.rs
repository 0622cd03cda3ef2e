//! `veille parse`.

use crate::{
    app::{Error, Result},
    cli::{Context, Exit, input, output},
    domain::{
        document::Document,
        entry::{Entry, ParsedFeed},
        fetching::StatedDate,
        localised::Locale,
    },
    pipeline::parse,
};
use chrono::SecondsFormat;
use serde::Serialize;
use std::path::PathBuf;
use url::Url;

/// Arguments of `veille parse`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The document; - reads standard input.
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    /// Where the document came from: relative links are resolved against it.
    #[arg(long, value_name = "URL")]
    base_url: Option<Url>,
    /// The Content-Type it came with, charset included.
    #[arg(long, value_name = "CT")]
    content_type: Option<String>,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let document = Document { bytes: input::document(&args.file)?, content_type: args.content_type, url: args.base_url };
    let feed = parse::parse(&document, context.clock.now()).map_err(|no_feed| Error::Refused(no_feed.to_string()))?;
    if args.json {
        output::json(&feed_row(&feed))?;
    } else {
        for_people(&feed, context.locale);
    }
    Ok(Exit::Done)
}

/// A feed as JSON, borrowed: a document of the longest kind is not copied to be printed.
#[derive(Serialize)]
struct FeedRow<'a> {
    format: &'a str,
    title: Option<&'a str>,
    description: Option<&'a str>,
    link: Option<&'a str>,
    language: Option<&'a str>,
    updated: Option<String>,
    authors: &'a [String],
    ttl_minutes: Option<u32>,
    truncated: bool,
    entries: Vec<EntryRow<'a>>,
    warnings: Vec<String>,
}

#[derive(Serialize)]
struct EntryRow<'a> {
    id: Option<&'a str>,
    title: &'a str,
    link: Option<&'a str>,
    original_link: Option<&'a str>,
    authors: Vec<&'a str>,
    published: Option<String>,
    updated: Option<String>,
    unreadable_date: Option<&'a str>,
    language: Option<&'a str>,
    summary: Option<&'a str>,
    content_html: Option<&'a str>,
    content_text: Option<&'a str>,
    categories: &'a [String],
    origin: Option<&'a str>,
}

fn feed_row(feed: &ParsedFeed) -> FeedRow<'_> {
    FeedRow {
        format: feed.format,
        title: feed.title.as_deref(),
        description: feed.description.as_deref(),
        link: feed.link.as_deref(),
        language: feed.language.as_deref(),
        updated: date(feed.updated),
        authors: &feed.authors,
        ttl_minutes: feed.ttl_minutes,
        truncated: feed.truncated,
        entries: feed.entries.iter().map(entry_row).collect(),
        warnings: warnings(feed),
    }
}

fn entry_row(entry: &Entry) -> EntryRow<'_> {
    EntryRow {
        id: entry.id.as_deref(),
        title: &entry.title,
        link: entry.link.as_deref(),
        original_link: entry.original_link.as_deref(),
        authors: entry.authors.iter().map(|author| author.name.as_str()).collect(),
        published: date(entry.published),
        updated: date(entry.updated),
        unreadable_date: entry.unreadable_date.as_deref(),
        language: entry.language.as_deref(),
        summary: entry.summary.as_deref(),
        content_html: entry.content_html.as_deref(),
        content_text: entry.content_text.as_deref(),
        categories: &entry.categories,
        origin: entry.origin.as_ref().map(Url::as_str),
    }
}

fn date(date: Option<StatedDate>) -> Option<String> {
    date.map(|date| date.at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Repairs, and the entries that could not be read.
fn warnings(feed: &ParsedFeed) -> Vec<String> {
    let refused = feed.refused.iter().map(|entry| format!("an entry was refused: {}", entry.reason));
    feed.warnings.iter().cloned().chain(refused).collect()
}

fn for_people(feed: &ParsedFeed, locale: Locale) {
    let french = locale == Locale::Fr;
    let untitled = if french { "(sans titre)" } else { "(untitled)" };
    output::line(feed.title.as_deref().unwrap_or(untitled));
    let count = feed.entries.len();
    let noun = match (french, count) {
        (true, 0 | 1) => "entrée",
        (true, _) => "entrées",
        (false, 1) => "entry",
        (false, _) => "entries",
    };
    output::line(format!("{}, {count} {noun}", feed.format));
    for entry in &feed.entries {
        let day = entry.published.or(entry.updated).map(|date| date.at.format("%Y-%m-%d").to_string());
        let unknown = if french { "sans date" } else { "undated" };
        output::line("");
        output::line(if entry.title.is_empty() { untitled } else { &entry.title });
        let authors = entry.authors.iter().map(|author| author.name.as_str()).collect::<Vec<_>>().join(", ");
        let about = [day.as_deref().unwrap_or(unknown), authors.as_str(), entry.link.as_deref().unwrap_or_default()];
        output::line(format!("  {}", about.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")));
    }
    for warning in warnings(feed) {
        output::line("");
        output::line(format!("{} {warning}", if french { "Attention :" } else { "Warning:" }));
    }
}
