//! What a web page says, and what it says of itself.

use crate::domain::{
    entry::Author,
    fetching::{DatePrecision, StatedDate},
};
use chrono::{DateTime, FixedOffset, NaiveDate, SecondsFormat};
use serde::Serialize;

/// One web page, read. What it does not say is absent.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PageReading {
    /// What sort of page it is.
    pub kind: PageKind,
    /// Only a part is shown to those who do not pay.
    pub paywalled: bool,
    /// The headline, without the name of the site.
    pub title: Option<String>,
    /// Who signs: names as a person would write them, without "By", role or address.
    pub authors: Vec<Author>,
    /// A signature that names nobody, where no other is: "Admin".
    pub unnamed: Option<Author>,
    /// Who publishes, by its own word; else the name of the site.
    pub publisher: Option<String>,
    /// The publisher is declared as such.
    pub publisher_declared: bool,
    /// When it was first published.
    pub published: Option<PageDate>,
    /// When it was last changed.
    pub modified: Option<PageDate>,
    /// A date of publication was there but unreadable.
    pub unreadable_date: Option<String>,
    /// BCP 47, lower case: declared, unless the text plainly contradicts it; else detected.
    pub language: Option<String>,
    /// The address that the page gives itself, absolute.
    pub canonical: Option<String>,
    /// What the page says that it is about, in a sentence or two.
    pub description: Option<String>,
    /// The main text: one line a paragraph.
    pub text: String,
    /// Words in it.
    pub words: usize,
    /// Absolute addresses linked from the main text, in order, without repeats.
    pub links: Vec<String>,
    /// Images in the main text.
    pub images: usize,
    /// What the publisher binds itself to, and who it says that it is.
    pub statements: Vec<Statement>,
}

/// What sort of page a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// A text of its own: an article, a notice, a report.
    Article,
    /// The way to other texts: a home page, a section, search results.
    List,
    /// Nothing to read: an empty page, an error, a page that needs a browser.
    #[default]
    Empty,
}

/// A date of a page, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageDate {
    /// In the zone that was stated; UTC where none was.
    pub at: DateTime<FixedOffset>,
    /// The day as readers were shown it: that of `at`, unless the page shows the neighbouring one, where its clock is.
    pub day: NaiveDate,
    /// How exactly it was stated.
    pub precision: DatePrecision,
    /// Where on the page: "JSON-LD datePublished", "meta article:published_time", "time", "address", "text".
    pub place: &'static str,
    /// The very words that it was read from.
    pub excerpt: String,
}

impl PageDate {
    /// RFC 3339: with time and zone where both are stated and lie on the day shown, else the day alone.
    pub fn rfc3339(&self) -> String {
        match self.precision {
            DatePrecision::Zoned if self.at.date_naive() == self.day => self.at.to_rfc3339_opts(SecondsFormat::Secs, true),
            _ => self.day.format("%Y-%m-%d").to_string(),
        }
    }

    /// As a feed would have stated it.
    pub fn stated(&self) -> StatedDate {
        StatedDate { at: self.at.to_utc(), precision: self.precision }
    }
}

/// A page of the publisher about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it is about.
    pub subject: Subject,
    /// How the link is named, or the property that gives it.
    pub label: String,
    /// Where it is, absolute, when that is known.
    pub url: Option<String>,
}

/// What a publisher's page about itself is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Who is responsible: legal notice, imprint.
    Legal,
    /// Ethics, corrections, funding.
    Policy,
    /// Accessibility.
    Accessibility,
}
