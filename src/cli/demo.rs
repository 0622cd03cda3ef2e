//! `veille demo`.

use crate::{
    app::{
        Result,
        demo::{self, DemoEdition, DemoReport},
    },
    cli::{Context, Exit, output},
    domain::localised::Locale,
};
use std::path::PathBuf;

/// Serves two weeks of sample feeds on loopback and runs the code of a real week over them: refresh, score, group, compose,
/// check, deliver into a mail folder. No network, no settings; a few seconds.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to work: a new folder, or that of an earlier demonstration.
    #[arg(long, value_name = "DIR", default_value = "veille-demo")]
    out: PathBuf,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let report = demo::run(&args.out).await?;
    if args.json {
        output::json(&report)?;
    } else {
        output::lines(told(&report, context.locale));
    }
    Ok(Exit::Done)
}

fn told(report: &DemoReport, locale: Locale) -> String {
    let (first, second, home) = (&report.first_week, &report.second_week, report.home.display());
    let weeks = locale.pick(
        format!(
            "Lundi 16 novembre 2026. {} sources lues pour la première fois : {} articles connus, aucun n'est une nouvelle.\n\
             Lundi 23 novembre 2026. {} articles sont arrivés dans la semaine.",
            first.fetched, first.new_items, second.new_items
        ),
        format!(
            "Monday 16 November 2026. {} sources read for the first time: {} items known, none of them is news.\n\
             Monday 23 November 2026. {} items came in during the week.",
            first.fetched, first.new_items, second.new_items
        ),
    );
    let refused =
        report.quarantined.iter().map(|line| locale.pick(format!("\nMis de côté, {line}"), format!("\nPut aside, {line}")));
    let editions = report.editions.iter().map(|edition| format!("\n\n{}", edition_told(edition, locale)));
    let next = locale.pick(
        format!(
            "Les messages sont dans {home}/outbox. Pour regarder plus loin :\n  \
             veille --home {home} items list\n  veille --home {home} items show 23\n  veille --home {home} edition show 1\n  veille --home {home} sources list"
        ),
        format!(
            "The messages are in {home}/outbox. To look further:\n  \
             veille --home {home} items list\n  veille --home {home} items show 23\n  veille --home {home} edition show 1\n  veille --home {home} sources list"
        ),
    );
    format!("{weeks}{}{}\n\n{next}", refused.collect::<String>(), editions.collect::<String>())
}

fn edition_told(edition: &DemoEdition, locale: Locale) -> String {
    let DemoEdition { number, subject, told, left_out, folded, sent, .. } = edition;
    let readers = locale.count(*sent, ["destinataire", "destinataires"], ["reader", "readers"]);
    let (html, text) = (edition.html.display(), edition.text.display());
    locale.pick(
        format!(
            "Édition {number} : « {subject} »\n  {told} sujets choisis, {left_out} écartés avec leur raison, {folded} autres articles réunis à un sujet.\n  \
             Contrôle d'accessibilité passé ; approuvée, figée, remise à {readers}.\n  À ouvrir : {html}\n  À écouter : {text}"
        ),
        format!(
            "Edition {number}: \"{subject}\"\n  {told} stories chosen, {left_out} left out with their reason, {folded} other items folded into one.\n  \
             Accessibility gate passed; approved, frozen, delivered to {readers}.\n  To open: {html}\n  To listen to: {text}"
        ),
    )
}
