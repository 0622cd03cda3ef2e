//! A mistake in a file, with its place and its remedy.

use std::path::Path;

/// What is wrong with a file or an environment variable: names it, the line, and the remedy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct ConfigError {
    /// "sources.toml:12" or "VEILLE_MAIL_URL".
    pub place: String,
    /// One line.
    pub problem: String,
}

impl ConfigError {
    /// About a file as a whole.
    pub(crate) fn whole(path: &Path, problem: impl Into<String>) -> Self {
        Self { place: path.display().to_string(), problem: problem.into() }
    }

    /// About what stands at byte `offset` of `text`.
    pub(crate) fn at(path: &Path, text: &str, offset: usize, problem: impl Into<String>) -> Self {
        let line = text.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1;
        Self { place: format!("{}:{line}", path.display()), problem: problem.into() }
    }

    /// What the TOML reader says, with the nearest known key when one is unknown.
    pub(crate) fn toml(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        let problem = with_nearest_key(error.message());
        match error.span() {
            Some(span) => Self::at(path, text, span.start, problem),
            None => Self::whole(path, problem),
        }
    }
}

/// Serde lists every key it knows; a person wants the one they meant.
fn with_nearest_key(message: &str) -> String {
    let message = message.trim().replace('\n', " ");
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (true, Some(unknown)) = (message.starts_with("unknown field") || message.starts_with("unknown variant"), quoted.next())
    else {
        return message;
    };
    let known: Vec<&str> = quoted.collect();
    let what = if message.starts_with("unknown field") { "key" } else { "value" };
    match nearest(unknown, &known) {
        Some(near) => format!("unknown {what} \"{unknown}\"; did you mean \"{near}\"?"),
        None => format!("unknown {what} \"{unknown}\"; known here: {}", known.join(", ")),
    }
}

fn nearest<'a>(unknown: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|key| (strsim::jaro_winkler(unknown, key), *key))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, key)| key)
}

#[cfg(test)]
mod tests {
    use super::with_nearest_key;

    #[test]
    fn names_the_key_that_was_meant() {
        assert_eq!(
            with_nearest_key("unknown field `shedule`, expected one of `slug`, `schedule`"),
            "unknown key \"shedule\"; did you mean \"schedule\"?"
        );
        assert_eq!(
            with_nearest_key("unknown field `zzz`, expected `slug` or `url`"),
            "unknown key \"zzz\"; known here: slug, url"
        );
        assert_eq!(with_nearest_key("invalid type: integer"), "invalid type: integer");
    }
}
