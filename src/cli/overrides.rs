//! `veille overrides`.

use crate::{
    app::Result,
    cli::{Context, Exit, output, trust::override_line},
    domain::trust::OverrideState,
};

/// What people put against computed scores, with what became of it.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Every override ever made, in the order of their records. Exit 4 when the chain that holds them is broken.
    List {
        /// Only those whose review date has come: they hold no longer.
        #[arg(long)]
        to_review: bool,
        /// One JSON array.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let Verb::List { to_review, json } = args.verb;
    let list = context.app().await?.overrides().await?;
    let wanted = |state| !to_review || state == OverrideState::ToReview;
    let rows: Vec<_> = list.overrides.iter().filter(|row| wanted(row.state)).collect();
    let locale = context.locale;
    if json {
        output::json(&rows)?;
    } else {
        rows.iter().for_each(|row| output::line(override_line(row, locale)));
        let count = locale.count(rows.len(), ["dérogation", "dérogations"], ["override", "overrides"]);
        output::line(match &list.head {
            Some(head) => {
                locale.pick(format!("{count}. Tête de chaîne\u{a0}: {head}"), format!("{count}. Head of the chain: {head}"))
            }
            None => format!("{count}."),
        });
    }
    match &list.broken {
        None => Ok(Exit::Done),
        Some(broken) => {
            output::note(format!("veille: {broken}; `veille db check`"));
            Ok(Exit::Refused)
        }
    }
}
