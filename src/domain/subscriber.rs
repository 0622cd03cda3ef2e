//! People who receive a digest. Least data: an address, what they agreed to, when.

use crate::domain::{
    email_address::EmailAddress,
    slug::Slug,
    suppression::{Lift, Suppression},
};
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

/// Where an address stands with a digest, for whoever would add it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Never heard of.
    Unknown,
    /// Asked for, not confirmed.
    Pending,
    /// Receives it.
    Confirmed,
    /// Left it.
    Unsubscribed,
    /// Must not be written to: erased, complained, or mail came back.
    Suppressed,
}

/// Everything held about one person. The field names are those of `veille subscribers export`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PersonRecord {
    /// As asked for.
    pub email: String,
    /// Their subscriptions.
    pub subscriptions: Vec<SubscriptionRecord>,
    /// What was sent to them.
    pub deliveries: Vec<DeliveryRecord>,
    /// Why they must not be written to, and since when.
    pub suppressed: Option<Suppression>,
    /// The times that they were let back.
    pub lifted: Vec<Lift>,
}

/// A subscription, as its person may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubscriptionRecord {
    /// The address as it was given.
    pub email: String,
    /// Which digest.
    pub digest: String,
    /// Where it stands.
    pub state: SubscriptionState,
    /// What was agreed to, and how.
    pub consent: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub changed_at: DateTime<Utc>,
}

/// A delivery, as its person may read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryRecord {
    /// The edition's number.
    pub edition: i64,
    /// Of which digest.
    pub digest: String,
    /// The message's id.
    pub message_id: String,
    /// Where it stands.
    pub state: String,
    /// What the relay last said.
    pub last_reply: Option<String>,
    /// When it was queued.
    pub queued_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// What came back of it: "address", "mailbox", "sender", "complaint" or "failed".
    pub bounce: Option<String>,
}

/// What erasing a person touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Erasure {
    /// Subscriptions deleted.
    pub subscriptions: usize,
    /// Deliveries whose address and replies are blanked.
    pub deliveries: usize,
    /// Of these, those that had not left and are withdrawn.
    pub withdrawn: usize,
    /// The address still stands in the database's files: a message to it is leaving, somebody reads, or an article names it.
    pub traces: bool,
}
