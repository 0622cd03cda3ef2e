//! People who receive a digest. Least data: an address, what they agreed to, when.

use crate::domain::{email_address::EmailAddress, slug::Slug};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubscriptionState {
    /// Asked for, not confirmed.
    Pending,
    /// Receives editions.
    Confirmed,
    /// Left; kept so that an import cannot bring them back.
    Unsubscribed,
}

/// A person's link to a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Row id.
    pub id: i64,
    /// Where mail goes.
    pub email: EmailAddress,
    /// Which digest.
    pub digest: Slug,
    /// Where it stands.
    pub state: SubscriptionState,
    /// How consent was given: "added by …", "import of …".
    pub consent: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
}
