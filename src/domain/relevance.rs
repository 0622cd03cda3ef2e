//! Why an item answers a theme.

use crate::domain::slug::Slug;
use serde::{Deserialize, Serialize};

/// Where a rule matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the title.
    Title,
    /// In the summary.
    Summary,
    /// In the body.
    Body,
    /// In a category or tag.
    Category,
    /// As a recognised identifier.
    Identifier,
}

/// One rule that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleMatch {
    /// The word or phrase of the theme, as written there.
    pub rule: String,
    /// The words of the item that it matched.
    pub found: String,
    /// Where, best place first.
    pub place: Place,
    /// How often, over all places.
    pub count: u32,
}

/// What a theme makes of an item.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Relevance {
    /// Which theme.
    pub theme: Slug,
    /// 0 to 1; 0 when excluded.
    pub score: f64,
    /// The rules that matched, strongest first.
    pub matches: Vec<RuleMatch>,
    /// The rule of `none` that excluded it, if any.
    pub excluded_by: Option<RuleMatch>,
}
