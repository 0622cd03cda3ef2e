//! Killed at random points while it refreshes, then run once to the end: every item exactly once.

use crate::farm::{Farm, FarmFeed, Home};
use std::{collections::BTreeMap, fmt::Write, process::Stdio, time::Duration};

const FEEDS: usize = 40;
const ITEMS: usize = 30;

fn feed(number: usize) -> FarmFeed {
    let mut body = format!("<rss version=\"2.0\"><channel><title>Feed {number}</title><link>https://f{number}.example/</link>");
    for item in 0..ITEMS {
        let _infallible = write!(
            body,
            "<item><title>Law {number} of model {item}</title><link>https://f{number}.example/{item}</link><guid>f{number}-{item}</guid>\
             <pubDate>Mon, 16 Nov 2026 08:{item:02}:00 GMT</pubDate><description>Release {item} of the model, told by feed {number} at some length.</description></item>"
        );
    }
    body.push_str("</channel></rss>");
    FarmFeed { content_type: "application/rss+xml".to_owned(), body: body.into() }
}

fn refresh_and_kill(home: &Home, after: Duration) {
    let mut child = home.command(&["refresh", "--all"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
}

#[test]
fn nothing_is_lost_and_nothing_is_doubled_when_it_is_killed() {
    let farm = Farm::serve((0..FEEDS).map(feed));
    let home = farm.home();
    let seed: u64 = std::env::var("VEILLE_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(20_261_123);
    println!("VEILLE_SEED={seed}");
    let mut random = seed;
    for _ in 0..12 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        refresh_and_kill(&home, Duration::from_millis(10 + (random >> 33) % 400));
    }
    let report = home.json(&["refresh", "--all", "--json"]);
    assert_eq!(report["failed"], 0, "{report}");
    assert!(home.run(&["db", "check"]).status.success());

    let items = home.json(&["items", "list", "--limit", "100000", "--json"]);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for item in items.as_array().unwrap() {
        *seen.entry(item["url"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(seen.len(), FEEDS * ITEMS, "some items were lost");
    assert!(seen.values().all(|times| *times == 1), "some items were doubled");
}
