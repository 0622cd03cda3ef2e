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

use crate::domain::{email_address::EmailAddress, refusal::Fault, slug::Slug};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

impl DeliveryState {
    /// As stored and as printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Committing => "committing",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Ambiguous => "ambiguous",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// How long to wait after `tries` refusals (at least one): 1, 5, 15, 30, 60 minutes, then 4 hours each time.
pub fn back_off(tries: u32) -> TimeDelta {
    TimeDelta::minutes(match tries {
        0 | 1 => 1,
        2 => 5,
        3 => 15,
        4 => 30,
        5 => 60,
        _ => 240,
    })
}

/// A relay that says "later" for so long means "no".
pub const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(5);

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
        /// What it says of the recipient, should the relay never take it.
        fault: Option<Fault>,
    },
    /// Refused for good, because of the recipient.
    RejectedRecipient {
        /// The reply or the failure.
        reason: String,
        /// What it says of the address: whether to write to it again.
        fault: Option<Fault>,
    },
    /// Refused for good, because of us (5.7.x, authentication, sender): the digest pauses, nobody is suppressed.
    RejectedSender(String),
    /// The end of the message may have been written, and no answer came.
    Ambiguous(String),
}

/// How the deliveries of an edition stand. The field names are those of `veille edition show --json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct DeliverySummary {
    /// All of them.
    pub total: usize,
    /// Waiting for their time, or in a worker's hands.
    pub waiting: usize,
    /// Taken by the relay.
    pub sent: usize,
    /// Will not be tried again.
    pub failed: usize,
    /// Nobody can know whether the relay took them.
    pub ambiguous: usize,
    /// Withdrawn before they left.
    pub withdrawn: usize,
    /// Taken by the relay and returned since: counted under `sent` as well.
    pub bounced: usize,
    /// Sent once more after an answer was lost: these may have arrived twice.
    pub resent: usize,
    /// When the next one is due, if any waits.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Those that failed, are ambiguous, or were refused at least once; at most a hundred.
    pub problems: Vec<DeliveryProblem>,
    /// All of which an answer of the relay was lost, whatever became of them: these may have arrived twice, or not at all.
    pub doubts: Vec<DeliveryDoubt>,
    /// Why sending of the digest is paused.
    pub paused: Option<String>,
}

/// A delivery of which the relay's answer was lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryDoubt {
    /// To whom; empty once the person is erased.
    pub email: String,
    /// The same in every copy.
    pub message_id: String,
    /// Where it stands now.
    pub state: DeliveryState,
    /// How often the answer was lost.
    pub times: u32,
}

/// A delivery that did not go smoothly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryProblem {
    /// Of which edition.
    pub edition: i64,
    /// To whom; empty once the person is erased.
    pub email: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// What the relay last said, or how it broke.
    pub reason: String,
    /// When it is tried again, if it is.
    pub next_attempt_at: Option<DateTime<Utc>>,
}
