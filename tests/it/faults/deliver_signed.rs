//! Deliver: signatures (DKIM) outlive the way, and what is published is compared with what signs. Signed by veille, verified by
//! another library.

use crate::support::outbox::Outbox;
use mail_auth::{
    AuthenticatedMessage, DkimResult, MessageAuthenticator, Parameters, ResolverCache, Txt,
    common::{parse::TxtRecordParser, verify::DomainKey},
    hickory_resolver::config::{ResolverConfig, ResolverOpts},
};
use std::{
    borrow::Borrow,
    collections::HashMap,
    hash::Hash,
    path::{Path, PathBuf},
    sync::Arc,
};
use veille::{
    domain::{edition::RenderedEdition, localised::Locale, slug::Slug},
    mail::{
        Mailer,
        dkim::Published,
        message::{Envelope, Sender, build},
    },
    settings::{DkimSettings, MailSettings, Secret},
};

fn file(name: &str) -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/dkim", name].iter().collect();
    std::fs::read_to_string(path).unwrap().trim().to_owned()
}

fn key(selector: &str, name: &str) -> DkimSettings {
    DkimSettings { selector: selector.to_owned(), key_file: name.into(), key: Secret::new(file(name)) }
}

fn settings(keys: &[(&str, &str)]) -> MailSettings {
    MailSettings { dkim: keys.iter().map(|(selector, name)| key(selector, name)).collect(), ..MailSettings::default() }
}

/// What openssl says is published of a key.
fn record(name: &str) -> String {
    let kind = if name.starts_with("rsa") { "rsa" } else { "ed25519" };
    format!("v=DKIM1; k={kind}; p={}", file(&name.replace(".pem", ".pub")))
}

/// Records of a test; a name that is not there is not asked for anywhere.
struct Zone(HashMap<Box<str>, Txt>);

impl Zone {
    fn of(records: &[(&str, String)]) -> Self {
        let parsed = |text: &String| match DomainKey::parse(text.as_bytes()) {
            Ok(key) => Txt::DomainKey(Arc::new(key)),
            Err(error) => Txt::Error(error),
        };
        Self(records.iter().map(|(name, text)| (format!("{name}._domainkey.example.org.").into(), parsed(text))).collect())
    }
}

impl ResolverCache<Box<str>, Txt> for Zone {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        Some(self.0.get(name).cloned().unwrap_or(Txt::Error(mail_auth::Error::ParseError)))
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: std::time::Instant) {}
}

/// For each signature, whether it holds.
async fn verify(message: &[u8], zone: &Zone) -> Vec<bool> {
    let authenticator = MessageAuthenticator::new(ResolverConfig::default(), ResolverOpts::default()).unwrap();
    let message = AuthenticatedMessage::parse(message).unwrap();
    let verdicts = authenticator.verify_dkim(Parameters::new(&message).with_txt_cache(zone)).await;
    verdicts.iter().map(|verdict| matches!(verdict.result(), DkimResult::Pass)).collect()
}

/// A message as it leaves, with an unsubscribe address of that length.
fn signed(settings: &MailSettings, one_click: usize) -> Vec<u8> {
    let mailer = Mailer::memory(settings).unwrap();
    let rendered = RenderedEdition {
        subject: "Veille IA nº 12 : l’Europe décide, et d’autres nouvelles d’une semaine qui n’en manquait pas".to_owned(),
        text: "Bonjour à tous. \n\n.\n  deux  espaces\t\n\n\n".to_owned(),
        html: "<!doctype html>\n<html lang=\"fr\"><title>É</title><p>Bonjour</p></html>\n".to_owned(),
        language: Locale::Fr,
        signature: None,
    };
    let envelope = Envelope {
        sender: Sender::new(settings).unwrap(),
        to: "marie@example.net".parse().unwrap(),
        message_id: "0123456789abcdef@example.org".to_owned(),
        date: "2026-11-23T07:00:00Z".parse().unwrap(),
        digest: Slug::parse("hebdo").unwrap(),
        title: "Veille IA de la semaine".to_owned(),
        one_click: (one_click > 0)
            .then(|| format!("https://veille.example.org/leave/{}", "a".repeat(one_click)).parse().unwrap()),
    };
    let whole = mailer.sign(build(&rendered, &envelope).unwrap(), &envelope).unwrap();
    assert_eq!(whole, mailer.sign(build(&rendered, &envelope).unwrap(), &envelope).unwrap(), "the same at a retry");
    whole
}

