//! Which themes an item answers, and why.

use crate::domain::{item::NewItem, relevance::Relevance, slug::Slug, theme::Theme};

/// The rules of all themes, compiled once.
pub struct ThemeMatcher {}

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("theme \"{theme}\": rule \"{rule}\" {why}")]
pub struct RuleError {
    /// Of which theme.
    pub theme: Slug,
    /// As written.
    pub rule: String,
    /// What is wrong, with the offending character.
    pub why: String,
}

impl ThemeMatcher {
    /// Compiles the rules; a rule that could never match is an error.
    pub fn new(_themes: &[Theme]) -> Result<Self, RuleError> {
        todo!("pipeline/relevance.rs")
    }

    /// What each of `themes` (all when empty) makes of an item; themes of which nothing matched are left out.
    pub fn relevance(&self, _item: &NewItem, _themes: &[Slug]) -> Vec<Relevance> {
        todo!("pipeline/relevance.rs")
    }
}
