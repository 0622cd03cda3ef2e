//! A relay that cuts, stalls and refuses at each step: no subscriber lost, none mailed twice outside the listed doubts.

use crate::support::outbox::{Outbox, PHASE, relay, smtp_settings};
use chrono::TimeDelta;
use std::time::{Duration, Instant};
use veille::{
    domain::delivery::DeliveryState::{self, Ambiguous, Failed, Queued, Sent},
    settings::{Secret, SmtpSecurity, SmtpSettings},
};
use veille_testbench::smtp::{Act, SmtpServer, Step};

/// One delivery, one fault, the first time that `step` is reached; the state it leaves, and whether the relay kept the message.
async fn after(step: Step, act: Act, text: &str) -> (DeliveryState, usize, String) {
    let server =
        SmtpServer::start(move |heard| if heard.step == step && heard.times == 0 { act.clone() } else { Act::Normal }).await;
    let outbox = Outbox::with_text(1, text).await;
    outbox.dispatch(&relay(smtp_settings(server.port))).await;
    let reason = outbox.summary().await.problems.first().map(|problem| problem.reason.clone()).unwrap_or_default();
    (outbox.states()[0], server.kept().len(), reason)
}

type Fault<'a> = (Step, Act, &'a str, DeliveryState, usize);

/// A fault at a step, the message, the state that it leaves, and how many messages the relay keeps.
#[rustfmt::skip]
fn faults(long: &str) -> Vec<Fault<'_>> {
    vec![
        (Step::Greeting, Act::Cut, "x", Queued, 0),
        (Step::Greeting, Act::Silence, "x", Queued, 0),
        (Step::Ehlo, Act::Cut, "x", Queued, 0),
        (Step::Ehlo, Act::Silence, "x", Queued, 0),
        (Step::Mail, Act::Cut, "x", Queued, 0),
        (Step::Mail, Act::Silence, "x", Queued, 0),
        (Step::Rcpt, Act::Cut, "x", Queued, 0),
        (Step::Rcpt, Act::Silence, "x", Queued, 0),
        (Step::Data, Act::Cut, "x", Queued, 0),
        (Step::Data, Act::Silence, "x", Queued, 0),
        (Step::Body, Act::Cut, long, Queued, 0),
        (Step::Body, Act::CutAfter(200_000), long, Queued, 0),
        (Step::Body, Act::Silence, long, Queued, 0),
        // a small message is in the kernel whole, final dot included: nobody can know
        (Step::Body, Act::CutAfter(100), "x", Ambiguous, 0),
        (Step::Dot, Act::Cut, "x", Ambiguous, 0),
        (Step::Dot, Act::Silence, "x", Ambiguous, 0),
        (Step::Dot, Act::AcceptAndCut, "x", Ambiguous, 1),
        (Step::Dot, Act::AcceptAndSilence, "x", Ambiguous, 1),
        (Step::Dot, Act::Raw(b"250".to_vec()), "x", Ambiguous, 1),
        (Step::Dot, Act::Raw(b"25\0 \xff\xfe\r\n".to_vec()), "x", Ambiguous, 1),
        (Step::Dot, Act::Raw(vec![b'2'; 1 << 20]), "x", Ambiguous, 1),
        (Step::Dot, Act::Raw(b"250-a\r\n250 b\r\n".to_vec()), "x", Sent, 1),
        (Step::Dot, Act::Raw(b"354 what\r\n".to_vec()), "x", Ambiguous, 1),
        (Step::Dot, Act::Delay(PHASE * 2), "x", Sent, 1),
        (Step::Quit, Act::Cut, "x", Sent, 1),
        (Step::Quit, Act::Silence, "x", Sent, 1),
        (Step::Mail, Act::Raw(b"250-a\r\n251 b\r\n".to_vec()), "x", Queued, 0),
        (Step::Mail, Act::Raw(b"hello\r\n".to_vec()), "x", Queued, 0),
        (Step::Mail, Act::Raw(vec![b'2'; 1 << 20]), "x", Queued, 0),
        (Step::Data, Act::Raw(b"250 no message, please\r\n".to_vec()), "x", Queued, 0),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn d02_d03_every_cut_and_every_silence_leaves_the_right_state() {
    // in both parts, more than the kernel buffers: the dot cannot have left
    let long = "mot ".repeat(1 << 20);
    let check = |(step, act, text, state, kept): (Step, Act, String, DeliveryState, usize)| async move {
        let shown = format!("{step:?} {act:?}").chars().take(60).collect::<String>();
        let begun = Instant::now();
        let (found, at_relay, reason) = after(step, act, &text).await;
        assert_eq!((found, at_relay), (state, kept), "{shown}: {reason}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{shown} held the slot");
        assert!(reason.len() < 400 && !reason.contains(char::is_control), "{shown}: {reason:?}");
    };
    let cases = faults(&long).into_iter().map(|(step, act, text, state, kept)| (step, act, text.to_owned(), state, kept));
    let (heavy, light): (Vec<_>, Vec<_>) = cases.partition(|case| case.2.len() > 1000);
    let running: Vec<_> = light.into_iter().map(|case| tokio::spawn(check(case))).collect();
    for done in running {
        done.await.unwrap();
    }
    for case in heavy {
        check(case).await;
    }
}

/// Power loss or kill: the promise not to forget is on disk before the relay can see the end of the message.
#[tokio::test]
async fn s03_no_final_dot_precedes_its_committed_row() {
    let outbox = Outbox::new(25).await;
    let sql = std::sync::Mutex::new(outbox.sql());
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let states = std::sync::Arc::clone(&seen);
    let server = SmtpServer::start(move |heard| {
        if matches!(heard.step, Step::Body | Step::Dot) {
            let held = "select count(*) from delivery where state = 'committing'";
            let to = "select state from delivery where email = ?1";
            let sql = sql.lock().unwrap();
            let state = match heard.step {
                Step::Dot => sql.query_row(to, [&heard.line], |row| row.get::<_, String>(0)).unwrap(),
                _ => sql.query_row(held, [], |row| row.get::<_, i64>(0)).unwrap().to_string(),
            };
            states.lock().unwrap().push((heard.step, state));
        }
        Act::Normal
    })
    .await;
    outbox.dispatch(&relay(smtp_settings(server.port))).await;
    let seen = seen.lock().unwrap();
    assert_eq!(seen.iter().filter(|(step, state)| *step == Step::Dot && state == "committing").count(), 25, "{seen:?}");
}

#[tokio::test]
async fn d08_every_refusal_leaves_the_right_state() {
    for (step, reply, state, paused) in [
        (Step::Greeting, "421 4.3.2 closing", Queued, false),
        (Step::Greeting, "554 5.7.1 you are blocked", Queued, true),
        (Step::Mail, "451 4.7.1 slow down", Queued, false),
        (Step::Mail, "550 5.7.1 not allowed to send", Queued, true),
        (Step::Rcpt, "450 4.2.0 greylisted", Queued, false),
        (Step::Rcpt, "452 4.2.2 mailbox full", Queued, false),
        (Step::Rcpt, "552 5.2.2 mailbox full", Failed, false),
        (Step::Rcpt, "550 5.1.1 no such user", Failed, false),
        (Step::Rcpt, "550-5.1.1 no such\r\n550 5.1.1 user", Failed, false),
        (Step::Data, "451 4.3.0 busy", Queued, false),
        (Step::Dot, "451 4.3.0 try later", Queued, false),
        (Step::Dot, "550 5.7.26 unauthenticated", Queued, true),
        (Step::Dot, "550 5.7.515 access denied", Queued, true),
        (Step::Dot, "550 5.1.1 unknown", Failed, false),
    ] {
        let server =
            SmtpServer::start(
                move |heard| if heard.step == step && heard.times == 0 { Act::Reply(reply.to_owned()) } else { Act::Normal },
            )
            .await;
        let outbox = Outbox::new(1).await;
        outbox.dispatch(&relay(smtp_settings(server.port))).await;
        assert_eq!(outbox.states(), [state], "{step:?} {reply}");
        assert_eq!(outbox.summary().await.paused.is_some(), paused, "{step:?} {reply}");
        assert_eq!(outbox.store.subscriptions(None).await.unwrap().len(), 1, "nobody is unsubscribed by a reply");
        assert!(server.kept().is_empty());
    }
}

#[tokio::test]
async fn d02_a_doubt_is_resent_once_with_the_same_message_id_and_shown() {
    let server =
        SmtpServer::start(|heard| if heard.step == Step::Dot && heard.times == 0 { Act::AcceptAndCut } else { Act::Normal })
            .await;
    let mailer = relay(smtp_settings(server.port));
    let mut outbox = Outbox::new(1).await;
    assert_eq!(outbox.dispatch(&mailer).await.ambiguous, 1);
    assert_eq!(outbox.store.ambiguous_deliveries().await.unwrap().len(), 1);
    assert_eq!(outbox.edition_state(1), "sending");
    outbox.later(TimeDelta::minutes(2));
    assert_eq!(outbox.dispatch(&mailer).await.sent, 1);
    let kept = server.kept();
    assert_eq!(kept.len(), 2);
    assert_eq!(kept[0], kept[1], "the same bytes, so the same Message-ID");
    assert_eq!(outbox.summary().await.resent, 1);
    assert_eq!(outbox.edition_state(1), "sent");
}

#[tokio::test]
async fn d02_two_doubts_or_a_holding_digest_wait_for_a_person() {
    let server = SmtpServer::start(|heard| if heard.step == Step::Dot { Act::Cut } else { Act::Normal }).await;
    let mailer = relay(smtp_settings(server.port));
    let mut outbox = Outbox::new(1).await;
    for _ in 0..4 {
        outbox.dispatch(&mailer).await;
        outbox.later(TimeDelta::hours(5));
    }
    assert_eq!(server.times(Step::Dot), 2, "resent once, never again");
    assert_eq!(outbox.states(), [Ambiguous]);

    let server = SmtpServer::start(|heard| if heard.step == Step::Dot { Act::Cut } else { Act::Normal }).await;
    let mailer = relay(smtp_settings(server.port));
    let mut outbox = Outbox::new(1).await;
    for _ in 0..3 {
        outbox.dispatch_holding(&mailer).await;
        outbox.later(TimeDelta::hours(5));
    }
    assert_eq!(server.times(Step::Dot), 1);
    assert_eq!(outbox.states(), [Ambiguous]);
}

#[tokio::test]
async fn d06_one_bad_recipient_among_fifty_costs_only_itself() {
    let server = SmtpServer::start(|heard| {
        if heard.step == Step::Rcpt && heard.line.contains("<p7@") {
            Act::Reply("550 5.1.1 no such user".to_owned())
        } else {
            Act::Normal
        }
    })
    .await;
    let outbox = Outbox::new(50).await;
    let report = outbox.dispatch(&relay(smtp_settings(server.port))).await;
    assert_eq!((report.sent, report.failed), (49, 1));
    assert_eq!(server.kept().len(), 49);
    assert_eq!(server.times(Step::Greeting), 1, "one conversation for all");
    let problems = outbox.summary().await.problems;
    assert_eq!(problems[0].email, "p7@example.net");
    assert_eq!(problems[0].reason, "550 5.1.1 no such user (at RCPT TO)");
    assert_eq!(outbox.edition_state(1), "sent");
}

#[tokio::test]
async fn d04_greylisting_ends_in_one_acceptance_and_five_days_of_it_in_failure() {
    let server = SmtpServer::start(|heard| {
        if heard.step == Step::Rcpt && heard.times < 2 { Act::Reply("451 4.2.0 greylisted".to_owned()) } else { Act::Normal }
    })
    .await;
    let mailer = relay(smtp_settings(server.port));
    let mut outbox = Outbox::new(1).await;
    outbox.dispatch(&mailer).await;
    outbox.dispatch(&mailer).await;
    assert_eq!(server.times(Step::Rcpt), 1, "not before its time");
    outbox.later(TimeDelta::seconds(61));
    outbox.dispatch(&mailer).await;
    outbox.later(TimeDelta::seconds(299));
    outbox.dispatch(&mailer).await;
    assert_eq!(server.times(Step::Rcpt), 2, "five minutes after the second refusal");
    outbox.later(TimeDelta::seconds(2));
    assert_eq!(outbox.dispatch(&mailer).await.sent, 1);
    assert_eq!(server.kept().len(), 1);

    let server =
        SmtpServer::start(|heard| if heard.step == Step::Rcpt { Act::Reply("450 4.2.0 later".to_owned()) } else { Act::Normal })
            .await;
    let mailer = relay(smtp_settings(server.port));
    let mut outbox = Outbox::new(1).await;
    let begun = outbox.now;
    while outbox.states() == [Queued] {
        outbox.dispatch(&mailer).await;
        outbox.later(TimeDelta::minutes(10));
    }
    assert_eq!(outbox.states(), [Failed]);
    assert!((TimeDelta::days(5)..TimeDelta::days(5) + TimeDelta::hours(5)).contains(&(outbox.now - begun)));
    assert!((30..50).contains(&server.times(Step::Rcpt)), "{} tries", server.times(Step::Rcpt));
}

#[tokio::test]
async fn d05_a_session_limit_costs_no_message() {
    // 421 after ten messages of a conversation
    let server = SmtpServer::start(|heard| {
        if heard.step == Step::Mail && heard.times % 11 == 10 { Act::Reply("421 4.7.0 too many".to_owned()) } else { Act::Normal }
    })
    .await;
    let outbox = Outbox::new(35).await;
    let report = outbox.dispatch(&relay(smtp_settings(server.port))).await;
    assert_eq!((report.sent, report.deferred), (35, 0));
    assert_eq!(server.kept().len(), 35);
}

#[tokio::test]
async fn d05_a_relay_that_asks_to_slow_down_is_left_alone_and_nothing_is_finished() {
    let server =
        SmtpServer::start(
            |heard| if heard.step == Step::Mail { Act::Reply("421 4.7.0 slow down".to_owned()) } else { Act::Normal },
        )
        .await;
    let outbox = Outbox::new(40).await;
    let report = outbox.dispatch(&relay(smtp_settings(server.port))).await;
    assert_eq!((report.sent, report.deferred), (0, 3), "three tries, then peace");
    assert_eq!(outbox.states(), vec![Queued; 40]);
    assert_eq!(outbox.edition_state(1), "sending");
}

#[tokio::test]
async fn d07_our_fault_pauses_the_digest_until_a_person_resumes_it() {
    let server = SmtpServer::start(|heard| {
        if heard.step == Step::Dot && heard.times == 1 { Act::Reply("550 5.7.515 access denied".to_owned()) } else { Act::Normal }
    })
    .await;
    let mailer = relay(smtp_settings(server.port));
    let mut outbox = Outbox::new(5).await;
    let report = outbox.dispatch(&mailer).await;
    assert_eq!((report.sent, report.failed, report.paused.len()), (1, 0, 1));
    assert_eq!(outbox.dispatch(&mailer).await.sent, 0, "paused");
    assert_eq!(outbox.store.paused_digests().await.unwrap()[0].0.as_str(), "hebdo");
    outbox.later(TimeDelta::hours(1));
    assert!(outbox.store.resume_digest(&crate::support::outbox::hebdo(), outbox.now).await.unwrap());
    assert_eq!(outbox.dispatch(&mailer).await.sent, 4);
    assert_eq!(server.kept().len(), 5);
}

#[tokio::test]
async fn d09_what_must_be_protected_is_protected_or_not_sent() {
    let login = Some(("veille".to_owned(), Secret::new("canary-secret".to_owned())));
    // STARTTLS stripped
    let server = SmtpServer::with_extensions(&["AUTH PLAIN LOGIN"], |_| Act::Normal).await;
    let outbox = Outbox::new(1).await;
    let starttls = SmtpSettings { security: SmtpSecurity::StartTls, login: login.clone(), ..smtp_settings(server.port) };
    outbox.dispatch(&relay(SmtpSettings { host: "localhost".to_owned(), ..starttls.clone() })).await;
    assert_eq!(outbox.states(), [Queued]);
    assert!(outbox.summary().await.problems[0].reason.contains("no STARTTLS"));
    assert!(server.commands().iter().all(|line| line.starts_with("EHLO") || line.starts_with("QUIT")), "{:?}", server.commands());
    // STARTTLS promised, then not spoken; a relay that speaks no TLS at all
    let server = SmtpServer::with_extensions(&["STARTTLS", "AUTH PLAIN"], |_| Act::Normal).await;
    for security in [SmtpSecurity::StartTls, SmtpSecurity::Tls] {
        let outbox = Outbox::new(1).await;
        let settings = SmtpSettings { host: "localhost".to_owned(), security, login: login.clone(), port: server.port };
        outbox.dispatch(&relay(settings)).await;
        assert_eq!(outbox.states(), [Queued]);
        assert!(!server.commands().iter().any(|line| line.contains("AUTH") || line.contains("MAIL")));
    }
}

#[tokio::test]
async fn d09_a_refused_login_is_our_fault_and_shows_no_secret() {
    let server = SmtpServer::with_extensions(&["AUTH PLAIN LOGIN"], |heard| {
        if heard.step == Step::Auth { Act::Reply("535 5.7.8 bad credentials".to_owned()) } else { Act::Normal }
    })
    .await;
    let outbox = Outbox::new(2).await;
    let login = Some(("veille".to_owned(), Secret::new("canary-secret".to_owned())));
    let mailer = relay(SmtpSettings { login, ..smtp_settings(server.port) });
    outbox.dispatch(&mailer).await;
    let summary = outbox.summary().await;
    assert_eq!(summary.paused.as_deref(), Some("535 5.7.8 bad credentials (at AUTH)"));
    assert!(!format!("{summary:?}{mailer:?}").contains("canary"));
    let error = mailer.check().await.unwrap_err().to_string();
    assert!(error.contains("535") && !error.contains("canary"));
}

#[tokio::test]
async fn d17_what_is_sent_is_what_is_received_dots_and_line_ends_included() {
    for text in [".", "..", "a\n.\nb", "a\r.\rb\n", ".\r\n.\r\n", "\n.\n", "x\n..\n", "été\n.été", "a\n.\r\nb"] {
        let server = SmtpServer::start(|_| Act::Normal).await;
        let outbox = Outbox::with_text(2, text).await;
        assert_eq!(outbox.dispatch(&relay(smtp_settings(server.port))).await.sent, 2, "{text:?}");
        let kept = server.kept();
        assert_eq!(kept.len(), 2, "{text:?}: one message each");
        for message in kept {
            let parsed = mail_parser::MessageParser::default().parse(&message.bytes).unwrap();
            let lines = |s: &str| s.replace("\r\n", "\n").replace('\r', "\n").trim_end().to_owned();
            assert_eq!(lines(&parsed.body_text(0).unwrap()), lines(text), "{text:?}");
        }
    }
}
