//! `veille sources add`.

use super::discover::lines;
use crate::{
    app::{
        Error, Result,
        authoring::{Added, Desk, FoundFeed, Scout, Wishes, Writing, address},
    },
    cli::{Context, Exit, output},
    domain::localised::Locale,
};
use serde::Serialize;
use url::Url;

/// Arguments of `veille sources add`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A feed, or a page that announces one.
    url: String,
    /// Its name; that of the feed when left out.
    #[arg(long)]
    name: Option<String>,
    /// Slug of a theme it is watched for; may be repeated. None means every theme.
    #[arg(long = "theme", value_name = "SLUG")]
    themes: Vec<String>,
    /// Show what would come in, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    source: &'a Added,
    written: bool,
    feed: &'a FoundFeed,
    others: Vec<&'a str>,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let desk = Desk::open(&context.home)?;
    let feeds = Scout::open(&context.home, context.clock)?.discover(&address(&args.url)?).await?;
    let (feed, others) = feeds.split_first().ok_or_else(|| Error::NotFound(format!("no feed behind {}", args.url)))?;
    let others: Vec<&str> = others.iter().map(|feed| feed.url.as_str()).collect();
    let writing = if args.dry_run { Writing::Rehearsed } else { Writing::Real };
    let added = desk.add(feed, &Wishes { name: args.name, themes: args.themes }, writing)?;
    let written = writing == Writing::Real;
    if args.json {
        output::json(&Report { source: &added, written, feed, others })?;
        return Ok(Exit::Done);
    }
    lines(feed, context.locale).into_iter().for_each(output::line);
    choice(&feed.url, &others, context.locale).into_iter().for_each(output::line);
    output::line(match written {
        true => context.locale.pick(
            format!("« {} » est ajoutée à sources.toml ; `veille refresh {}` la lit.", added.name, added.slug),
            format!("\"{}\" is added to sources.toml; `veille refresh {}` reads it.", added.name, added.slug),
        ),
        false => context.locale.pick(
            format!("Rien n'est écrit : sans --dry-run, « {} » serait ajoutée sous le nom court {}.", added.name, added.slug),
            format!("Nothing is written: without --dry-run, \"{}\" would be added as {}.", added.name, added.slug),
        ),
    });
    Ok(Exit::Done)
}

/// Which of several feeds was taken, and how to take another.
fn choice(taken: &Url, others: &[&str], locale: Locale) -> Vec<String> {
    if others.is_empty() {
        return Vec::new();
    }
    let count = others.len() + 1;
    let mut lines = vec![locale.pick(
        format!("{count} flux trouvés, le premier est pris : {taken}. Pour un autre, donnez son adresse :"),
        format!("{count} feeds found, the first is taken: {taken}. For another, give its address:"),
    )];
    lines.extend(others.iter().map(|other| format!("  veille sources add {other}")));
    lines
}
