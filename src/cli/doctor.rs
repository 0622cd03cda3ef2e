//! `veille doctor`.

use crate::{
    app::{
        Result,
        doctor::{self, Finding, Health},
    },
    cli::{Context, Exit, output},
    domain::localised::Locale,
};

/// Arguments of `veille doctor`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit status: 0 when every check is good or not needed, 3 otherwise.")]
pub struct Args {
    /// One JSON array.
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let findings = doctor::examine(&context.home, context.clock, context.locale).await?;
    if args.json {
        output::json(&findings)?;
    } else {
        findings.iter().for_each(|finding| output::line(line(finding, context.locale)));
    }
    let well = findings.iter().all(|finding| matches!(finding.health, Health::Good | Health::Skipped));
    Ok(if well { Exit::Done } else { Exit::Partly })
}

fn line(finding: &Finding, locale: Locale) -> String {
    let health = match finding.health {
        Health::Good => locale.pick("bon", "good"),
        Health::Skipped => locale.pick("sans objet", "not needed"),
        Health::Warning => locale.pick("à voir", "look"),
        Health::Bad => locale.pick("mauvais", "bad"),
        Health::Unknown => locale.pick("inconnu", "unknown"),
    };
    format!("{health:<11} {:<11} {}", finding.check, finding.message)
}
