//! Press releases and their reprints: a text by the one it speaks of. No single sign but the plain words proves one; several do.

use super::{Notes, Seen};
use crate::{
    domain::publisher::PublisherClass,
    pipeline::reliability::phrases::{Kind, Scan},
};
use regex::Regex;
use std::sync::LazyLock;

/// "PARIS, le 3 mars 2026 –", "SAN FRANCISCO, April 21, 2026 /…/ --", "BOSTON--(…)--": a place, a date, a dash.
#[expect(clippy::expect_used, reason = "invariant: a constant pattern, which tests compile")]
static DATELINE: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = concat!(
        r"(?:^|\n|\. )\s*\p{Lu}[\p{L} .'’()-]{1,40}(?:--\([^)\n]{2,40}\)--|",
        r",\s+(?:le\s+)?(?:[0-9]{1,2}(?:er)?\s+\p{L}{3,9}\.?\s+[0-9]{4}|\p{L}{3,9}\.?\s+[0-9]{1,2},?\s+[0-9]{4})",
        r"\s*(?:/[^/\n]{2,40}/|\([^)\n]{2,40}\))?\s*(?:[-–—:|.]|$))",
    );
    Regex::new(pattern).expect("invariant: a valid pattern")
});

/// A dateline stands in the first characters, an end mark in the last ones.
const HEAD: usize = 240;
const TAIL: usize = 400;
/// How releases end, or name whom they are from.
const END_MARKS: [&str; 6] = ["###", "# # #", "-30-", "– 30 –", "SOURCE ", "- FIN -"];
/// The share of a text after which it may speak of its author.
const LAST_PART: f64 = 0.5;

/// The signs found. An authority's communiqué is its official word; anybody else's is a text by the one it speaks of.
pub(super) fn press_release(notes: &Notes<'_>, seen: &Seen<'_>) -> Option<String> {
    use PublisherClass::{Authority, Journal, Repository, Research, StandardsBody};
    let class = seen.publisher.map(|publisher| publisher.class);
    if matches!(class, Some(Authority | StandardsBody | Journal | Repository | Research)) {
        return None;
    }
    let rule = &notes.rules.data.press_release;
    let (mut points, mut signs) = (0, Vec::new());
    let mut count = |sign: Option<String>, worth: u32| {
        points += if sign.is_some() { worth } else { 0 };
        signs.extend(sign);
    };
    let phrase = seen.edges(notes.rules.data.text.sponsored_words, Kind::PressRelease);
    count(phrase.map(|hit| notes.rules.phrases.text(hit).to_owned()), rule.phrase);
    let text = seen.item.content_text.as_deref().unwrap_or(&seen.item.summary);
    count(dateline(text), rule.dateline);
    count(end_mark(text), rule.end_mark);
    if let Some(body) = &seen.body {
        count(boilerplate(notes, &body.scan), rule.boilerplate);
        let praise = distinct(notes, &body.scan);
        let worth = rule.superlative * u32::try_from(praise.len()).unwrap_or(u32::MAX).min(rule.superlatives);
        count((!praise.is_empty()).then(|| praise.join(", ")), worth);
    }
    (points >= rule.threshold).then(|| signs.join(" · "))
}

fn dateline(text: &str) -> Option<String> {
    let head = &text[..text.char_indices().nth(HEAD).map_or(text.len(), |(at, _)| at)];
    let found = DATELINE.find(head)?.as_str();
    Some(found.trim_matches(|c: char| !c.is_alphanumeric() && c != ')').to_owned())
}

fn end_mark(text: &str) -> Option<String> {
    let start = text.char_indices().rev().nth(TAIL).map_or(0, |(at, _)| at);
    END_MARKS.iter().find(|mark| text[start..].contains(**mark)).map(|mark| mark.trim().to_owned())
}

/// "About Example: …" in the last part, as the head of a line or of a sentence.
fn boilerplate(notes: &Notes<'_>, scan: &Scan) -> Option<String> {
    let late = |word: u32| f64::from(word) >= LAST_PART * f64::from(scan.words);
    let hit = scan.hits.iter().find(|hit| hit.kind == Kind::Boilerplate && hit.opens && late(hit.word))?;
    Some(notes.rules.phrases.text(*hit).to_owned())
}

fn distinct<'a>(notes: &Notes<'a>, scan: &Scan) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for hit in scan.hits.iter().filter(|hit| hit.kind == Kind::Superlative) {
        let phrase = notes.rules.phrases.text(*hit);
        if !found.contains(&phrase) {
            found.push(phrase);
        }
    }
    found
}
