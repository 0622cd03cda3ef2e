//! The words of an item, cut once for everything that reads them: themes, stories, search.

use crate::{domain::item::NewItem, pipeline::text::Words};

/// See the module. Its buffers serve again for the next item ([`ItemWords::read`]).
#[derive(Debug, Default, Clone)]
pub struct ItemWords {
    /// Of the title.
    pub title: Words,
    /// Of the summary.
    pub summary: Words,
    /// Of the body as plain text; none when there is no body.
    pub body: Words,
}

impl ItemWords {
    /// The words of one item.
    pub fn of(item: &NewItem) -> Self {
        let mut words = Self::default();
        words.read(item);
        words
    }

    /// The words of what has no body at hand.
    pub fn without_body(title: &str, summary: &str) -> Self {
        Self { title: Words::of(title), summary: Words::of(summary), body: Words::default() }
    }

    /// Forgets the words held and takes those of `item`.
    pub fn read(&mut self, item: &NewItem) {
        self.title.read(&item.title);
        self.summary.read(&item.summary);
        self.body.read(item.content_text.as_deref().unwrap_or_default());
    }
}
