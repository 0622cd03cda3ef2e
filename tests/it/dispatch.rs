//! Whatever dies, sleeps or leaves: each delivery ends once.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::support::outbox::{Outbox, hebdo, relay, smtp_settings};
use chrono::TimeDelta;
use std::{collections::HashSet, path::Path, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use veille::{
    app::dispatch::Dispatcher,
    domain::{
        delivery::{
            DeliveryState::{Ambiguous, Queued, Sent, Withdrawn},
            SendOutcome,
        },
        digest::AmbiguousPolicy::{Hold, Resend},
    },
    mail::Mailer,
    settings::{MailSettings, Transport},
    store::deliveries::{LastCheck, Leases},
};
use veille_testbench::smtp::{Act, SmtpServer, Step};

fn folder(outbox: &Outbox) -> Mailer {
    let settings = MailSettings { transport: Transport::Folder("outbox".into()), ..MailSettings::default() };
    Mailer::new(&settings, outbox.folder.path()).unwrap()
}

fn files(path: &Path) -> HashSet<String> {
    std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn a_folder_receives_one_file_a_delivery_and_the_edition_is_sent() {
    let outbox = Outbox::new(7).await;
    let report = outbox.dispatch(&folder(&outbox)).await;
    assert_eq!((report.sent, report.editions_sent.clone(), report.clean()), (7, vec![1], true));
    let names = files(&outbox.outbox_folder());
    assert_eq!(names.len(), 7);
    assert!(names.iter().all(|name| name.ends_with("@example.org.eml")), "{names:?}");
    assert_eq!(outbox.dispatch(&folder(&outbox)).await.sent, 0);
    assert_eq!(outbox.edition_state(1), "sent");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_loses_nothing() {
    let mut outbox = Outbox::new(3).await;
    std::fs::write(outbox.outbox_folder(), "in the way").unwrap();
    let report = outbox.dispatch(&folder(&outbox)).await;
    assert_eq!((report.sent, report.failed), (0, 0));
    assert!(outbox.summary().await.problems[0].reason.contains("cannot write into"));
    std::fs::remove_file(outbox.outbox_folder()).unwrap();
    outbox.later(TimeDelta::minutes(2));
    assert_eq!(outbox.dispatch(&folder(&outbox)).await.sent, 3);
}

#[tokio::test]
async fn an_edition_without_subscribers_is_sent_to_nobody() {
    let outbox = Outbox::new(0).await;
    assert_eq!(outbox.dispatch(&folder(&outbox)).await.editions_sent, [1]);
}

#[tokio::test]
async fn queueing_twice_adds_nothing_and_only_approved_editions_leave() {
    let outbox = Outbox::new(2).await;
    assert_eq!(outbox.store.start_sending(1, "example.org", outbox.now).await.unwrap(), 0);
    assert_eq!(outbox.states().len(), 2);
    outbox.dispatch(&folder(&outbox)).await;
    assert!(
        outbox.store.start_sending(1, "example.org", outbox.now).await.unwrap_err().to_string().contains("is sent, not approved")
    );
    assert!(
        outbox.store.start_sending(9, "example.org", outbox.now).await.unwrap_err().to_string().contains("edition 9 not found")
    );
}

/// A process killed at each point between two writes: what the next one does, and what the relay has.
#[tokio::test]
async fn d01_killed_at_each_step() {
    for (step, relay_has_it, expected_sent) in
        [("claimed", 0, 1), ("committing, dot not written", 0, 1), ("committing, accepted", 1, 2)]
    {
        let mut outbox = Outbox::new(1).await;
        let mailer = Mailer::memory(&MailSettings::default()).unwrap();
        let mut relay_log = relay_has_it;
        {
            let mut lock = outbox.store.lock_dispatch().await.unwrap();
            assert!(lock.alone());
            lock.share().unwrap();
            let claim = outbox.store.claim_deliveries(outbox.now, outbox.now + TimeDelta::hours(1), 16).await.unwrap().remove(0);
            if step != "claimed" {
                let checked = outbox.commit(&claim, outbox.now + TimeDelta::hours(1)).await;
                assert_eq!(checked, LastCheck::Send);
            }
        } // killed: the lock goes, the row stays
        let first = outbox.dispatch(&mailer).await;
        if step == "claimed" {
            assert!(first.clean(), "{step}");
            assert_eq!(first.sent, 1, "{step}: taken up at once, without waiting for the lease");
        } else {
            assert_eq!((first.sent, outbox.states()), (0, vec![Ambiguous]), "{step}: visible");
            assert_eq!((first.left_in_doubt, first.clean()), (1, false), "{step}: said, and the exit status tells");
            assert_eq!(outbox.store.ambiguous_deliveries().await.unwrap().len(), 1);
            outbox.later(TimeDelta::minutes(2));
            assert_eq!(outbox.dispatch(&mailer).await.sent, 1, "{step}: resent once");
        }
        relay_log += mailer.kept().len();
        assert_eq!((outbox.states(), relay_log), (vec![Sent], expected_sent), "{step}");
    }
}

#[tokio::test]
async fn c07_d11_a_worker_that_sleeps_through_its_lease_changes_nothing() {
    let mut outbox = Outbox::new(1).await;
    let lease = outbox.now + TimeDelta::minutes(5);
    let sleeper = outbox.store.claim_deliveries(outbox.now, lease, 16).await.unwrap().remove(0);
    assert!(outbox.store.claim_deliveries(outbox.now, lease, 16).await.unwrap().is_empty(), "leased");
    assert_eq!(outbox.store.recover_deliveries(Leases::Expired, vec![], outbox.now).await.unwrap().requeued, 0);
    outbox.later(TimeDelta::minutes(6));
    assert_eq!(outbox.store.recover_deliveries(Leases::Expired, vec![], outbox.now).await.unwrap().requeued, 1);
    let other = outbox.store.claim_deliveries(outbox.now, outbox.now + TimeDelta::minutes(5), 16).await.unwrap().remove(0);
    assert_eq!(other.message_id, sleeper.message_id, "the same at each attempt");
    let until = outbox.now + TimeDelta::minutes(5);
    assert_eq!(outbox.commit(&sleeper, until).await, LastCheck::Lost);
    for outcome in [
        SendOutcome::Accepted("250".into()),
        SendOutcome::Ambiguous("cut".into()),
        SendOutcome::RejectedRecipient { reason: "550".into(), fault: None },
    ] {
        assert!(!outbox.finish(&sleeper, outcome, Resend).await);
    }
    assert_eq!(outbox.commit(&other, until).await, LastCheck::Send);
    assert!(outbox.finish(&other, SendOutcome::Accepted("250".into()), Resend).await);
    assert_eq!(outbox.states(), [Sent]);
}

#[tokio::test]
async fn d11_an_answer_that_comes_after_the_doubt_ends_it() {
    let mut outbox = Outbox::new(1).await;
    let claim = outbox.store.claim_deliveries(outbox.now, outbox.now, 16).await.unwrap().remove(0);
    outbox.commit(&claim, outbox.now).await;
    outbox.later(TimeDelta::seconds(5));
    assert_eq!(outbox.store.recover_deliveries(Leases::Expired, vec![], outbox.now).await.unwrap().ambiguous, 1);
    assert!(outbox.finish(&claim, SendOutcome::Accepted("250".into()), Hold).await);
    assert_eq!(outbox.states(), [Sent]);
}

#[tokio::test]
async fn d14_whoever_leaves_at_the_last_moment_gets_nothing() {
    let server =
        SmtpServer::start(|heard| if heard.step == Step::Data { Act::Delay(Duration::from_millis(100)) } else { Act::Normal })
            .await;
    let outbox = Arc::new(Outbox::new(3).await);
    let sending = {
        let outbox = Arc::clone(&outbox);
        let mailer = relay(smtp_settings(server.port));
        tokio::spawn(async move { outbox.dispatch(&mailer).await })
    };
    while server.times(Step::Data) == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    // the relay has agreed to take the first message; all three leave now, one of them for good
    outbox.store.unsubscribe(&"p0@example.net".parse().unwrap(), Some(hebdo()), outbox.now).await.unwrap();
    outbox.store.erase(&"p1@example.net".parse().unwrap(), outbox.now).await.unwrap();
    let report = sending.await.unwrap();
    assert_eq!(outbox.states(), [Withdrawn, Withdrawn, Sent]);
    assert_eq!(report.sent, 1);
    assert_eq!(server.kept().iter().map(|kept| kept.to.as_str()).collect::<Vec<_>>(), ["p2@example.net"]);
    assert_eq!(outbox.edition_state(1), "sent");
}

#[tokio::test]
async fn d14_whoever_is_suppressed_is_not_even_queued() {
    let outbox = Outbox::new(2).await;
    outbox.store.erase(&"p0@example.net".parse().unwrap(), outbox.now).await.unwrap();
    outbox.sql().execute("insert into subscription (email, digest, state, consent, created_at, changed_at) values ('p0@example.net', 'hebdo', 'confirmed', 'by hand', 0, 0)", []).unwrap();
    outbox.add_approved(2, "x");
    assert_eq!(outbox.store.start_sending(2, "example.org", outbox.now).await.unwrap(), 1);
}

#[tokio::test]
async fn d10_eight_workers_and_two_processes_send_each_message_once() {
    let server = SmtpServer::start(|_| Act::Normal).await;
    let outbox = Outbox::new(120).await;
    let mailer = relay(smtp_settings(server.port));
    let eight = Dispatcher { workers: 8, ..outbox.dispatcher(mailer.clone()) };
    let other = {
        let store = veille::store::Store::open(outbox.store.path()).unwrap();
        Dispatcher { workers: 2, store, ..outbox.dispatcher(mailer) }
    };
    let token = CancellationToken::new();
    let (one, two) = tokio::join!(eight.run(&token), other.run(&token));
    assert_eq!(one.unwrap().sent + two.unwrap().sent, 120);
    let ids: HashSet<String> = server.kept().into_iter().map(|kept| kept.message_id).collect();
    assert_eq!((ids.len(), server.kept().len()), (120, 120));
    assert_eq!(outbox.states(), vec![Sent; 120]);
}

/// Another program holds the write lock most of the time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn d10_eight_workers_on_a_slow_database_send_each_message_once() {
    let server = SmtpServer::with_extensions(&["PIPELINING"], |_| Act::Normal).await;
    let outbox = Outbox::new(120).await;
    let (sql, over) = (outbox.sql(), CancellationToken::new());
    let slow = {
        let over = over.clone();
        std::thread::spawn(move || {
            while !over.is_cancelled() {
                if sql.execute_batch("begin immediate").is_ok() {
                    std::thread::sleep(Duration::from_millis(25));
                    sql.execute_batch("commit").unwrap();
                }
                std::thread::sleep(Duration::from_millis(2));
            }
        })
    };
    let eight = Dispatcher { workers: 8, ..outbox.dispatcher(relay(smtp_settings(server.port))) };
    let report = eight.run(&CancellationToken::new()).await.unwrap();
    over.cancel();
    slow.join().unwrap();
    assert_eq!((report.sent, outbox.states()), (120, vec![Sent; 120]));
    let ids: HashSet<String> = server.kept().into_iter().map(|kept| kept.message_id).collect();
    assert_eq!((ids.len(), server.kept().len()), (120, 120));
}

#[tokio::test]
async fn stopping_in_the_middle_leaves_no_doubt() {
    let server = SmtpServer::start(|heard| match heard.step {
        Step::Dot => Act::Delay(Duration::from_millis(40)),
        Step::Rcpt if heard.times == 6 => Act::Silence, // stops while a relay is silent, too
        _ => Act::Normal,
    })
    .await;
    let outbox = Outbox::new(30).await;
    let dispatcher = outbox.dispatcher(relay(smtp_settings(server.port)));
    let token = CancellationToken::new();
    let running = {
        let (dispatcher, token) = (dispatcher.clone(), token.clone());
        tokio::spawn(async move { dispatcher.run(&token).await.unwrap() })
    };
    while server.times(Step::Rcpt) < 4 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    token.cancel();
    let report = tokio::time::timeout(Duration::from_secs(2), running).await.unwrap().unwrap();
    let states = outbox.states();
    assert!(states.iter().all(|state| matches!(state, Sent | Queued)), "{states:?}");
    assert_eq!((report.sent, report.ambiguous), (server.kept().len(), 0));
    assert!(report.sent < 30);
    // and the rest leaves later
    let rest = Dispatcher { mailer: relay(smtp_settings(SmtpServer::start(|_| Act::Normal).await.port)), ..dispatcher };
    assert_eq!(rest.run(&CancellationToken::new()).await.unwrap().sent, 30 - report.sent);
}
