//! `veille items`: one file a verb.

mod decide;
mod list;
mod quarantine;
mod show;

use crate::{
    app::{Result, trust::Target},
    cli::{
        Context, Exit,
        trust::{ContestArgs, contest},
    },
    domain::decision::Verdict,
};

/// What came in, and what was decided about it.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Items, the last to come in first.
    List(list::Args),
    /// Everything about one item: why it is there, how far it can be trusted, its story, what was decided.
    Show(show::Args),
    /// Items that hold words, in French or English, with or without accents.
    Search(list::SearchArgs),
    /// Keep an item: it goes into the next edition.
    Keep(decide::Args),
    /// Drop an item: it goes into no edition.
    Drop(decide::Args),
    /// Put an item off to the edition after.
    Later(decide::Args),
    /// Put a person's word against the computed score of an item.
    Contest {
        /// The item's number.
        id: i64,
        #[command(flatten)]
        what: ContestArgs,
    },
    /// Entries that could not be read, with why.
    Quarantine(quarantine::Args),
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    match args.verb {
        Verb::List(args) => list::run(args, context).await,
        Verb::Show(args) => show::run(args, context).await,
        Verb::Search(args) => list::search(args, context).await,
        Verb::Keep(args) => decide::run(args, Verdict::Keep, context).await,
        Verb::Drop(args) => decide::run(args, Verdict::Drop, context).await,
        Verb::Later(args) => decide::run(args, Verdict::Later, context).await,
        Verb::Contest { id, what } => contest(what, Target::Item(id), context).await,
        Verb::Quarantine(args) => quarantine::run(args, context).await,
    }
}
