//! F08: many feeds on one host. What counts is what the servers see: when each request came, and how many at once.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::Arc,
    time::{Duration, Instant},
};
use veille_testbench::{
    home::Home,
    origin::{Asked, Origin, Part, feed},
};

/// A host that takes its time.
async fn busy(answering: Duration) -> Origin {
    Origin::serve(move |_| [vec![Part::Wait(answering)], feed(&["ETag: \"1\""])].concat()).await
}

fn sources(origin: &Origin, name: &str, feeds: usize) -> String {
    (0..feeds).fold(String::new(), |mut text, number| {
        let url = origin.url(&format!("/{number}"));
        let _infallible = writeln!(text, "[[source]]\nslug = \"{name}-{number}\"\nurl = \"{url}\"");
        text
    })
}

fn home(sources: &str, interval: Duration) -> Home {
    let interval = interval.as_millis();
    Home::with(sources, format!("[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nhost_interval_ms = {interval}\n"))
}

/// The shortest time between two requests, as the server saw them.
fn shortest(asked: &[Asked]) -> Duration {
    asked.windows(2).map(|pair| pair[1].at - pair[0].at).min().unwrap_or(Duration::MAX)
}

/// So many feeds on one host beside so many hosts with one feed each; all of it at this spacing.
async fn one_busy_host_among_many(feeds: usize, hosts: usize, interval: Duration) {
    let crowded = busy(interval / 10).await;
    let mut others = Vec::new();
    for _ in 0..hosts {
        others.push(Origin::serve(|_| feed(&[])).await);
    }
    let mut text = sources(&crowded, "crowded", feeds);
    others.iter().enumerate().for_each(|(number, origin)| text.push_str(&sources(origin, &format!("other{number}"), 1)));
    let home = home(&text, interval);
    let started = Instant::now();
    let report = tokio::task::spawn_blocking(move || home.json(&["refresh", "--all", "--json"])).await.unwrap();
    assert_eq!(report["fetched"], feeds + hosts, "{report}");
    let asked = crowded.asked();
    assert_eq!(asked.len(), feeds);
    assert!(shortest(&asked) >= interval, "{:?}", shortest(&asked));
    assert_eq!(crowded.connections(), 1, "one at a time: on one connection");
    let last = others.iter().map(|origin| origin.asked()[0].at - started).max().unwrap();
    let whole = asked[feeds - 1].at - started;
    assert!(last < whole / 2, "the others are done after {last:?}, the crowded one after {whole:?}");
}

#[tokio::test]
async fn f08_one_host_is_asked_slowly_and_fifty_others_do_not_wait_for_it() {
    one_busy_host_among_many(60, 50, Duration::from_millis(100)).await;
}

#[tokio::test]
#[ignore = "long: 4 minutes; cargo nextest run --run-ignored only -E 'test(f08_two_hundred_feeds)'"]
async fn f08_two_hundred_feeds_of_one_host_a_second_apart() {
    one_busy_host_among_many(200, 50, Duration::from_secs(1)).await;
}

#[tokio::test]
async fn f08_restarts_kills_and_several_processes_keep_the_spacing() {
    let interval = Duration::from_millis(400);
    let origin = busy(Duration::from_millis(5)).await;
    let home = Arc::new(home(&sources(&origin, "f", 12), interval));
    // Ended, killed at any point, and three at once: under one clock and under another.
    for (number, lives) in [150, 420, 90, 700].into_iter().enumerate() {
        let home = Arc::clone(&home);
        let run = move || {
            let slug = format!("f-{number}");
            let mut child = home.command(&["--now", "2026-11-23T08:00:00Z", "refresh", &slug]).spawn().unwrap();
            std::thread::sleep(Duration::from_millis(lives));
            child.kill().unwrap();
            child.wait().unwrap();
        };
        tokio::task::spawn_blocking(run).await.unwrap();
    }
    let processes: Vec<_> = [["f-4", "f-5"], ["f-6", "f-7"], ["f-8", "f-9"]]
        .into_iter()
        .map(|slugs| {
            let home = Arc::clone(&home);
            tokio::task::spawn_blocking(move || home.run(&["refresh", slugs[0], slugs[1]]).status.success())
        })
        .collect();
    for process in processes {
        assert!(process.await.unwrap());
    }
    let again = Arc::clone(&home);
    assert!(tokio::task::spawn_blocking(move || again.run(&["refresh", "f-10", "f-11"]).status.success()).await.unwrap());
    let asked = origin.asked();
    let paths: BTreeMap<&str, usize> = asked.iter().fold(BTreeMap::new(), |mut paths, asked| {
        *paths.entry(asked.path.as_str()).or_default() += 1;
        paths
    });
    assert!(paths.len() >= 8, "{paths:?}");
    assert!(shortest(&asked) >= interval, "{:?} between two requests of different processes", shortest(&asked));
}

#[tokio::test]
async fn f08_a_feed_that_is_tried_by_hand_is_spaced_with_those_that_are_watched() {
    let interval = Duration::from_millis(600);
    let origin = busy(Duration::ZERO).await;
    let home = Arc::new(home(&sources(&origin, "f", 1), interval));
    let url = origin.url("/new").to_string();
    let run = move || {
        assert!(home.run(&["refresh"]).status.success());
        home.run(&["sources", "add", &url, "--dry-run"])
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(shortest(&origin.asked()) >= interval, "{:?}", shortest(&origin.asked()));
}
