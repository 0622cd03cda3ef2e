//! F16, F17, F18: answers that drip, unfold, break off or never end, through the binary.

use serde_json::Value;
use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use veille_testbench::{
    bombs,
    home::Home,
    hostile::{self, Limits},
    origin::{FEED, Origin, Part, Reply, feed, head, reply},
};

/// A home that watches these addresses on loopback.
fn home(urls: &[String], more: &str) -> Arc<Home> {
    let sources = urls.iter().enumerate().fold(String::new(), |mut text, (number, url)| {
        let _infallible = writeln!(text, "[[source]]\nslug = \"s{number}\"\nurl = \"{url}\"");
        text
    });
    Arc::new(Home::with(sources, format!("[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nhost_interval_ms = 0\n{more}")))
}

async fn refresh(home: &Arc<Home>) -> Value {
    let home = Arc::clone(home);
    tokio::task::spawn_blocking(move || home.json(&["refresh", "--all", "--json"])).await.unwrap()
}

fn reason<'a>(report: &'a Value, slug: &str) -> &'a str {
    let rows = report["failures"].as_array().unwrap();
    rows.iter().find(|row| row["source"] == slug).map_or("", |row| row["reason"].as_str().unwrap())
}

const DRIPS: [&str; 7] = ["/body", "/chunks", "/header", "/status", "/silence", "/long", "/many"];

fn drip(path: &str) -> Reply {
    let pause = Duration::from_millis(100);
    let text = |text: String| Part::Bytes(text.into());
    match path {
        "/body" => vec![text(head("200 OK", &["Content-Length: 100000"])), Part::Forever(b"x".to_vec(), pause)],
        "/chunks" => vec![text(head("200 OK", &["Transfer-Encoding: chunked"])), Part::Forever(b"1\r\nx\r\n".to_vec(), pause)],
        "/header" => vec![text("HTTP/1.1 200 OK\r\n".to_owned()), Part::Forever(b"X: y\r\n".to_vec(), pause)],
        "/status" => vec![Part::Wait(pause), text("HTTP/1.1 2".to_owned()), Part::Wait(Duration::from_secs(90))],
        "/long" => feed(&[&format!("X: {}", "y".repeat(1 << 20))]),
        "/many" => feed(&(0..150).map(|_| "X: y").collect::<Vec<_>>()),
        _ => vec![Part::Wait(Duration::from_secs(90))],
    }
}

/// Servers that drip, beside neighbours that do not: the first are ended at the deadline, the others answer as if alone.
async fn dripping(deadline: Duration, settings: &str) {
    let mut slow = Vec::new();
    for path in DRIPS {
        slow.push((Origin::serve(|asked| drip(&asked.path)).await, path));
    }
    let mut neighbours = Vec::new();
    for _ in 0..40 {
        neighbours.push(Origin::serve(|_| feed(&[])).await);
    }
    let mut urls: Vec<String> = slow.iter().map(|(origin, path)| origin.url(path).into()).collect();
    urls.extend(neighbours.iter().map(|origin| origin.url("/").to_string()));
    let home = home(&urls, settings);
    let started = Instant::now();
    let report = refresh(&home).await;
    let whole = started.elapsed();
    assert!(whole >= deadline && whole < deadline + Duration::from_secs(4), "{whole:?} for a deadline of {deadline:?}");
    assert_eq!((&report["fetched"], &report["failed"]), (&40.into(), &DRIPS.len().into()), "{report}");
    for (number, path) in DRIPS.iter().enumerate() {
        let said = reason(&report, &format!("s{number}"));
        let expected = if matches!(*path, "/long" | "/many") { "over the limits" } else { "did not finish answering within" };
        assert!(said.contains(expected), "{path}: {said}");
    }
    let last = neighbours.iter().map(|origin| origin.asked()[0].at - started).max().unwrap();
    assert!(last < deadline, "the last neighbour was asked after {last:?}");
    let rows = home.json(&["sources", "list", "--json"]);
    let waits = |row: &&Value| row["state"] == "failing" && row["next_check_at"].is_string();
    assert_eq!(rows.as_array().unwrap().iter().filter(waits).count(), DRIPS.len(), "{rows}");
}

#[tokio::test]
async fn f16_what_drips_is_ended_at_the_deadline_and_neighbours_do_not_notice() {
    dripping(Duration::from_secs(3), "total_timeout_s = 3\nconnect_timeout_s = 2\n").await;
}

#[tokio::test]
#[ignore = "long: 31 s; cargo nextest run --run-ignored only -E 'test(f16_at_the_default_deadlines)'"]
async fn f16_at_the_default_deadlines_all_is_over_after_thirty_seconds() {
    dripping(Duration::from_secs(30), "").await;
}

