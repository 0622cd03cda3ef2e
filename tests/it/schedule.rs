//! Editions by the calendar: each period once, whoever asks, however often.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::support::outbox::{Outbox, new_subscription};
use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use veille::{app::App, clock::Clock};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A home whose digest leaves each Monday at eight, with one subscriber.
async fn home(digest: &str) -> Outbox {
    let outbox = Outbox::empty().await;
    outbox.write_home("");
    let path = outbox.folder.path().join("sources.toml");
    let sources = std::fs::read_to_string(&path).unwrap().replace("0 8 1 1 *", "0 8 * * Mon");
    std::fs::write(&path, format!("{sources}{digest}")).unwrap();
    outbox.store.subscribe(vec![new_subscription("a@example.net")], outbox.now).await.unwrap();
    outbox
}

async fn app(outbox: &Outbox, now: DateTime<Utc>) -> App {
    App::open(outbox.folder.path(), Clock::Fixed(now)).await.unwrap()
}

fn editions(outbox: &Outbox) -> Vec<(String, String)> {
    let sql = outbox.sql();
    let mut select = sql.prepare("select period, state from edition order by number").unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(period, state)| ((*period).to_owned(), (*state).to_owned())).collect()
}

#[tokio::test]
async fn a_digest_that_needs_nobody_leaves_on_its_day_and_once() {
    let outbox = home("approval = \"automatic\"\nsend_empty = true\n").await;
    for (now, expected) in [
        ("2026-11-23T06:59:30Z", &[][..]),
        ("2026-11-23T07:00:30Z", &[("2026-W48", "sent")][..]),
        ("2026-11-23T07:01:30Z", &[("2026-W48", "sent")][..]),
        ("2026-11-23T05:00:00Z", &[("2026-W48", "sent")][..]), // the clock was set back
        ("2026-11-29T23:00:00Z", &[("2026-W48", "sent")][..]),
        ("2026-11-30T07:00:00Z", &[("2026-W48", "sent"), ("2026-W49", "sent")][..]),
    ] {
        let app = app(&outbox, at(now)).await;
        app.publish_due_editions().await.unwrap();
        app.dispatch(&CancellationToken::new()).await.unwrap();
        assert_eq!(editions(&outbox), pairs(expected), "{now}");
    }
    assert_eq!(std::fs::read_dir(outbox.outbox_folder()).unwrap().count(), 2);
}

#[tokio::test]
async fn a_digest_that_needs_a_person_waits_for_one() {
    let outbox = home("send_empty = true\n").await;
    let monday = at("2026-11-23T07:00:30Z");
    let early = app(&outbox, monday).await;
    early.publish_due_editions().await.unwrap();
    early.publish_due_editions().await.unwrap();
    assert_eq!(editions(&outbox), pairs(&[("2026-W48", "draft")]));
    early.approve_edition(1, "Ada", None).await.unwrap();
    let later = app(&outbox, monday + TimeDelta::hours(30)).await;
    later.publish_due_editions().await.unwrap();
    later.dispatch(&CancellationToken::new()).await.unwrap();
    assert_eq!(editions(&outbox), pairs(&[("2026-W48", "sent")]));
}

#[tokio::test]
async fn what_is_approved_before_its_time_waits_for_it() {
    let outbox = home("send_empty = true\n").await;
    let friday = app(&outbox, at("2026-11-20T10:00:00Z")).await;
    let period = veille::pipeline::periods::period("2026-W48").unwrap();
    let slug = crate::support::outbox::hebdo();
    friday.draft_edition(&slug, Some(period), veille::domain::candidate::FirstFetch::LeaveOut).await.unwrap();
    friday.approve_edition(1, "Ada", None).await.unwrap();
    friday.publish_due_editions().await.unwrap();
    assert_eq!(editions(&outbox)[0].1, "approved");
    let monday = app(&outbox, at("2026-11-23T07:00:30Z")).await;
    monday.publish_due_editions().await.unwrap();
    assert_eq!(editions(&outbox), pairs(&[("2026-W48", "sending")]));
}

#[tokio::test]
async fn an_empty_edition_that_is_not_to_be_sent_stays_a_draft() {
    let outbox = home("approval = \"automatic\"\n").await;
    let app = app(&outbox, at("2026-11-23T07:00:30Z")).await;
    app.publish_due_editions().await.unwrap();
    app.publish_due_editions().await.unwrap();
    assert_eq!(editions(&outbox), pairs(&[("2026-W48", "draft")]));
}

#[tokio::test]
async fn c04_after_an_outage_the_policy_decides() {
    for (policy, expected) in [
        ("latest", vec!["2026-W47", "2026-W52"]),
        ("skip", vec!["2026-W47"]),
        ("all", vec!["2026-W47", "2026-W48", "2026-W49", "2026-W50", "2026-W51", "2026-W52"]),
    ] {
        let outbox = home(&format!("catch_up = \"{policy}\"\n")).await;
        app(&outbox, at("2026-11-16T07:00:30Z")).await.publish_due_editions().await.unwrap();
        app(&outbox, at("2026-12-23T07:00:30Z")).await.publish_due_editions().await.unwrap();
        let periods: Vec<_> = editions(&outbox).into_iter().map(|(period, _)| period).collect();
        assert_eq!(periods, expected, "{policy}");
    }
}

#[tokio::test]
async fn c08_a_schedule_that_is_edited_makes_each_edition_once() {
    let outbox = home("").await;
    app(&outbox, at("2026-11-23T07:00:30Z")).await.publish_due_editions().await.unwrap();
    let path = outbox.folder.path().join("sources.toml");
    let daily = std::fs::read_to_string(&path).unwrap().replace("0 8 * * Mon", "0 8 * * *");
    std::fs::write(&path, daily).unwrap();
    for now in ["2026-11-27T07:00:30Z", "2026-11-30T07:00:30Z", "2026-11-30T07:01:30Z", "2026-12-01T07:00:30Z"] {
        let app = app(&outbox, at(now)).await;
        app.publish_due_editions().await.unwrap();
        let newest = app.edition_list(None).await.unwrap()[0].number;
        if now.contains("07:00:30") && newest > 1 {
            app.approve_edition(newest, "Ada", None).await.unwrap(); // drafting it again would be refused
        }
    }
    let periods: Vec<_> = editions(&outbox).into_iter().map(|(period, _)| period).collect();
    assert_eq!(periods, ["2026-W48", "2026-11-30", "2026-12-01"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c06_eight_that_start_together_make_one_edition() {
    let outbox = home("approval = \"automatic\"\nsend_empty = true\n").await;
    let now = at("2026-11-23T07:00:30Z");
    let mut apps = Vec::new();
    for _ in 0..8 {
        apps.push(app(&outbox, now).await);
    }
    let running = apps.into_iter().map(|app| {
        tokio::spawn(async move {
            // whoever loses the election may be told so; nothing worse
            let _lost = app.publish_due_editions().await;
            app.dispatch(&CancellationToken::new()).await.unwrap()
        })
    });
    let mut sent = 0;
    for run in futures_util::future::join_all(running).await {
        sent += run.unwrap().sent;
    }
    let late = app(&outbox, now).await;
    late.publish_due_editions().await.unwrap();
    sent += late.dispatch(&CancellationToken::new()).await.unwrap().sent;
    assert_eq!(editions(&outbox), pairs(&[("2026-W48", "sent")]));
    assert_eq!(sent, 1);
}
