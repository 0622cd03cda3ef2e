//! Reads `sources.toml`, `veille.toml`, the environment and the flags.

use crate::{domain::definitions::Definitions, settings::Settings};
use std::path::Path;

/// What is wrong with a file, an environment variable or a flag: names it, the line, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

/// The operator's settings: defaults, then `veille.toml`, then the environment.
pub fn load_settings(_home: &Path) -> Result<Settings, ConfigError> {
    todo!("config")
}

/// What `sources.toml` defines, with the publishers that the product ships.
pub fn load_definitions(_home: &Path) -> Result<Definitions, ConfigError> {
    todo!("config")
}
