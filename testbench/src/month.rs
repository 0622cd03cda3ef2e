//! Days and weeks of refreshes in virtual time: every step is a process of its own, so that there is a restart between any two
//! requests, and the publishers keep the same clock.

use crate::{
    chance::Chance,
    home::{Home, LOOPBACK},
    politeness::{Score, score},
    publishers::Publishers,
};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt::{Display, Formatter};

/// What no reader should go below.
pub const FLOOR: TimeDelta = TimeDelta::minutes(60);

/// What a span of time came to.
#[derive(Debug)]
pub struct Month {
    /// Processes that ran.
    pub restarts: usize,
    /// Items that publishers put into a document and a reader could have seen.
    pub published: u64,
    /// Items that are stored.
    pub stored: usize,
    /// The columns.
    pub score: Score,
}

impl Month {
    /// Whether the publishers were read, too: who asks nobody is polite as well. What answers 304 unasked may never be.
    #[must_use]
    pub fn is_read(&self) -> bool {
        self.stored as u64 * 10 > self.published * 8 && self.score.requests > self.score.feeds * 2
    }
}

impl Display for Month {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { restarts, published, stored, score } = self;
        write!(f, "{restarts} restarts, {stored} items stored of at most {published} published, {score}")
    }
}

/// The first instant: a Monday.
#[must_use]
pub fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap() // 2026-11-23
}

/// Refreshes what is due, so many days long, about every `step`: chance shortens or lengthens each by up to half of it.
///
/// # Panics
///
/// If the binary says that it did not do its work.
#[must_use]
pub fn live(chance: &mut Chance, feeds: usize, days: i64, step: TimeDelta) -> Month {
    let publishers = Publishers::serve(chance, feeds);
    let home = Home::with(publishers.sources(), LOOPBACK);
    let (mut now, end, mut restarts) = (start(), start() + TimeDelta::days(days), 0);
    while now < end {
        publishers.at(now);
        let output = home.run(&["--now", &now.to_rfc3339(), "refresh", "--json"]);
        let status = output.status.code();
        assert!(matches!(status, Some(0 | 3)), "{status:?}: {}", String::from_utf8_lossy(&output.stderr));
        restarts += 1;
        let half = u64::try_from(step.num_seconds() / 2).unwrap().max(1);
        now += step / 2 + TimeDelta::seconds(i64::try_from(chance.below(half * 2)).unwrap());
    }
    let items = home.json(&["items", "list", "--limit", "1000000", "--json"]);
    Month {
        restarts,
        published: publishers.published(),
        stored: items.as_array().unwrap().len(),
        score: score(&publishers.log(), FLOOR),
    }
}
