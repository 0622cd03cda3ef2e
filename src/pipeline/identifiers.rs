//! Official and scholarly references in text and links.

use crate::domain::identifier::Identifier;

/// The references found, canonical, sorted, without repeats.
pub fn identifiers(_title: &str, _text: &str, _links: &[String]) -> Vec<Identifier> {
    todo!("pipeline/identifiers.rs")
}
