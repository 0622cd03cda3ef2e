//! The words of the letters, as data: one file a language, the same keys in both.

use crate::{domain::localised::Locale, templates::TemplateError};
use std::{collections::BTreeMap, sync::OnceLock};

/// Paths below the folder of templates: French, English.
pub(super) const PATHS: [&str; 2] = ["strings/fr.toml", "strings/en.toml"];

/// Read when they are first needed.
static FRENCH: OnceLock<Strings> = OnceLock::new();
static ENGLISH: OnceLock<Strings> = OnceLock::new();

/// Sentences by key; "items.one" is `one` of `[items]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strings {
    by_key: BTreeMap<String, String>,
}

impl Strings {
    /// The sentence of `key` with each `{word}` replaced. An unknown key is an error that names it.
    pub fn say(&self, key: &str, words: &[(&str, &str)]) -> Result<String, TemplateError> {
        let sentence =
            self.by_key.get(key).ok_or_else(|| TemplateError::new("strings", format!("there is no text \"{key}\"")))?;
        Ok(filled(sentence, words))
    }

    /// Whether there is a sentence of that key.
    pub fn has(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    /// The sentences that need no word, by key.
    pub fn whole(&self) -> BTreeMap<&str, &str> {
        let whole = self.by_key.iter().filter(|(key, text)| !text.contains('{') && !key.contains('.'));
        whole.map(|(key, text)| (key.as_str(), text.as_str())).collect()
    }

    #[expect(clippy::expect_used, reason = "invariant: embedded files that the tests read")]
    pub(super) fn embedded(locale: Locale) -> &'static Self {
        let read = |source| Self { by_key: flat(source).expect("invariant: embedded strings are valid") };
        match locale {
            Locale::Fr => FRENCH.get_or_init(|| read(include_str!("../../templates/strings/fr.toml"))),
            Locale::En => ENGLISH.get_or_init(|| read(include_str!("../../templates/strings/en.toml"))),
        }
    }

    /// The embedded sentences, with those of `source` in their place. No new key, no word that the embedded one does not have.
    pub(super) fn overriding(locale: Locale, source: &str) -> Result<Self, String> {
        let mut strings = Self::embedded(locale).clone();
        for (key, text) in flat(source)? {
            let known = strings.by_key.get(&key).ok_or_else(|| format!("there is no text \"{key}\" to replace"))?;
            if let Some(word) = placeholders(&text).find(|word| !placeholders(known).any(|known| known == *word)) {
                return Err(format!("text \"{key}\" knows no {word}"));
            }
            strings.by_key.insert(key, text);
        }
        Ok(strings)
    }
}

fn flat(source: &str) -> Result<BTreeMap<String, String>, String> {
    let table: toml::Table = source.parse().map_err(|error: toml::de::Error| error.to_string())?;
    let mut by_key = BTreeMap::new();
    for (key, value) in table {
        match value {
            toml::Value::String(text) => drop(by_key.insert(key, text)),
            toml::Value::Table(inner) => {
                for (name, value) in inner {
                    let text = value.as_str().ok_or_else(|| format!("{key}.{name} must be a text"))?;
                    by_key.insert(format!("{key}.{name}"), text.to_owned());
                }
            }
            _ => return Err(format!("{key} must be a text")),
        }
    }
    Ok(by_key)
}

/// One pass, so that a replaced word is never read again.
fn filled(sentence: &str, words: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 32);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(words.iter().find(|(word, _)| *word == name).map_or("", |(_, value)| value));
        rest = after;
    }
    text.push_str(rest);
    text
}

fn placeholders(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split('{').skip(1).map(|rest| format!("{{{}}}", rest.split('}').next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_the_same_things() {
        let [french, english] = [Locale::Fr, Locale::En].map(Strings::embedded);
        assert!(french.by_key.keys().eq(english.by_key.keys()));
        for (key, text) in &french.by_key {
            let sorted = |text: &str| {
                let mut words: Vec<_> = placeholders(text).collect();
                words.sort();
                words
            };
            assert_eq!(sorted(text), sorted(&english.by_key[key]), "{key}");
        }
    }

    #[test]
    fn words_are_put_in_once() {
        assert_eq!(filled("{a} et {b}.", &[("a", "{b}"), ("b", "2")]), "{b} et 2.");
        assert!(Strings::embedded(Locale::Fr).say("nothing", &[]).unwrap_err().to_string().contains("nothing"));
    }
}
