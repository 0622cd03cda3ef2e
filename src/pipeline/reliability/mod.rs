//! Evidence, and what it adds up to.

use crate::domain::{
    evidence::{Evidence, Ledger},
    item::NewItem,
    publisher::Publisher,
};
use chrono::{DateTime, Utc};

/// The rule set: weights, supports and tables as data, with a version.
pub struct Rules {}

/// A rule set that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidRules(pub String);

impl Rules {
    /// The rule set that the product ships.
    pub fn shipped() -> Self {
        todo!("pipeline/reliability")
    }

    /// Another one, as TOML text.
    pub fn parse(_toml: &str) -> Result<Self, InvalidRules> {
        todo!("pipeline/reliability")
    }

    /// Its version.
    pub fn version(&self) -> &str {
        todo!("pipeline/reliability")
    }
}

/// Everything that a feed alone tells of an item's reliability: author, date, attribution, links, tone, interests, registry.
pub fn observe(_rules: &Rules, _item: &NewItem, _publisher: Option<&Publisher>, _now: DateTime<Utc>) -> Vec<Evidence> {
    todo!("pipeline/reliability")
}

/// What evidence adds up to, line by line. The order of `evidence` does not matter.
pub fn ledger(_rules: &Rules, _evidence: &[Evidence]) -> Ledger {
    todo!("pipeline/reliability")
}
