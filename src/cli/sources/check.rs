//! `veille sources check`.

use crate::{
    app::{Error, Result, sources::SourceTrial},
    cli::{Context, Exit, output},
    domain::{localised::Locale, slug::Slug},
};

/// Arguments of `veille sources check`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which sources; all when none is named.
    slugs: Vec<String>,
    /// One JSON array.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let slugs: Vec<Slug> = args
        .slugs
        .iter()
        .map(|text| Slug::parse(text))
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| Error::Invalid(error.to_string()))?;
    let trials = context.app().await?.try_sources(&slugs).await?;
    if args.json {
        output::json(&trials)?;
    } else {
        trials.iter().for_each(|trial| output::line(line(trial, context.locale)));
    }
    Ok(if trials.iter().all(|trial| trial.ok) { Exit::Done } else { Exit::Partly })
}

fn line(trial: &SourceTrial, locale: Locale) -> String {
    let mut line = match &trial.reason {
        Some(reason) => format!("✗ {}: {reason}", trial.slug),
        None => {
            let (format, entries) = (trial.format.as_deref().unwrap_or_default(), trial.entries);
            let newest = trial.newest.map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_else(|| "?".to_owned());
            locale.pick(
                format!("✓ {} : {format}, {entries} entrées, la plus récente du {newest}", trial.slug),
                format!("✓ {}: {format}, {entries} entries, newest of {newest}", trial.slug),
            )
        }
    };
    if let Some(target) = &trial.moved_to {
        line.push_str(&locale.pick(format!("\n  déplacée vers {target}"), format!("\n  moved to {target}")));
    }
    for warning in &trial.warnings {
        line.push_str(&format!("\n  ! {warning}"));
    }
    line
}
