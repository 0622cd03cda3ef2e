//! From candidates to an edition: which stories, in which order, in which words, and for every other one why not.
//!
//! Pure: the same candidates, definitions and period give the same edition, in whatever order the candidates come.

mod admission;
mod aloud;
mod selection;
mod spoken;
mod summaries;
mod tale;
mod titles;
mod voices;
mod write;

pub use aloud::{aloud, readable};
pub use spoken::speakable;

#[cfg(test)]
mod tests;

use crate::domain::{
    candidate::{Candidate, Choice, Fate, FirstFetch, Period, Window},
    definitions::Definitions,
    digest::Digest,
    edition::{Considered, EditionContent},
};
use chrono::{DateTime, Utc};
use std::collections::HashSet;

/// What is asked for, apart from the candidates.
#[derive(Debug, Clone, Copy)]
pub struct Brief<'a> {
    /// Of which digest.
    pub digest: &'a Digest,
    /// Themes, publishers, sources.
    pub definitions: &'a Definitions,
    /// For which period.
    pub period: &'a Period,
    /// Which items it claims.
    pub window: Window,
    /// When it is composed.
    pub now: DateTime<Utc>,
    /// Its place in the series, from 1.
    pub issue: u32,
    /// Sources checked in the period.
    pub sources_checked: usize,
}

/// An edition with the account of its choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// What it says.
    pub content: EditionContent,
    /// What became of each story: those that are in first, in order, then the others by story.
    pub choices: Vec<Choice>,
}

/// Chooses, orders and words an edition. Why an item is reliable and who confirms it is left empty: that is read for the chosen
/// items alone.
pub fn compose(brief: &Brief<'_>, candidates: &[Candidate]) -> Composition {
    let voices = voices::Voices::of(brief.definitions, candidates);
    let (mut admitted, mut out) = (Vec::new(), Vec::new());
    for tale in tale::group(candidates) {
        match admission::admit(brief, &voices, &tale) {
            Ok(story) => admitted.push(story),
            Err((item, because)) => out.push(Choice { story: tale.story, item, fate: Fate::Out { because } }),
        }
    }
    let selection = selection::select(brief, &voices, admitted);
    out.extend(selection.left_out);
    out.sort_by_key(|choice| choice.story);
    let left_out =
        out.iter().filter(|choice| matches!(&choice.fate, Fate::Out { because } if because.is_for_lack_of_room())).count();
    let (sections, mut choices) = write::sections(brief, &voices, &selection.chosen);
    choices.append(&mut out);
    let content = EditionContent {
        title: write::digest_title(brief.digest),
        language: brief.digest.language,
        date: brief.period.date,
        issue: brief.issue,
        synthesis: None,
        sections,
        considered: considered(brief, candidates, left_out),
        errata: Vec::new(),
        notices: Vec::new(),
    };
    Composition { content, choices }
}

fn considered(brief: &Brief<'_>, candidates: &[Candidate], left_out: usize) -> Considered {
    let admitted = |candidate: &&Candidate| !candidate.backlog || brief.window.first_fetch == FirstFetch::Admit;
    let new = || candidates.iter().filter(|candidate| candidate.in_window).filter(admitted);
    let stories: HashSet<i64> = new().map(|candidate| candidate.story).collect();
    Considered { sources: brief.sources_checked, items: new().count(), stories: stories.len(), left_out }
}
