//! One edition on its way to one subscription.
//!
//! ```text
//! queued ─► sending ─► committing ──250──► sent
//!    ▲         │            │ 4xx ──► queued, later      (the server says no: it did not keep it)
//!    └─────────┘            │ 5xx ──► failed
//!  cut before the dot       └ cut, silence or crash ──► ambiguous
//! ```
//!
//! `committing` is on disk before the final dot of the message is written, `sent` after the answer. A crash in `sending` is safe
//! to retry; one in `committing` is ambiguous: never silently either.

use crate::domain::{email_address::EmailAddress, slug::Slug};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryState {
    /// Waits for its time.
    Queued,
    /// A worker holds it; nothing irrevocable yet.
    Sending,
    /// The end of the message may have been written.
    Committing,
    /// The relay answered 250.
    Sent,
    /// Will not be tried again; the reason is kept.
    Failed,
    /// Nobody can know whether the relay took it.
    Ambiguous,
    /// Withdrawn before it left: unsubscribed, erased, edition cancelled.
    Withdrawn,
}

/// A delivery claimed by a worker. Every later write names the attempt, so that a worker that wakes up late writes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Row id.
    pub id: i64,
    /// The edition's number.
    pub edition: i64,
    /// Its digest.
    pub digest: Slug,
    /// Where it goes.
    pub email: EmailAddress,
    /// The same at each attempt.
    pub message_id: String,
    /// The fencing number.
    pub attempt: u32,
    /// When it was first queued.
    pub queued_at: DateTime<Utc>,
}

/// What became of an attempt to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendOutcome {
    /// The relay took it (its reply).
    Accepted(String),
    /// Nothing was taken; worth another try.
    Deferred {
        /// The reply or the failure.
        reason: String,
        /// The relay asks everybody to slow down (421, 4.7.x).
        slow_down: bool,
    },
    /// Refused for good, because of the recipient.
    RejectedRecipient(String),
    /// Refused for good, because of us (5.7.x, authentication, sender): the digest pauses, nobody is suppressed.
    RejectedSender(String),
    /// The end of the message may have been written, and no answer came.
    Ambiguous(String),
}
