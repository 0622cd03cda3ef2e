//! Bytes to a [`ParsedFeed`]: decode, guard, parse, repair.

use crate::domain::{
    document::Document,
    entry::{NotAFeed, ParsedFeed},
};
use chrono::{DateTime, Utc};

/// Reads one feed document. One bad entry never loses the feed; only "no feed at all" is an error. Never panics.
///
/// `now` serves to tell impossible dates: nothing is published later than a day from now.
pub fn parse(_document: &Document, _now: DateTime<Utc>) -> Result<ParsedFeed, NotAFeed> {
    todo!("pipeline/parse")
}
