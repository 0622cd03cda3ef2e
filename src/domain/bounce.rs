//! Messages that come back: what is known of each, and what follows from it.

use crate::domain::{refusal::Fault, secret::Secret};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// So many editions in a row that a mailbox did not take …
pub const SOFT_EDITIONS: usize = 5;
/// … over at least that long, and it is written to no more.
pub const SOFT_SPAN: TimeDelta = TimeDelta::days(14);
/// A server that could not deliver says so within that time (RFC 5321, 4.5.4.1: it tries for four or five days).
pub const BOUNCES_COME_WITHIN: TimeDelta = TimeDelta::days(5);
/// A tag older than that proves nothing any more: it has been in the headers of a message for too long.
pub const TAGS_HOLD_FOR: TimeDelta = TimeDelta::days(60);

/// The longest local part of a bounce address. With a plus sign, the largest number, a hyphen and twenty letters it makes the 64 octets
/// of RFC 5321, 4.5.3.1.1.
pub const LONGEST_BASE: usize = 23;

/// The key of the tags; this installation's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BounceKey(Secret);

impl BounceKey {
    /// Wraps the secret.
    pub fn new(secret: String) -> Self {
        Self(Secret::new(secret))
    }

    /// The only way to read it.
    pub fn reveal(&self) -> &[u8] {
        self.0.reveal().as_bytes()
    }
}

/// What a returned message says, from the least to the most: the more serious of two about one delivery holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Not about the fate of a message, or none that could be told: says nothing.
    Nothing,
    /// The server still tries.
    Delayed,
    /// It arrived.
    Delivered,
    /// Refused, and neither the address nor we are to blame.
    Failed,
    /// Refused because of us.
    Sender,
    /// The mailbox did not take it.
    Mailbox,
    /// There is no such address.
    Address,
    /// The reader calls it unwanted.
    Complaint,
}

impl Verdict {
    /// As stored and as printed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::Sender => "sender",
            Self::Mailbox => "mailbox",
            Self::Address => "address",
            Self::Complaint => "complaint",
        }
    }
}

impl From<Option<Fault>> for Verdict {
    fn from(fault: Option<Fault>) -> Self {
        match fault {
            None => Self::Failed,
            Some(Fault::Sender) => Self::Sender,
            Some(Fault::Mailbox) => Self::Mailbox,
            Some(Fault::Address) => Self::Address,
        }
    }
}

/// What kind of message came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// RFC 3464, RFC 6533.
    DeliveryReport,
    /// A bounce in words of its own.
    PlainBounce,
    /// RFC 5965.
    FeedbackReport,
    /// RFC 8098: read receipts.
    Receipt,
    /// RFC 3834: absences and the like.
    AutoReply,
    /// A bounce of a bounce.
    Loop,
    /// Anything else.
    Other,
    /// No message at all, or none that can be read safely.
    Unreadable,
}

/// Why a report is not about a message that we sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Untagged {
    /// No address of ours with a tag in it.
    Absent,
    /// A tag that this installation did not make.
    Forged,
}

/// What was made of one report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The address is written to no more.
    Suppressed,
    /// One more edition that the mailbox did not take.
    Counted,
    /// Sending of the digest is paused.
    Paused,
    /// Written down with the delivery; nothing else follows.
    Noted,
    /// Nothing changed: it says nothing about the fate of a message.
    Silent,
    /// Nothing changed: this was known.
    Known,
    /// Nothing changed: no tag.
    NoTag,
    /// Nothing changed: a tag that is not ours.
    ForgedTag,
    /// Nothing changed: the tag is too old, or its delivery is gone.
    ExpiredTag,
    /// Nothing changed: the person was erased.
    Forgotten,
    /// Nothing changed: a person resumed the digest after this message left.
    Resumed,
}

impl Effect {
    /// Whether anything but the list of reports changed.
    pub fn changes(self) -> bool {
        matches!(self, Self::Suppressed | Self::Counted | Self::Paused | Self::Noted)
    }
}

/// How one edition ended for one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// When it was queued.
    pub at: DateTime<Utc>,
    /// The mailbox did not take it.
    pub soft: bool,
}

/// How many of the last editions in a row the mailbox did not take, and whether that is enough. `history`: newest first. What left
/// only just may still come back: it counts neither way.
pub fn soft_run(history: &[Past], now: DateTime<Utc>) -> (usize, bool) {
    let decided = history.iter().filter(|past| past.soft || now - past.at > BOUNCES_COME_WITHIN);
    let run: Vec<&Past> = decided.take_while(|past| past.soft).collect();
    let span = match (run.first(), run.last()) {
        (Some(newest), Some(oldest)) => newest.at - oldest.at,
        _ => TimeDelta::zero(),
    };
    (run.len(), run.len() >= SOFT_EDITIONS && span >= SOFT_SPAN)
}

/// A report as it is listed. The field names are those of `veille bounces list --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BounceRecord {
    /// Row id; none for a rehearsal.
    pub id: Option<i64>,
    /// When it was read.
    pub received_at: DateTime<Utc>,
    /// What kind of message it is.
    pub kind: ReportKind,
    /// What it says.
    pub verdict: Verdict,
    /// The status code that it gives, if any.
    pub status: Option<String>,
    /// What was made of it.
    pub effect: Effect,
    /// The delivery's edition, if its tag is ours.
    pub edition: Option<i64>,
    /// The digest of the edition.
    pub digest: Option<String>,
    /// To whom it went; empty once the person is erased.
    pub email: Option<String>,
    /// The server's words, for a tag that is ours.
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::{Past, soft_run};
    use chrono::{DateTime, TimeDelta, Utc};

    #[test]
    fn five_in_a_row_over_two_weeks() {
        let now: DateTime<Utc> = "2026-11-30T08:00:00Z".parse().unwrap();
        let history = |days: &[(i64, bool)]| -> Vec<Past> {
            days.iter().map(|(days, soft)| Past { at: now - TimeDelta::days(*days), soft: *soft }).collect()
        };
        for (days, expected) in [
            (&[][..], (0, false)),
            (&[(0, true), (7, true), (14, true), (21, true)], (4, false)),
            (&[(0, true), (7, true), (14, true), (21, true), (28, true)], (5, true)),
            (&[(0, true), (1, true), (2, true), (3, true), (13, true)], (5, false)),
            (&[(0, true), (1, true), (2, true), (3, true), (14, true)], (5, true)),
            (&[(0, true), (7, true), (14, false), (21, true), (28, true), (35, true)], (2, false)),
            // one that left three days ago may still come back; one that left a week ago arrived
            (&[(3, false), (7, true), (14, true), (21, true), (28, true), (35, true)], (5, true)),
            (&[(6, false), (7, true), (14, true), (21, true), (28, true), (35, true)], (0, false)),
        ] {
            assert_eq!(soft_run(&history(days), now), expected, "{days:?}");
        }
    }
}
