//! Feedback reports (RFC 5965): a reader pressed "this is spam", and their provider says so.

use super::{fields, headers, is, of_all, report::Outcome, text};
use crate::domain::bounce::Verdict;
use mail_parser::{Message, MessagePart};

/// What a reader says who wants no more of it (RFC 5965, 7.3; RFC 6430 for "not-spam"). Others are reports about authentication, or
/// nobody's wish.
const COMPLAINTS: [&str; 5] = ["abuse", "fraud", "virus", "opt-out", "opt-out-list"];

/// What a `message/feedback-report` part says.
pub(super) fn outcome(part: &MessagePart<'_>) -> Outcome {
    let groups = fields::groups(&text(part));
    let kind = groups.iter().find_map(|group| group.value("Feedback-Type")).unwrap_or_default();
    let kind = kind.split_whitespace().next().unwrap_or_default().to_ascii_lowercase();
    let verdict = if COMPLAINTS.contains(&kind.as_str()) { Verdict::Complaint } else { Verdict::Nothing };
    let known = !kind.is_empty() && kind.len() <= 32 && kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    Outcome { detail: known.then_some(kind), ..of_all(verdict) }
}

/// The envelope sender of the message that a report is about, wherever the report gives it.
pub(super) fn return_paths(message: &Message<'_>) -> Vec<String> {
    let mut paths = Vec::new();
    for part in &message.parts {
        if is(part, "message", &["feedback-report"]) {
            paths.extend(
                fields::groups(&text(part)).iter().filter_map(|group| group.value("Original-Mail-From")).map(str::to_owned),
            );
        } else if is(part, "text", &["rfc822-headers"]) || is(part, "message", &["global-headers"]) {
            paths.extend(
                fields::groups(&text(part)).iter().take(1).filter_map(|group| group.value("Return-Path")).map(str::to_owned),
            );
        } else if let Some(returned) = part.message() {
            paths.extend(headers(returned, "Return-Path"));
        }
    }
    paths
}
