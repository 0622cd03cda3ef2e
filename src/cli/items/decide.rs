//! `veille items keep|drop|later`.

use crate::{
    app::{Result, items::Choice},
    cli::{Context, Exit, actor::actor, items::list, output},
    domain::decision::Verdict,
};

/// Arguments of `veille items keep`, `drop` and `later`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The item's number.
    id: i64,
    /// Why.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Who decides; the operating system's user unless given.
    #[arg(long = "as", value_name = "NAME", env = "USER", hide_env_values = true)]
    actor: Option<String>,
    /// One JSON document: the item as it now stands.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, verdict: Verdict, context: &Context) -> Result<Exit> {
    let choice = Choice { item: args.id, verdict, actor: actor(args.actor), reason: args.reason };
    let row = context.app().await?.decide(choice).await?;
    if args.json {
        output::json(&row)?;
    } else {
        output::line(list::line(&row, context.locale));
    }
    Ok(Exit::Done)
}
