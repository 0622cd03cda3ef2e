//! Is the item itself the primary source: an official act, a standard, a paper, a release note? C3 and C6.

use super::{Notes, Seen};
use crate::{
    domain::{
        identifier::{Identifier, Scheme},
        publisher::PublisherClass,
    },
    pipeline::{
        identifiers::identifiers,
        reliability::{phrases::Kind, signal::Signal},
    },
};

/// What the item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// A report about something.
    Report,
    /// The thing itself.
    Primary,
}

pub(super) fn act(notes: &mut Notes<'_>, seen: &Seen<'_>) -> Act {
    withdrawn(notes, seen);
    if let Some(hit) = seen.edges(notes.rules.data.text.sponsored_words, Kind::Satire) {
        notes.add(Signal::StatusSatire, notes.rules.phrases.text(hit).to_owned());
    }
    let Some(class) = seen.publisher.map(|publisher| publisher.class) else { return Act::Report };
    let own = own_identifiers(seen);
    if class == PublisherClass::Authority {
        official(notes, seen, &own);
    }
    let primary = primary(notes, seen, class, &own);
    match primary {
        None => Act::Report,
        Some(excerpt) => {
            notes.add(Signal::LinksPrimary, excerpt);
            Act::Primary
        }
    }
}

/// An act of law proves itself: it is on the authority's site under its own number, or its title opens with one.
fn official(notes: &mut Notes<'_>, seen: &Seen<'_>, own: &[Identifier]) {
    let legal =
        |id: &&Identifier| matches!(id.scheme, Scheme::Celex | Scheme::Eli | Scheme::Ecli | Scheme::Jorftext | Scheme::Nor);
    let titled = seen.title.hits.iter().find(|hit| hit.kind == Kind::ActTitle && hit.word < 2);
    let excerpt =
        own.iter().find(legal).map(|id| id.value.clone()).or(titled.map(|hit| notes.rules.phrases.text(*hit).to_owned()));
    if let Some(excerpt) = excerpt {
        notes.add(Signal::ProofOfficialAct, excerpt);
    }
}

fn primary(notes: &Notes<'_>, seen: &Seen<'_>, class: PublisherClass, own: &[Identifier]) -> Option<String> {
    use PublisherClass::{Authority, Blog, Community, Journal, Ngo, Press, Repository, Research, StandardsBody, Vendor};
    let of = |schemes: &[Scheme]| own.iter().find(|id| schemes.contains(&id.scheme)).map(|id| id.value.clone());
    let phrase = |kind: Kind| seen.title.first(kind).map(|hit| notes.rules.phrases.text(hit).to_owned());
    match class {
        Authority => own.first().map(|id| id.value.clone()).or_else(|| phrase(Kind::ActTitle)).or_else(|| phrase(Kind::OwnAct)),
        StandardsBody => own.first().map(|id| id.value.clone()).or_else(|| phrase(Kind::OwnAct)),
        Journal | Repository | Research => of(&[Scheme::Doi, Scheme::Arxiv]),
        Vendor | Community | Ngo => of(&[Scheme::Release, Scheme::Cve]).or_else(|| release(seen)),
        Press | Blog => None,
    }
}

/// The identifiers of the item's own address: what it is, not what it mentions.
fn own_identifiers(seen: &Seen<'_>) -> Vec<Identifier> {
    seen.item.url.as_ref().map_or_else(Vec::new, |url| identifiers("", "", std::slice::from_ref(url)))
}

/// On its own site, a title with product and version is the release note.
fn release(seen: &Seen<'_>) -> Option<String> {
    let at_home = seen.at_home();
    let in_title = || identifiers(&seen.item.title, "", &[]).into_iter().find(|id| id.scheme == Scheme::Release);
    if at_home { in_title().map(|id| id.value) } else { None }
}

/// "RETRACTED: …" and the like, at the head of the title or of the text.
fn withdrawn(notes: &mut Notes<'_>, seen: &Seen<'_>) {
    let scholarly = |hit: &&super::super::phrases::Hit| hit.kind == Kind::Withdrawn && hit.word == 0;
    let title = seen.title.hits.iter().find(scholarly).filter(|_| marked(&seen.item.title));
    let text = seen.body.as_ref().and_then(|body| {
        body.scan.hits.iter().find(|hit| scholarly(hit) && notes.rules.phrases.text(**hit).contains("has been"))
    });
    if let Some(hit) = title.or(text) {
        notes.add(Signal::StatusRetracted, notes.rules.phrases.text(*hit).to_owned());
    }
}

/// "Retracted: a title" marks one; "Retracted papers keep being cited" speaks of them.
fn marked(title: &str) -> bool {
    let head: String = title.trim_start().chars().take(28).collect();
    head.starts_with(['[', '(']) || head.contains(':') || head.trim_end() == title.trim()
}
