//! What a refusal means for a delivery: who is to blame, and is it worth another try?
//!
//! RFC 5321, 4.2 (replies) and RFC 3463 (enhanced codes): the enhanced code, where there is one, says more than the plain one.

use crate::domain::{
    delivery::SendOutcome,
    refusal::{EnhancedCode, Fault, fault_in_words},
};

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
    let enhanced = EnhancedCode::leading(&refusal.text);
    let fault = fault(phase, refusal, enhanced);
    if refusal.code < 500 {
        let slow_down = matches!(refusal.code, 421 | 454) || enhanced.is_some_and(|code| (code.class, code.subject) == (4, 7));
        return SendOutcome::Deferred { reason, slow_down, fault };
    }
    // nobody can be blamed who was not named yet
    let named = !matches!(phase, Phase::Connect | Phase::Login | Phase::Sender);
    let of_the_recipient = named
        && match enhanced {
            Some(EnhancedCode { class: 5, subject: 1 | 2 | 4, .. }) => fault != Some(Fault::Sender),
            // policy, security, sender, or the message itself: the same answer awaits everybody
            Some(_) if fault == Some(Fault::Sender) => false,
            // 552, 554 … without a code after the whole message: it is the message that displeased
            _ => matches!(phase, Phase::Recipient | Phase::Data),
        };
    if of_the_recipient { SendOutcome::RejectedRecipient { reason, fault } } else { SendOutcome::RejectedSender(reason) }
}

/// Who is to blame should it stay so. Without a code, a refused recipient is judged by the words; a policy in words is no reason to
/// keep the letter from everybody.
fn fault(phase: Phase, refusal: &Refusal, enhanced: Option<EnhancedCode>) -> Option<Fault> {
    let of_one = matches!(phase, Phase::Recipient | Phase::Message);
    match enhanced.filter(|code| !code.is_vague()) {
        // Of what may pass, only the mailbox itself: what ails the relay or the network is nobody's.
        Some(code) if refusal.code < 500 => (of_one && (code.class, code.subject) == (4, 2)).then_some(Fault::Mailbox),
        Some(code) if code.class == 5 => code.fault(),
        _ if phase != Phase::Recipient || refusal.code < 500 => None,
        _ => match (refusal.code, fault_in_words(&refusal.text)) {
            (_, Some(Fault::Sender)) => None,
            (_, Some(fault)) => Some(fault),
            (550..=553, None) => Some(Fault::Mailbox),
            _ => None,
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
            SendOutcome::RejectedRecipient { .. } => "recipient",
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
    fn d07_a_refusal_says_whether_to_write_again() {
        use crate::domain::refusal::Fault::{Address, Mailbox};
        for (phase, code, text, expected) in [
            (Recipient, 550, "5.1.1 no such user", Some(Address)),
            (Recipient, 550, "5.1.10 null MX", Some(Address)),
            (Message, 550, "5.1.1 unknown", Some(Address)),
            (Recipient, 552, "5.2.2 full", Some(Mailbox)),
            (Recipient, 452, "4.2.2 full", Some(Mailbox)),
            (Message, 452, "4.2.2 full", Some(Mailbox)),
            (Sender, 452, "4.2.2 odd", None),
            (Recipient, 451, "4.7.1 greylisted", None),
            (Recipient, 451, "4.3.0 try later", None),
            (Recipient, 451, "4.4.1 no route", None),
            (Recipient, 450, "busy", None),
            (Recipient, 550, "no such user", Some(Address)),
            (Recipient, 550, "5.0.0 no such user", Some(Address)),
            (Recipient, 552, "mailbox full", Some(Mailbox)),
            (Recipient, 550, "", Some(Mailbox)),
            (Recipient, 550, "your host is on a block list", None),
            (Recipient, 554, "no", None),
            (Data, 554, "no valid recipients", None),
        ] {
            let fault = match classify(phase, &Refusal { code, text: text.to_owned() }) {
                SendOutcome::RejectedRecipient { fault, .. } | SendOutcome::Deferred { fault, .. } => fault,
                other => panic!("{other:?}"),
            };
            assert_eq!(fault, expected, "{phase:?} {code} {text}");
        }
    }

    #[test]
    fn a_reason_is_one_short_line() {
        let text = format!("5.1.1 \u{1b}[31mno\r\nsuch user {}", "x".repeat(2_000));
        let SendOutcome::RejectedRecipient { reason, .. } = classify(Recipient, &Refusal { code: 550, text }) else { panic!() };
        assert!(reason.starts_with("550 5.1.1 [31mno such user xxx") && reason.ends_with("(at RCPT TO)"));
        assert!(!reason.contains(char::is_control) && reason.len() < 400);
    }
}
