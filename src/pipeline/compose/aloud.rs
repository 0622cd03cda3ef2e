//! Publishers' words held against the gate before they are put into an edition: one odd item must not stop a whole letter.
//!
//! Dates in figures become words. A sentence, a name or a reason that the gate would still refuse is left out; a story whose title
//! it would refuse stays out, and the account says so.

use crate::{
    domain::{
        candidate::{Choice, Exclusion, Fate},
        edition::{EditionContent, EditionItem},
        localised::Locale,
    },
    pipeline::{dates, gate},
};
use chrono::NaiveDate;
use regex::{Captures, Regex};
use std::{collections::HashSet, sync::LazyLock};

/// "2026-11-25", with or without a time behind it.
static ISO: LazyLock<Regex> =
    LazyLock::new(|| super::spoken::pattern(r"\b(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?)?(?: ?(?:UTC|GMT|Z)\b)?"));
/// "25/11/2026" or "25.11.2026": day first.
static DAY_FIRST: LazyLock<Regex> = LazyLock::new(|| super::spoken::pattern(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b"));

/// The edition as it can be read aloud, and the account with the stories that cannot be.
pub fn aloud(mut content: EditionContent, mut choices: Vec<Choice>) -> (EditionContent, Vec<Choice>) {
    let language = content.language;
    let mut unreadable = HashSet::new();
    for section in &mut content.sections {
        section.items.retain_mut(|item| {
            make_readable(item, language);
            let readable = passes(&item.title, language);
            if !readable {
                unreadable.insert(item.story);
            }
            readable
        });
    }
    content.sections.retain(|section| !section.items.is_empty());
    for choice in choices.iter_mut().filter(|choice| unreadable.contains(&choice.story)) {
        choice.fate = Fate::Out { because: Exclusion::Unreadable };
    }
    (content, choices)
}

/// A publisher's words as they can be read aloud in an edition; `None` if the gate would refuse them all the same. `own`: the language
/// of the words, BCP 47.
pub fn readable(text: &str, own: Option<&str>, edition: Locale) -> Option<String> {
    let own = own.and_then(|tag| tag.parse().ok()).unwrap_or(Locale::En);
    let said = in_words(text, own);
    (!said.is_empty() && passes(&said, edition)).then_some(said)
}

fn make_readable(item: &mut EditionItem, edition: Locale) {
    if let Some(plainly) = gate::language_of(&item.summary) {
        item.language = match item.language.take() {
            // Detection knows these two apart, and nothing of others.
            Some(stated) if !stated.starts_with("fr") && !stated.starts_with("en") => Some(stated),
            Some(stated) if stated.starts_with(plainly) => Some(stated),
            _ => Some(plainly.to_owned()),
        };
    }
    let own = item.language.as_deref().and_then(|tag| tag.parse().ok()).unwrap_or(Locale::En);
    item.title = in_words(&item.title, own);
    item.summary = readable_sentences(&in_words(&item.summary, own), edition);
    item.authors.retain(|name| passes(name, edition));
    item.why.retain(|reason| passes(&reason.found, edition));
    let reasons = item.reliability.reasons.iter().map(|reason| in_words(reason, edition));
    item.reliability.reasons = reasons.filter(|reason| passes(reason, edition)).collect();
    for other in &mut item.also_reported_by {
        let locale = other.language.as_deref().and_then(|tag| tag.parse().ok()).unwrap_or(Locale::En);
        other.title = in_words(&other.title, locale);
    }
    item.also_reported_by.retain(|other| passes(&other.title, edition));
}

fn passes(text: &str, locale: Locale) -> bool {
    gate::check_words(text, locale).is_empty()
}

/// The text without the sentences that the gate would refuse.
fn readable_sentences(text: &str, locale: Locale) -> String {
    if passes(text, locale) {
        return text.to_owned();
    }
    let mut sentences = vec![String::new()];
    for word in text.split_inclusive(' ') {
        let ends = word.trim_end().ends_with(['.', '!', '?']);
        if let Some(sentence) = sentences.last_mut() {
            sentence.push_str(word);
        }
        if ends {
            sentences.push(String::new());
        }
    }
    let readable =
        sentences.iter().map(|sentence| sentence.trim()).filter(|sentence| !sentence.is_empty() && passes(sentence, locale));
    readable.collect::<Vec<_>>().join(" ")
}

/// Dates in figures, said in the words of `locale`. What is no date stays as it is.
fn in_words(text: &str, locale: Locale) -> String {
    let said = |year: &str, month: &str, day: &str| {
        let date = NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)?;
        Some(dates::long(date, locale))
    };
    let text = ISO
        .replace_all(text, |found: &Captures<'_>| said(&found[1], &found[2], &found[3]).unwrap_or_else(|| found[0].to_owned()));
    let text = DAY_FIRST
        .replace_all(&text, |found: &Captures<'_>| said(&found[3], &found[2], &found[1]).unwrap_or_else(|| found[0].to_owned()));
    text.into_owned()
}

#[cfg(test)]
mod tests {
    use super::{in_words, passes, readable_sentences};
    use crate::domain::localised::Locale;

    #[test]
    fn figures_become_words() {
        for (text, locale, expected) in [
            ("Released on 2025-11-18.", Locale::En, "Released on 18 November 2025."),
            ("Exact date: 2025-07-24 13:10 UTC", Locale::En, "Exact date: 24 July 2025"),
            ("Publié le 01/02/2026", Locale::Fr, "Publié le 1er février 2026"),
            ("CVE-2026-41234 and 2026-13-45", Locale::En, "CVE-2026-41234 and 2026-13-45"),
        ] {
            assert_eq!(in_words(text, locale), expected);
        }
    }

    #[test]
    fn one_odd_sentence_costs_itself_only() {
        let text = "Un fait simple. Voir {{lien}} ici. Un autre fait.";
        assert!(!passes(text, Locale::Fr));
        assert_eq!(readable_sentences(text, Locale::Fr), "Un fait simple. Un autre fait.");
        assert_eq!(readable_sentences("Un fait.", Locale::Fr), "Un fait.");
    }
}