/// Resident memory at its highest during a refresh of these addresses, in bytes, and the report.
async fn measured(urls: &[String]) -> (u64, Value) {
    let home = home(urls, "");
    let run = move || {
        let limits = Limits { wall: Duration::from_secs(100), cpu: Duration::from_secs(90), memory: 1 << 30 };
        let ran = hostile::run(&["--home", home.path().to_str().unwrap(), "refresh", "--all", "--json"], b"", limits);
        (ran.memory, ran.json())
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

/// What one bomb may cost beyond a plain run: the body, the document, and what a decoder needs.
const GROWTH: u64 = 32 << 20;

#[tokio::test]
async fn f17_bombs_of_a_gibibyte_stop_at_ten_mebibytes_and_cost_less_than_32() {
    let plain = Origin::serve(|_| feed(&[])).await;
    let (alone, report) = measured(&[plain.url("/").into()]).await;
    assert_eq!(report["fetched"], 1, "{report}");
    for (coding, bomb) in bombs::all() {
        let origin = Origin::serve(move |_| reply("200 OK", &[&format!("Content-Encoding: {coding}")], &bomb)).await;
        let (memory, report) = measured(&[origin.url("/").into()]).await;
        assert!(reason(&report, "s0").contains("larger than 10485760 bytes once decompressed"), "{coding}: {report}");
        let growth = memory.saturating_sub(alone);
        println!("{coding}: {} KiB more than a plain run's {} KiB", growth >> 10, alone >> 10);
        assert!(growth < GROWTH, "{coding}: {} KiB more than a plain run", growth >> 10);
    }
}

#[tokio::test]
async fn f17_many_bombs_at_once_do_not_cost_as_many_times_as_much() {
    many_bombs(12).await;
}

#[tokio::test]
#[ignore = "long: 1 minute unoptimised; cargo nextest run --run-ignored only -E 'test(f17_sixty_bombs)'"]
async fn f17_sixty_bombs_at_once_cost_no_more_than_a_few() {
    many_bombs(60).await;
}

async fn many_bombs(bombs: usize) {
    let plain = Origin::serve(|_| feed(&[])).await;
    let (alone, _) = measured(&[plain.url("/").into()]).await;
    let mut origins = Vec::new();
    for number in 0..bombs {
        let (coding, bomb) = bombs::all().swap_remove(number % 4);
        origins.push(Origin::serve(move |_| reply("200 OK", &[&format!("Content-Encoding: {coding}")], &bomb)).await);
    }
    let urls: Vec<String> = origins.iter().map(|origin| origin.url("/").into()).collect();
    let (memory, report) = measured(&urls).await;
    assert_eq!(report["failed"], bombs, "{report}");
    let growth = memory.saturating_sub(alone);
    // As many are unfolded at once as there are processors; a compressed body is a mebibyte at most.
    let processors = std::thread::available_parallelism().unwrap().get() as u64;
    assert!(growth < (processors + 1) * GROWTH + ((bombs as u64) << 20), "{} KiB", growth >> 10);
}

#[tokio::test]
async fn f17_lies_about_the_coding_and_cut_streams_are_typed_errors() {
    let gzipped = |text: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        std::io::Write::write_all(&mut encoder, text).unwrap();
        encoder.finish().unwrap()
    };
    let once = gzipped(FEED.as_bytes());
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("gzip, gzip", gzipped(&once), "compressed more than once"),
        ("gzip\r\nContent-Encoding: gzip", gzipped(&once), "compressed more than once"),
        ("gzip, br", once.clone(), "compressed more than once"),
        ("gzip", FEED.into(), "is not the Gzip stream it claims to be"),
        ("br", FEED.into(), "is not the Brotli stream it claims to be"),
        ("zstd", FEED.into(), "is not the Zstd stream it claims to be"),
        ("deflate", FEED.into(), "is not the Deflate stream it claims to be"),
        ("gzip", once[..once.len() / 2].to_vec(), "is not the Gzip stream it claims to be"),
        ("gzip", once[..once.len() - 4].to_vec(), "is not the Gzip stream it claims to be"),
        ("compress", once.clone(), "which was not asked for"),
        ("", once, "no element of RSS"),
    ];
    let mut origins = Vec::new();
    for (coding, body, _) in cases.clone() {
        origins.push(Origin::serve(move |_| reply("200 OK", &[&format!("Content-Encoding: {coding}")], &body)).await);
    }
    let urls: Vec<String> = origins.iter().map(|origin| origin.url("/").into()).collect();
    let report = refresh(&home(&urls, "")).await;
    for (number, (coding, _, expected)) in cases.iter().enumerate() {
        let said = reason(&report, &format!("s{number}"));
        assert!(said.contains(expected), "{coding}: {said}");
    }
}

/// A feed of so many items.
fn rss(items: usize) -> String {
    let items: String = (0..items)
        .map(|item| format!("<item><title>Law {item}</title><link>https://a.example/{item}</link><guid>{item}</guid></item>"))
        .collect();
    format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>")
}

