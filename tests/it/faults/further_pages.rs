//! F21: archived and paged feeds (RFC 5005), read at the first fetch and after a gap.

use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::BTreeSet,
    ops::Range,
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use veille_testbench::{
    home::{Home, LOOPBACK},
    origin::{Asked, Origin, Reply, reply},
};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap() // 2026-11-23
}

/// An Atom feed of these entries, the newest first; entry n was published n hours before or after the start.
fn atom(entries: Range<i64>, links: &str) -> String {
    let entry = |number: i64| {
        let published = (start() + TimeDelta::hours(number)).to_rfc3339();
        format!(
            "<entry><id>tag:a.example,2026:{number}</id><title>Law {number}</title><published>{published}</published>\
             <link href=\"https://a.example/{number}\"/><summary>Text {number}.</summary></entry>"
        )
    };
    let entries: String = entries.rev().map(entry).collect();
    format!("<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>t</title><id>urn:x</id>{links}{entries}</feed>")
}

fn older(to: &str) -> String {
    format!("<link rel=\"prev-archive\" href=\"{to}\"/>")
}

fn ok(body: impl AsRef<[u8]>) -> Reply {
    reply("200 OK", &["Content-Type: application/atom+xml"], body)
}

/// What the origin answers from now on.
type Script = Arc<Mutex<Box<dyn Fn(&Asked) -> Reply + Send>>>;

async fn serve(script: impl Fn(&Asked) -> Reply + Send + 'static) -> (Origin, Arc<Home>, Script) {
    let script: Script = Arc::new(Mutex::new(Box::new(script)));
    let current = Arc::clone(&script);
    let origin = Origin::serve(move |asked| current.lock().unwrap()(asked)).await;
    let sources = format!("[[source]]\nslug = \"f\"\nurl = \"{}\"\n", origin.url("/feed"));
    let home = Arc::new(Home::with(sources, LOOPBACK));
    (origin, home, script)
}

fn change(script: &Script, to: impl Fn(&Asked) -> Reply + Send + 'static) {
    *script.lock().unwrap() = Box::new(to);
}

/// Refreshes in a process of its own, so many days after the start, and gives the report.
async fn refresh(home: &Arc<Home>, day: i64) -> serde_json::Value {
    let (home, now) = (Arc::clone(home), (start() + TimeDelta::days(day)).to_rfc3339());
    let run = move || home.json(&["--now", &now, "refresh", "--all", "--json"]);
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// The numbers of the stored entries, in the order of arrival; each must be there once.
fn stored(home: &Home, state: &str) -> Vec<i64> {
    let rows = home.json(&["items", "list", "--state", state, "--limit", "100000", "--json"]);
    let mut rows: Vec<(i64, i64)> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["id"].as_i64().unwrap(), row["title"].as_str().unwrap().trim_start_matches("Law ").parse().unwrap()))
        .collect();
    rows.sort_unstable();
    let numbers: Vec<i64> = rows.into_iter().map(|(_, number)| number).collect();
    assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "something twice: {numbers:?}");
    numbers
}

fn shown(home: &Home) -> serde_json::Value {
    home.json(&["sources", "show", "f", "--json"])["further_pages"].clone()
}

fn paths(origin: &Origin) -> Vec<String> {
    origin.asked().into_iter().map(|asked| asked.path).collect()
}

/// Archives of five entries each below `top`: `/a1` holds the newest.
fn archives(asked: &Asked, top: i64, last: i64) -> Option<Reply> {
    let page: i64 = asked.path.strip_prefix("/a")?.parse().unwrap();
    let next = if page < last { older(&format!("/a{}", page + 1)) } else { String::new() };
    Some(ok(atom(top - 5 * page..top - 5 * (page - 1), &next)))
}

