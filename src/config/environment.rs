//! `VEILLE_…` variables, and `VEILLE_…_FILE` for what must not stand in an environment.

use crate::config::{ConfigError, error::meant};
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

    /// Refuses a variable of a section that sets nothing: a mistyped name would leave the setting as it was, without a word.
    /// `known`: section and keys. Variables outside the sections (`VEILLE_HOME`, `VEILLE_LOG` …) are others' business.
    pub(crate) fn refuse_unknown(&self, known: &[(&str, &[&str])]) -> Result<(), ConfigError> {
        for (section, keys) in known {
            let ours = variable(section, "");
            let names: Vec<String> = keys.iter().map(|key| variable(section, key)).collect();
            for name in self.0.keys().filter(|name| name.starts_with(&ours)) {
                let bare = name.strip_suffix("_FILE").unwrap_or(name);
                if !names.iter().any(|known| known == bare || known == name) {
                    let names: Vec<&str> = names.iter().map(String::as_str).collect();
                    let problem = format!("no such setting; {}", meant(bare, &names));
                    return Err(ConfigError { place: name.clone(), problem });
                }
            }
        }
        Ok(())
    }

    /// Those given, for tests.
    pub fn from_pairs<const N: usize>(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// The value of `VEILLE_SECTION_KEY`, or the content of the file that `VEILLE_SECTION_KEY_FILE` names, without its last line feed.
    pub(crate) fn value(&self, section: &str, key: &str) -> Result<Option<(String, String)>, ConfigError> {
        let name = variable(section, key);
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

/// The variable that overlays a setting.
fn variable(section: &str, key: &str) -> String {
    format!("VEILLE_{}_{}", section.to_uppercase(), key.to_uppercase())
}
