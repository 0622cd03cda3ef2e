//! Text that exists in French, in English, or in both.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A language the product itself speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// French, the default.
    #[default]
    Fr,
    /// English.
    En,
}

impl Locale {
    /// The BCP 47 tag, as written in a `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// `fr` or `en`, whichever this is: for texts that stand in the code as a pair.
    pub fn pick<T>(self, fr: T, en: T) -> T {
        match self {
            Self::Fr => fr,
            Self::En => en,
        }
    }

    /// A count with its noun, singular or plural: French says "0 page", English "0 pages".
    pub fn count(self, n: usize, fr: [&str; 2], en: [&str; 2]) -> String {
        let plural = match self {
            Self::Fr => n > 1,
            Self::En => n != 1,
        };
        let [one, many] = self.pick(fr, en);
        format!("{n} {}", if plural { many } else { one })
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A sentence of the product, in both languages: whoever shows it picks the reader's. Logs and `{}` take the English one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// In French.
    pub fr: String,
    /// In English.
    pub en: String,
}

impl Words {
    /// Both.
    pub fn new(fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { fr: fr.into(), en: en.into() }
    }

    /// The one for a reader of `locale`.
    pub fn get(&self, locale: Locale) -> &str {
        locale.pick(&self.fr, &self.en)
    }

    /// Both, behind the same beginning: a key, a name.
    #[must_use]
    pub fn after(self, beginning: &str) -> Self {
        Self { fr: format!("{beginning}{}", self.fr), en: format!("{beginning}{}", self.en) }
    }
}

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

/// The tag names no language of the product.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a language of veille; use \"fr\" or \"en\"")]
pub struct UnknownLocale(String);

impl FromStr for Locale {
    type Err = UnknownLocale;
    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        match tag.to_ascii_lowercase().split(['-', '_', '.']).next() {
            Some("fr") => Ok(Self::Fr),
            Some("en") => Ok(Self::En),
            _ => Err(UnknownLocale(tag.to_owned())),
        }
    }
}

/// A text in one or both languages. Empty only if nobody wrote anything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Localised {
    /// The French text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fr: Option<String>,
    /// The English text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl Localised {
    /// The text for a reader of `locale`, with the language it is really in when only the other one exists.
    pub fn get(&self, locale: Locale) -> Option<(&str, Locale)> {
        let fr = self.fr.as_deref().map(|text| (text, Locale::Fr));
        let en = self.en.as_deref().map(|text| (text, Locale::En));
        locale.pick(fr.or(en), en.or(fr))
    }
}
