//! F10, F12: feeds that move, and feeds that end.

use super::calendar::{Calendar, rss};
use crate::fetch::tls;
use chrono::TimeDelta;
use std::sync::atomic::{AtomicUsize, Ordering};
use veille_testbench::{
    dns::{Dns, Says},
    home::LOOPBACK,
    month::start,
    origin::{Reply, redirect, reply},
};

const HOUR: TimeDelta = TimeDelta::hours(1);

/// What each of the feeds answers on a day.
fn moved(path: &str, day: i64, turns: &AtomicUsize) -> Reply {
    match path {
        "/once" if day == 1 => redirect(301, "/new/once"),
        "/thrice" if day >= 1 => redirect(308, "/new/thrice"),
        "/temporary" if day >= 1 => redirect(307, "/new/temporary"),
        "/seeother" if day >= 1 => redirect(302, "/new/seeother"),
        "/login" if day >= 1 => redirect(301, "/new/login"),
        "/stranger" if day >= 1 => redirect(301, "/new/stranger"),
        "/wavering" if day >= 1 => redirect(301, format!("/new/wavering-{}", turns.fetch_add(1, Ordering::SeqCst) % 2)),
        "/new/login" => reply("200 OK", &["Content-Type: text/html"], "<!doctype html><title>Log in</title><form></form>"),
        "/new/stranger" => reply(
            "200 OK",
            &[],
            rss(3).replace("Law", "Offer").replace("a.example", "b.example").replace("<guid>", "<guid>other-"),
        ),
        // Without dates, so that it is asked several times a day: sightings count only when they are a day apart.
        _ => reply("200 OK", &["ETag: \"1\""], rss(3).replace("<pubDate>Mon, 16 Nov 2026 08:00:00 GMT</pubDate>", "")),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f10_only_a_move_that_lasts_and_gives_the_same_feed_is_believed() {
    let paths = ["/once", "/thrice", "/temporary", "/seeother", "/login", "/stranger", "/wavering"];
    let turns = AtomicUsize::new(0);
    let (mut days, origin) = Calendar::of(&paths, move |asked, now| moved(&asked.path, (now - start()).num_days(), &turns)).await;
    days.after(TimeDelta::zero());
    let items = days.items();
    // Every six hours: sightings count only when they are a day apart.
    for step in 1..=28 {
        let asked = days.after(HOUR * 6);
        if step < 4 * 3 {
            assert!(asked.iter().all(|path| path != "/new/thrice") || asked.contains(&"/thrice".to_owned()), "{step}: {asked:?}");
        }
    }
    assert_eq!(days.row("thrice")["url"], origin.url("/thrice").as_str(), "the file is the operator's");
    days.after(HOUR * 24 * 7);
    let asked = days.after(HOUR * 24 * 7);
    for (path, direct) in [
        ("/thrice", false),
        ("/once", true),
        ("/temporary", true),
        ("/seeother", true),
        ("/login", true),
        ("/stranger", true),
        ("/wavering", true),
    ] {
        assert_eq!(asked.contains(&path.to_owned()), direct, "{path}: {asked:?}");
    }
    assert!(asked.contains(&"/new/thrice".to_owned()), "{asked:?}");
    let shown = days.home.json(&["sources", "show", "thrice", "--json"]);
    assert_eq!(shown["moved_to"], origin.url("/new/thrice").as_str(), "the operator is told: {shown}");
    assert_eq!(days.home.json(&["sources", "show", "stranger", "--json"])["moved_to"], serde_json::Value::Null);
    assert_eq!(days.items(), items + 3, "history is kept, nothing is doubled; the stranger brought three");
    let login = days.row("login");
    assert!(login["state"] == "failing" && login["last_error"].is_string(), "{login}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f12_a_feed_that_is_gone_is_told_kept_and_not_asked_again() {
    let (mut days, _origin) = Calendar::of(&["/gone"], |_, now| match (now - start()).num_days() {
        0 => reply("200 OK", &["ETag: \"1\""], rss(3)),
        _ => reply("410 Gone", &[], ""),
    })
    .await;
    assert_eq!(days.after(TimeDelta::zero()), ["/gone"]);
    assert_eq!(days.after(HOUR * 48), ["/gone"]);
    for week in 1..=4 {
        assert!(days.after(HOUR * 24 * 7).is_empty(), "week {week}");
    }
    let row = days.row("gone");
    assert_eq!((&row["state"], &row["next_check_at"]), (&"gone".into(), &serde_json::Value::Null));
    assert!(row["last_error"].as_str().unwrap().contains("410: the publisher closed it for good"), "{row}");
    assert_eq!(days.items(), 3, "items are kept");
    for (lang, word) in [("fr", "disparue"), ("en", "gone")] {
        let said = days.home.run(&["--lang", lang, "sources", "list", "--ailing"]);
        assert!(String::from_utf8_lossy(&said.stdout).contains(word), "{lang}");
    }
    let doctor = days.home.run(&["--lang", "en", "doctor"]);
    let said = String::from_utf8_lossy(&doctor.stdout).into_owned();
    assert!(said.contains("1 of 1 sources failing (gone"), "doctor tells as well: {said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f12_weeks_of_404_slow_down_to_once_a_week_and_a_200_revives() {
    let (mut days, _origin) = Calendar::of(&["/lost"], |_, now| match (now - start()).num_days() {
        0 => reply("200 OK", &["ETag: \"1\""], rss(2)),
        1..40 => reply("404 Not Found", &[], ""),
        _ => reply("200 OK", &["ETag: \"2\""], rss(5)),
    })
    .await;
    days.after(TimeDelta::zero());
    let mut gaps = Vec::new();
    while (days.now - start()).num_days() < 40 {
        let next = days.next("lost");
        assert!(days.at(next - TimeDelta::seconds(1)).is_empty(), "not before its time");
        assert_eq!(days.at(next), ["/lost"], "never silent: it is asked at its time");
        gaps.push(days.next("lost") - next);
        if (next - start()).num_days() >= 1 && (next - start()).num_days() < 40 {
            let row = days.row("lost");
            assert!(row["state"] == "failing" && row["last_error"].as_str().unwrap().contains("404"), "{row}");
        }
    }
    let failing: Vec<i64> = gaps.iter().map(TimeDelta::num_hours).collect();
    assert!(failing.contains(&168), "it backs off to a week: {failing:?}");
    let row = days.row("lost");
    assert_eq!((&row["state"], &row["last_error"], days.items()), (&"healthy".into(), &serde_json::Value::Null, 5), "{row}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f10_from_https_to_http_nothing_ever_moves_for_good() {
    let (mut days, origin) = Calendar::of(&[], |_, _| reply("200 OK", &["ETag: \"1\""], rss(3))).await;
    let moved =
        format!("HTTP/1.1 301 Moved\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", origin.url("/plain"));
    // What it leads to is the same feed: its items are known by then.
    let feed = rss(3);
    let known = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{feed}", feed.len());
    let port = tls::serve_each("good.pem", move |number| if number == 0 { known.clone().into() } else { moved.clone().into() });
    let dns = Dns::serve(|_| Says::address([127, 0, 0, 1]));
    let folder = days.home.path();
    std::fs::write(folder.join("sources.toml"), format!("[[source]]\nslug = \"s\"\nurl = \"https://secure.test:{port}/\"\n"))
        .unwrap();
    std::fs::write(folder.join("veille.toml"), LOOPBACK.to_owned() + &dns.setting()).unwrap();
    days.trust(tls::file("ca.pem"));
    for _ in 0..7 {
        days.after(HOUR * 27);
    }
    assert_eq!((days.items(), origin.asked().len()), (3, 6), "it is read all the same");
    let shown = days.home.json(&["sources", "show", "s", "--json"]);
    assert_eq!((&shown["state"], &shown["moved_to"]), (&"healthy".into(), &serde_json::Value::Null), "{shown}");
    assert!(shown["notices"].to_string().contains("redirects from https to http"), "{shown}");
}
