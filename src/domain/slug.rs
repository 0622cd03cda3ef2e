//! A short name that people type: of a source, a publisher, a theme or a digest.

use crate::domain::localised::Words;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Lower-case ASCII letters, digits and single inner hyphens; 1 to 64 characters. Unique among its kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// The text is not a [`Slug`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a slug: use 1 to 64 lower-case letters, digits and hyphens, for instance \"{1}\"")]
pub struct InvalidSlug(String, String);

impl InvalidSlug {
    /// For a reader.
    pub fn words(&self) -> Words {
        let Self(text, proposed) = self;
        let fr = format!(
            "« {text} » n'est pas un identifiant : de 1 à 64 minuscules sans accent, chiffres et tirets, par exemple \"{proposed}\""
        );
        Words::new(fr, self.to_string())
    }
}

impl Slug {
    /// Takes `text` if it already is a slug; the error proposes the nearest one.
    pub fn parse(text: &str) -> Result<Self, InvalidSlug> {
        let valid = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        if valid { Ok(Self(text.to_owned())) } else { Err(InvalidSlug(text.to_owned(), Self::propose(text).0)) }
    }

    /// The slug nearest to any text: letters lowered, everything else a hyphen, "source" when nothing is left.
    pub fn propose(text: &str) -> Self {
        let mut slug = String::new();
        for c in text.chars().flat_map(char::to_lowercase).map(unaccented) {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
            if slug.len() >= 64 {
                break;
            }
        }
        let slug = slug.trim_end_matches('-');
        Self(if slug.is_empty() { "source".to_owned() } else { slug.to_owned() })
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn unaccented(c: char) -> char {
    match c {
        'à' | 'â' | 'ä' | 'á' | 'ã' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' => 'i',
        'ô' | 'ö' | 'ó' | 'õ' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Slug {
    type Error = InvalidSlug;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

#[cfg(test)]
mod tests {
    use super::Slug;

    #[test]
    fn takes_what_people_type_and_proposes_the_rest() {
        for good in ["cnil", "ai-act", "rfc9309", "a"] {
            assert_eq!(Slug::parse(good).unwrap().as_str(), good);
        }
        for (bad, proposed) in [
            ("AI Act", "ai-act"),
            ("Défenseur des droits", "defenseur-des-droits"),
            ("--", "source"),
            ("", "source"),
            ("a--b", "a-b"),
        ] {
            assert!(Slug::parse(bad).is_err(), "{bad}");
            assert_eq!(Slug::propose(bad).as_str(), proposed);
        }
        assert!(Slug::parse(Slug::propose(&"é x".repeat(60)).as_str()).is_ok());
    }
}
