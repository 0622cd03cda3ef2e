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
        let problem = in_words(error.message());
        match error.span() {
            Some(span) => Self::at(path, text, span.start, problem),
            None => Self::whole(path, problem),
        }
    }
}

/// Serde lists every key it knows, and names types of the programming language; a person wants the key they meant, and words.
fn in_words(message: &str) -> String {
    let message = message.trim().replace('\n', " ");
    let mut quoted = message.split('`').skip(1).step_by(2);
    let (true, Some(unknown)) = (message.starts_with("unknown field") || message.starts_with("unknown variant"), quoted.next())
    else {
        return TYPES.iter().fold(message, |message, (theirs, ours)| match message.strip_suffix(theirs) {
            Some(start) => format!("{start}{ours}"),
            None => message,
        });
    };
    let known: Vec<&str> = quoted.collect();
    let what = if message.starts_with("unknown field") { "key" } else { "value" };
    format!("unknown {what} \"{unknown}\"; {}", meant(unknown, &known))
}

/// How a message ends, and how it should.
const TYPES: [(&str, &str); 12] = [
    ("expected usize", "expected a whole number, 0 or more"),
    ("expected u64", "expected a whole number, 0 or more"),
    ("expected u32", "expected a whole number, 0 or more"),
    ("expected u8", "expected a whole number from 0 to 255"),
    ("expected f64", "expected a number"),
    ("expected a boolean", "expected true or false"),
    ("expected a string", "expected a text between quotation marks"),
    ("expected a sequence", "expected a list: [\"one\", \"two\"]"),
    ("expected struct Localised", "expected a text for each language: { fr = \"…\", en = \"…\" }"),
    ("invalid IP address syntax", "expected a network like 10.0.0.0/8 or fd00::/8"),
    ("relative URL without a base", "expected a whole address: add https:// before it"),
    ("empty host", "the address names no host: write https://example.org/…"),
];

/// The remedy for a name that is not known: the nearest one, and all of them when none is near.
pub(crate) fn meant(unknown: &str, known: &[&str]) -> String {
    match nearest(unknown, known.iter().copied()) {
        Some((near, likeness)) if likeness > 0.75 => format!("did you mean \"{near}\"?"),
        Some((near, _)) => format!("the nearest is \"{near}\", known here: {}", known.join(", ")),
        None => "nothing is known here".to_owned(),
    }
}

/// The known name that is most like an unknown one, and how like it is, 0 to 1 (Jaro and Winkler).
pub(crate) fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<(&'a str, f64)> {
    known.map(|name| (name, strsim::jaro_winkler(unknown, name))).max_by(|one, other| one.1.total_cmp(&other.1))
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn names_the_key_that_was_meant() {
        assert_eq!(
            in_words("unknown field `shedule`, expected one of `slug`, `schedule`"),
            "unknown key \"shedule\"; did you mean \"schedule\"?"
        );
        assert_eq!(
            in_words("unknown field `zzz`, expected `slug` or `url`"),
            "unknown key \"zzz\"; the nearest is \"url\", known here: slug, url"
        );
        assert_eq!(in_words("invalid type: integer"), "invalid type: integer");
        assert_eq!(
            in_words("invalid type: string \"x\", expected usize"),
            "invalid type: string \"x\", expected a whole number, 0 or more"
        );
    }
}
