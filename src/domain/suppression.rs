//! Who must not be written to, and why.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Why an address is not written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressionReason {
    /// The person was erased.
    Erased,
    /// The reader called an edition unwanted.
    Complaint,
    /// There is no such address.
    HardBounce,
    /// The mailbox took none of several editions.
    SoftBounces,
}

impl SuppressionReason {
    /// As stored and as printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Erased => "erased",
            Self::Complaint => "complaint",
            Self::HardBounce => "hard_bounce",
            Self::SoftBounces => "soft_bounces",
        }
    }

    /// Whether it lies in what the person wants: then only the person can take it back. Else it lies in the address.
    pub fn is_a_wish(self) -> bool {
        matches!(self, Self::Erased | Self::Complaint)
    }

    /// Whether it replaces a reason that is held already: what a person wants weighs more than the state of a mailbox.
    pub fn outweighs(self, held: Self) -> bool {
        self.is_a_wish() && !held.is_a_wish()
    }
}

/// An address that must not be written to. The field names are those of `veille subscribers list --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suppression {
    /// Why.
    pub reason: SuppressionReason,
    /// The status code that led to it: never an address, never a server's words.
    pub detail: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// An operator's word that an address may be written to again. The field names are those of `veille subscribers export`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Lift {
    /// Why it was not written to.
    pub reason: SuppressionReason,
    /// Since when it was not.
    pub since: DateTime<Utc>,
    /// When that ended.
    pub lifted_at: DateTime<Utc>,
    /// Who ended it.
    pub actor: String,
    /// On what ground.
    pub words: String,
}
