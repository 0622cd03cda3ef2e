//! A message that came to the bounce address: what kind it is, which delivery of ours it is about, and what it says of it.
//!
//! Nothing here is believed but the tag ([`tag`]): whoever holds no valid one only makes noise. With a valid one, a report speaks of
//! the one delivery that the tag names, whomever else it lists.

mod feedback;
mod fields;
mod plain;
mod report;
pub mod tag;

pub use report::Outcome;

use crate::{
    domain::bounce::{BounceKey, ReportKind, Untagged, Verdict},
    pipeline::mime,
};
use mail_parser::{Message, MessagePart, MimeHeaders};

/// Headers that name the address to which a message was delivered, the most certain first; then the one to which it was written.
const DELIVERED_TO: [&str; 9] = [
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "X-Delivered-To",
    "X-Rcpt-To",
    "Resent-To",
    "To",
    "Return-Path",
];
/// No report that people can read gives more of a server's words. Characters.
const LONGEST_DETAIL: usize = 200;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What kind of message it is.
    pub kind: ReportKind,
    /// The delivery that its tag names, or why there is none.
    pub delivery: Result<i64, Untagged>,
    /// What it says of each address that it names; of all of them at once, where it names none.
    pub outcomes: Vec<Outcome>,
}

impl Reading {
    /// What it says of the delivery to `email`. Where it does not name the address (an alias, a forward), the mildest of what it says
    /// of the others.
    pub fn about(&self, email: &str) -> Option<&Outcome> {
        let named = |outcome: &&Outcome| outcome.addresses.iter().any(|address| address.eq_ignore_ascii_case(email));
        let ours = self.outcomes.iter().filter(named).min_by_key(|outcome| outcome.verdict);
        ours.or_else(|| self.outcomes.iter().min_by_key(|outcome| outcome.verdict))
    }
}

/// Reads a message. `key`: that of the tags; without one no tag is ours.
pub fn read(bytes: &[u8], key: Option<&BounceKey>) -> Reading {
    let Some(message) = mime::read(bytes) else {
        return Reading { kind: ReportKind::Unreadable, delivery: Err(Untagged::Absent), outcomes: Vec::new() };
    };
    let (kind, outcomes) = classify(&message);
    let mut places: Vec<String> = DELIVERED_TO.iter().flat_map(|name| headers(&message, name)).collect();
    if kind == ReportKind::FeedbackReport && !places.iter().any(|text| tag::stands_in(text)) {
        places.extend(feedback::return_paths(&message)); // complaints go to an address of their own
    }
    Reading { kind, delivery: tag::find(&places, key), outcomes }
}

fn classify(message: &Message<'_>) -> (ReportKind, Vec<Outcome>) {
    let part = |wanted: &[&str]| message.parts.iter().find(|part| is(part, "message", wanted));
    let report_type =
        message.parts.first().and_then(content_type).and_then(|kind| kind.attribute("report-type")).map(str::to_ascii_lowercase);
    if let Some(status) = part(&["delivery-status", "global-delivery-status"]) {
        return if returns_a_report(message) {
            (ReportKind::Loop, Vec::new())
        } else {
            (ReportKind::DeliveryReport, report::outcomes(status))
        };
    }
    if let Some(feedback) = part(&["feedback-report"]) {
        return (ReportKind::FeedbackReport, vec![feedback::outcome(feedback)]);
    }
    let receipt = part(&["disposition-notification", "global-disposition-notification"]).is_some();
    if receipt || report_type.as_deref() == Some("disposition-notification") {
        return (ReportKind::Receipt, Vec::new());
    }
    if plain::is_bounce(message) {
        return if returns_a_report(message) {
            (ReportKind::Loop, Vec::new())
        } else {
            (ReportKind::PlainBounce, vec![plain::outcome(message)])
        };
    }
    (if is_automatic(message) { ReportKind::AutoReply } else { ReportKind::Other }, Vec::new())
}

/// A bounce of a bounce: what it returns is itself a report, or was sent by nobody. An edition of ours is neither.
fn returns_a_report(message: &Message<'_>) -> bool {
    message.parts.iter().any(|part| match part.message() {
        Some(returned) => {
            let report = returned.parts.first().is_some_and(|root| is(root, "multipart", &["report"]));
            report || headers(returned, "Return-Path").iter().any(|path| path.trim() == "<>") || is_automatic(returned)
        }
        None if is(part, "text", &["rfc822-headers"]) || is(part, "message", &["global-headers"]) => {
            let head = fields::groups(&text(part)).into_iter().next().unwrap_or_default();
            let is_report = |value: &str| value.to_ascii_lowercase().starts_with("multipart/report");
            head.value("Content-Type").is_some_and(is_report) || head.value("Return-Path") == Some("<>")
        }
        None => false,
    })
}

/// RFC 3834, section 5, and what came before it. Our editions say "auto-generated", which is no answer to anything.
fn is_automatic(message: &Message<'_>) -> bool {
    let says = |name: &str, words: &[&str]| {
        headers(message, name).iter().any(|value| {
            let value = value.trim().to_ascii_lowercase();
            words.is_empty() || words.iter().any(|word| value.starts_with(word))
        })
    };
    says("Auto-Submitted", &["auto-replied", "auto-notified"])
        || ["X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Vacation"].iter().any(|name| says(name, &[]))
        || says("Precedence", &["auto_reply", "auto-reply"])
        || plain::is_absence(message.subject().unwrap_or_default())
}

/// The values of a header, unfolded.
fn headers(message: &Message<'_>, name: &str) -> Vec<String> {
    if message.parts.is_empty() {
        return Vec::new(); // mail-parser looks at the first part without asking
    }
    let named = message.headers_raw().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    named.map(|(_, value)| value.replace(['\r', '\n'], "")).collect()
}

fn content_type<'m>(part: &'m MessagePart<'_>) -> Option<&'m mail_parser::ContentType<'m>> {
    part.content_type()
}

fn is(part: &MessagePart<'_>, kind: &str, subtypes: &[&str]) -> bool {
    content_type(part).is_some_and(|found| {
        found.ctype().eq_ignore_ascii_case(kind)
            && found.subtype().is_some_and(|subtype| subtypes.iter().any(|wanted| subtype.eq_ignore_ascii_case(wanted)))
    })
}

fn text(part: &MessagePart<'_>) -> String {
    String::from_utf8_lossy(part.contents()).into_owned()
}

/// One short line that can be listed.
fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_DETAIL).collect()
}

/// What is said of every address at once.
fn of_all(verdict: Verdict) -> Outcome {
    Outcome { addresses: Vec::new(), verdict, status: None, detail: None }
}

#[cfg(test)]
mod tests;
