//! `veille sources discover`.

use crate::{
    app::{
        Result,
        authoring::{FoundFeed, Scout, address},
    },
    cli::{Context, Exit, output},
    domain::localised::Locale,
};

/// Arguments of `veille sources discover`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A page or a feed.
    url: String,
    /// One JSON array.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let feeds = Scout::open(&context.home, context.clock)?.discover(&address(&args.url)?).await?;
    if args.json {
        output::json(&feeds)?;
    } else {
        feeds.iter().flat_map(|feed| lines(feed, context.locale)).for_each(output::line);
    }
    Ok(Exit::Done)
}

/// A feed with its newest entries.
pub(super) fn lines(feed: &FoundFeed, locale: Locale) -> Vec<String> {
    let unnamed = locale.pick("(sans titre)", "(no title)");
    let day = |at: Option<chrono::DateTime<chrono::Utc>>| {
        at.map_or_else(|| "????-??-??".to_owned(), |at| at.format("%Y-%m-%d").to_string())
    };
    let mut lines = vec![
        feed.title.clone().unwrap_or_else(|| unnamed.to_owned()),
        format!("  {}", feed.url),
        locale
            .pick(format!("  {}, {} entrées", feed.format, feed.entries), format!("  {}, {} entries", feed.format, feed.entries)),
    ];
    lines.extend(feed.latest.iter().map(|entry| {
        let title = if entry.title.is_empty() { unnamed } else { &entry.title };
        format!("  {}  {title}", day(entry.published))
    }));
    lines.extend(feed.warnings.iter().map(|warning| format!("  ! {warning}")));
    lines
}
