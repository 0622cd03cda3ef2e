//! Fetch, over days: what a restart, a bad clock of a publisher or a server without validators may not change.
//! The faults of a single answer are in `fetch.rs`, those of a host that wants rest in `refresh.rs`.

use super::calendar::rss;
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::BTreeMap,
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};
use veille_testbench::{
    chance::Chance,
    home::{Home, LOOPBACK},
    month::{self, start},
    origin::{Origin, reply},
};

/// A home that watches so many feeds of an origin.
fn home(origin: &Origin, feeds: usize) -> Arc<Home> {
    let source = |number: usize| format!("[[source]]\nslug = \"f{number}\"\nurl = \"{}\"\n", origin.url(&format!("/{number}")));
    Arc::new(Home::with((0..feeds).map(source).collect::<String>(), LOOPBACK))
}

/// Asks what is due at an instant, in a process of its own.
async fn refresh(home: &Arc<Home>, at: DateTime<Utc>) {
    let home = Arc::clone(home);
    let run = move || home.run(&["--now", &at.to_rfc3339(), "refresh", "--json"]);
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The hours at which an origin is asked when a refresh runs every `step` hours, for so many hours.
async fn hours_asked(headers: &'static [&'static str], step: i64, hours: i64) -> Vec<i64> {
    let clock = Arc::new(Mutex::new(0));
    let heard: Arc<Mutex<Vec<i64>>> = Arc::default();
    let (now, log) = (Arc::clone(&clock), Arc::clone(&heard));
    let origin = Origin::serve(move |_| {
        log.lock().unwrap().push(*now.lock().unwrap());
        // Without dates there is no rhythm to go by: of itself it would be asked every six hours.
        let undated = rss(3).replace("<pubDate>Mon, 16 Nov 2026 08:00:00 GMT</pubDate>", "");
        reply("200 OK", &[&["Content-Type: application/rss+xml"][..], headers].concat(), undated)
    })
    .await;
    let home = home(&origin, 1);
    for hour in (0..hours).step_by(usize::try_from(step).unwrap()) {
        *clock.lock().unwrap() = hour;
        refresh(&home, start() + TimeDelta::hours(hour)).await;
    }
    let items = home.json(&["items", "list", "--json"]);
    assert_eq!(items.as_array().unwrap().len(), 3, "the same items each time are stored once");
    heard.lock().unwrap().clone()
}

#[tokio::test]
async fn f05_a_server_without_validators_is_asked_once_a_day_or_as_seldom_as_it_declares() {
    let asked = hours_asked(&[], 5, 6 * 24).await;
    assert!((4..=6).contains(&asked.len()), "{asked:?}");
    assert!(asked.windows(2).all(|pair| pair[1] - pair[0] >= 24), "{asked:?}");
    let declared = hours_asked(&["Cache-Control: max-age=172800"], 5, 6 * 24).await;
    assert!((2..=3).contains(&declared.len()), "who declares two days is believed: {declared:?}");
    assert!(declared.windows(2).all(|pair| pair[1] - pair[0] >= 48), "{declared:?}");
}

#[tokio::test]
#[ignore = "long: 1 minute; cargo nextest run --run-ignored only -E 'test(f05_over_thirty_days)'"]
async fn f05_over_thirty_days_a_server_without_validators_is_asked_once_a_day() {
    let asked = hours_asked(&[], 3, 30 * 24).await;
    assert!((26..=30).contains(&asked.len()), "{asked:?}");
    assert!(asked.windows(2).all(|pair| pair[1] - pair[0] >= 24), "{asked:?}");
}

/// The durable time of each feed.
fn next_checks(home: &Home) -> BTreeMap<String, Option<DateTime<Utc>>> {
    let rows = home.json(&["sources", "list", "--json"]);
    let next = |row: &serde_json::Value| row["next_check_at"].as_str().map(|text| text.parse().unwrap());
    rows.as_array().unwrap().iter().map(|row| (format!("/{}", &row["slug"].as_str().unwrap()[1..]), next(row))).collect()
}

/// Restarts, some of them kills, of which none asks a feed before its durable time; and no crowd when the time comes.
async fn restarts(feeds: usize, chance: &mut Chance) {
    let origin = Origin::serve(|_| reply("200 OK", &["ETag: \"1\"", "Content-Type: application/rss+xml"], rss(1))).await;
    let home = home(&origin, feeds);
    let (mut heard, mut moments) = (0, (0..20).map(|restart| 30 * restart).collect::<Vec<i64>>());
    // Then the hours in which they become due.
    moments.extend((330..=410).step_by(8).map(|minutes| minutes * 60));
    let mut crowd = Vec::new();
    for (number, seconds) in moments.into_iter().enumerate() {
        let (at, durable) = (start() + TimeDelta::seconds(seconds), next_checks(&home));
        if number % 3 == 1 {
            kill(&home, at, Duration::from_millis(20 + chance.below(600))).await;
        } else {
            refresh(&home, at).await;
        }
        let asked = origin.asked();
        for asked in &asked[heard..] {
            let due = durable[&asked.path];
            assert!(due.is_none_or(|due| due <= at), "{} was asked at {at}, and is due at {due:?}", asked.path);
        }
        crowd.push(asked.len() - heard);
        heard = asked.len();
    }
    assert!(heard >= feeds * 19 / 10, "{heard} requests: each was asked, and asked again when its time had come");
    let later = crowd.iter().skip(20);
    assert!(later.clone().max().unwrap() * 3 < feeds, "they come spread, not all at once: {:?}", later.collect::<Vec<_>>());
}

