//! What the head of a page states in `meta` elements: Open Graph, Dublin Core, Highwire and their cousins.

use super::tree::{attribute, select};
use scraper::{ElementRef, Html};

/// Names and values, in document order; names in lower case.
pub(super) struct Metas<'a>(Vec<(String, &'a str)>);

impl<'a> Metas<'a> {
    /// A page names a `meta` element by `name`, `property`, `itemprop` or `http-equiv`, some by two of them.
    pub(super) fn of(document: &'a Html) -> Self {
        let mut metas = Vec::new();
        for meta in select(document, "meta[content]") {
            let Some(content) = attribute(meta, "content") else { continue };
            // In the body, microdata speaks of whatever it stands in.
            let in_head =
                meta.parent().and_then(ElementRef::wrap).is_some_and(|above| matches!(above.value().name(), "head" | "html"));
            let names = if in_head { &["name", "property", "itemprop", "http-equiv"][..] } else { &["name", "property"][..] };
            for by in names {
                if let Some(name) = attribute(meta, by) {
                    metas.extend(name.split_whitespace().map(|name| (name.to_lowercase(), content)));
                }
            }
        }
        Self(metas)
    }

    /// The first value under the first of these names that has one.
    pub(super) fn first(&self, names: &[&'static str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.all(name).next())
    }

    /// The same, with the name it was found under.
    pub(super) fn named(&self, names: &[&'static str]) -> impl Iterator<Item = (&'static str, &'a str)> {
        names.iter().flat_map(|name| self.all(name).map(|value| (*name, value)))
    }

    /// All values under one name.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| *value)
    }
}
