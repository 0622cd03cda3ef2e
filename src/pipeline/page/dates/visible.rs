//! Dates in what people read: in words and in numbers, in any of the languages that the months are known in.

use super::read::Reader;
use crate::domain::page::PageDate;
use regex::Regex;
use std::sync::LazyLock;

/// The shapes of a date in a text. Words that are no months are refused when the match is read.
#[expect(clippy::expect_used, reason = "invariant: a constant pattern, which the tests of this folder use")]
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    let clock = r"(?:\s*(?:T|,|-|–|\||·|•|at|à|um|@|a las|kl\.?)?\s*\d{1,2}(?:[:h]\d{2})(?::\d{2})?\s*(?:[ap]\.?m\.?)?(?:\s*(?:Z|UTC|GMT|C?EST|EDT|P[SD]T|CET|[+-]\d{2}:?\d{2})\b)?)?";
    let shapes = [
        r"\b(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}\b",
        r"\b\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:(?:19|20)\d{2}|\d{2})\b",
        r"\b\d{1,2}(?:er|st|nd|rd|th|\.|º|°)?[\s-]+(?:de\s+|of\s+)?\p{L}{3,10}\.?,?[\s-]+(?:de\s+|del\s+)?(?:19|20)\d{2}\b",
        r"\b\p{L}{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?\s?(?:,|\s)\s*(?:19|20)\d{2}\b",
        r"(?:19|20)\d{2}年\s?\d{1,2}月\s?\d{1,2}日",
    ];
    Regex::new(&format!("(?i)(?:{}){clock}", shapes.join("|"))).expect("invariant: a valid pattern")
});

/// Words before a date that say what it is the date of.
const CHANGED: &[&str] = &[
    "mis à jour",
    "mise à jour",
    "màj",
    "maj",
    "modifié",
    "actualisé",
    "updated",
    "update",
    "modified",
    "edited",
    "revised",
    "last change",
    "reviewed",
    "aktualisiert",
    "geändert",
    "stand",
    "actualizado",
    "aggiornato",
    "atualizado",
    "bijgewerkt",
];
const PUBLISHED: &[&str] = &[
    "publié",
    "publiée",
    "paru",
    "posté",
    "mis en ligne",
    "écrit",
    "diffusé",
    "créé",
    "published",
    "posted",
    "written",
    "released",
    "created",
    "date",
    "veröffentlicht",
    "erschienen",
    "erstellt",
    "publicado",
    "pubblicato",
    "gepubliceerd",
    "dated",
    "issued",
];

/// What the words around a date say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    Published,
    Changed,
    Nothing,
}

/// The dates of a text, in order, each with what is said of it.
pub(super) fn dates(text: &str, reader: &Reader, place: &'static str) -> Vec<(Said, PageDate)> {
    let mut found = Vec::new();
    let mut before = 0;
    for shape in SHAPES.find_iter(text).take(8) {
        let said = said(&text[before..shape.start()]);
        before = shape.end();
        found.extend(reader.seen(shape.as_str(), place).map(|date| (said, date)));
    }
    found
}

/// A text without its dates.
pub(in super::super) fn without_dates(text: &str) -> String {
    SHAPES.replace_all(text, " ").into_owned()
}

/// The share of a text, in characters, that is dates.
pub(super) fn share(text: &str) -> f64 {
    let dated: usize = SHAPES.find_iter(text).map(|shape| shape.len()).sum();
    let of = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
    if text.is_empty() { 0.0 } else { of(dated) / of(text.len()) }
}

/// By the last such word before the date.
fn said(before: &str) -> Said {
    let tail: String = before.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<String>().to_lowercase();
    let last = |words: &[&str]| words.iter().filter_map(|word| position(&tail, word)).max();
    match (last(PUBLISHED), last(CHANGED)) {
        (published, Some(changed)) if published.is_none_or(|published| changed > published) => Said::Changed,
        (Some(_), _) => Said::Published,
        _ => Said::Nothing,
    }
}

/// Where a word begins in a text, as a word.
fn position(text: &str, word: &str) -> Option<usize> {
    let at = text.rfind(word)?;
    let apart = |c: Option<char>| c.is_none_or(|c| !c.is_alphabetic());
    (apart(text[..at].chars().next_back()) && apart(text[at + word.len()..].chars().next())).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::{Reader, Said, dates};
    use crate::pipeline::parse::dates::DayOrder;

    #[test]
    fn finds_dates_in_what_people_read() {
        let now = "2026-11-25T12:00:00Z".parse().unwrap();
        for (text, day, said) in [
            ("Publié le 3 mai 2020 à 10h15 par Jeanne", "2020-05-03", Said::Published),
            ("Mis à jour le 1er août 2021", "2021-08-01", Said::Changed),
            ("Posted on March 4, 2019 by Jane", "2019-03-04", Said::Published),
            ("4 mayo, 2022", "2022-05-04", Said::Nothing),
            ("16.10.2019", "2019-10-16", Said::Nothing),
            ("Last edited 2019-11-10 13:28:18", "2019-11-10", Said::Changed),
            ("Freitag, 5. November 2021", "2021-11-05", Said::Nothing),
            ("5 de noviembre de 2021", "2021-11-05", Said::Nothing),
            ("2020年3月4日", "2020-03-04", Said::Nothing),
            ("Nov. 19th, 2019 8:05 p.m. ET", "2019-11-19", Said::Nothing),
        ] {
            let reader = Reader { order: DayOrder::DayFirst, now };
            let (found, date) = dates(text, &reader, "text").remove(0);
            assert_eq!((date.at.date_naive().to_string().as_str(), found), (day, said), "{text}");
        }
        let reader = Reader { order: DayOrder::DayFirst, now };
        for nothing in ["25 décembre 2030", "version 1.2.3", "page 12 sur 2020", ""] {
            assert!(dates(nothing, &reader, "text").is_empty(), "{nothing}");
        }
    }
}
