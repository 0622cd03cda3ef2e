//! Hubs (WebSub, W3C Recommendation of 23 January 2018): servers that tell when a feed changed.

use crate::domain::secret::Secret;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Where a feed says that its changes are told.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Hub {
    /// The address of the hub, as stated.
    pub hub: String,
    /// What the hub knows the feed by: its `self` address, as stated.
    pub topic: String,
}

/// What a hub is asked, and what it asks back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Intent {
    /// To tell of changes from now on.
    Subscribe,
    /// To tell no more.
    Unsubscribe,
}

impl Intent {
    /// The word of the protocol (`hub.mode`), and of the database.
    pub fn word(self) -> &'static str {
        match self {
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
        }
    }

    /// From that word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Subscribe, Self::Unsubscribe].into_iter().find(|intent| intent.word() == word)
    }
}

/// One subscription, as the database keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubSubscription {
    /// Row id.
    pub id: i64,
    /// Row id of the source.
    pub source_id: i64,
    /// Where it was asked for.
    pub hub: Hub,
    /// The part of the callback's address that nobody can guess.
    pub token: Secret,
    /// What pushes are signed with.
    pub secret: Secret,
    /// What the hub was asked and has not verified yet.
    pub pending: Option<Intent>,
    /// It is to end: its source names another hub, or is watched no more.
    pub ending: bool,
    /// Until when the hub tells of changes; `None` before it verified, and after it refused.
    pub lease_until: Option<DateTime<Utc>>,
    /// When something is to be done about it: ask, renew, ask again.
    pub next_at: DateTime<Utc>,
    /// Requests in a row that came to nothing.
    pub failures: u32,
    /// Why the last one did, in one line.
    pub last_error: Option<String>,
    /// When the hub last told of a change, signed as it must be.
    pub last_push_at: Option<DateTime<Utc>>,
}

impl HubSubscription {
    /// Whether the hub tells of changes at that instant.
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        !self.ending && self.lease_until.is_some_and(|until| until > now)
    }
}

/// What a hub is asked to do, and what is written before that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Row id of the subscription.
    pub id: i64,
    /// Where, and about what.
    pub hub: Hub,
    /// To subscribe or to unsubscribe.
    pub intent: Intent,
    /// See [`HubSubscription::token`].
    pub token: Secret,
    /// See [`HubSubscription::secret`].
    pub secret: Secret,
    /// Requests in a row that came to nothing, this one not included.
    pub failures: u32,
    /// When it is asked again if the hub does not verify.
    pub again_at: DateTime<Utc>,
}

/// What is to be done about subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Errands {
    /// Sources that have a hub and no subscription with it yet.
    pub begin: Vec<(i64, Hub)>,
    /// Subscriptions that are to end.
    pub end: Vec<i64>,
    /// Those that ended, whether or not the hub agreed.
    pub forget: Vec<i64>,
    /// Hubs to be asked.
    pub ask: Vec<Request>,
}
