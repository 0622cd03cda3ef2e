//! The entries of a document of XML: the familiar ones are passed over, the others read.

use crate::{
    domain::{
        entry::{Author, Entry},
        recognition::{Completeness, Recognition},
    },
    pipeline::parse::{
        context::Context,
        entry,
        recogniser::{Recogniser, completeness, recognisable},
        tree::Element,
    },
};

/// See the module.
pub(super) struct Listing<'t, 'a, 'c> {
    context: &'c Context,
    /// Who signs what nobody signs.
    authors: &'c [Author],
    recogniser: Recogniser<'c>,
    elements: Vec<Element<'t, 'a>>,
    /// In the order of the document.
    pub(super) entries: Vec<Entry>,
}

impl<'t, 'a, 'c> Listing<'t, 'a, 'c> {
    pub(super) fn new(context: &'c Context, authors: &'c [Author], recogniser: Recogniser<'c>) -> Self {
        Self { context, authors, recogniser, elements: Vec::new(), entries: Vec::new() }
    }

    pub(super) fn take(&mut self, element: Element<'t, 'a>) {
        let hash = self.recogniser.hash(|bytes| element.write(bytes));
        let known = self.recogniser.known(hash);
        let entry = known.unwrap_or_else(|| recognisable(self.read(element), hash));
        self.elements.push(element);
        self.entries.push(entry);
    }

    /// Reads, after all, the entries to which a second reading may add something. What it adds depends on the other entries too,
    /// so none of these is recognised another time.
    pub(super) fn prepare_to_be_filled(&mut self) {
        for at in 0..self.entries.len() {
            if completeness(&self.entries[at]) == Completeness::Full {
                continue;
            }
            if matches!(self.entries[at].recognition, Recognition::Known(_)) {
                self.entries[at] = self.read(self.elements[at]);
            }
            self.entries[at].recognition = Recognition::Never;
        }
    }

    fn read(&self, element: Element<'_, '_>) -> Entry {
        let mut entry = entry::read(element, self.context);
        if entry.authors.is_empty() {
            entry.authors.extend_from_slice(self.authors);
        }
        entry
    }
}
