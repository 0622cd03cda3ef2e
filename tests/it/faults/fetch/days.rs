//! Fetch, over days: what a restart, a bad clock of a publisher or a server without validators may not change.
//! The faults of a single answer are in `fetch.rs`, those of a host that wants rest in `refresh.rs`.

use chrono::{DateTime, TimeDelta, Utc};
use std::{
    fmt::Write,
    sync::{Arc, Mutex},
};
use veille_testbench::{
    home::{Home, LOOPBACK},
    origin::{Origin, reply},
};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap() // 2026-11-23
}

fn rss(items: usize) -> String {
    let mut text = "<rss version=\"2.0\"><channel><title>t</title>".to_owned();
    for item in 0..items {
        let _infallible = write!(
            text,
            "<item><title>Law {item}</title><link>https://a.example/{item}</link><pubDate>Mon, 16 Nov 2026 08:00:00 GMT</pubDate></item>"
        );
    }
    text + "</channel></rss>"
}

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
        reply("200 OK", &[&["Content-Type: application/rss+xml"][..], headers].concat(), rss(3))
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
async fn f06_twenty_restarts_in_ten_minutes_ask_nobody_again() {
    let origin = Origin::serve(|_| reply("200 OK", &["ETag: \"1\"", "Content-Type: application/rss+xml"], rss(1))).await;
    let home = home(&origin, 100);
    for restart in 0..20 {
        refresh(&home, start() + TimeDelta::seconds(30 * restart)).await;
    }
    assert_eq!(origin.asked().len(), 100, "one question a feed, the first");
    let states = home.json(&["sources", "list", "--json"]);
    let next: std::collections::BTreeSet<&str> =
        states.as_array().unwrap().iter().map(|row| row["next_check_at"].as_str().unwrap()).collect();
    assert!(next.len() > 50, "the next questions are spread: {} instants for 100 feeds", next.len());
    let earliest: DateTime<Utc> = next.first().unwrap().parse().unwrap();
    assert!(earliest >= start() + TimeDelta::minutes(54), "never before the floor, a tenth of jitter apart: {earliest}");
}