/// What a relay may do to a message on its way.
fn on_the_way(message: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let text = std::str::from_utf8(message).unwrap();
    assert!(text.is_ascii(), "nothing for a relay to encode");
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", "\t");
    let refolded: Vec<String> =
        unfolded.split("\r\n").map(|line| line.replacen(": ", ":\r\n ", 1).replace(", ", ",\r\n\t ")).collect();
    let shouted: Vec<String> = unfolded
        .split("\r\n")
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            format!("{}:{}", name.to_uppercase(), value)
        })
        .collect();
    let spaced: Vec<String> =
        body.split("\r\n").map(|line| if line.is_empty() { String::new() } else { format!("{line} \t") }).collect();
    vec![
        ("as it is", message.to_vec()),
        ("traced", format!("Received: from a by b; Mon, 23 Nov 2026 08:00:00 +0100\r\nX-Spam: no\r\n{text}").into_bytes()),
        ("unfolded", format!("{unfolded}\r\n\r\n{body}").into_bytes()),
        ("refolded", format!("{}\r\n\r\n{body}", refolded.join("\r\n")).into_bytes()),
        ("names in capitals", format!("{}\r\n\r\n{body}", shouted.join("\r\n")).into_bytes()),
        ("spaces at line ends, empty lines at the end", format!("{head}\r\n\r\n{}\r\n\r\n", spaced.join("\r\n")).into_bytes()),
    ]
}

#[tokio::test]
async fn d15_a_signature_outlives_folding_tracing_and_long_links() {
    for name in ["rsa.pem", "rsa-pkcs1.pem", "ed25519.pem"] {
        let zone = Zone::of(&[("mail", record(name))]);
        for one_click in [0, 40, 400, 800] {
            let message = signed(&settings(&[("mail", name)]), one_click);
            for (what, arrived) in on_the_way(&message) {
                assert_eq!(verify(&arrived, &zone).await, [true], "{name}, link of {one_click}, {what}");
            }
        }
    }
}

#[tokio::test]
async fn d15_whoever_changes_what_is_signed_breaks_the_signature() {
    let message = String::from_utf8(signed(&settings(&[("mail", "ed25519.pem")]), 40)).unwrap();
    let zone = Zone::of(&[("mail", record("ed25519.pem"))]);
    for (what, from, to) in [
        ("body", "Bonjour", "Bonsoir"),
        ("subject", "Subject: ", "Subject: [spam] "),
        ("recipient", "To: marie@", "To: eve@"),
        ("sender", "From: ", "From: x"),
        ("link", "/leave/a", "/leave/b"),
        ("one click", "List-Unsubscribe=One-Click", "List-Unsubscribe=Two"),
        ("date", "Date: Mon, 23", "Date: Tue, 24"),
        ("id", "Message-ID: <0", "Message-ID: <1"),
        ("parts", "multipart/alternative", "multipart/mixed"),
        ("version", "MIME-Version: 1.0", "MIME-Version: 1.1"),
    ] {
        assert!(message.contains(from), "{what}: {message}");
        assert_eq!(verify(message.replacen(from, to, 1).as_bytes(), &zone).await, [false], "{what}");
    }
    let second = message.replacen("From: ", "From: Eve <eve@example.com>\r\nFrom: ", 1);
    assert_eq!(verify(second.as_bytes(), &zone).await, [false], "a second sender");
}

