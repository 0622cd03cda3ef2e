//! The registry of publishers: shipped as data, extended or changed field by field by `[[publisher]]` in `sources.toml`.

mod fields;

use crate::{
    config::{
        Mistake,
        entries::Entries,
        mistake::Notes,
        named::{Named, named},
        text,
    },
    domain::{
        localised::Localised,
        publisher::{Licence, Publisher, PublisherClass},
    },
};
use std::{path::Path, sync::LazyLock};

/// The classes, as they are written.
const CLASSES: &[(&str, PublisherClass)] = &[
    ("authority", PublisherClass::Authority),
    ("standards-body", PublisherClass::StandardsBody),
    ("journal", PublisherClass::Journal),
    ("repository", PublisherClass::Repository),
    ("research", PublisherClass::Research),
    ("press", PublisherClass::Press),
    ("vendor", PublisherClass::Vendor),
    ("ngo", PublisherClass::Ngo),
    ("community", PublisherClass::Community),
    ("blog", PublisherClass::Blog),
];

/// A class as it is written in files and commands.
pub fn class_name(class: PublisherClass) -> &'static str {
    CLASSES.iter().find(|(_, known)| *known == class).map_or("", |(name, _)| name)
}

/// What is shipped.
#[derive(Debug, Default)]
pub(super) struct Registry {
    pub(super) publishers: Vec<Publisher>,
    pub(super) licences: Vec<Licence>,
}

/// `[[publisher]]` of a team. What it leaves out of one that is shipped stays as shipped.
pub(super) fn publisher(named: Named<'_, '_>) -> Option<Publisher> {
    over(named, &SHIPPED)
}

/// A publisher from its table, over the one of the same slug in a registry.
fn over(named: Named<'_, '_>, registry: &Registry) -> Option<Publisher> {
    let before = named.slug.as_ref().and_then(|slug| registry.publishers.iter().find(|held| held.slug == *slug));
    let fields = fields::Fields { named: &named, before };
    let publisher = fields.publisher(registry);
    named.entries.finish();
    publisher
}

fn licence(named: Named<'_, '_>) -> Option<Licence> {
    let name = named.required("name", "\"CC BY 4.0\"", named.entries.text("name"));
    let url = fields::page(&named, "url");
    let terms: Localised = named.entries.localised("terms");
    let slug = named.slug.clone();
    named.entries.finish();
    Some(Licence { slug: slug?, name: name?.value, url, terms })
}

/// The registry, and what is wrong with it: nothing, says a test.
fn registry() -> (Registry, Vec<Mistake>) {
    let text = include_str!("publishers.toml");
    let notes = Notes::new(Path::new("publishers.toml"), text);
    let table = text::tables(text, &notes);
    let file = Entries::new(&notes, &table, 0);
    let licences = named("licence", &file).into_iter().filter_map(licence).collect();
    let licences = Registry { publishers: Vec::new(), licences };
    let publishers = named("publisher", &file).into_iter().filter_map(|named| over(named, &licences)).collect();
    file.finish();
    (Registry { publishers, ..licences }, notes.into_mistakes())
}

static SHIPPED: LazyLock<Registry> = LazyLock::new(|| registry().0);

/// The team's publishers, then those shipped that it did not redefine.
pub(super) fn over_shipped(mut own: Vec<Publisher>) -> Vec<Publisher> {
    let shipped = SHIPPED.publishers.iter().filter(|shipped| own.iter().all(|mine| mine.slug != shipped.slug));
    let added: Vec<Publisher> = shipped.cloned().collect();
    own.extend(added);
    own
}

#[cfg(test)]
mod tests;
