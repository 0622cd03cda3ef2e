//! Deliver: what must be protected is protected, or not sent.

use crate::support::outbox::{Outbox, PHASE};
use std::path::{Path, PathBuf};
use veille::{
    domain::delivery::DeliveryState::{Queued, Sent},
    mail::Mailer,
    settings::{Authorities, MailSettings, Secret, SmtpSecurity, SmtpSettings, Transport},
};
use veille_testbench::{
    certificates::{Authority, Flaw},
    smtp::{Act, Heard, Setup, SmtpServer, Step},
};

const PASSWORD: &str = "canary-password";

/// A relay named localhost whose certificate has that flaw.
async fn relay(
    authority: &Authority,
    security: SmtpSecurity,
    flaw: Flaw,
    script: impl Fn(&Heard) -> Act + Send + Sync + 'static,
) -> SmtpServer {
    let mut extensions = vec!["PIPELINING", "AUTH PLAIN LOGIN"];
    if security == SmtpSecurity::StartTls {
        extensions.push("STARTTLS");
    }
    let setup = Setup { extensions, tls: Some(authority.server("localhost", flaw)), log: None };
    SmtpServer::set_up(setup, script).await
}

/// A way to it with a password; `trusted`: the authority that `[mail] ca_file` names.
fn way(port: u16, security: SmtpSecurity, trusted: Option<&Authority>) -> Mailer {
    let login = Some(("veille".to_owned(), Secret::new(PASSWORD.to_owned())));
    let settings = MailSettings {
        transport: Transport::Smtp(SmtpSettings { host: "localhost".to_owned(), port, security, login }),
        authorities: trusted.map(|authority| Authorities { file: PathBuf::from("ca.pem"), pem: authority.pem() }),
        phase_timeout: PHASE * 5,
        ..MailSettings::default()
    };
    Mailer::new(&settings, Path::new("/nowhere")).unwrap()
}

/// Nothing that is anybody's business was said, in clear or not.
fn assert_nothing_was_said(server: &SmtpServer, case: &str) {
    let said = server.commands();
    let harmless = |line: &String| ["EHLO", "STARTTLS", "QUIT"].iter().any(|verb| line.starts_with(verb));
    assert!(said.iter().all(harmless), "{case}: {said:?}");
    assert!(server.kept().is_empty(), "{case}");
}

async fn reason(outbox: &Outbox) -> String {
    let summary = outbox.summary().await;
    assert!(!format!("{summary:?}").contains("canary"), "{summary:?}");
    summary.problems.first().map(|problem| problem.reason.clone()).unwrap_or_default()
}

#[tokio::test]
async fn d09_an_encrypted_conversation_delivers_and_its_certificate_must_hold() {
    let authority = Authority::new();
    for security in [SmtpSecurity::Tls, SmtpSecurity::StartTls] {
        let server = relay(&authority, security, Flaw::None, |_| Act::Normal).await;
        let outbox = Outbox::new(3).await;
        assert_eq!(outbox.dispatch(&way(server.port, security, Some(&authority))).await.sent, 3, "{security:?}");
        assert_eq!(outbox.states(), [Sent; 3]);
        assert_eq!((server.kept().len(), server.times(Step::Auth)), (3, 1), "one login, one conversation");
        let check = way(server.port, security, Some(&authority)).check().await.unwrap();
        assert!(check.contains("encrypted"), "{check}");

        let server = relay(&authority, security, Flaw::None, |_| Act::Normal).await;
        let outbox = Outbox::new(1).await;
        outbox.dispatch(&way(server.port, security, None)).await;
        assert_eq!(outbox.states(), [Queued], "{security:?}: an authority that nobody named");
        assert_nothing_was_said(&server, "unknown authority");

        for flaw in [Flaw::Expired, Flaw::NotYet, Flaw::OtherName, Flaw::SelfSigned, Flaw::Stranger] {
            let server = relay(&authority, security, flaw, |_| Act::Normal).await;
            let outbox = Outbox::new(1).await;
            outbox.dispatch(&way(server.port, security, Some(&authority))).await;
            let reason = reason(&outbox).await;
            assert_eq!(outbox.states(), [Queued], "{security:?} {flaw:?}: {reason}");
            assert!(reason.contains("certificate"), "{security:?} {flaw:?}: {reason}");
            assert_nothing_was_said(&server, &format!("{security:?} {flaw:?}"));
        }
    }
}

