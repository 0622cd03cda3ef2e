//! Delivery reports (RFC 3464, in UTF-8 RFC 6533): what each says of each recipient.

use super::{fields, of_all, one_line, text};
use crate::domain::{
    bounce::Verdict,
    refusal::{EnhancedCode, Fault, fault_in_words},
};
use mail_parser::MessagePart;

/// More recipients than that are not looked at: a message of ours has one.
const MOST_RECIPIENTS: usize = 100;

/// What is said of one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The address, as it was written to and as it ended: empty where a report names none.
    pub addresses: Vec<String>,
    /// What became of the message.
    pub verdict: Verdict,
    /// The status code, if there is one.
    pub status: Option<String>,
    /// The server's words, one short line.
    pub detail: Option<String>,
}

/// What a `message/delivery-status` part says.
pub(super) fn outcomes(part: &MessagePart<'_>) -> Vec<Outcome> {
    let groups = fields::groups(&text(part)).into_iter().flat_map(|group| group.split_at_each("Final-Recipient"));
    let about_one = groups.filter(|group| group.has(&["Final-Recipient", "Original-Recipient", "Action", "Status"]));
    let outcomes: Vec<Outcome> = about_one.take(MOST_RECIPIENTS).map(|group| outcome(&group)).collect();
    if outcomes.is_empty() { vec![of_all(Verdict::Nothing)] } else { outcomes }
}

fn outcome(group: &fields::Group) -> Outcome {
    let names = ["Original-Recipient", "Final-Recipient"].into_iter().filter_map(|name| group.value(name));
    let words = group.value("Diagnostic-Code").unwrap_or_default();
    let stated = group.value("Status").and_then(EnhancedCode::first_in_any);
    let said = EnhancedCode::first_in(words);
    // "5.0.0" says no more than "failed": what the server far away said is worth more.
    let code = stated.filter(|code| !code.is_vague()).or(said).or(stated);
    let verdict = match action(group.value("Action").unwrap_or_default(), stated.or(said)) {
        Action::Failed => failed(code, words),
        Action::Delayed => Verdict::Delayed,
        Action::Delivered => Verdict::Delivered,
        Action::Unknown => Verdict::Nothing,
    };
    Outcome {
        addresses: names.flat_map(fields::address).filter(|address| !address.is_empty()).collect(),
        verdict,
        status: code.map(|code| code.to_string()),
        detail: Some(one_line(words)).filter(|words| !words.is_empty()),
    }
}

enum Action {
    Failed,
    Delayed,
    Delivered,
    Unknown,
}

/// RFC 3464, 2.3.3; where the field is missing or strange, the class of the status.
fn action(value: &str, code: Option<EnhancedCode>) -> Action {
    let word: String = value.trim().chars().take_while(char::is_ascii_alphabetic).collect();
    match (word.to_ascii_lowercase().as_str(), code.map(|code| code.class)) {
        ("failed" | "failure", _) | ("", Some(5)) => Action::Failed,
        ("delayed", _) | ("", Some(4)) => Action::Delayed,
        ("delivered" | "relayed" | "expanded", _) | ("", Some(2)) => Action::Delivered,
        _ => Action::Unknown,
    }
}

/// A message that will not be tried again: by its code, by the server's words where the code says nothing, else the mailbox's fault,
/// which weighs little.
pub(super) fn failed(code: Option<EnhancedCode>, words: &str) -> Verdict {
    match code.filter(|code| !code.is_vague()) {
        Some(code) => Verdict::from(code.fault()),
        None => Verdict::from(Some(fault_in_words(words).unwrap_or(Fault::Mailbox))),
    }
}
