//! What an edition must say about earlier ones: items that their publisher changed or withdrew after they had left.
//!
//! Not every change is worth a reader's time: a comma, a typo, an added sentence are none. What counts is what the reader was told: a
//! title or a figure that is another now, a text that was withdrawn, a correction that the publisher states, a summary of which half is
//! gone.

mod compare;
mod notice;

use crate::{
    domain::{
        erratum::{Change, Erratum, ToldItem},
        localised::Locale,
    },
    pipeline::{compose, excerpt::shorten},
};
use compare::Compared;

/// An edition tells that many at most; the others wait for the next.
pub const MOST: usize = 8;
/// Characters of a publisher's words.
const LONGEST: usize = 160;

/// The errata of a new edition in `language`: the gravest first, then in the order in which the items were told.
pub fn errata(told: &[ToldItem], language: Locale) -> Vec<Erratum> {
    let mut found: Vec<Erratum> = told.iter().filter_map(|told| erratum(told, language)).collect();
    found.sort_by_key(|erratum| (gravity(&erratum.change), erratum.edition, erratum.item));
    found.truncate(MOST);
    found
}

fn erratum(told: &ToldItem, language: Locale) -> Option<Erratum> {
    let change = aloud(change(told)?, told.language.as_deref(), language);
    Some(Erratum {
        item: told.item,
        edition: told.edition,
        issue: told.issue,
        date: told.date,
        title: told.title.clone(),
        url: told.url.clone(),
        language: told.language.clone(),
        publisher: told.publisher.clone(),
        change,
        content: told.now.content.clone(),
    })
}

/// What has become of it, if it matters to somebody who read the edition.
fn change(told: &ToldItem) -> Option<Change> {
    let now = &told.now;
    if now.withdrawn {
        return Some(Change::Withdrawn);
    }
    if let Some(notice) = notice::stated([&now.title, &now.summary, &now.text], [&told.title, &told.summary]) {
        return Some(Change::Corrected { notice: shown(notice) });
    }
    let title = Compared::of(&told.title, &now.title);
    let summary = Compared::of(&told.summary, &now.summary);
    if let Some((before, now)) = title.figures().or_else(|| summary.figures()) {
        return Some(Change::Figures { before, now });
    }
    if title.says_something_else() {
        return Some(Change::Retitled { now: shown(&now.title) });
    }
    (summary.lost_half() && Compared::of(&told.summary, &now.text).lost_half()).then_some(Change::Rewritten)
}

/// Words that cannot be read aloud are left out; what has happened is said all the same.
fn aloud(change: Change, own: Option<&str>, edition: Locale) -> Change {
    let said = |words: &str| compose::readable(words, own, edition).unwrap_or_default();
    match change {
        Change::Corrected { notice } => Change::Corrected { notice: said(&notice) },
        Change::Retitled { now } => Change::Retitled { now: said(&now) },
        other => other,
    }
}

fn shown(text: &str) -> String {
    shorten(&compose::speakable(text), LONGEST)
}

fn gravity(change: &Change) -> u8 {
    match change {
        Change::Withdrawn => 0,
        Change::Corrected { .. } => 1,
        Change::Figures { .. } => 2,
        Change::Retitled { .. } => 3,
        Change::Rewritten => 4,
    }
}

#[cfg(test)]
mod tests;
