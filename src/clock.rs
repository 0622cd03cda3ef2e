//! The only place that asks what time it is.

use chrono::{DateTime, TimeDelta, Utc};
use std::time::Instant;

/// Where "now" comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The machine.
    System,
    /// `--now`: a past or future week, replayed. It stands still.
    Fixed(DateTime<Utc>),
    /// `--now` of a server: it was that time when it started, and time goes on.
    Going {
        /// The time that was given.
        from: DateTime<Utc>,
        /// When it was given.
        since: Instant,
    },
}

impl Clock {
    /// The instant.
    pub fn now(self) -> DateTime<Utc> {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the clock")]
            Self::System => Utc::now(),
            Self::Fixed(instant) => instant,
            Self::Going { from, since } => from + TimeDelta::from_std(since.elapsed()).unwrap_or(TimeDelta::MAX / 4),
        }
    }

    /// A clock that stood still goes on from there.
    #[must_use]
    pub fn set_going(self) -> Self {
        match self {
            Self::Fixed(from) => Self::Going { from, since: Instant::now() },
            going => going,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn a_clock_that_is_set_going_goes_on_from_its_time() {
        let from = "2026-11-23T07:00:00Z".parse().unwrap();
        let clock = Clock::Fixed(from).set_going();
        std::thread::sleep(std::time::Duration::from_millis(20));
        let gone = (clock.now() - from).num_milliseconds();
        assert!((20..60_000).contains(&gone), "{gone} ms");
        assert_eq!(Clock::System.set_going(), Clock::System);
    }
}
