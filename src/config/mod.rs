//! Reads `sources.toml`, `veille.toml` and the environment; every mistake is told with file, line and remedy.
//!
//! ```text
//! default ◄ veille.toml ◄ VEILLE_… ◄ flags        (the last one wins)
//! sources.toml + shipped publishers ─► Definitions
//! ```

mod additions;
mod entries;
mod environment;
mod mistake;
mod named;
mod publishers;
mod settings;
mod sources;
mod starter;
mod text;

pub use additions::{NewSource, NewTheme, with_additions};
pub use environment::Environment;
pub(crate) use mistake::nearest;
pub use mistake::{ConfigError, Mistake, unless_mistaken};
pub use publishers::class_name;
pub use settings::{EffectiveSetting, effective, secret_settings};
pub use starter::{STARTER_SETTINGS, STARTER_SOURCES};

use crate::{
    domain::{definitions::Definitions, localised::Words},
    settings::Settings,
};
use std::path::{Path, PathBuf};

/// The name of the authored file.
pub const SOURCES_FILE: &str = "sources.toml";
/// The name of the operator's file.
pub const SETTINGS_FILE: &str = "veille.toml";

/// The operator's settings: defaults, then `veille.toml` if there is one, then the environment.
pub fn load_settings(home: &Path) -> Result<Settings, ConfigError> {
    let (settings, mistakes) = read_settings(home);
    unless_mistaken(settings, mistakes)
}

/// What `sources.toml` defines, over the publishers that the product ships.
pub fn load_definitions(home: &Path) -> Result<Definitions, ConfigError> {
    let (definitions, mistakes) = read_definitions(home);
    unless_mistaken(definitions, mistakes)
}

/// The settings as far as they can be read, and every mistake in them: for those who tell the mistakes of several files at once.
pub fn read_settings(home: &Path) -> (Settings, Vec<Mistake>) {
    let (path, mut mistakes) = (home.join(SETTINGS_FILE), Vec::new());
    let text = text::of_file(&path, &mut mistakes).unwrap_or_default();
    let (settings, wrong) = settings::read(&text, &path, &Environment::of_process());
    mistakes.extend(wrong);
    (settings, mistakes)
}

/// The definitions as far as they can be read, and every mistake in them.
pub fn read_definitions(home: &Path) -> (Definitions, Vec<Mistake>) {
    let (path, mut mistakes) = (home.join(SOURCES_FILE), Vec::new());
    match text::of_file(&path, &mut mistakes) {
        Some(text) => {
            let (definitions, wrong) = sources::read(&text, &path);
            mistakes.extend(wrong);
            (definitions, mistakes)
        }
        None => {
            if mistakes.is_empty() {
                mistakes.push(Mistake::whole(
                    &path,
                    Words::new(
                        "ce fichier n'existe pas ; `veille init` en écrit un, ou nommez son dossier par --home",
                        "there is no such file; `veille init` writes one, or name its folder with --home",
                    ),
                ));
            }
            (Definitions::default(), mistakes)
        }
    }
}

/// The same from a text: for checking what is about to be written.
pub fn parse_definitions(text: &str, path: &Path) -> Result<Definitions, ConfigError> {
    sources::parse(text, path)
}

/// Where the authored file of a home folder is.
pub fn sources_path(home: &Path) -> PathBuf {
    home.join(SOURCES_FILE)
}
