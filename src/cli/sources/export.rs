//! `veille sources export`.

use crate::{
    app::{Result, authoring::Desk},
    cli::{Context, Exit, output},
    pipeline::opml::OpmlFeed,
};
use serde_json::json;

/// Arguments of `veille sources export`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The same list as one JSON array, in place of OPML.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let desk = Desk::open(&context.home)?;
    if args.json {
        output::json(&desk.exported(context.locale).iter().map(row).collect::<Vec<_>>())?;
    } else {
        output::bytes(desk.export(context.locale, context.clock.now())?.as_bytes())?;
    }
    Ok(Exit::Done)
}

fn row(feed: &OpmlFeed) -> serde_json::Value {
    let categories: Vec<&String> = feed.categories.iter().flatten().collect();
    json!({ "title": feed.title, "url": feed.url, "language": feed.language, "categories": categories })
}
