//! Which editions are due.

use crate::domain::digest::Schedule;
use chrono_tz::Tz;

/// A schedule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSchedule(pub String);

/// Reads a cron text of five fields, in the hours of `zone`.
pub fn schedule(_cron: &str, _zone: Tz) -> Result<Schedule, InvalidSchedule> {
    todo!("pipeline/periods.rs")
}
