//! `veille sources import`.

use crate::{
    app::{
        Result,
        authoring::{Desk, Import, Writing},
    },
    cli::{Context, Exit, input, output},
    domain::localised::Locale,
    pipeline::opml,
};
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// Arguments of `veille sources import`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A list in OPML, as other readers export it.
    file: PathBuf,
    /// Show what would be added, write nothing.
    #[arg(long)]
    dry_run: bool,
    /// One JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let list = start_of(&args.file).map_err(|error| input::unreadable(&args.file, &error))?;
    let writing = if args.dry_run { Writing::Rehearsed } else { Writing::Real };
    let import = Desk::open(&context.home)?.import(&list, writing)?;
    if args.json {
        output::json(&import)?;
    } else {
        lines(&import, writing, context.locale).into_iter().for_each(output::line);
    }
    Ok(Exit::Done)
}

/// No more than a list may hold: whatever the file is, it is not taken in whole.
fn start_of(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(opml::LONGEST as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn lines(import: &Import, writing: Writing, locale: Locale) -> Vec<String> {
    let mut lines: Vec<String> =
        import.added.iter().map(|added| format!("+ {:<34} {}", added.slug.as_str(), added.url)).collect();
    lines.extend(import.warnings.iter().map(|warning| format!("! {warning}")));
    if !import.new_themes.is_empty() {
        let themes = import.new_themes.iter().map(|slug| slug.as_str()).collect::<Vec<_>>().join(", ");
        lines.push(locale.pick(
            format!("Nouveaux thèmes : {themes}. Ils ne reconnaissent que leur nom : donnez-leur des mots dans sources.toml."),
            format!("New themes: {themes}. They recognise only their own name: give them words in sources.toml."),
        ));
    }
    let (added, known) = (import.added.len(), import.known.len());
    lines.push(match writing {
        Writing::Real => locale.pick(
            format!("{added} sources ajoutées à sources.toml, {known} déjà suivies."),
            format!("{added} sources added to sources.toml, {known} watched already."),
        ),
        Writing::Rehearsed => locale.pick(
            format!("Rien n'est écrit : {added} sources seraient ajoutées, {known} sont déjà suivies."),
            format!("Nothing is written: {added} sources would be added, {known} are watched already."),
        ),
    });
    lines
}
