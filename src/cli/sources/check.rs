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
        trials.iter().flat_map(|trial| lines(trial, context.locale)).for_each(output::line);
    }
    Ok(if trials.iter().all(|trial| trial.ok) { Exit::Done } else { Exit::Partly })
}

fn lines(trial: &SourceTrial, locale: Locale) -> Vec<String> {
    let mut lines = vec![match &trial.reason {
        Some(reason) => format!("✗ {}: {reason}", trial.slug),
        None => {
            let (format, entries) = (trial.format.as_deref().unwrap_or_default(), trial.entries);
            let newest = trial.newest.map(|at| at.format("%Y-%m-%d").to_string()).unwrap_or_else(|| "?".to_owned());
            locale.pick(
                format!("✓ {} : {format}, {entries} entrées, la plus récente du {newest}", trial.slug),
                format!("✓ {}: {format}, {entries} entries, newest of {newest}", trial.slug),
            )
        }
    }];
    lines.extend(
        trial.moved_to.as_ref().map(|target| locale.pick(format!("  déplacée vers {target}"), format!("  moved to {target}"))),
    );
    lines.extend(trial.warnings.iter().map(|warning| format!("  ! {warning}")));
    lines
}
