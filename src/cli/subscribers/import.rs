//! `veille subscribers import`.

use super::suppressed;
use crate::{
    app::{
        Result,
        subscribers::{ImportReport, KeptOut, Run},
    },
    cli::{Context, Exit, input, output},
    domain::localised::Locale,
};
use std::{io::Read, path::PathBuf};

/// Arguments of `veille subscribers import`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file, or - for standard input.
    file: PathBuf,
    /// For lines that name no digest.
    #[arg(long, value_name = "SLUG")]
    digest: Option<String>,
    /// Say what would be done.
    #[arg(long)]
    dry_run: bool,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let Args { file, digest, dry_run, json } = args;
    let run = if dry_run { Run::Rehearsal } else { Run::Real };
    let name = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy().into_owned();
    let read = if file.as_os_str() == "-" { standard_input() } else { std::fs::read(&file) };
    let bytes = read.map_err(|error| input::unreadable(&file, &error))?;
    let report = context.app().await?.import_subscribers(&bytes, digest.as_deref(), &name, run).await?;
    let exit = if report.refused.is_empty() { Exit::Done } else { Exit::Partly };
    if json {
        output::json(&report)?;
    } else {
        say_import(context, &report, run);
    }
    Ok(exit)
}

fn standard_input() -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn say_import(context: &Context, report: &ImportReport, run: Run) {
    let locale = context.locale;
    for line in &report.refused {
        output::line(
            locale.pick(format!("ligne {} : {}", line.line, line.reason), format!("line {}: {}", line.line, line.reason)),
        );
    }
    for kept in &report.kept_out {
        output::line(kept_out(locale, kept));
    }
    let (added, already, out, bad) = (report.added, report.already, report.kept_out.len(), report.refused.len());
    let head =
        if run == Run::Rehearsal { locale.pick("essai, rien n'est écrit : ", "rehearsal, nothing is written: ") } else { "" };
    output::line(locale.pick(
        format!("{head}{added} ajouté(s), {already} déjà abonné(s), {out} laissé(s) de côté, {bad} ligne(s) refusée(s)"),
        format!("{head}{added} added, {already} subscribed already, {out} left out, {bad} line(s) refused"),
    ));
}

/// Who stays out, why, and the way back in.
fn kept_out(locale: Locale, kept: &KeptOut) -> String {
    let (line, email) = (kept.line, &kept.email);
    let (why, option) = match &kept.suppressed {
        Some(held) => (suppressed(locale, held), if held.reason.is_a_wish() { "--consent" } else { "--lift" }),
        None => (locale.pick("désabonné", "unsubscribed").to_owned(), "--consent"),
    };
    locale.pick(
        format!("ligne {line} : {email} n'est pas réabonné ({why}) ; sinon : veille subscribers add {email} {option} \"…\""),
        format!("line {line}: {email} is not brought back ({why}); else: veille subscribers add {email} {option} \"…\""),
    )
}
