//! `veille init`.

use crate::{
    app::{Error, Result},
    cli::{Context, Exit, output},
    config::{SETTINGS_FILE, SOURCES_FILE, STARTER_SETTINGS, STARTER_SOURCES},
};
use std::{
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

/// Writes a starter pack of about a hundred real sources and commented settings. Never overwrites a file.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where to write; the home folder when left out.
    dir: Option<PathBuf>,
}

pub(crate) async fn run(args: Args, context: &Context) -> Result<Exit> {
    let dir = args.dir.unwrap_or_else(|| context.home.clone());
    std::fs::create_dir_all(&dir).map_err(|error| Error::Invalid(format!("cannot create {}: {error}", dir.display())))?;
    let wrote_sources = write_new(&dir.join(SOURCES_FILE), STARTER_SOURCES)?;
    let wrote_settings = write_new(&dir.join(SETTINGS_FILE), STARTER_SETTINGS)?;
    if wrote_sources || wrote_settings {
        let home = if dir == Path::new(".") { String::new() } else { format!(" --home {}", dir.display()) };
        output::line(context.locale.pick("Ensuite :", "Next:"));
        output::line(format!("  veille{home} config check"));
        output::line(format!("  veille{home} refresh"));
        output::line(format!("  veille{home} edition draft hebdo"));
    }
    Ok(Exit::Done)
}

fn write_new(path: &Path, text: &str) -> Result<bool> {
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|error| Error::Internal(error.into()))?;
            output::line(format!("+ {}", path.display()));
            Ok(true)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            output::line(format!("= {}", path.display()));
            Ok(false)
        }
        Err(error) => Err(Error::Invalid(format!("cannot write {}: {error}", path.display()))),
    }
}