#[tokio::test]
async fn f21_a_first_fetch_reads_the_archives_as_backlog_oldest_first_and_never_again() {
    let (origin, home, _) = serve(|asked| match archives(asked, 0, 3) {
        Some(page) => page,
        None if asked.header("if-none-match") == Some("\"main\"") => reply("304 Not Modified", &["ETag: \"main\""], ""),
        None => reply("200 OK", &["ETag: \"main\"", "Content-Type: application/atom+xml"], atom(0..3, &older("a1"))),
    })
    .await;
    let report = refresh(&home, 0).await;
    assert_eq!((report["sources"].as_i64(), report["new_items"].as_i64()), (Some(1), Some(18)), "{report}");
    assert_eq!(stored(&home, "backlog"), (-15..3).collect::<Vec<_>>());
    assert_eq!(stored(&home, "new"), [] as [i64; 0]);
    let report = refresh(&home, 2).await;
    assert_eq!((report["not_modified"].as_i64(), report["new_items"].as_i64()), (Some(1), Some(0)), "{report}");
    assert_eq!(paths(&origin), ["/feed", "/a1", "/a2", "/a3", "/feed"], "the validators are those of the document");
    let shown = shown(&home);
    assert_eq!((&shown["pages"], shown["next"].is_null(), shown["stopped"].is_null()), (&3.into(), true, true), "{shown}");
}

#[tokio::test]
async fn f21_paged_feeds_of_every_format_shift_between_two_pages_and_nothing_comes_twice() {
    // Page two repeats what page one held when it was asked: an entry came in between.
    let rss = |items: Range<i64>, next: &str| {
        let items: String =
            items.rev().map(|n| format!("<item><title>Law {n}</title><link>https://a.example/{n}</link></item>")).collect();
        let link = format!("<atom:link xmlns:atom=\"http://www.w3.org/2005/Atom\" rel=\"next\" href=\"{next}\"/>");
        ok(format!("<rss version=\"2.0\"><channel><title>t</title>{link}{items}</channel></rss>"))
    };
    let (_origin, home, _) = serve(move |asked| match asked.path.as_str() {
        "/feed" => rss(10..15, "/feed?page=2"),
        "/feed?page=2" => rss(6..11, "/feed?page=3"),
        _ => rss(1..7, "/feed?page=3"),
    })
    .await;
    refresh(&home, 0).await;
    assert_eq!(stored(&home, "backlog"), (1..15).collect::<Vec<_>>());

    let json = |items: Range<i64>, next: &str| {
        let items: Vec<_> = items.rev().map(|n| serde_json::json!({ "id": n, "title": format!("Law {n}") })).collect();
        let feed =
            serde_json::json!({ "version": "https://jsonfeed.org/version/1.1", "title": "t", "next_url": next, "items": items });
        reply("200 OK", &["Content-Type: application/feed+json"], feed.to_string())
    };
    let (_origin, home, _) = serve(move |asked| match asked.path.as_str() {
        "/feed" => json(10..15, "page/2"),
        _ => json(6..12, ""),
    })
    .await;
    refresh(&home, 0).await;
    assert_eq!(stored(&home, "backlog"), (6..15).collect::<Vec<_>>());
}

#[tokio::test]
async fn f21_ten_thousand_pages_are_cut_at_the_limit_and_said() {
    let (origin, home, _) = serve(|asked| archives(asked, 0, 10_000).unwrap_or_else(|| ok(atom(0..3, &older("/a1"))))).await;
    refresh(&home, 0).await;
    assert_eq!(origin.asked().len(), 11, "the document and ten pages");
    assert_eq!(stored(&home, "backlog").len(), 53);
    assert_eq!(shown(&home)["stopped"], "limit");
    let said = home.run(&["sources", "show", "f"]);
    assert!(String::from_utf8_lossy(&said.stdout).contains("archive_pages"), "{}", String::from_utf8_lossy(&said.stdout));
    refresh(&home, 2).await;
    assert_eq!(origin.asked().len(), 12, "a limit is an end: the pages are not taken up again");

    let (origin, home, _) = serve(|asked| archives(asked, 0, 10_000).unwrap_or_else(|| ok(atom(0..3, &older("/a1"))))).await;
    std::fs::write(home.path().join("veille.toml"), format!("{LOOPBACK}archive_pages = 0\n")).unwrap();
    refresh(&home, 0).await;
    assert_eq!((origin.asked().len(), stored(&home, "backlog").len()), (1, 3));
}

#[tokio::test]
async fn f21_circles_are_ended() {
    for (first, second) in [("/a1", "/a1"), ("/a1", "/feed"), ("/a1#x", "/a1#y"), ("/feed", "/feed")] {
        let (origin, home, _) = serve(move |asked| match asked.path.as_str() {
            "/feed" => ok(atom(0..3, &older(first))),
            _ => ok(atom(-5..1, &older(second))),
        })
        .await;
        refresh(&home, 0).await;
        let pages = usize::from(first.starts_with("/a"));
        assert_eq!(origin.asked().len(), 1 + pages, "{first} {second}");
        assert_eq!(stored(&home, "backlog").len(), 3 + 5 * pages);
        assert_eq!(shown(&home)["stopped"], "circle");
    }
}