#[tokio::test]
async fn d15_keys_change_without_a_day_on_which_nothing_holds() {
    let both = signed(&settings(&[("old", "rsa.pem"), ("new", "ed25519.pem")]), 0);
    let (old, new) = (record("rsa.pem"), record("ed25519.pem"));
    let published = [("old", old.clone()), ("new", new.clone())];
    assert_eq!(verify(&both, &Zone::of(&published)).await, [true, true]);
    assert_eq!(verify(&both, &Zone::of(&published[..1])).await, [true, false], "the new one is not known everywhere yet");
    assert_eq!(verify(&both, &Zone::of(&published[1..])).await, [false, true], "the old one was withdrawn");
    let alone = signed(&settings(&[("new", "ed25519.pem")]), 0);
    assert_eq!(verify(&alone, &Zone::of(&published)).await, [true]);
    assert_eq!(verify(&alone, &Zone::of(&[("new", old)])).await, [false], "the wrong key under the right selector");
}

#[test]
fn d15_what_is_published_is_compared_with_what_signs() {
    for (name, other) in [("rsa.pem", "rsa-pkcs1.pem"), ("rsa-pkcs1.pem", "ed25519.pem"), ("ed25519.pem", "rsa.pem")] {
        let mailer = Mailer::memory(&settings(&[("mail", name)])).unwrap();
        let key = &mailer.signer().keys()[0];
        assert_eq!(key.record(), record(name), "what openssl says");
        let (bare, public) = (record(name).replace("v=DKIM1; ", ""), file(&name.replace(".pem", ".pub")));
        let spaced = record(name).replace("p=", "p= ").replace(&public[20..], &format!(" \t{}", &public[20..]));
        for (records, expected) in [
            (vec![record(name)], Published::Matches),
            (vec![bare], Published::Matches),
            (vec![format!(" {spaced} ;")], Published::Matches),
            (vec!["some other text".to_owned(), record(name)], Published::Matches),
            (vec![record(other)], Published::Other),
            (vec![record(name).replace(&public[30..34], "AAAA")], Published::Other),
            (vec![record(name).replace("k=", "k=x")], Published::Other),
            (vec!["v=DKIM1; k=rsa; p=!!!".to_owned()], Published::Other),
            (vec!["v=DKIM1; p=".to_owned()], Published::Withdrawn),
            (vec!["v=DKIM1; k=rsa".to_owned()], Published::Withdrawn),
            (vec![], Published::Missing),
            (vec!["v=spf1 -all".to_owned()], Published::Missing),
            (vec![record(name), record(other)], Published::Several),
        ] {
            assert_eq!(key.published(&records), expected, "{name}: {records:?}");
        }
        assert!(!format!("{mailer:?}").contains("PRIVATE"));
    }
}

#[test]
fn d15_a_key_that_cannot_sign_is_refused_with_its_file() {
    let private = file("rsa.pem");
    let cut = private[..private.len() / 2].to_owned();
    for (what, text) in [("empty", String::new()), ("public", record("rsa.pem")), ("cut", cut), ("small", file("small.pem"))] {
        let dkim = vec![DkimSettings { selector: "mail".to_owned(), key_file: "dkim.pem".into(), key: Secret::new(text) }];
        let error = Mailer::new(&MailSettings { dkim, ..MailSettings::default() }, Path::new("/nowhere")).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains("dkim.pem") && !error.contains("MII"), "{what}: {error}");
    }
}

/// From the outbox: what the relay receives is signed, and so is the retry, by the same bytes.
#[tokio::test]
async fn d15_what_leaves_is_signed() {
    let outbox = Outbox::new(2).await;
    let mailer = Mailer::memory(&settings(&[("mail", "rsa.pem")])).unwrap();
    assert_eq!(outbox.dispatch(&mailer).await.sent, 2);
    let zone = Zone::of(&[("mail", record("rsa.pem"))]);
    for message in mailer.kept() {
        assert_eq!(verify(&message.bytes, &zone).await, [true]);
    }
}
