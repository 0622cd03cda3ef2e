//! Who stands behind sources: the registry that reliability leans on.

use crate::domain::{localised::Localised, slug::Slug};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use url::Url;

/// What kind of body a publisher is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PublisherClass {
    /// A public authority: regulator, court, ministry, official journal.
    Authority,
    /// A standards body.
    StandardsBody,
    /// A peer-reviewed journal.
    Journal,
    /// An academic repository or preprint server.
    Repository,
    /// Research group or institute that publishes its own work.
    Research,
    /// Press with a charter.
    Press,
    /// Sells what it writes about.
    Vendor,
    /// Association, NGO, foundation.
    Ngo,
    /// A community: forum, project, aggregator.
    Community,
    /// A person's or small team's blog.
    Blog,
}

/// A licence that publishers use, and what it lets one do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Licence {
    /// Its name in `sources.toml`.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// Its text.
    pub url: Option<Url>,
    /// What one may reuse, in a few words.
    pub terms: Localised,
}

/// One publisher. Facts that anybody can check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publisher {
    /// Its name in `sources.toml`.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// What kind of body it is.
    pub class: PublisherClass,
    /// Registrable domains or hosts that are its own, lower case.
    pub domains: Vec<String>,
    /// ISO 3166 code, or "EU".
    pub country: Option<String>,
    /// The group that owns it: publishers of one group are one voice.
    pub owner: Option<String>,
    /// Products and services that it sells: news about them is an announcement, not a report.
    pub sells: Vec<String>,
    /// Its accessibility statement.
    pub accessibility_statement: Option<Url>,
    /// Its corrections, ethics or editorial policy.
    pub policy: Option<Url>,
    /// Under which licence it publishes; `None`: not looked up, so nothing but a short quotation is safe.
    pub licence: Option<Licence>,
    /// Limits of quotation beyond the licence, in its own words.
    pub quotation: Option<String>,
    /// Satire or blocked: never scored, never published.
    pub blocked: Option<String>,
    /// Who filled this in.
    pub reviewed_by: Option<String>,
    /// When that was.
    pub reviewed_on: Option<NaiveDate>,
    /// When it must be looked at again.
    pub review_due: Option<NaiveDate>,
}

impl Publisher {
    /// Those who own or are owned together speak with one voice.
    pub fn voice(&self) -> &str {
        self.owner.as_deref().unwrap_or(self.slug.as_str())
    }
}
