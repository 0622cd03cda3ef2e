//! Reads `sources.toml`, `veille.toml` and the environment; every mistake is told with file, line and remedy.
//!
//! ```text
//! default ◄ veille.toml ◄ VEILLE_… ◄ flags        (the last one wins)
//! sources.toml + shipped publishers ─► Definitions
//! ```

mod additions;
mod environment;
mod error;
mod mail_files;
mod mail_url;
mod publishers;
mod settings_file;
mod sources_file;
mod starter;

pub use additions::{NewSource, NewTheme, with_additions};
pub use environment::Environment;
pub use error::ConfigError;
pub(crate) use error::nearest;
pub use settings_file::{EffectiveSetting, effective};
pub use starter::{STARTER_SETTINGS, STARTER_SOURCES};

use crate::{domain::definitions::Definitions, settings::Settings};
use std::path::{Path, PathBuf};

/// The name of the authored file.
pub const SOURCES_FILE: &str = "sources.toml";
/// The name of the operator's file.
pub const SETTINGS_FILE: &str = "veille.toml";

/// The operator's settings: defaults, then `veille.toml` if there is one, then the environment.
pub fn load_settings(home: &Path) -> Result<Settings, ConfigError> {
    let path = home.join(SETTINGS_FILE);
    let text = if path.exists() { read(&path)? } else { String::new() };
    settings_file::parse(&text, &path, &Environment::of_process())
}

/// What `sources.toml` defines, over the publishers that the product ships.
pub fn load_definitions(home: &Path) -> Result<Definitions, ConfigError> {
    let path = home.join(SOURCES_FILE);
    if !path.exists() {
        return Err(ConfigError::whole(&path, "there is no such file; `veille init` writes one, or name its folder with --home"));
    }
    sources_file::parse(&read(&path)?, &path)
}

/// The same from a text: for checking what is about to be written.
pub fn parse_definitions(text: &str, path: &Path) -> Result<Definitions, ConfigError> {
    sources_file::parse(text, path)
}

/// Where the authored file of a home folder is.
pub fn sources_path(home: &Path) -> PathBuf {
    home.join(SOURCES_FILE)
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|error| ConfigError::whole(path, format!("cannot be read: {error}")))
}
