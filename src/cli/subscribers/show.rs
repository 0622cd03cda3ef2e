//! `veille subscribers show`.

use super::{state, suppressed};
use crate::{
    app::Result,
    cli::{Context, Exit, output},
};

/// Arguments of `veille subscribers show`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The address.
    email: String,
    /// One JSON document: the same as `export`.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let person = context.app().await?.person(&args.email).await?;
    if args.json {
        output::json(&person)?;
        return Ok(Exit::Done);
    }
    let locale = context.locale;
    output::line(&person.email);
    if let Some(held) = &person.suppressed {
        let (why, option) = (suppressed(locale, held), if held.reason.is_a_wish() { "--consent" } else { "--lift" });
        output::line(locale.pick(
            format!("  rien ne lui est envoyé : {why} ; pour y revenir : veille subscribers add {} {option} \"…\"", person.email),
            format!("  nothing is sent: {why}; the way back: veille subscribers add {} {option} \"…\"", person.email),
        ));
    }
    for lift in &person.lifted {
        let (day, actor, words) = (lift.lifted_at.format("%Y-%m-%d"), &lift.actor, &lift.words);
        output::line(
            locale.pick(format!("  levé le {day} par {actor} : {words}"), format!("  let back on {day} by {actor}: {words}")),
        );
    }
    for held in &person.subscriptions {
        output::line(format!("  {}  {}  {}", held.digest, state(locale, held.state), held.consent));
    }
    for delivery in &person.deliveries {
        let came_back = delivery.bounce.as_ref().map(|bounce| format!("  [{bounce}]")).unwrap_or_default();
        let reply = delivery.last_reply.as_deref().unwrap_or_default();
        output::line(format!("  {} nº {}  {}{came_back}  {reply}", delivery.digest, delivery.edition, delivery.state));
    }
    Ok(Exit::Done)
}
