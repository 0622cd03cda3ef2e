//! `sources.toml`: what people write, checked and made into [`Definitions`].

mod tables;

use crate::{
    config::{
        ConfigError, Mistake,
        entries::{Entries, Placed},
        mistake::{Notes, nearest, unless_mistaken},
        named::{Named, named},
        publishers, text,
    },
    domain::{definitions::Definitions, localised::Words, publisher::Publisher, slug::Slug},
};
use std::path::Path;

/// Reads and checks the text.
pub(super) fn parse(text: &str, path: &Path) -> Result<Definitions, ConfigError> {
    let (definitions, mistakes) = read(text, path);
    unless_mistaken(definitions, mistakes)
}

/// What can be made of the text, and everything that is wrong with it.
pub(super) fn read(text: &str, path: &Path) -> (Definitions, Vec<Mistake>) {
    let notes = Notes::new(path, text);
    let readable = text::readable(text, &notes);
    let table = text::tables(&readable, &notes);
    let file = Entries::new(&notes, &table, 0);
    let definitions = define(&file);
    file.finish();
    (definitions, notes.into_mistakes())
}

fn define(file: &Entries<'_, '_>) -> Definitions {
    let (themes, publishers) = (named("theme", file), named("publisher", file));
    let (sources, digests) = (named("source", file), named("digest", file));
    let slugs = |named: &[Named<'_, '_>]| named.iter().filter_map(|named| named.slug.clone()).collect::<Vec<Slug>>();
    let known_themes = slugs(&themes);
    let known_publishers = slugs(&publishers);
    // Each table is read to its end even when its slug cannot be: its other mistakes are told as well.
    let themes = themes.into_iter().filter_map(tables::theme).collect();
    let own: Vec<Publisher> = publishers.into_iter().filter_map(publishers::publisher).collect();
    let publishers = publishers::over_shipped(own);
    let known_publishers: Vec<Slug> =
        known_publishers.into_iter().chain(publishers.iter().map(|publisher| publisher.slug.clone())).collect();
    let known = Known { themes: &known_themes, publishers: &known_publishers };
    Definitions {
        themes,
        publishers,
        sources: sources.into_iter().filter_map(|named| tables::source(named, &known)).collect(),
        digests: digests.into_iter().filter_map(|named| tables::digest(named, &known)).collect(),
    }
}

/// What references may name.
pub(super) struct Known<'a> {
    themes: &'a [Slug],
    publishers: &'a [Slug],
}

impl Known<'_> {
    pub(super) fn themes(&self, named: &Named<'_, '_>) -> Vec<Slug> {
        let named_themes = named.entries.slugs("themes");
        named_themes.into_iter().filter_map(|slug| resolve("theme", slug, self.themes, named)).collect()
    }

    pub(super) fn publisher(&self, named: &Named<'_, '_>) -> Option<Slug> {
        resolve("publisher", named.entries.slug("publisher")?, self.publishers, named)
    }
}

fn resolve(kind: &str, slug: Placed<Slug>, known: &[Slug], named: &Named<'_, '_>) -> Option<Slug> {
    let Placed { at, value: slug } = slug;
    if known.contains(&slug) {
        return Some(slug);
    }
    let (fr, en) = match nearest(slug.as_str(), known.iter().map(Slug::as_str)) {
        Some((other, likeness)) if likeness > 0.8 => {
            (format!("vouliez-vous dire \"{other}\" ?"), format!("did you mean \"{other}\"?"))
        }
        _ => (format!("définissez-le par [[{kind}]]"), format!("define it with [[{kind}]]")),
    };
    let problem = Words::new(format!("aucun {kind} \"{slug}\" ; {fr}"), format!("there is no {kind} \"{slug}\"; {en}"));
    named.entries.absent(Some(at), problem);
    None
}

#[cfg(test)]
mod tests;
