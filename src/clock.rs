//! The only place that asks what time it is.

use chrono::{DateTime, Utc};

/// Where "now" comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine.
    System,
    /// `--now`: a past or future week, replayed. It stands still.
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// The instant.
    pub fn now(self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            Self::System => Utc::now(),
            Self::Fixed(instant) => instant,
        }
    }
}
