//! Every shape of message that comes back, whole, mutilated, huge, deep, and under another's tag.

use super::{Reading, read, tag};
use crate::domain::bounce::{BounceKey, ReportKind, Untagged, Verdict};
use proptest::prelude::*;
use veille_testbench::bounces::{SHAPES, shape};

const READER: &str = "marie.curie+veille@example.net";

fn key() -> BounceKey {
    BounceKey::new("a secret".to_owned())
}

fn bounce_address() -> String {
    tag::address(&"rebonds@example.org".parse().unwrap(), 4711, &key()).unwrap().to_string()
}

fn reading(bytes: &[u8]) -> Reading {
    read(bytes, Some(&key()))
}

fn verdict(reading: &Reading) -> Verdict {
    reading.about(READER).map_or(Verdict::Nothing, |outcome| outcome.verdict)
}

#[test]
fn d12_every_shape_is_understood_and_belongs_to_its_delivery() {
    for (name, says, _) in SHAPES {
        let found = reading(&shape(name, &bounce_address(), READER));
        assert_eq!(verdict(&found).name(), *says, "{name}: {found:?}");
        assert_eq!(found.delivery, Ok(4711), "{name}: {found:?}");
    }
    for (name, kind) in [
        ("postfix_unknown", ReportKind::DeliveryReport),
        ("qmail_unknown", ReportKind::PlainBounce),
        ("complaint", ReportKind::FeedbackReport),
        ("receipt", ReportKind::Receipt),
        ("absence_fr", ReportKind::AutoReply),
        ("absence_en_by_subject", ReportKind::AutoReply),
        ("absence_by_nobody", ReportKind::AutoReply),
        ("loop", ReportKind::Loop),
        ("loop_headers", ReportKind::Loop),
        ("a_person", ReportKind::Other),
    ] {
        assert_eq!(reading(&shape(name, &bounce_address(), READER)).kind, kind, "{name}");
    }
}

#[test]
fn d12_a_report_gives_its_code_and_its_words_on_one_line() {
    let found = reading(&shape("postfix_unknown", &bounce_address(), READER));
    let outcome = found.about(READER).unwrap();
    assert_eq!(outcome.status.as_deref(), Some("5.1.1"));
    assert_eq!(
        outcome.detail.as_deref(),
        Some(
            "smtp; 550 5.1.1 <marie.curie+veille@example.net>: Recipient address rejected: User unknown in virtual mailbox table"
        )
    );
    let qmail = reading(&shape("qmail_unknown", &bounce_address(), READER));
    assert_eq!(qmail.about(READER).unwrap().detail.as_deref(), Some("Sorry, no mailbox here by that name. (#5.1.1)"));
}

#[test]
fn d12_a_tag_counts_only_where_the_message_was_delivered() {
    let ours = bounce_address();
    let (forged, foreign) = (ours.replace("4711-", "4712-"), ours.replace("rebonds+4711-", "rebonds+4711-aaaa"));
    for (name, ..) in SHAPES {
        for other in [forged.as_str(), foreign.as_str(), "rebonds@example.org", "postmaster@example.org"] {
            let found = reading(&shape(name, other, READER));
            assert!(found.delivery.is_err(), "{name} to {other}: {found:?}");
        }
    }
    // The message that comes back names a valid tag, the address that it came to does not: whoever saw an edition could write it.
    let text = String::from_utf8(shape("postfix_unknown", &ours, READER)).unwrap();
    let elsewhere = text.replacen(&format!("To: {ours}"), "To: rebonds@example.org", 1);
    assert!(elsewhere.contains(&ours));
    assert_eq!(reading(elsewhere.as_bytes()).delivery, Err(Untagged::Absent));
    let elsewhere = text.replacen(&format!("To: {ours}"), &format!("To: {forged}"), 1);
    assert_eq!(reading(elsewhere.as_bytes()).delivery, Err(Untagged::Forged));
    for header in ["Delivered-To", "X-Original-To", "Envelope-To", "delivered-to", "X-ORIGINAL-TO"] {
        let behind = format!("{header}: {ours}\r\n{}", text.replacen(&format!("To: {ours}"), "To: undisclosed", 1));
        assert_eq!(reading(behind.as_bytes()).delivery, Ok(4711), "{header}");
    }
}

#[test]
fn d12_a_huge_or_deep_message_is_read_or_refused_and_ends_nothing() {
    let huge = shape("postfix_no_domain", &bounce_address(), READER);
    let huge = String::from_utf8(huge).unwrap().replace("Bonjour", &"Bonjour, tout le monde.\r\n".repeat(10 << 20 >> 4));
    assert!(huge.len() > 10 << 20);
    assert_eq!(verdict(&reading(huge.as_bytes())), Verdict::Address);
    let cut = &huge.as_bytes()[..2 << 20];
    assert_eq!(verdict(&reading(cut)), Verdict::Address, "what a cut one says stands at its head");
    let head = format!("To: {}\r\nSubject: x\r\n", bounce_address());
    for deep in [
        format!("{head}{}x", "Content-Type: message/rfc822\r\n\r\n".repeat(100_000)),
        format!(
            "{head}{}",
            (0..50_000).map(|n| format!("Content-Type: multipart/report; boundary=b{n}\r\n\r\n--b{n}\r\n")).collect::<String>()
        ),
    ] {
        assert_eq!(reading(deep.as_bytes()).kind, ReportKind::Unreadable);
    }
    let groups = format!(
        "{head}Content-Type: message/delivery-status\r\n\r\n{}",
        "Final-Recipient: rfc822; a@b.fr\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n".repeat(50_000)
    );
    assert!(reading(groups.as_bytes()).outcomes.len() <= 100);
    for nothing in [&b""[..], b"\r\n\r\n", b"\0\0\0", b"\xff\xfe"] {
        assert_eq!(reading(nothing).outcomes, []);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever happens to a report on its way, the tag alone decides whose it is.
    #[test]
    fn d12_a_mutilated_report_never_changes_owner(number in 0..SHAPES.len(), cut in 0.0..1.0_f64, at in 0.0..1.0_f64, byte in any::<u8>()) {
        let mut bytes = shape(SHAPES[number].0, &bounce_address(), READER);
        let place = |part: f64, bytes: &[u8]| ((bytes.len() - 1) as f64 * part) as usize;
        let at = place(at, &bytes);
        bytes[at] = byte;
        bytes.truncate(place(cut, &bytes));
        let found = reading(&bytes);
        prop_assert!(matches!(found.delivery, Ok(4711) | Err(_)));
        for outcome in &found.outcomes {
            prop_assert!(outcome.detail.as_ref().is_none_or(|words| words.chars().count() <= 200 && !words.contains(char::is_control)));
        }
    }
}
