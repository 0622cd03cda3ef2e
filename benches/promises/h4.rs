//! H4: a perfect score on every column of the feed-reader behaviour project, 30 virtual days of 1,000 feeds, a restart between
//! any two refreshes.

use crate::{Run, Verdict};
use chrono::TimeDelta;
use veille_testbench::month;

/// A scale below 100 has fewer feeds, and from 10 down fewer days.
pub(crate) fn run(run: &mut Run) -> Verdict {
    let feeds = usize::try_from(run.times(1_000).max(28)).unwrap_or(usize::MAX);
    let days = if run.scale >= 10 { 30 } else { 5 };
    let found = month::live(&mut run.chance, feeds, days, TimeDelta::minutes(55));
    Verdict { figure: format!("{days} days, {found}"), kept: found.score.is_perfect() && found.is_read() }
}
