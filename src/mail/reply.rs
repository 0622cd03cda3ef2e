//! What a refusal means for a delivery: who is to blame, and is it worth another try?
//!
//! RFC 5321, 4.2 (replies) and RFC 3463 (enhanced codes): the enhanced code, where there is one, says more than the plain one.

use crate::domain::delivery::SendOutcome;

/// Where in the conversation something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Name look-up, TCP, TLS, greeting, EHLO, STARTTLS.
    Connect,
    /// AUTH.
    Login,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA, up to the 354.
    Data,
    /// The message, its final dot and the answer.
    Message,
}

impl Phase {
    /// For reasons that people read.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Connect => "connecting",
            Self::Login => "AUTH",
            Self::Sender => "MAIL FROM",
            Self::Recipient => "RCPT TO",
            Self::Data => "DATA",
            Self::Message => "the end of the message",
        }
    }
}

/// A refusal, as the relay worded it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Three digits.
    pub(super) code: u16,
    /// All lines, joined.
    pub(super) text: String,
}

/// What a 4xx or 5xx at `phase` makes of the delivery. The relay said no, so it holds nothing.
pub(super) fn classify(phase: Phase, refusal: &Refusal) -> SendOutcome {
    let reason = reason(phase, refusal);
    let enhanced = enhanced(&refusal.text);
    if refusal.code < 500 {
        let slow_down = matches!(refusal.code, 421 | 454) || matches!(enhanced, Some((4, 7, _)));
        return SendOutcome::Deferred { reason, slow_down };
    }
    match enhanced {
        // policy, security, or the message itself: the same answer awaits everybody
        Some((5, 6 | 7, _) | (5, 3, 4)) => SendOutcome::RejectedSender(reason),
        // sender address bad or not allowed (RFC 3463, X.1.7 and X.1.8)
        Some((5, 1, 7 | 8)) => SendOutcome::RejectedSender(reason),
        // nobody can be blamed who was not named yet
        Some((5, 1 | 2 | 4, _)) if !matches!(phase, Phase::Connect | Phase::Login | Phase::Sender) => {
            SendOutcome::RejectedRecipient(reason)
        }
        _ => match phase {
            Phase::Recipient | Phase::Data => SendOutcome::RejectedRecipient(reason),
            // 552, 554 … without a code after the whole message: it is the message that displeased
            Phase::Connect | Phase::Login | Phase::Sender | Phase::Message => SendOutcome::RejectedSender(reason),
        },
    }
}

/// One line, short enough for a table: "550 5.1.1 no such user (at RCPT TO)".
fn reason(phase: Phase, refusal: &Refusal) -> String {
    format!("{} {} (at {})", refusal.code, printable(&refusal.text), phase.name())
}

/// The text of a server without anything that could disturb a terminal or a log; at most 300 characters.
pub(super) fn printable(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn enhanced(text: &str) -> Option<(u16, u16, u16)> {
    let mut numbers = text.split_whitespace().next()?.split('.').map(str::parse::<u16>);
    let code = (numbers.next()?.ok()?, numbers.next()?.ok()?, numbers.next()?.ok()?);
    (numbers.next().is_none() && matches!(code.0, 2 | 4 | 5)).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::{Phase, Refusal, classify};
    use crate::domain::delivery::SendOutcome;
    use Phase::{Connect, Data, Login, Message, Recipient, Sender};

    fn kind(phase: Phase, code: u16, text: &str) -> &'static str {
        match classify(phase, &Refusal { code, text: text.to_owned() }) {
            SendOutcome::Accepted(_) => "accepted",
            SendOutcome::Deferred { slow_down: false, .. } => "later",
            SendOutcome::Deferred { slow_down: true, .. } => "slow",
            SendOutcome::RejectedRecipient(_) => "recipient",
            SendOutcome::RejectedSender(_) => "sender",
            SendOutcome::Ambiguous(_) => "ambiguous",
        }
    }

    #[test]
    fn each_reply_has_its_meaning() {
        for (phase, code, text, expected) in [
            (Recipient, 451, "4.7.1 greylisted", "slow"),
            (Recipient, 450, "4.2.0 greylisted", "later"),
            (Recipient, 452, "4.2.2 mailbox full", "later"),
            (Recipient, 552, "5.2.2 mailbox full", "recipient"),
            (Recipient, 550, "5.1.1 no such user", "recipient"),
            (Recipient, 550, "no such user", "recipient"),
            (Recipient, 550, "5.4.1 no answer from host", "recipient"),
            (Recipient, 550, "5.7.1 relaying denied", "sender"),
            (Recipient, 553, "5.1.8 bad sender's domain", "sender"),
            (Message, 550, "5.7.26 unauthenticated", "sender"),
            (Message, 550, "5.7.515 access denied", "sender"),
            (Message, 552, "5.3.4 too big", "sender"),
            (Message, 554, "transaction failed", "sender"),
            (Message, 550, "5.1.1 unknown", "recipient"),
            (Message, 451, "4.3.0 try later", "later"),
            (Message, 452, "too many", "later"),
            (Data, 554, "no valid recipients", "recipient"),
            (Data, 451, "busy", "later"),
            (Sender, 550, "not allowed", "sender"),
            (Sender, 550, "5.1.1 who are you?", "sender"),
            (Connect, 554, "5.4.1 no", "sender"),
            (Sender, 421, "too many messages", "slow"),
            (Sender, 451, "4.7.0 slow", "slow"),
            (Login, 535, "5.7.8 bad credentials", "sender"),
            (Login, 454, "4.7.0 temporary", "slow"),
            (Connect, 554, "5.7.1 blocked", "sender"),
            (Connect, 554, "no service", "sender"),
            (Connect, 421, "closing", "slow"),
            (Recipient, 550, "5.1 odd", "recipient"),
            (Recipient, 550, "", "recipient"),
        ] {
            assert_eq!(kind(phase, code, text), expected, "{phase:?} {code} {text}");
        }
    }

    #[test]
    fn a_reason_is_one_short_line() {
        let text = format!("5.1.1 \u{1b}[31mno\r\nsuch user {}", "x".repeat(2_000));
        let SendOutcome::RejectedRecipient(reason) = classify(Recipient, &Refusal { code: 550, text }) else { panic!() };
        assert!(reason.starts_with("550 5.1.1 [31mno such user xxx") && reason.ends_with("(at RCPT TO)"));
        assert!(!reason.contains(char::is_control) && reason.len() < 400);
    }
}
