//! What an edition leaves out, as lines for people: how many for each reason, or each story with its own.

use crate::{
    app::editions::{EditionDetail, StoryFate},
    domain::{
        candidate::{Exclusion, Fate},
        localised::Locale,
    },
};
use std::collections::HashMap;

/// How many stories were left out, by reason, the commonest first.
pub(super) fn counted(detail: &EditionDetail, locale: Locale) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (_, because) in out(detail) {
        *counts.entry(kind_of(because, locale)).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let mut lines = Vec::with_capacity(counts.len() + 2);
    lines.extend(heading(detail, locale));
    lines.extend(counts.into_iter().map(|(reason, count)| format!("  {count:>6}  {reason}")));
    if !lines.is_empty() {
        let number = detail.summary.number;
        lines.push(locale.pick(
            format!("  Une ligne pour chacune : veille edition show {number} --all"),
            format!("  A line for each: veille edition show {number} --all"),
        ));
    }
    lines
}

/// Each story that was left out, with why.
pub(super) fn each(detail: &EditionDetail, locale: Locale) -> Vec<String> {
    let line = |(story, because): (&StoryFate, &Exclusion)| {
        format!("  {} [{}] ({}): {}", story.choice.item, story.source, story.title, why_not(because, locale))
    };
    heading(detail, locale).into_iter().chain(out(detail).map(line)).collect()
}

fn out(detail: &EditionDetail) -> impl Iterator<Item = (&StoryFate, &Exclusion)> {
    detail.stories.iter().filter_map(|story| match &story.choice.fate {
        Fate::Out { because } => Some((story, because)),
        Fate::In { .. } => None,
    })
}

fn heading(detail: &EditionDetail, locale: Locale) -> Vec<String> {
    match out(detail).count() {
        0 => Vec::new(),
        count => vec![String::new(), locale.pick(format!("Écartées : {count}"), format!("Left out: {count}"))],
    }
}

/// The reason without what is particular to one story: its day, its edition, the word that excluded it.
fn kind_of(because: &Exclusion, locale: Locale) -> String {
    let (fr, en) = match because {
        Exclusion::Told { .. } => ("déjà dites dans une édition", "told in an edition already"),
        Exclusion::Dropped { .. } => ("écartées par une personne", "dropped by a person"),
        Exclusion::Later { .. } => ("remises à plus tard par une personne", "deferred by a person"),
        Exclusion::BlockedBy { .. } => ("bloquées par une personne", "blocked by a person"),
        Exclusion::ExcludedByRule { .. } => ("exclues par un mot de leur thème", "excluded by a word of their theme"),
        Exclusion::Backlog { published_at: Some(_) } => (
            "venues avec la première lecture de leur source, qui n'est pas une nouvelle",
            "came with the first fetch of their source, which is no news",
        ),
        Exclusion::Backlog { published_at: None } => (
            "venues sans date avec la première lecture de leur source",
            "came without a date with the first fetch of their source",
        ),
        Exclusion::Old { .. } => ("publiées bien avant la période", "published long before the period"),
        other => return why_not(other, locale),
    };
    locale.pick(fr, en).to_owned()
}

fn why_not(because: &Exclusion, locale: Locale) -> String {
    let (fr, en) = match because {
        Exclusion::Told { edition } => {
            (format!("déjà dite dans l'édition {edition}"), format!("told in edition {edition} already"))
        }
        Exclusion::Dropped { actor, reason } => {
            let reason = reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
            (format!("écartée par {actor}{reason}"), format!("dropped by {actor}{reason}"))
        }
        Exclusion::Later { actor } => (format!("remise à plus tard par {actor}"), format!("deferred by {actor}")),
        Exclusion::Blocked { publisher, reason } => {
            (format!("éditeur bloqué : {publisher}, {reason}"), format!("blocked publisher: {publisher}, {reason}"))
        }
        Exclusion::BlockedBy { actor, reason } => {
            (format!("bloquée par {actor} ({reason})"), format!("blocked by {actor} ({reason})"))
        }
        Exclusion::NoTheme => ("ne répond à aucun thème".to_owned(), "answers no theme".to_owned()),
        Exclusion::ExcludedByRule { theme, rule } => {
            (format!("exclue du thème {theme} par « {rule} »"), format!("excluded from theme {theme} by \"{rule}\""))
        }
        Exclusion::Backlog { published_at: Some(at) } => {
            let day = at.date_naive();
            let french = format!("publiée le {day} ; venue avec la première lecture de sa source, qui n'est pas une nouvelle");
            (french, format!("published on {day}; came with the first fetch of its source, which is no news"))
        }
        Exclusion::Backlog { published_at: None } => (
            "sans date ; venue avec la première lecture de sa source".to_owned(),
            "without a date; came with the first fetch of its source".to_owned(),
        ),
        Exclusion::Old { published_at } => {
            let day = published_at.date_naive();
            (format!("publiée le {day}, bien avant la période"), format!("published on {day}, long before the period"))
        }
        Exclusion::Unreadable => (
            "son titre ne peut pas être lu à voix haute (contrôle d'accessibilité)".to_owned(),
            "its title cannot be read aloud (accessibility gate)".to_owned(),
        ),
        no_room => no_room_for(no_room),
    };
    locale.pick(fr, en)
}

/// It answered a theme and was news; French and English.
fn no_room_for(because: &Exclusion) -> (String, String) {
    match because {
        Exclusion::SectionFull { theme, limit } => {
            (format!("section {theme} pleine ({limit})"), format!("section {theme} is full ({limit})"))
        }
        Exclusion::EditionFull { limit } => (format!("édition pleine ({limit})"), format!("the edition is full ({limit})")),
        Exclusion::PublisherShare { publisher, limit } => {
            (format!("{publisher} a déjà sa part ({limit})"), format!("{publisher} has its share already ({limit})"))
        }
        _ => ("faute de place".to_owned(), "for lack of room".to_owned()),
    }
}
