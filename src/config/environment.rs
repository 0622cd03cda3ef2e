//! `VEILLE_…` variables, and `VEILLE_…_FILE` for what must not stand in an environment.

use crate::config::ConfigError;
use std::collections::BTreeMap;

/// The variables that concern us, read once.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, String>);

impl Environment {
    /// Those of this process.
    pub fn of_process() -> Self {
        Self(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
                .filter(|(name, _)| name.starts_with("VEILLE_"))
                .collect(),
        )
    }

    /// Those given, for tests.
    pub fn from_pairs<const N: usize>(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The value of `VEILLE_SECTION_KEY`, or the content of the file that `VEILLE_SECTION_KEY_FILE` names, without its last line feed.
    pub(crate) fn value(&self, section: &str, key: &str) -> Result<Option<(String, String)>, ConfigError> {
        let name = format!("VEILLE_{}_{}", section.to_uppercase(), key.to_uppercase());
        if let Some(value) = self.0.get(&name) {
            return Ok(Some((name, value.clone())));
        }
        let name = format!("{name}_FILE");
        let Some(file) = self.0.get(&name) else { return Ok(None) };
        match std::fs::read_to_string(file) {
            Ok(text) => Ok(Some((name, text.trim_end_matches(['\n', '\r']).to_owned()))),
            Err(error) => Err(ConfigError { place: name, problem: format!("cannot read {file}: {error}") }),
        }
    }
}