/// Every way in which a body is not what its head says; each with new validators, which must not be believed.
fn broken() -> Vec<(&'static str, Reply)> {
    const ETAG: &str = "ETag: \"2\"";
    const CHUNKED: &str = "Transfer-Encoding: chunked";
    let body = rss(9);
    let half = &body[..body.len() / 2];
    let stated = |length: usize| head("200 OK", &[ETAG, &format!("Content-Length: {length}")]);
    let chunk = |text: &str| format!("{}{:x}\r\n{text}\r\n", head("200 OK", &[ETAG, CHUNKED]), text.len());
    let text = |text: String| Part::Bytes(text.into());
    let endless = format!("{:x}\r\n{}\r\n", 1 << 18, "x".repeat(1 << 18));
    vec![
        ("a body shorter than stated", vec![text(stated(body.len() + 500) + &body), Part::Cut]),
        ("cut in the middle", vec![text(stated(body.len()) + half), Part::Cut]),
        ("reset in the middle", vec![text(stated(body.len()) + half), Part::Wait(Duration::from_millis(50)), Part::Reset]),
        ("reset before the head", vec![Part::Reset]),
        ("no body at all", vec![text(stated(body.len())), Part::Cut]),
        ("a length beyond the limit", vec![text(stated(99_999_999_999)), Part::Wait(Duration::from_secs(9))]),
        ("a negative length", vec![text(head("200 OK", &[ETAG, "Content-Length: -5"]) + &body), Part::Cut]),
        ("two lengths", vec![text(head("200 OK", &[ETAG, "Content-Length: 5", "Content-Length: 900"]) + &body), Part::Cut]),
        ("chunks without an end", vec![text(chunk(&body)), Part::Cut]),
        ("a chunk cut in the middle", vec![text(chunk(&body)[..600].to_owned()), Part::Reset]),
        ("a chunk of no size", vec![text(chunk(&body) + "zz\r\nx\r\n0\r\n\r\n"), Part::Cut]),
        ("a chunk of a huge size", vec![text(chunk(&body) + "ffffffffffffffffff\r\nx"), Part::Cut]),
        ("endless chunks", vec![text(head("200 OK", &[ETAG, CHUNKED])), Part::Forever(endless.into_bytes(), Duration::ZERO)]),
    ]
}

#[tokio::test]
async fn f18_a_body_that_is_not_whole_stores_nothing_and_leaves_the_validators() {
    let cases = broken();
    let mut origins = Vec::new();
    for (_, faulty) in cases.clone() {
        let round = Arc::new(AtomicUsize::new(0));
        let now = Arc::clone(&round);
        let origin = Origin::serve(move |_| match now.load(Ordering::SeqCst) {
            0 => reply("200 OK", &["ETag: \"1\""], rss(3)),
            1 => faulty.clone(),
            _ => reply("304 Not Modified", &[], ""),
        })
        .await;
        origins.push((origin, round));
    }
    let urls: Vec<String> = origins.iter().map(|(origin, _)| origin.url("/").into()).collect();
    let home = home(&urls, "total_timeout_s = 5\n");
    assert_eq!(refresh(&home).await["new_items"], 3 * cases.len());
    origins.iter().for_each(|(_, round)| round.store(1, Ordering::SeqCst));
    let report = refresh(&home).await;
    for (number, (what, _)) in cases.iter().enumerate() {
        let said = reason(&report, &format!("s{number}"));
        assert!(!said.is_empty(), "{what} is a failure: {report}");
        let endless = matches!(*what, "endless chunks" | "a length beyond the limit");
        assert!(!endless || said.contains("sends more than"), "{what} ends at the limit, not at the deadline: {said}");
    }
    assert_eq!((&report["new_items"], &report["updated_items"]), (&0.into(), &0.into()), "{report}");
    origins.iter().for_each(|(_, round)| round.store(2, Ordering::SeqCst));
    assert_eq!(refresh(&home).await["not_modified"], cases.len());
    for ((origin, _), (what, _)) in origins.iter().zip(&cases) {
        let asked = origin.asked();
        assert_eq!(asked.last().unwrap().header("if-none-match"), Some("\"1\""), "{what}");
    }
    let items = home.json(&["items", "list", "--limit", "1000", "--json"]);
    assert_eq!(items.as_array().unwrap().len(), 3 * cases.len(), "nothing of what broke off is kept");
}

#[tokio::test]
async fn f18_more_than_stated_is_not_read_and_what_was_cut_by_it_brings_no_validators() {
    let round = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&round);
    let origin = Origin::serve(move |_| {
        let body = rss(3 + now.load(Ordering::SeqCst) * 6);
        let stated = body.len() * 2 / 3;
        match now.load(Ordering::SeqCst) {
            0 => reply("200 OK", &["ETag: \"1\""], body),
            _ => vec![Part::Bytes((head("200 OK", &["ETag: \"2\"", &format!("Content-Length: {stated}")]) + &body).into())],
        }
    })
    .await;
    let home = home(&[origin.url("/").into()], "");
    assert_eq!(refresh(&home).await["new_items"], 3);
    round.store(1, Ordering::SeqCst);
    let report = refresh(&home).await;
    assert!(report["new_items"].as_u64().unwrap() < 6, "only what stands whole before the cut: {report}");
    refresh(&home).await;
    assert_eq!(origin.asked().last().unwrap().header("if-none-match"), Some("\"1\""), "what is missing is asked for again");
}
