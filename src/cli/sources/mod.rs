//! `veille sources`: one file a verb.

mod check;
mod list;

use crate::{
    app::Result,
    cli::{Context, Exit},
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
    /// Fetch sources without storing anything, and say what each gives. Exit 3 when some cannot be read.
    Check(check::Args),
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    match args.verb {
        Verb::List(args) => list::run(args, context).await,
        Verb::Check(args) => check::run(args, context).await,
    }
}
