//! Tables that have a name of their own: sources, themes, digests, publishers.

use crate::{
    config::entries::Entries,
    domain::{localised::Words, slug::Slug},
};
use std::collections::BTreeSet;

/// A table that has a slug, or should.
pub(super) struct Named<'n, 't> {
    pub(super) entries: Entries<'n, 't>,
    pub(super) slug: Option<Slug>,
    /// How messages call it: `source "cnil"`, or `[[source]]` when it has no name.
    pub(super) name: String,
}

impl Named<'_, '_> {
    /// Notes what is wrong, beginning with the name.
    pub(super) fn wrong(&self, at: usize, problem: Words) {
        self.entries.wrong(at, problem.after(&format!("{}: ", self.name)));
    }

    /// A key without which nothing can be made of the table.
    pub(super) fn required<T>(&self, key: &str, example: &str, found: Option<T>) -> Option<T> {
        if found.is_none() && !self.entries.holds(key) {
            self.entries.absent(
                None,
                Words::new(
                    format!("il manque {key} ; ajoutez par exemple {key} = {example}"),
                    format!("{key} is missing; add for instance {key} = {example}"),
                )
                .after(&format!("{}: ", self.name)),
            );
        }
        found
    }
}

/// The tables of a kind with their slugs; one that is given twice is told.
pub(super) fn named<'n, 't>(kind: &'static str, file: &Entries<'n, 't>) -> Vec<Named<'n, 't>> {
    let mut seen = BTreeSet::new();
    let name = |entries: Entries<'n, 't>| {
        let placed = entries.slug("slug");
        let name = placed.as_ref().map_or_else(|| format!("[[{kind}]]"), |slug| format!("{kind} \"{}\"", slug.value));
        let named = Named { slug: placed.as_ref().map(|slug| slug.value.clone()), name, entries };
        match placed {
            Some(slug) if !seen.insert(slug.value.clone()) => named.entries.wrong(
                slug.at,
                Words::new(
                    format!("{kind} \"{}\" est défini deux fois ; donnez un autre slug à l'un des deux", slug.value),
                    format!("{kind} \"{}\" is defined twice; give one of them another slug", slug.value),
                ),
            ),
            placed => drop(named.required("slug", "\"un-nom-court\"", placed)),
        }
        named
    };
    file.repeated(kind).into_iter().map(name).collect()
}
