//! What the templates see: an edition in words, nothing left to compute.

use crate::{
    domain::edition::EditionContent,
    pipeline::render::{
        Links, subject,
        words::{Said, Words},
    },
    templates::Strings,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// A whole edition.
#[derive(Debug, Serialize)]
pub(super) struct View<'a> {
    lang: &'static str,
    subject: String,
    title: &'a str,
    intro: String,
    chosen_from: String,
    left_out: Option<String>,
    synthesis: Vec<&'a str>,
    summary: Vec<String>,
    sections: Vec<SectionView<'a>>,
    /// Whether there is a chapter of corrections and notices.
    remarks: bool,
    errata: Vec<ErratumView<'a>>,
    notices: &'a [String],
    web_copy: Option<&'a str>,
    unsubscribe: &'a str,
    report: &'a str,
    say: BTreeMap<&'a str, &'a str>,
}

#[derive(Debug, Serialize)]
pub(super) struct SectionView<'a> {
    pub(super) name: &'a str,
    pub(super) items: Vec<ItemView<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct ItemView<'a> {
    pub(super) number: usize,
    pub(super) title: &'a str,
    pub(super) url: Option<&'a str>,
    pub(super) lang: Option<&'a str>,
    pub(super) rtl: bool,
    pub(super) published: String,
    pub(super) publisher: &'a str,
    pub(super) authors: Option<String>,
    pub(super) announcement: Option<String>,
    pub(super) note: Option<&'a str>,
    pub(super) summary: Option<&'a str>,
    pub(super) kept: Option<String>,
    pub(super) why: Vec<WhyView>,
    pub(super) reliability: String,
    pub(super) confirmed: Option<String>,
    pub(super) confirmed_by: Option<String>,
    pub(super) reasons: Option<String>,
    pub(super) others: Vec<OtherView<'a>>,
    pub(super) more: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct WhyView {
    pub(super) words_before: String,
    pub(super) words: String,
    pub(super) lang: Option<String>,
    pub(super) rtl: bool,
}

#[derive(Debug, Serialize)]
pub(super) struct OtherView<'a> {
    pub(super) title: &'a str,
    pub(super) url: Option<&'a str>,
    pub(super) lang: Option<&'a str>,
    pub(super) rtl: bool,
    pub(super) by: String,
    pub(super) publisher: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct ErratumView<'a> {
    /// "In issue 11 of 16 November 2026:"
    pub(super) told: String,
    pub(super) title: &'a str,
    pub(super) url: Option<&'a str>,
    pub(super) lang: Option<&'a str>,
    pub(super) rtl: bool,
    pub(super) publisher: &'a str,
    /// What has become of it, a whole sentence or one that the words below end.
    pub(super) what: String,
    /// The publisher's words.
    pub(super) words: Option<&'a str>,
}

/// The edition in the words of `strings`.
pub(super) fn view<'a>(content: &'a EditionContent, links: &'a Links, strings: &'a Strings) -> Said<View<'a>> {
    let words = Words { strings, locale: content.language };
    let mut first = 1;
    let mut sections = Vec::with_capacity(content.sections.len());
    for section in &content.sections {
        sections.push(words.section(section, first)?);
        first += section.items.len();
    }
    let seen = &content.considered;
    let chosen_from = [("seen", words.count(seen.items, "seen")?), ("sources", words.count(seen.sources, "sources")?)];
    Ok(View {
        lang: content.language.tag(),
        subject: subject::subject(content, strings)?,
        title: &content.title,
        intro: words.intro(content)?,
        chosen_from: words.say("chosen_from", &chosen_from)?,
        left_out: words.left_out(seen.left_out)?,
        synthesis: content
            .synthesis
            .iter()
            .flat_map(|text| text.split("\n\n"))
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .collect(),
        summary: content.sections.iter().map(|section| words.summary_line(section)).collect::<Said<_>>()?,
        sections,
        remarks: !content.errata.is_empty() || !content.notices.is_empty(),
        errata: content.errata.iter().map(|erratum| words.erratum(erratum)).collect::<Said<_>>()?,
        notices: &content.notices,
        web_copy: links.web_copy.as_deref(),
        unsubscribe: &links.unsubscribe,
        report: &links.report,
        say: strings.whole(),
    })
}
