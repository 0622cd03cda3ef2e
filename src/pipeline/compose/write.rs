//! From chosen stories to the words of the edition.

use crate::{
    domain::{
        candidate::{Candidate, Choice, Fate},
        digest::Digest,
        edition::{EditionItem, ItemReliability, OtherReport, Reason, Section},
        evidence::Level,
        fetching::{DatePrecision, StatedDate},
        slug::Slug,
        weblink,
    },
    pipeline::compose::{
        Brief,
        admission::{Admitted, themes},
        selection::theme_or_other,
        spoken::speakable,
        summaries::summary,
        titles::{self, cut},
        voices::{Voice, Voices},
    },
};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::HashSet;

/// How many other reports, matched words and authors are named.
const MOST_NAMED: usize = 3;

/// The sections in the digest's order, stories best first, and the fate of each story with its place.
pub(super) fn sections(brief: &Brief<'_>, voices: &Voices, chosen: &[Admitted<'_>]) -> (Vec<Section>, Vec<Choice>) {
    let (mut sections, mut choices) = (Vec::new(), Vec::new());
    let in_order = themes(brief).into_iter().map(Some).chain([None]);
    for theme in in_order {
        let told: Vec<_> = chosen.iter().filter(|story| story.relevance.map(|relevance| &relevance.theme) == theme).collect();
        if told.is_empty() {
            continue;
        }
        let slug = theme_or_other(theme);
        for story in &told {
            let fate = Fate::In { theme: slug.clone(), position: choices.len() + 1, rank: story.rank };
            choices.push(Choice { story: story.story, item: story.lead.item, fate });
        }
        let items = told.iter().map(|story| item(brief, voices, story)).collect();
        sections.push(Section { name: section_name(brief, theme), theme: slug, items });
    }
    titles::tell_apart(&mut sections, brief.digest.language);
    (sections, choices)
}

/// The digest's title in its language, else in the other, else its slug.
pub(super) fn digest_title(digest: &Digest) -> String {
    digest.title.get(digest.language).map_or_else(|| digest.slug.to_string(), |(title, _)| speakable(title))
}

fn section_name(brief: &Brief<'_>, theme: Option<&Slug>) -> String {
    let locale = brief.digest.language;
    let Some(slug) = theme else { return locale.pick("Autres sujets", "Other subjects").to_owned() };
    let named = brief.definitions.theme(slug).and_then(|theme| theme.name.get(locale));
    named.map_or_else(|| slug.to_string(), |(name, _)| speakable(name))
}

fn item(brief: &Brief<'_>, voices: &Voices, story: &Admitted<'_>) -> EditionItem {
    let lead = story.lead;
    let voice = voices.get(lead);
    let title = title(lead, voice);
    let url = lead.url.as_deref().and_then(weblink::page);
    EditionItem {
        item: lead.item,
        story: story.story,
        summary: summary(&lead.summary, &title),
        also_reported_by: others(voices, story, url.as_deref()),
        title,
        url,
        language: lead.language.as_deref().and_then(language),
        publisher: voice.name.clone(),
        authors: authors(lead, voice),
        date: day(brief, lead),
        date_is_first_seen: lead.published.is_none(),
        date_is_impossible: lead.date_is_impossible,
        note: None,
        why: reasons(story),
        reliability: reliability(story),
        interests: Vec::new(),
        kept: story.rank.kept,
    }
}

fn title(candidate: &Candidate, voice: &Voice) -> String {
    let names: Vec<&str> = voice.site_names.iter().map(String::as_str).collect();
    titles::title(&candidate.title, &names)
}

/// A well-formed language tag (RFC 5646), lower case, as far as mail needs it; "und" and "mul" name no language.
fn language(tag: &str) -> Option<String> {
    let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
    let mut parts = tag.split('-');
    let primary =
        parts.next().is_some_and(|first| (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_lowercase()));
    let rest = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (primary && rest && !["und", "mul", "zxx", "mis"].contains(&tag.as_str())).then_some(tag)
}

/// Names alone: no address, and no publisher that signs what it publishes.
fn authors(candidate: &Candidate, voice: &Voice) -> Vec<String> {
    let is_site = |name: &str| voice.site_names.iter().any(|site| site.eq_ignore_ascii_case(name));
    let named = candidate.authors.iter().map(|name| cut(&speakable(name), 80));
    named.filter(|name| !name.is_empty() && !name.contains('@') && !is_site(name)).take(MOST_NAMED).collect()
}

/// The local day it was published; a bare day is that day everywhere.
fn day(brief: &Brief<'_>, candidate: &Candidate) -> NaiveDate {
    let local = |at: DateTime<Utc>| at.with_timezone(&brief.digest.schedule.zone).date_naive();
    match candidate.published {
        Some(StatedDate { at, precision: DatePrecision::Day }) => at.date_naive(),
        Some(StatedDate { at, .. }) => local(at),
        None => local(candidate.first_seen_at),
    }
}

fn reasons(story: &Admitted<'_>) -> Vec<Reason> {
    let mut said = HashSet::new();
    let matches = story.relevance.into_iter().flat_map(|relevance| &relevance.matches);
    let reasons = matches.map(|found| Reason { found: cut(&speakable(&found.found), 60), place: found.place });
    reasons.filter(|reason| !reason.found.is_empty() && said.insert(reason.found.to_lowercase())).take(MOST_NAMED).collect()
}

/// Its reasons and who confirms it are read for the chosen items alone, by whoever holds the evidence.
fn reliability(story: &Admitted<'_>) -> ItemReliability {
    let rounded = |points: f64| points.round().clamp(0.0, 100.0) as u8;
    let (level, [score, low, high]) = match story.lead.reliability {
        Some(r) => (r.level, [r.score, r.low, r.high].map(rounded)),
        None => (Level::Insufficient, [50, 0, 100]),
    };
    ItemReliability { level, score, low, high, reasons: Vec::new(), confirmed_by: Vec::new() }
}

/// One line for each other publisher, independent voices first, then in order of arrival; none that leads to the same page.
fn others(voices: &Voices, story: &Admitted<'_>, own_url: Option<&str>) -> Vec<OtherReport> {
    let mut others = story.others.clone();
    others.sort_by_key(|other| (!other.tie.is_independent(), other.item));
    let mut voices_named = HashSet::from([voices.get(story.lead).key.as_str()]);
    let mut urls = HashSet::from([own_url.unwrap_or_default().to_owned()]);
    let mut reports = Vec::new();
    for other in others {
        let voice = voices.get(other);
        let url = other.url.as_deref().and_then(weblink::page);
        let is_new = url.as_ref().is_none_or(|url| !urls.contains(url)) && !voices_named.contains(voice.key.as_str());
        if is_new {
            urls.extend(url.clone());
            voices_named.insert(&voice.key);
            let language = other.language.as_deref().and_then(language);
            let (publisher, copy) = (voice.name.clone(), !other.tie.is_independent());
            reports.push(OtherReport { publisher, title: title(other, voice), url, language, copy });
        }
    }
    reports
}
