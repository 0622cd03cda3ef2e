//! Subjects of the watch.

use crate::domain::{localised::Localised, slug::Slug};

/// A subject, with the rules that recognise it. Words match without regard to case, accents, plural endings or language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theme {
    /// Its name in commands.
    pub slug: Slug,
    /// Its name in editions.
    pub name: Localised,
    /// Words and phrases of which one is enough.
    pub any: Vec<String>,
    /// Words and phrases that must all be there as well.
    pub all: Vec<String>,
    /// Words and phrases of which one excludes the item.
    pub none: Vec<String>,
}