/// The class of CVE-2011-0411: somebody on the way answers for the relay, before the encryption begins.
#[tokio::test]
async fn d09_what_is_injected_before_the_encryption_counts_for_nothing() {
    let authority = Authority::new();
    for injected in ["250 sim.example\r\n", "250-sim.example\r\n250 AUTH PLAIN\r\n", "250 ok", "\r\n", "\u{16}\u{3}\u{3}"] {
        let script = move |heard: &Heard| match heard.step {
            Step::StartTls => Act::Inject(injected.as_bytes().to_vec()),
            _ => Act::Normal,
        };
        let server = relay(&authority, SmtpSecurity::StartTls, Flaw::None, script).await;
        let outbox = Outbox::new(1).await;
        outbox.dispatch(&way(server.port, SmtpSecurity::StartTls, Some(&authority))).await;
        assert_eq!(outbox.states(), [Queued], "{injected:?}: {}", reason(&outbox).await);
        assert_nothing_was_said(&server, injected);
    }
    // What was offered in clear is asked for anew: a login offered there is none.
    let script = |heard: &Heard| match (heard.step, heard.times) {
        (Step::Ehlo, 0) => Act::Reply("250-sim.example\r\n250-AUTH PLAIN\r\n250 STARTTLS".to_owned()),
        (Step::Ehlo, _) => Act::Reply("250 sim.example".to_owned()),
        _ => Act::Normal,
    };
    let server = relay(&authority, SmtpSecurity::StartTls, Flaw::None, script).await;
    let outbox = Outbox::new(1).await;
    outbox.dispatch(&way(server.port, SmtpSecurity::StartTls, Some(&authority))).await;
    assert_eq!(outbox.states(), [Queued]);
    assert!(reason(&outbox).await.contains("no login"));
    assert_nothing_was_said(&server, "offers in clear");
}

#[tokio::test]
async fn d09_a_relay_that_will_not_encrypt_gets_nothing() {
    let authority = Authority::new();
    for refusal in ["454 4.7.0 TLS not available", "501 no", "220", "250 ok\r\n250 really", "421 bye"] {
        let script = move |heard: &Heard| match heard.step {
            Step::StartTls => Act::Raw(format!("{refusal}\r\n").into_bytes()),
            _ => Act::Normal,
        };
        let setup = Setup { extensions: vec!["STARTTLS", "AUTH PLAIN"], ..Setup::default() };
        let server = SmtpServer::set_up(setup, script).await;
        let outbox = Outbox::new(1).await;
        outbox.dispatch(&way(server.port, SmtpSecurity::StartTls, Some(&authority))).await;
        assert_eq!(outbox.states(), [Queued], "{refusal}: {}", reason(&outbox).await);
        let said = server.commands();
        assert!(!said.iter().any(|line| line.contains("AUTH") || line.contains("MAIL")), "{refusal}: {said:?}");
    }
}

#[tokio::test]
async fn d09_a_login_refused_under_encryption_pauses_and_shows_no_secret() {
    let authority = Authority::new();
    for (reply, paused) in [("535 5.7.8 bad credentials", true), ("454 4.7.0 later", false), ("334 !", false)] {
        let script = move |heard: &Heard| match heard.step {
            Step::Auth => Act::Reply(reply.to_owned()),
            _ => Act::Normal,
        };
        let server = relay(&authority, SmtpSecurity::StartTls, Flaw::None, script).await;
        let outbox = Outbox::new(1).await;
        let way = way(server.port, SmtpSecurity::StartTls, Some(&authority));
        outbox.dispatch(&way).await;
        let summary = outbox.summary().await;
        assert_eq!((outbox.states(), summary.paused.is_some()), (vec![Queued], paused), "{reply}");
        assert!(!format!("{summary:?}{way:?}{:?}", way.check().await).contains("canary"));
        assert!(server.kept().is_empty() && server.times(Step::Mail) == 0);
    }
}

#[test]
fn d09_a_file_that_holds_no_certificate_is_refused_by_name() {
    let settings = |pem: &str| MailSettings {
        transport: Transport::Smtp(SmtpSettings {
            host: "localhost".to_owned(),
            port: 1,
            security: SmtpSecurity::Tls,
            login: None,
        }),
        authorities: Some(Authorities { file: PathBuf::from("ca.pem"), pem: pem.to_owned() }),
        ..MailSettings::default()
    };
    let half = Authority::new().pem();
    for bad in ["", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", &half[..half.len() / 2]] {
        let error = format!("{:#}", Mailer::new(&settings(bad), Path::new("/nowhere")).unwrap_err());
        assert!(error.contains("ca_file") && error.contains("ca.pem"), "{error}");
    }
}
