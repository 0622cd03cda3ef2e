//! What people say about trust, for the commands that take it and show it.

mod contest;
mod present;

pub(crate) use contest::Args as ContestArgs;
pub(crate) use contest::{criterion_named, run as contest};
pub(crate) use present::{judged_lines, override_line, state_word};

use crate::app::{Error, Result};
use chrono::NaiveDate;

/// A day as people write it: 2027-06-30.
pub(crate) fn day(name: &str, text: &str) -> Result<NaiveDate> {
    text.trim().parse().map_err(|_| Error::Invalid(format!("{name}: \"{text}\" is no day; write it like 2027-06-30")))
}
