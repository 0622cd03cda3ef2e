//! `veille refresh`.

mod timings;

use crate::{
    app::{
        Error, Result,
        refresh::{Observer, RefreshEvent, Selection},
    },
    cli::{Context, Exit, output, signals},
    domain::{
        localised::Locale,
        refresh::{RefreshReport, SourceOutcome},
        slug::Slug,
    },
};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use std::{io::IsTerminal, sync::Arc};

/// Fetches what is due, or everything, or the sources named. Exit 3 when some failed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Ask every source, whether or not its time has come.
    #[arg(long, conflicts_with = "slugs")]
    all: bool,
    /// Ask these sources only, whether or not their time has come.
    #[arg(value_name = "SLUG")]
    slugs: Vec<String>,
    /// One JSON document.
    #[arg(long)]
    json: bool,
    /// Say where the time went: a line a stage, the stages running beside each other.
    #[arg(long)]
    pub(crate) timings: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    report: &'a RefreshReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    timings: Option<Vec<timings::Row>>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let selection = selection(&args)?;
    let app = context.app().await?;
    let (observer, bar) = observer(context);
    let stop = signals::stopping(context.locale)?;
    let report = tokio::select! {
        report = app.refresh(selection, observer) => report,
        () = stop.cancelled() => Err(Error::Conflict(stopped(context.locale))),
    };
    bar.finish_and_clear();
    let report = report?;
    if let Err(error) = app.care_once_a_day().await {
        tracing::warn!(%error, "what is done once a day was not; the next refresh tries again");
    }
    if args.json {
        output::json(&Document { report: &report, timings: timings::rows() })?;
    } else {
        present(&report, context.locale);
        timings::present(context.locale);
    }
    Ok(if report.failed == 0 { Exit::Done } else { Exit::Partly })
}

fn selection(args: &Args) -> Result<Selection> {
    let slugs = args.slugs.iter().map(|slug| Slug::parse(slug)).collect::<std::result::Result<Vec<_>, _>>();
    Ok(match slugs.map_err(|error| Error::Invalid(error.to_string()))? {
        slugs if !slugs.is_empty() => Selection::Named(slugs),
        _ if args.all => Selection::All,
        _ => Selection::Due,
    })
}

/// A bar on a terminal, one line a source with `--verbose`, else silence.
fn observer(context: &Context) -> (Observer, ProgressBar) {
    let shown = context.progress && std::io::stderr().is_terminal();
    let bar = if shown { ProgressBar::no_length() } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    let (seen, each, locale) = (bar.clone(), context.verbose > 0, context.locale);
    let observer = Arc::new(move |event| match event {
        RefreshEvent::Started(sources) => seen.set_length(u64::try_from(sources).unwrap_or(u64::MAX)),
        RefreshEvent::Finished { source, outcome } => {
            seen.inc(1);
            seen.set_message(source.to_string());
            if each {
                output::note(format!("{source}: {}", said(&outcome, locale)));
            }
        }
    });
    (observer, bar)
}

fn said(outcome: &SourceOutcome, locale: Locale) -> String {
    match outcome {
        SourceOutcome::Fetched { new, changed, quarantined } => locale.pick(
            format!("{new} nouveaux, {changed} modifiés, {quarantined} refusés"),
            format!("{new} new, {changed} changed, {quarantined} refused"),
        ),
        SourceOutcome::NotModified => locale.pick("rien de nouveau", "nothing new").to_owned(),
        SourceOutcome::Resting { host, until } => {
            let until = until.format("%Y-%m-%d %H:%M UTC");
            locale.pick(format!("{host} demande du repos jusqu'au {until}"), format!("{host} asks for rest until {until}"))
        }
        SourceOutcome::Failed { reason, .. } => locale.pick(format!("échec : {reason}"), format!("failed: {reason}")),
    }
}

fn present(report: &RefreshReport, locale: Locale) {
    let RefreshReport { sources, fetched, not_modified, failed, new_items, updated_items, quarantined, .. } = report;
    output::line(locale.pick(
        format!("{sources} sources interrogées : {fetched} lues, {not_modified} sans nouveauté, {failed} en échec."),
        format!("{sources} sources asked: {fetched} read, {not_modified} with nothing new, {failed} failed."),
    ));
    output::line(locale.pick(
        format!(
            "{new_items} articles nouveaux, {updated_items} modifiés, {quarantined} entrées refusées (`veille items quarantine`)."
        ),
        format!("{new_items} new items, {updated_items} changed, {quarantined} entries refused (`veille items quarantine`)."),
    ));
    if report.resting > 0 {
        let resting = report.resting;
        output::line(locale.pick(
            format!("{resting} sources non interrogées : leur serveur demande du repos ; elles le seront ensuite."),
            format!("{resting} sources not asked: their server asks for rest; they will be afterwards."),
        ));
    }
    for failure in &report.failures {
        output::line(format!("  {}: {}", failure.source, failure.reason));
    }
}

fn stopped(locale: Locale) -> String {
    let fr = "arrêt demandé : ce qui était enregistré le reste, relancez `veille refresh` pour la suite";
    locale.pick(fr, "stopped as asked: what was stored stays, run `veille refresh` again for the rest").to_owned()
}