#[tokio::test]
async fn f21_nothing_outside_the_origin_is_asked_by_link_or_by_redirect() {
    let elsewhere = Origin::serve(|_| ok(atom(-5..0, ""))).await;
    let foreign = elsewhere.url("/a1").to_string();
    let (link, other_host) = (foreign.clone(), foreign.replace("127.0.0.1", "localhost"));
    for target in [link, other_host, "https://127.0.0.1/a1".to_owned(), "//127.0.0.1:1/a1".to_owned()] {
        let (origin, home, _) = serve(move |_| ok(atom(0..3, &older(&target)))).await;
        refresh(&home, 0).await;
        assert_eq!((origin.asked().len(), stored(&home, "backlog").len()), (1, 3));
        assert!(shown(&home)["stopped"]["elsewhere"].is_string(), "{}", shown(&home));
    }
    let (_origin, home, _) = serve(move |asked| match asked.path.as_str() {
        "/feed" => ok(atom(0..3, &older("/a1"))),
        _ => reply("302 Found", &[&format!("Location: {foreign}")], ""),
    })
    .await;
    let report = refresh(&home, 0).await;
    assert_eq!((report["failed"].as_i64(), stored(&home, "backlog").len()), (Some(0), 3));
    assert!(shown(&home)["stopped"]["failed"].as_str().unwrap().contains("another origin"), "{}", shown(&home));
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn f21_after_an_outage_the_gap_is_found_and_filled_to_where_it_began() {
    let (origin, home, script) = serve(|_| ok(atom(0..10, ""))).await;
    refresh(&home, 0).await;
    change(&script, |asked| archives(asked, 40, 8).unwrap_or_else(|| ok(atom(38..43, &older("/a1")))));
    let report = refresh(&home, 21).await;
    assert_eq!(report["new_items"], 33, "{report}");
    assert_eq!(stored(&home, "new"), (10..43).collect::<Vec<_>>(), "missed, and news all the same");
    // The archives a1 to a6 go down to 10, a7 holds 5 to 9, which are known: a8 is not asked for.
    assert_eq!(paths(&origin).last().unwrap(), "/a7");
    change(&script, |asked| archives(asked, 40, 8).unwrap_or_else(|| ok(atom(42..48, &older("/a1")))));
    let before = origin.asked().len();
    assert_eq!(refresh(&home, 22).await["new_items"], 5);
    assert_eq!(origin.asked().len() - before, 1, "one known id says that nothing was missed");
}

#[tokio::test]
async fn f21_an_old_item_found_in_an_archive_after_a_gap_is_no_news() {
    let (_origin, home, script) = serve(|_| ok(atom(0..10, ""))).await;
    refresh(&home, 0).await;
    change(&script, |asked| match archives(asked, 30, 6) {
        Some(page) => page,
        None => ok(atom(30..33, &older("/a1"))),
    });
    refresh(&home, 21).await;
    let new = stored(&home, "new");
    assert_eq!(new, (10..33).collect::<Vec<_>>());
    // Its ids are all new to us, and all of it was published before the first fetch.
    change(&script, |asked| match asked.path.as_str() {
        "/feed" => ok(atom(600..603, &older("/a1"))),
        _ => ok(atom(-40..-30, "")),
    });
    refresh(&home, 42).await;
    assert_eq!(stored(&home, "new").len(), new.len() + 3);
    assert_eq!(stored(&home, "backlog").len(), 10 + 10);
}

#[tokio::test]
async fn f21_a_page_that_cannot_be_read_loses_nothing_and_is_taken_up() {
    let broken: [fn() -> Reply; 5] = [
        || reply("404 Not Found", &[], ""),
        || reply("200 OK", &["Content-Type: text/html"], "<!doctype html><title>Log in</title>"),
        || reply("200 OK", &["Content-Type: application/atom+xml"], [0x80_u8, 0xff, 0, 1, 2, 3, 4, 5]),
        || reply("500 Oops", &[], ""),
        || reply("304 Not Modified", &[], ""),
    ];
    for broken in broken {
        let main = |asked: &Asked| archives(asked, 0, 4).unwrap_or_else(|| ok(atom(0..3, &older("/a1"))));
        let (origin, home, script) = serve(move |asked| if asked.path == "/a3" { broken() } else { main(asked) }).await;
        let report = refresh(&home, 0).await;
        assert_eq!((report["failed"].as_i64(), report["new_items"].as_i64()), (Some(0), Some(13)), "{report}");
        assert!(shown(&home)["stopped"]["failed"].is_string(), "{}", shown(&home));
        change(&script, main);
        assert_eq!(refresh(&home, 2).await["new_items"], 10);
        assert_eq!(stored(&home, "backlog").len(), 23);
        assert_eq!(paths(&origin), ["/feed", "/a1", "/a2", "/a3", "/feed", "/a3", "/a4"], "it goes on where it stopped");
        assert!(shown(&home)["stopped"].is_null());
    }
}

#[tokio::test]
async fn f21_a_page_that_is_never_there_is_given_up_and_said() {
    let (origin, home, _) = serve(|asked| match asked.path.as_str() {
        "/feed" => ok(atom(0..3, &older("/a1"))),
        _ => reply("404 Not Found", &[], ""),
    })
    .await;
    for day in 0..6 {
        refresh(&home, 2 * day).await;
    }
    assert_eq!(paths(&origin).iter().filter(|path| *path == "/a1").count(), 3);
    let shown = shown(&home);
    assert!(shown["next"].is_null() && shown["stopped"]["failed"].as_str().unwrap().contains("404"), "{shown}");
}

#[tokio::test]
async fn f21_a_page_that_asks_for_rest_gives_its_host_rest() {
    let (origin, home, script) = serve(|asked| match asked.path.as_str() {
        "/feed" => ok(atom(0..3, &older("/a1"))),
        _ => reply("429 Too Many", &["Retry-After: 172800"], ""),
    })
    .await;
    refresh(&home, 0).await;
    assert_eq!(stored(&home, "backlog").len(), 3);
    change(&script, |asked| archives(asked, 0, 1).unwrap_or_else(|| ok(atom(0..3, &older("/a1")))));
    assert_eq!(refresh(&home, 1).await["sources"], 0, "two days were asked for");
    assert_eq!(origin.asked().len(), 2);
    refresh(&home, 3).await;
    assert_eq!(stored(&home, "backlog").len(), 8);
}

#[tokio::test]
async fn f21_killed_between_pages_the_next_refresh_completes_and_nothing_is_twice() {
    if !cfg!(debug_assertions) {
        return; // a release binary has no failpoints
    }
    for page in 1..=4 {
        let (_origin, home, _) = serve(|asked| match archives(asked, 0, 4) {
            Some(page) => page,
            None => reply("200 OK", &["ETag: \"main\"", "Content-Type: application/atom+xml"], atom(0..3, &older("/a1"))),
        })
        .await;
        let (dying, at) = (Arc::clone(&home), start().to_rfc3339());
        let status = tokio::task::spawn_blocking(move || {
            let mut command = dying.command(&["--now", &at, "refresh", "--all"]);
            command.env("VEILLE_FAILPOINT", format!("refresh.page:{page}")).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().unwrap()
        })
        .await
        .unwrap();
        assert_eq!(status.code(), None, "it died at page {page}");
        refresh(&home, 0).await;
        assert_eq!(stored(&home, "backlog"), (-20..3).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn f21_pages_are_spaced_like_everything_else() {
    let times: Arc<Mutex<Vec<Instant>>> = Arc::default();
    let log = Arc::clone(&times);
    let (_origin, home, _) = serve(move |asked| {
        log.lock().unwrap().push(Instant::now());
        archives(asked, 0, 4).unwrap_or_else(|| ok(atom(0..3, &older("/a1"))))
    })
    .await;
    let settings = "[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nhost_interval_ms = 150\n";
    std::fs::write(home.path().join("veille.toml"), settings).unwrap();
    refresh(&home, 0).await;
    let times = times.lock().unwrap();
    assert_eq!(times.len(), 5);
    // Between arrivals a busy machine may eat a part of one interval, not of four.
    assert!(times[4] - times[0] > Duration::from_millis(450), "{times:?}");
}
