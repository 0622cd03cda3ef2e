//! `veille sources`: one file a verb.

mod add;
mod check;
mod discover;
mod export;
mod further_pages;
mod hub;
mod import;
mod list;
mod qualify;
mod show;

use crate::{
    app::{Error, Result, trust::Target},
    cli::{
        Context, Exit,
        trust::{ContestArgs, contest},
    },
    domain::slug::Slug,
};

/// What is watched: the definitions of sources.toml with the state of each.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Every source with its health and its reliability.
    List(list::Args),
    /// One source: its state, and its reliability line by line.
    Show(show::Args),
    /// Qualify a source: the six criteria, what people answer beside the evidence, and the decision. Without options: show the sheet.
    Qualify(qualify::Args),
    /// Put a person's word against the computed score of a source, and of its items through it.
    Contest {
        /// Which source.
        slug: String,
        #[command(flatten)]
        what: ContestArgs,
    },
    /// Fetch sources without storing anything, and say what each gives. Exit 3 when some cannot be read.
    Check(check::Args),
    /// Find the feeds behind a page or an address.
    Discover(discover::Args),
    /// Find a feed, show what would come in, and write it into sources.toml.
    Add(add::Args),
    /// Write the feeds of an OPML list into sources.toml.
    Import(import::Args),
    /// Print every source as OPML 2.0.
    Export(export::Args),
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    match args.verb {
        Verb::List(args) => list::run(args, context).await,
        Verb::Show(args) => show::run(args, context).await,
        Verb::Qualify(args) => qualify::run(args, context).await,
        Verb::Contest { slug, what } => {
            let slug = Slug::parse(&slug).map_err(|error| Error::Invalid(error.to_string()))?;
            contest(what, Target::Source(slug), context).await
        }
        Verb::Check(args) => check::run(args, context).await,
        Verb::Discover(args) => discover::run(args, context).await,
        Verb::Add(args) => add::run(args, context).await,
        Verb::Import(args) => import::run(args, context).await,
        Verb::Export(args) => export::run(args, context).await,
    }
}