/// Asks what is due at an instant, and dies after a while.
async fn kill(home: &Arc<Home>, at: DateTime<Utc>, after: Duration) {
    let home = Arc::clone(home);
    let run = move || {
        let mut child = home.command(&["--now", &at.to_rfc3339(), "refresh"]).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
    };
    tokio::task::spawn_blocking(run).await.unwrap();
}

#[tokio::test]
async fn f06_restarts_and_kills_ask_nobody_before_its_durable_time() {
    restarts(120, &mut Chance::from_environment(6)).await;
}

#[tokio::test]
#[ignore = "long: 2 minutes; cargo nextest run --run-ignored only -E 'test(f06_with_a_thousand_feeds)'"]
async fn f06_with_a_thousand_feeds_too() {
    restarts(1_000, &mut Chance::from_environment(6)).await;
}

/// Feeds that publish every minute, so that nothing but the floor holds the next question back.
#[tokio::test]
async fn f06_nobody_is_asked_again_within_the_floor_to_the_second() {
    let origin = Origin::serve(|_| {
        let item = |minute: i64| {
            let at = (start() - TimeDelta::minutes(minute)).to_rfc2822();
            format!("<item><title>Law {minute}</title><guid>{minute}</guid><pubDate>{at}</pubDate></item>")
        };
        let items: String = (1..=20).map(item).collect();
        let body = format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>");
        reply("200 OK", &["ETag: \"1\"", "Cache-Control: max-age=10"], body)
    })
    .await;
    let home = home(&origin, 60);
    let at = start() + TimeDelta::milliseconds(900);
    refresh(&home, at).await;
    let earliest = next_checks(&home).into_values().flatten().min().unwrap();
    let floor = at + TimeDelta::minutes(60);
    assert!(earliest >= floor, "{earliest}");
    assert!(
        earliest < floor + TimeDelta::seconds(1),
        "one of them is spread by nothing, else this would prove little: {earliest}"
    );
}

#[tokio::test]
async fn f04_a_304_to_a_first_request_is_a_failure_asked_again_once_a_day_and_loses_nothing() {
    let clock = Arc::new(Mutex::new(start()));
    let heard: Arc<Mutex<Vec<DateTime<Utc>>>> = Arc::default();
    let (now, log) = (Arc::clone(&clock), Arc::clone(&heard));
    let origin = Origin::serve(move |asked| {
        let at = *now.lock().unwrap();
        if asked.header("if-none-match").is_none() && asked.header("if-modified-since").is_none() {
            log.lock().unwrap().push(at);
        }
        // It hands out a validator with its 304, which vouches for a document that we never saw.
        if (at - start()).num_days() < 4 {
            reply("304 Not Modified", &["ETag: \"9\""], "")
        } else {
            reply("200 OK", &["ETag: \"9\""], rss(3))
        }
    })
    .await;
    let home = home(&origin, 1);
    for hour in (0..9 * 24).step_by(8) {
        *clock.lock().unwrap() = start() + TimeDelta::hours(hour);
        let (home, at) = (Arc::clone(&home), *clock.lock().unwrap());
        let run = move || home.run(&["--now", &at.to_rfc3339(), "refresh"]).status.code();
        let status = tokio::task::spawn_blocking(run).await.unwrap();
        assert!(matches!(status, Some(0 | 3)), "{status:?}");
    }
    let unconditional = heard.lock().unwrap().clone();
    assert!(unconditional.windows(2).all(|pair| pair[1] - pair[0] >= TimeDelta::hours(24)), "{unconditional:?}");
    assert!(unconditional.len() >= 3, "{unconditional:?}");
    let items = home.json(&["items", "list", "--json"]);
    assert_eq!(items.as_array().unwrap().len(), 3, "what came at last is not taken for known");
}

#[test]
fn f04_f05_f07_f09_five_days_of_publishers_of_every_temper_are_asked_politely() {
    let found = month::live(&mut Chance::from_environment(4), 42, 5, TimeDelta::hours(4));
    println!("{found}");
    assert!(found.score.is_perfect(), "{found}");
    assert!(found.is_read(), "{found}");
}
