//! The sentences of a letter, in one language.

use crate::{
    domain::{
        edition::{EditionContent, EditionItem, OtherReport, Section},
        erratum::{Change, Erratum},
        evidence::Level,
        localised::Locale,
        relevance::Place,
    },
    pipeline::{
        dates,
        render::view::{ErratumView, ItemView, OtherView, SectionView, WhyView},
    },
    templates::{Strings, TemplateError},
};
use std::collections::BTreeMap;

/// A sentence, or the key of the text that is missing.
pub(super) type Said<T> = Result<T, TemplateError>;

/// How many other reports stand under one story.
const OTHERS_SHOWN: usize = 3;

/// The words of one language.
pub(super) struct Words<'a> {
    pub(super) strings: &'a Strings,
    pub(super) locale: Locale,
}

impl Words<'_> {
    pub(super) fn say(&self, key: &str, words: &[(&str, String)]) -> Said<String> {
        let words: Vec<(&str, &str)> = words.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.strings.say(key, &words)
    }

    /// "1 information", "25 informations".
    pub(super) fn count(&self, n: usize, of: &str) -> Said<String> {
        let form = if dates::is_singular(n, self.locale) { "one" } else { "many" };
        self.say(&format!("{of}.{form}"), &[("n", dates::whole(n, self.locale))])
    }

    pub(super) fn intro(&self, content: &EditionContent) -> Said<String> {
        let number = ("number", dates::whole(content.issue as usize, self.locale));
        let date = ("date", dates::full(content.date, self.locale));
        match content.items().count() {
            0 => self.say("intro_empty", &[number, date]),
            items => {
                let items = ("items", self.count(items, "items")?);
                let sections = ("sections", self.count(content.sections.len(), "sections")?);
                self.say("intro", &[number, date, items, sections])
            }
        }
    }

    pub(super) fn left_out(&self, stories: usize) -> Said<Option<String>> {
        match stories {
            0 => Ok(None),
            1 => self.say("left_out_one", &[]).map(Some),
            _ => self.say("left_out", &[("stories", self.count(stories, "items")?)]).map(Some),
        }
    }

    pub(super) fn summary_line(&self, section: &Section) -> Said<String> {
        self.say("summary_line", &[("theme", section.name.clone()), ("items", self.count(section.items.len(), "items")?)])
    }

    pub(super) fn section<'v>(&self, section: &'v Section, first: usize) -> Said<SectionView<'v>> {
        let items = section.items.iter().enumerate().map(|(i, item)| self.item(item, first + i)).collect::<Said<_>>()?;
        Ok(SectionView { name: &section.name, items })
    }

    fn item<'v>(&self, item: &'v EditionItem, number: usize) -> Said<ItemView<'v>> {
        let key = match (item.date_is_first_seen, item.date_is_impossible) {
            (false, _) => "published",
            (true, false) => "first_seen",
            (true, true) => "first_seen_impossible",
        };
        let language = ("language", self.language(item.language.as_deref())?);
        let more = item.also_reported_by.len().saturating_sub(OTHERS_SHOWN);
        let some = |said: bool, key: &str| said.then(|| self.say(key, &[])).transpose();
        Ok(ItemView {
            number,
            title: &item.title,
            url: item.url.as_deref(),
            lang: item.language.as_deref(),
            rtl: is_right_to_left(item.language.as_deref()),
            published: self.say(key, &[("date", dates::full(item.date, self.locale)), language])?,
            publisher: unstopped(&item.publisher),
            authors: (!item.authors.is_empty()).then(|| unstopped(&item.authors.join(", ")).to_owned()),
            announcement: some(item.announcement, "announcement")?,
            note: item.note.as_deref(),
            summary: Some(item.summary.as_str()).filter(|summary| !summary.is_empty()),
            kept: some(item.kept, "kept")?,
            why: self.why(item)?,
            reliability: self.reliability(item)?,
            confirmed: self.confirmed(item.reliability.confirmed_by.len())?,
            confirmed_by: (!item.reliability.confirmed_by.is_empty())
                .then(|| unstopped(&item.reliability.confirmed_by.join(", ")).to_owned()),
            reasons: self.reasons(&item.reliability.reasons)?,
            others: item.also_reported_by.iter().take(OTHERS_SHOWN).map(|other| self.other(other)).collect::<Said<_>>()?,
            more: match more {
                0 => None,
                1 => Some(self.say("also_more_one", &[])?),
                more => Some(self.say("also_more", &[("count", dates::whole(more, self.locale))])?),
            },
        })
    }

    /// What an earlier edition told, and what has become of it.
    pub(super) fn erratum<'v>(&self, erratum: &'v Erratum) -> Said<ErratumView<'v>> {
        let (key, words) = match &erratum.change {
            Change::Withdrawn => ("erratum_withdrawn", None),
            Change::Corrected { notice } if notice.is_empty() => ("erratum_corrected", None),
            Change::Corrected { notice } => ("erratum_corrected_by", Some(notice)),
            Change::Figures { .. } => ("erratum_figures", None),
            Change::Retitled { now } if now.is_empty() => ("erratum_retitled", None),
            Change::Retitled { now } => ("erratum_retitled_to", Some(now)),
            Change::Rewritten => ("erratum_rewritten", None),
        };
        let figures = match &erratum.change {
            Change::Figures { before, now } => vec![("before", before.clone()), ("now", now.clone())],
            _ => Vec::new(),
        };
        let number = ("number", dates::whole(erratum.issue as usize, self.locale));
        Ok(ErratumView {
            told: self.say("erratum_told", &[number, ("date", dates::full(erratum.date, self.locale))])?,
            title: &erratum.title,
            url: erratum.url.as_deref(),
            lang: erratum.language.as_deref(),
            rtl: is_right_to_left(erratum.language.as_deref()),
            publisher: unstopped(&erratum.publisher),
            what: self.say(key, &figures)?,
            words: words.map(|words| unstopped(words)),
        })
    }

    /// The matched words, one sentence a place, so that foreign words stand at its end.
    fn why(&self, item: &EditionItem) -> Said<Vec<WhyView>> {
        let mut by_place: BTreeMap<Place, Vec<&str>> = BTreeMap::new();
        for reason in &item.why {
            by_place.entry(reason.place).or_default().push(&reason.found);
        }
        let sentence = |(place, words): (Place, Vec<&str>)| {
            let key = match place {
                Place::Title => "why_title",
                Place::Summary => "why_summary",
                Place::Body => "why_body",
                Place::Category => "why_category",
                Place::Identifier => "why_identifier",
            };
            Ok(WhyView {
                words_before: self.say(key, &[])?,
                words: unstopped(&words.join(", ")).to_owned(),
                lang: item.language.clone(),
                rtl: is_right_to_left(item.language.as_deref()),
            })
        };
        by_place.into_iter().map(sentence).collect()
    }

    fn reliability(&self, item: &EditionItem) -> Said<String> {
        let told = &item.reliability;
        let numbers = [("score", told.score), ("low", told.low), ("high", told.high)].map(|(name, n)| (name, n.to_string()));
        let [score, low, high] = numbers;
        let level = match told.level {
            Level::Insufficient => return self.say("reliability_insufficient", &[score, low, high]),
            Level::Doubtful => "level.doubtful",
            Level::CrossCheck => "level.cross_check",
            Level::RatherReliable => "level.rather_reliable",
            Level::Reliable => "level.reliable",
        };
        self.say("reliability", &[("level", self.say(level, &[])?), score, low, high])
    }

    fn confirmed(&self, publishers: usize) -> Said<Option<String>> {
        match publishers {
            0 => Ok(None),
            1 => self.say("confirmed_by_one", &[]).map(Some),
            n => self.say("confirmed_by_many", &[("count", dates::whole(n, self.locale))]).map(Some),
        }
    }

    fn reasons(&self, reasons: &[String]) -> Said<Option<String>> {
        if reasons.is_empty() {
            return Ok(None);
        }
        let reasons: Vec<String> = reasons.iter().map(|reason| inside_a_sentence(reason)).collect();
        let listed = reasons.join(self.locale.pick("\u{a0}; ", "; "));
        self.say("reliability_reasons", &[("reasons", listed)]).map(Some)
    }

    fn other<'v>(&self, other: &'v OtherReport) -> Said<OtherView<'v>> {
        let key = if other.copy { "also_copy" } else { "also_by" };
        Ok(OtherView {
            title: &other.title,
            url: other.url.as_deref(),
            lang: other.language.as_deref(),
            rtl: is_right_to_left(other.language.as_deref()),
            by: self.say(key, &[("language", self.language(other.language.as_deref())?)])?,
            publisher: unstopped(&other.publisher),
        })
    }

    /// "en anglais"; a language without a name here is "dans une autre langue".
    fn language(&self, tag: Option<&str>) -> Said<String> {
        let Some(tag) = tag else { return self.say("language.unknown", &[]) };
        let key = format!("language.{}", tag.split('-').next().unwrap_or(tag));
        self.say(if self.strings.has(&key) { &key } else { "language.other" }, &[])
    }
}

/// "Auteur identifié : Jane Doe (dc:creator)" as a part of a longer sentence: "auteur identifié, Jane Doe". In which element of a
/// feed a name stood is for curators.
fn inside_a_sentence(reason: &str) -> String {
    const PLACES: [&str; 6] = ["author", "dc:creator", "itunes:author", "managingEditor", "feed author", "json author"];
    let place = PLACES.iter().find_map(|place| reason.strip_suffix(&format!(" ({place})")));
    let flat = unstopped(place.unwrap_or(reason)).replace("\u{a0}: ", ", ").replace(" : ", ", ").replace(": ", ", ");
    let mut letters = flat.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => flat,
    }
}

/// Without the full stop that the sentence brings itself.
fn unstopped(text: &str) -> &str {
    text.trim_end_matches(['.', ' '])
}

fn is_right_to_left(tag: Option<&str>) -> bool {
    let primary = tag.and_then(|tag| tag.split('-').next());
    primary.is_some_and(|primary| ["ar", "fa", "he", "ur", "yi", "ps"].contains(&primary))
}
