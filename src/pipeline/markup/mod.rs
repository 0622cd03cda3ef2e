//! The tags of HTML, read before any parser sees them: whoever parses what others wrote asks here first.

mod scan;
mod tags;

pub(super) use scan::{Fault, FaultKind, Refusal, scan};

/// Whether a document or a fragment was made to exhaust an HTML parser, or might as well have been: too long, too deep, too many
/// tags or attributes, formatting left open without end.
pub fn costs_too_much(html: &str) -> bool {
    scan(html).is_err()
}
