//! `veille refresh`.

mod timings;

use crate::{
    app::{
        App, Error, Result,
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
        match report.sources + report.resting {
            0 => output::line(nothing_due(&app, context.locale).await?),
            _ => present(&report, context.locale),
        }
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
        SourceOutcome::Fetched { new, changed, quarantined } => [
            locale.count(*new, ["nouveau", "nouveaux"], ["new", "new"]),
            locale.count(*changed, ["modifié", "modifiés"], ["changed", "changed"]),
            locale.count(*quarantined, ["refusé", "refusés"], ["refused", "refused"]),
        ]
        .join(", "),
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
    let asked = locale.count(*sources, ["source interrogée", "sources interrogées"], ["source asked", "sources asked"]);
    let read = locale.count(*fetched, ["lue", "lues"], ["read", "read"]);
    output::line(locale.pick(
        format!("{asked}\u{a0}: {read}, {not_modified} sans nouveauté, {failed} en échec."),
        format!("{asked}: {read}, {not_modified} with nothing new, {failed} failed."),
    ));
    let new = locale.count(*new_items, ["article nouveau", "articles nouveaux"], ["new item", "new items"]);
    let changed = locale.count(*updated_items, ["modifié", "modifiés"], ["changed", "changed"]);
    let refused = locale.count(*quarantined, ["entrée refusée", "entrées refusées"], ["entry refused", "entries refused"]);
    output::line(format!("{new}, {changed}, {refused} (`veille items quarantine`)."));
    if let Some(backlog) = backlog(report, locale) {
        output::line(backlog);
    }
    if report.resting > 0 {
        let resting = report.resting;
        let resting = locale.count(
            resting,
            ["source non interrogée : son serveur demande", "sources non interrogées : leurs serveurs demandent"],
            ["source not asked: its server asks", "sources not asked: their servers ask"],
        );
        output::line(
            locale.pick(
                format!("{resting} du repos ; ce sera fait ensuite."),
                format!("{resting} for rest; it is done afterwards."),
            ),
        );
    }
    for failure in &report.failures {
        output::line(format!("  {}: {}", failure.source, failure.reason));
    }
}

/// What a first fetch means, said where it happens.
fn backlog(report: &RefreshReport, locale: Locale) -> Option<String> {
    let came = locale.count(
        report.backlog_items,
        ["vient de la première lecture d'une source", "viennent de la première lecture de leur source"],
        ["came with the first fetch of a source", "came with the first fetch of their source"],
    );
    (report.backlog_items > 0).then(|| {
        locale.pick(
            format!(
                "Dont {came} : on peut les chercher et les garder, mais aucune édition ne les prend d'elle-même. Pour la première : \
                 `veille edition draft DIGEST --with-backlog`."
            ),
            format!(
                "Of these, {came}: they can be searched and kept, but no edition takes them by itself. For the first one: \
                 `veille edition draft DIGEST --with-backlog`."
            ),
        )
    })
}

/// Why nothing was asked, and what to do instead.
async fn nothing_due(app: &App, locale: Locale) -> Result<String> {
    let Some((slug, at)) = app.next_due().await? else {
        return Ok(locale.pick(
            "Aucune source à lire : `veille sources add URL` en ajoute une à sources.toml.".to_owned(),
            "No source to read: `veille sources add URL` adds one to sources.toml.".to_owned(),
        ));
    };
    let at = at.format("%Y-%m-%d %H:%M UTC");
    Ok(locale.pick(
        format!("Rien à lire pour l'instant. La prochaine source est {slug}, le {at} ; `veille refresh --all` les lit toutes maintenant."),
        format!("Nothing is due yet. The next source is {slug}, on {at}; `veille refresh --all` reads all of them now."),
    ))
}

fn stopped(locale: Locale) -> String {
    let fr = "arrêt demandé : ce qui était enregistré le reste, relancez `veille refresh` pour la suite";
    locale.pick(fr, "stopped as asked: what was stored stays, run `veille refresh` again for the rest").to_owned()
}
