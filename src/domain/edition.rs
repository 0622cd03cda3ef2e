//! One dated number of a digest.

use crate::domain::{erratum::Erratum, evidence::Level, localised::Locale, slug::Slug};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A local calendar label: "2026-W48", "2026-11-23" or "2026-11". Never an instant, so a change of hour cannot double it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PeriodKey(pub String);

/// Where an edition stands. Each arrow is one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EditionState {
    /// Composed, may still change.
    Draft,
    /// Frozen, byte for byte.
    Approved,
    /// Deliveries exist.
    Sending,
    /// Every delivery has ended.
    Sent,
    /// Will never leave; its items are free again.
    Cancelled,
}

/// An edition, without its rendered bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Edition {
    /// Its number, in the order of creation, over all digests.
    pub number: i64,
    /// Of which digest.
    pub digest: Slug,
    /// Of which period; unique with the digest.
    pub period: PeriodKey,
    /// Where it stands.
    pub state: EditionState,
    /// What it says.
    pub content: EditionContent,
    /// When it was composed.
    pub composed_at: DateTime<Utc>,
    /// When it was approved, and by whom.
    pub approved: Option<(DateTime<Utc>, String)>,
    /// SHA-256 of the frozen bytes, hexadecimal.
    pub hash: Option<String>,
}

/// What an edition says: everything that the templates need, nothing that they must compute.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditionContent {
    /// The digest's title.
    pub title: String,
    /// The language it is written in.
    pub language: Locale,
    /// The local day it is dated.
    pub date: NaiveDate,
    /// Its place in the series of its digest, from 1.
    pub issue: u32,
    /// The curators' own words at the head; plain paragraphs.
    pub synthesis: Option<String>,
    /// The themes that have something to say, in order.
    pub sections: Vec<Section>,
    /// How much was seen for it.
    pub considered: Considered,
    /// What has changed since earlier editions told it; none in editions of versions before there were any.
    #[serde(default)]
    pub errata: Vec<Erratum>,
    /// Notices of the team; plain paragraphs.
    pub notices: Vec<String>,
}

impl EditionContent {
    /// No item, and no erratum of an earlier edition.
    pub fn tells_nothing(&self) -> bool {
        self.errata.is_empty() && self.items().next().is_none()
    }

    /// All items, in order.
    pub fn items(&self) -> impl Iterator<Item = &EditionItem> {
        self.sections.iter().flat_map(|section| &section.items)
    }
}

/// What the edition was chosen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Considered {
    /// Sources checked.
    pub sources: usize,
    /// Items that came in.
    pub items: usize,
    /// Stories that they make.
    pub stories: usize,
    /// Stories that answered a theme but found no room.
    pub left_out: usize,
}

/// One theme's part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Which theme.
    pub theme: Slug,
    /// Its name in the edition's language.
    pub name: String,
    /// Its stories, best first.
    pub items: Vec<EditionItem>,
}

/// One story, told by its lead item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EditionItem {
    /// Row id of the lead item.
    pub item: i64,
    /// Row id of the story.
    pub story: i64,
    /// Cleaned for reading aloud.
    pub title: String,
    /// Where to read it.
    pub url: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// Who publishes it.
    pub publisher: String,
    /// Who signs it.
    pub authors: Vec<String>,
    /// The local day it was published, else first seen.
    pub date: NaiveDate,
    /// The date is the day we first saw it.
    pub date_is_first_seen: bool,
    /// It states a date that cannot be read or cannot be true: days ahead, before there were feeds.
    #[serde(default)]
    pub date_is_impossible: bool,
    /// One paragraph of plain text: the publisher's own words, shortened.
    pub summary: String,
    /// The curator's note, which stands before the summary.
    pub note: Option<String>,
    /// Why it is here: the rules of the theme that matched.
    pub why: Vec<Reason>,
    /// Its reliability.
    pub reliability: ItemReliability,
    /// The publisher announces its own product.
    pub announcement: bool,
    /// A person kept it.
    pub kept: bool,
    /// The other publishers that tell the same story.
    pub also_reported_by: Vec<OtherReport>,
}

/// One rule that put an item into a section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The words found.
    pub found: String,
    /// Where.
    pub place: crate::domain::relevance::Place,
}

/// What the edition tells of an item's reliability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemReliability {
    /// In words.
    pub level: Level,
    /// 0 to 100, rounded.
    pub score: u8,
    /// The interval, rounded.
    pub low: u8,
    /// The interval, rounded.
    pub high: u8,
    /// The two or three lines that weigh most, worded in the edition's language.
    pub reasons: Vec<String>,
    /// Independent publishers that confirm it.
    pub confirmed_by: Vec<String>,
}

/// Another item of the same story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherReport {
    /// Who.
    pub publisher: String,
    /// Its own title.
    pub title: String,
    /// Where.
    pub url: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
    /// A copy or the same words: confirms nothing.
    pub copy: bool,
}

/// The bytes that leave, the same for every subscriber.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderedEdition {
    /// Plain text, no line break.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// For `Content-Language`.
    pub language: Locale,
    /// Who signs; `None` in editions of versions before 0.2, which leave under the settings of the day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Signature>,
}

/// Who signs an edition: what stood in `[mail]` when it was rendered. Frozen with it, since a reader sees it as much as the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// `From`, as a header has it: `Name <address>`.
    pub from: String,
    /// `Reply-To`.
    pub reply_to: String,
}

impl RenderedEdition {
    /// SHA-256 over everything that leaves, hexadecimal; each part preceded by its length, so that no two editions share one.
    pub fn hash(&self) -> String {
        let mut context = ring::digest::Context::new(&ring::digest::SHA256);
        let signature = self.signature.iter().flat_map(|signature| [signature.from.as_str(), signature.reply_to.as_str()]);
        for part in [self.subject.as_str(), &self.text, &self.html, self.language.tag()].into_iter().chain(signature) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part.as_bytes());
        }
        context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}
