//! The guarded path against servers that misbehave, on real sockets. Each test is named after its row of the fault table.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

pub(crate) mod tls;

use flate2::{Compression, write::GzEncoder};
use std::{
    collections::HashMap,
    io::Write,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};
use url::Url;
use veille::{
    domain::fetching::{Answer, FailureKind, FetchOutcome, FetchRequest, Validators},
    fetch::Fetcher,
    settings::FetchSettings,
};
use veille_testbench::origin::{Asked, FEED, Origin, Part, Reply, feed, head, redirect, reply};

fn settings() -> FetchSettings {
    FetchSettings {
        allow_networks: vec!["127.0.0.1/32".parse().unwrap()],
        host_interval: Duration::ZERO,
        connect_timeout: Duration::from_secs(5),
        ..FetchSettings::default()
    }
}

/// For servers that never end: a deadline worth waiting for in a test.
fn impatient() -> Fetcher {
    Fetcher::new(&FetchSettings { total_timeout: Duration::from_millis(1500), ..settings() }).unwrap()
}

fn fetcher() -> Fetcher {
    Fetcher::new(&settings()).unwrap()
}

async fn fetch(url: Url) -> FetchOutcome {
    fetcher().fetch(FetchRequest::feed(url, None)).await
}

/// The kind of failure, or none.
fn kind(outcome: &FetchOutcome) -> Option<FailureKind> {
    outcome.result.as_ref().err().map(|failure| failure.kind)
}

fn reason(outcome: &FetchOutcome) -> &str {
    outcome.result.as_ref().err().map_or("", |failure| &failure.reason)
}

fn validators(outcome: &FetchOutcome) -> Validators {
    match outcome.result.as_ref().expect("an answer") {
        Answer::Fetched { validators, .. } | Answer::NotModified { validators } => validators.clone(),
    }
}

fn body(outcome: &FetchOutcome) -> &[u8] {
    match outcome.result.as_ref().expect("an answer") {
        Answer::Fetched { document, .. } => &document.bytes,
        Answer::NotModified { .. } => b"",
    }
}

/// What one reply makes of a feed request.
async fn outcome_of(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> FetchOutcome {
    let origin = Origin::serve(answer).await;
    fetch(origin.url("/feed")).await
}

#[tokio::test]
async fn a_document_waits_for_its_place_as_long_as_it_takes() {
    let origin = Origin::serve(|_| feed(&[])).await;
    let (fetcher, room) = (impatient(), Arc::new(tokio::sync::Semaphore::new(1)));
    let request = || FetchRequest::feed(origin.url("/feed"), None);
    let (first, place) = fetcher.fetch_into(request(), &room).await;
    assert!(first.result.is_ok() && place.is_some());
    let second = tokio::spawn({
        let (fetcher, room, request) = (fetcher.clone(), Arc::clone(&room), request());
        async move { fetcher.fetch_into(request, &room).await }
    });
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!second.is_finished(), "there was no place, and the deadline is no reason");
    drop(place);
    let (second, place) = second.await.unwrap();
    assert_eq!((body(&second), place.is_some()), (FEED.as_bytes(), true));
}

#[tokio::test]
async fn a_feed_is_fetched_with_an_honest_and_spare_request() {
    let origin = Origin::serve(|_| feed(&["Content-Type: application/rss+xml; charset=utf-8", "Set-Cookie: a=b"])).await;
    let fetcher = fetcher();
    for _ in 0..2 {
        let outcome = fetcher.fetch(FetchRequest::feed(origin.url("/feed?x=1#part"), None)).await;
        assert_eq!(body(&outcome), FEED.as_bytes());
        assert_eq!(outcome.bytes, FEED.len() as u64);
        let Ok(Answer::Fetched { document, body_hash, validators }) = outcome.result else { panic!("no answer") };
        assert_eq!(document.content_type.as_deref(), Some("application/rss+xml; charset=utf-8"));
        assert_eq!(document.url, Some(origin.url("/feed?x=1")));
        assert_eq!(body_hash, ring::digest::digest(&ring::digest::SHA256, FEED.as_bytes()).as_ref());
        assert!(validators.is_empty());
    }
    assert_eq!(origin.connections(), 1, "the connection is used again");
    for asked in origin.asked() {
        assert_eq!(asked.path, "/feed?x=1");
        assert!(asked.header("user-agent").is_some_and(|agent| agent.starts_with("veille/") && agent.contains("http")));
        assert_eq!(asked.header("accept-encoding"), Some("gzip, br, zstd, deflate"));
        for unwanted in ["cookie", "referer", "if-none-match", "if-modified-since", "authorization"] {
            assert_eq!(asked.header(unwanted), None);
        }
    }
}

#[tokio::test]
async fn f01_odd_validators_come_back_byte_for_byte() {
    let long = format!("\"{}\"", "x".repeat(8000));
    for (etag, last_modified) in [
        ("W/\"weak\"", "Sun, 06 Nov 1994 08:49:37 GMT"),
        ("no quotes, a comma", "yesterday at noon"),
        ("\"sp  aces\"", "0"),
        ("\"\u{e9}t\u{e9}\u{ff}\"", "-1"),
        (long.as_str(), "Sunday, 06-Nov-94 08:49:37 GMT"),
    ] {
        let sent = (etag.to_owned(), last_modified.to_owned());
        let origin = Origin::serve(move |asked| {
            let mut bytes = b"HTTP/1.1 200 OK\r\nETag: ".to_vec();
            bytes.extend(sent.0.chars().map(|character| character as u8));
            bytes.extend(format!("\r\nLast-Modified: {}\r\nContent-Length: {}\r\n\r\n{FEED}", sent.1, FEED.len()).bytes());
            if asked.number == 0 { vec![Part::Bytes(bytes)] } else { reply("304 Not Modified", &[], "") }
        })
        .await;
        let fetcher = fetcher();
        let first = fetcher.fetch(FetchRequest::feed(origin.url("/feed"), None)).await;
        let known = validators(&first);
        let second = fetcher.fetch(FetchRequest::feed(origin.url("/feed"), Some(known.clone()))).await;
        assert!(matches!(second.result, Ok(Answer::NotModified { .. })), "{:?}", second.result);
        assert_eq!(validators(&second), known);
        let asked = origin.asked();
        assert_eq!(asked[1].header("if-none-match"), Some(etag));
        assert_eq!(asked[1].header("if-modified-since"), Some(last_modified));
    }
}

#[tokio::test]
async fn f02_validators_that_rotate_are_the_newest() {
    let origin = Origin::serve(|asked| feed(&[&format!("ETag: \"{}\"", asked.number)])).await;
    let fetcher = fetcher();
    let mut known = None;
    for number in 0..3 {
        let outcome = fetcher.fetch(FetchRequest::feed(origin.url("/feed"), known)).await;
        known = Some(validators(&outcome));
        assert_eq!(known.as_ref().unwrap().etag, Some(format!("\"{number}\"")));
    }
    assert_eq!(origin.asked()[2].header("if-none-match"), Some("\"1\""));
}

#[tokio::test]
async fn f03_a_304_brings_new_validators_and_freshness() {
    let origin =
        Origin::serve(|_| reply("304 Not Modified", &["ETag: \"new\"", "Cache-Control: max-age=7200", "Age: 200"], "")).await;
    let known = Validators {
        url: origin.url("/feed").to_string(),
        etag: Some("\"old\"".into()),
        last_modified: Some("Sun, 06 Nov 1994 08:49:37 GMT".into()),
    };
    let outcome = fetcher().fetch(FetchRequest::feed(origin.url("/feed"), Some(known.clone()))).await;
    assert_eq!(validators(&outcome), Validators { etag: Some("\"new\"".into()), ..known });
    assert_eq!(outcome.freshness.fresh_for, Some(chrono::Duration::seconds(7000)));
}

#[tokio::test]
async fn f04_a_304_that_nobody_asked_for_is_an_error() {
    let outcome = outcome_of(|_| reply("304 Not Modified", &["ETag: \"x\""], "")).await;
    assert_eq!(kind(&outcome), Some(FailureKind::Unreadable));
}

#[tokio::test]
async fn f07_a_host_that_wants_rest_is_not_asked_again_and_its_neighbour_is() {
    for (status, headers, rest) in [
        ("429 Too Many", vec!["Retry-After: 3600"], Some(3600)),
        ("503 Busy", vec!["Retry-After: Sun, 06 Nov 1994 09:49:37 GMT", "Date: Sun, 06 Nov 1994 08:49:37 GMT"], Some(3600)),
        ("429 Too Many", vec!["Retry-After: 99999999999999"], Some(7 * 86400)),
        ("429 Too Many", vec!["Retry-After: -3"], None),
        ("429 Too Many", vec![], None),
    ] {
        let busy = Origin::serve(move |_| reply(status, &headers, "")).await;
        let neighbour = Origin::serve(|_| feed(&[])).await;
        let fetcher = fetcher();
        let first = fetcher.fetch(FetchRequest::feed(busy.url("/a"), None)).await;
        assert_eq!(kind(&first), Some(FailureKind::RateLimited));
        assert_eq!(first.freshness.retry_after.map(|rest| rest.num_seconds()), rest);
        let second = fetcher.fetch(FetchRequest::feed(busy.url("/b"), None)).await;
        assert_eq!(kind(&second), Some(FailureKind::Resting));
        assert!(second.freshness.retry_after.is_some());
        assert_eq!(busy.asked().len(), 1);
        assert_eq!(kind(&fetcher.fetch(FetchRequest::feed(neighbour.url("/"), None)).await), None);
    }
    assert_eq!(kind(&outcome_of(|_| reply("503 Busy", &[], "")).await), Some(FailureKind::Transient));
}

#[tokio::test]
async fn f08_one_at_a_time_and_spaced_on_a_host_while_others_go_on() {
    let interval = Duration::from_millis(60);
    let busy = Origin::serve(|_| [vec![Part::Wait(Duration::from_millis(10))], feed(&[])].concat()).await;
    let other = Origin::serve(|_| feed(&[])).await;
    let fetcher = Fetcher::new(&FetchSettings { host_interval: interval, concurrency: 2, ..settings() }).unwrap();
    let started = Instant::now();
    let many: Vec<_> = (0..12)
        .map(|number| {
            let (fetcher, url) = (fetcher.clone(), busy.url(&format!("/{number}")));
            tokio::spawn(async move { kind(&fetcher.fetch(FetchRequest::feed(url, None)).await) })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert_eq!(kind(&fetcher.fetch(FetchRequest::feed(other.url("/"), None)).await), None);
    assert!(busy.asked().len() < 6, "the other host waited for {} requests of the busy one", busy.asked().len());
    for task in many {
        assert_eq!(task.await.unwrap(), None);
    }
    // Starts are spaced where they are made; what is seen here is when they arrive, so only their sum is exact.
    assert!(started.elapsed() >= interval * 11, "twelve requests in {:?}", started.elapsed());
    assert_eq!(busy.connections(), 1, "one at a time, on one connection");
}

#[tokio::test]
async fn f10_every_redirect_is_followed_and_told() {
    let origin = Origin::serve(|asked| match asked.path.as_str() {
        "/301" => redirect(301, "/308"),
        "/308" => redirect(308, "302?x=é"),
        "/302?x=%C3%A9" => redirect(302, "/303"),
        "/303" => redirect(303, "/307"),
        "/307" => redirect(307, "/feed#here"),
        "/nowhere" => reply("301 Moved", &[], ""),
        _ => feed(&["ETag: \"x\""]),
    })
    .await;
    let outcome = fetch(origin.url("/301")).await;
    assert_eq!(body(&outcome), FEED.as_bytes());
    assert_eq!(outcome.redirects.iter().map(|hop| hop.status).collect::<Vec<_>>(), [301, 308, 302, 303, 307]);
    assert_eq!(outcome.redirects[4].target, origin.url("/feed"));
    assert_eq!(validators(&outcome).url, origin.url("/feed").as_str(), "validators belong to the last url");
    assert_eq!(kind(&fetch(origin.url("/nowhere")).await), Some(FailureKind::Permanent));
}

#[tokio::test]
async fn f11_loops_and_long_chains_end_after_five() {
    let origin = Origin::serve(|asked| match asked.path.as_str() {
        "/loop" => redirect(302, "/loop"),
        path if path.starts_with("/grow") => redirect(302, format!("{path}{}", "/x".repeat(2000))),
        path => redirect(302, format!("{path}1")),
    })
    .await;
    for path in ["/loop", "/chain", "/grow"] {
        let before = origin.asked().len();
        let outcome = fetch(origin.url(path)).await;
        assert_eq!(kind(&outcome), Some(FailureKind::Refused), "{path}");
        assert!(origin.asked().len() - before <= 6, "{path}");
    }
}

#[tokio::test]
async fn f11_nothing_crosses_to_another_origin() {
    let other = Origin::serve(|_| feed(&["ETag: \"other\""])).await;
    let target = other.url("/feed");
    let origin = Origin::serve(move |_| redirect(302, &target)).await;
    let fetcher = fetcher();
    let mine = Validators { url: origin.url("/feed").into(), etag: Some("\"mine\"".into()), last_modified: None };
    let first = fetcher.fetch(FetchRequest::feed(origin.url("/feed"), Some(mine))).await;
    assert_eq!(origin.asked()[0].header("if-none-match"), Some("\"mine\""));
    assert_eq!(other.asked()[0].header("if-none-match"), None);
    let _second = fetcher.fetch(FetchRequest::feed(origin.url("/feed"), Some(validators(&first)))).await;
    assert_eq!(origin.asked()[1].header("if-none-match"), None);
    assert_eq!(other.asked()[1].header("if-none-match"), Some("\"other\""));
    let with_password = Url::parse(&origin.url("/").as_str().replace("//", "//user:secret@")).unwrap();
    let redirecting = Origin::serve(move |_| redirect(302, &with_password)).await;
    let outcome = fetch(redirecting.url("/")).await;
    assert_eq!(kind(&outcome), Some(FailureKind::Refused));
    assert!(!reason(&outcome).contains("secret"));
}

#[tokio::test]
async fn f12_each_status_asks_for_its_remedy() {
    for (status, expected) in [
        ("400 X", FailureKind::Permanent),
        ("401 X", FailureKind::Permanent),
        ("403 X", FailureKind::Permanent),
        ("404 X", FailureKind::Permanent),
        ("408 X", FailureKind::Transient),
        ("410 X", FailureKind::Gone),
        ("451 X", FailureKind::Permanent),
        ("500 X", FailureKind::Transient),
        ("502 X", FailureKind::Transient),
        ("204 X", FailureKind::Unreadable),
        ("206 X", FailureKind::Unreadable),
        ("300 X", FailureKind::Permanent),
    ] {
        let outcome = outcome_of(move |_| {
            if status.starts_with("204") { vec![Part::Bytes(head(status, &[]).into())] } else { reply(status, &[], "x") }
        })
        .await;
        assert_eq!(kind(&outcome), Some(expected), "{status}");
        assert!(reason(&outcome).contains(&status[..3]), "{}", reason(&outcome));
    }
}

/// A loopback address of this test process alone, so that two runs on one machine do not meet.
fn canary_address() -> Ipv4Addr {
    let [.., high, low] = std::process::id().to_be_bytes();
    Ipv4Addr::new(127, 77, high, low.max(1))
}

fn spellings(address: Ipv4Addr) -> Vec<String> {
    let [a, b, c, d] = address.octets();
    let number = u32::from(address);
    let (high, low) = ((number >> 16) as u16, number as u16);
    vec![
        format!("{address}"),
        format!("{address}."),
        format!("{number}"),
        format!("0x{number:x}"),
        format!("0{number:o}"),
        format!("{a}.{b}.{low}"),
        format!("{a}.{}", number & 0x00ff_ffff),
        format!("0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}"),
        format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
        format!("0x{a:x}.{b}.0{c:o}.{d}"),
        format!("[::ffff:{address}]"),
        format!("[::ffff:{high:x}:{low:x}]"),
        format!("[0:0:0:0:0:ffff:{high:x}:{low:x}]"),
        format!("[::{address}]"),
        format!("[64:ff9b::{address}]"),
        format!("[64:ff9b:1::{address}]"),
        format!("[2002:{high:x}:{low:x}::]"),
        format!("public.test@{address}"),
        format!("public.test:80@{address}"),
        "canary.test".to_owned(),
        "canary.test.".to_owned(),
        "localhost".to_owned(),
    ]
}

#[tokio::test]
async fn f13_f14_no_spelling_reaches_a_forbidden_address_directly_or_by_redirect() {
    let address = canary_address();
    let Ok(canary) = Origin::serve_at(SocketAddr::new(address.into(), 8080), |_| feed(&[])).await else {
        println!("skipped: this system has no other loopback address than 127.0.0.1");
        return;
    };
    let names = HashMap::from([
        ("canary.test".to_owned(), vec![IpAddr::from(address)]),
        ("localhost".to_owned(), vec![IpAddr::from(address)]),
    ]);
    let fetcher = Fetcher::builder(&settings()).names(names).build().unwrap();
    for spelling in spellings(address) {
        let target = format!("http://{spelling}:8080/");
        let direct = fetcher.fetch(FetchRequest::feed(Url::parse(&target).unwrap(), None)).await;
        assert_eq!(kind(&direct), Some(FailureKind::Refused), "{target}");
        let origin = Origin::serve(move |_| redirect(302, &target)).await;
        let outcome = fetcher.fetch(FetchRequest::feed(origin.url("/"), None)).await;
        assert_eq!(kind(&outcome), Some(FailureKind::Refused), "{spelling} by redirect: {:?}", outcome.result);
        let page = fetcher.fetch(FetchRequest::page(origin.url("/"))).await;
        assert_eq!(kind(&page), Some(FailureKind::Refused), "{spelling} as a page");
    }
    assert_eq!(canary.connections(), 0);
    let allowed = FetchSettings { allow_networks: vec!["127.0.0.0/8".parse().unwrap()], ..settings() };
    let open = Fetcher::new(&allowed).unwrap().fetch(FetchRequest::feed(canary.url("/"), None)).await;
    assert_eq!(kind(&open), None, "the canary does answer those who may ask");
}

#[tokio::test]
async fn f14_a_name_with_a_forbidden_address_among_others_reaches_only_the_others() {
    let address = canary_address();
    let Ok(canary) = Origin::serve_at(SocketAddr::new(address.into(), 8443), |_| feed(&[])).await else { return };
    let names = HashMap::from([("both.test".to_owned(), vec![address.into(), IpAddr::from([127, 0, 0, 1])])]);
    let fetcher = Fetcher::builder(&settings()).names(names).build().unwrap();
    let _answer = fetcher.fetch(FetchRequest::feed(Url::parse("http://both.test:8443/").unwrap(), None)).await;
    assert_eq!(canary.connections(), 0);
}

#[tokio::test]
async fn f14_a_redirect_to_another_scheme_or_port_is_refused() {
    for target in ["file:///etc/passwd", "gopher://x/", "data:text/xml,<rss/>", "ftp://x/", "javascript:1", "http://1.1.1.1:22/"]
    {
        let outcome = outcome_of(move |_| redirect(301, target)).await;
        assert_eq!(kind(&outcome), Some(FailureKind::Refused), "{target}");
    }
}

#[tokio::test]
async fn f15_a_name_that_is_not_found_or_does_not_answer_is_transient() {
    let names = HashMap::from([("closed.test".to_owned(), vec![IpAddr::from([127, 0, 0, 1])])]);
    let fetcher = Fetcher::builder(&settings()).names(names).build().unwrap();
    for url in ["http://absent.test/", "http://closed.test:1/"] {
        let outcome = fetcher.fetch(FetchRequest::feed(Url::parse(url).unwrap(), None)).await;
        assert_eq!(kind(&outcome), Some(FailureKind::Transient), "{url}");
        assert!(reason(&outcome).contains(".test"), "{}", reason(&outcome));
    }
}

#[tokio::test]
async fn f15_one_dead_address_does_not_hide_a_living_one() {
    let origin = Origin::serve(|_| feed(&[])).await;
    let names = HashMap::from([("two.test".to_owned(), vec![IpAddr::from([127, 0, 0, 9]), IpAddr::from([127, 0, 0, 1])])]);
    let allowed = FetchSettings { allow_networks: vec!["127.0.0.0/8".parse().unwrap()], ..settings() };
    let fetcher = Fetcher::builder(&allowed).names(names).build().unwrap();
    let url = Url::parse(&format!("http://two.test:{}/", origin.address.port())).unwrap();
    assert_eq!(kind(&fetcher.fetch(FetchRequest::feed(url, None)).await), None);
}

#[tokio::test]
async fn f16_what_drips_is_ended_and_neighbours_go_on() {
    let pause = Duration::from_millis(100);
    let body = move || vec![Part::Bytes(head("200 OK", &[]).into()), Part::Forever(b"x".to_vec(), pause)];
    let headers = move || vec![Part::Bytes(b"HTTP/1.1 200 OK\r\n".to_vec()), Part::Forever(b"X: y\r\n".to_vec(), pause)];
    let silence = || vec![Part::Wait(Duration::from_secs(60))];
    let slow = Origin::serve(move |asked| match asked.path.as_str() {
        "/body" => body(),
        "/header" => headers(),
        "/feed" => feed(&[]),
        _ => silence(),
    })
    .await;
    let fetcher = impatient();
    for path in ["/body", "/header", "/silence"] {
        let neighbour = Origin::serve(|_| feed(&[])).await;
        let started = Instant::now();
        let (outcome, other) = tokio::join!(
            fetcher.fetch(FetchRequest::feed(slow.url(path), None)),
            fetcher.fetch(FetchRequest::feed(neighbour.url("/"), None)),
        );
        assert_eq!(kind(&outcome), Some(FailureKind::Transient), "{path}");
        assert!(reason(&outcome).contains("1.5 s"), "{}", reason(&outcome));
        assert!(started.elapsed() < Duration::from_secs(20));
        assert_eq!(kind(&other), None);
        assert!(other.elapsed < outcome.elapsed, "{:?} and {:?}", other.elapsed, outcome.elapsed);
    }
    assert_eq!(kind(&fetcher.fetch(FetchRequest::feed(slow.url("/feed"), None)).await), None, "the slot is free again");
}

#[tokio::test]
async fn f16_enormous_heads_are_refused() {
    let long = outcome_of(|_| feed(&[&format!("X: {}", "y".repeat(1 << 20))])).await;
    assert_eq!(kind(&long), Some(FailureKind::TooLarge), "{:?}", long.result);
    let many = outcome_of(|_| {
        let lines: Vec<String> = (0..150).map(|number| format!("X-{number}: y")).collect();
        feed(&lines.iter().map(String::as_str).collect::<Vec<_>>())
    })
    .await;
    assert_eq!(kind(&many), Some(FailureKind::TooLarge), "{:?}", many.result);
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn f17_codings_bombs_and_lies() {
    let bomb = gzip(&vec![b' '; 11 << 20]);
    for (coding, bytes, expected) in [
        ("gzip", gzip(FEED.as_bytes()), None),
        ("gzip", bomb, Some(FailureKind::TooLarge)),
        ("gzip, gzip", gzip(&gzip(FEED.as_bytes())), Some(FailureKind::Unreadable)),
        ("gzip\r\nContent-Encoding: gzip", gzip(&gzip(FEED.as_bytes())), Some(FailureKind::Unreadable)),
        ("gzip", FEED.into(), Some(FailureKind::Unreadable)),
        ("lzma", FEED.into(), Some(FailureKind::Unreadable)),
        ("gzip", gzip(FEED.as_bytes())[..30].to_vec(), Some(FailureKind::Unreadable)),
        ("identity", FEED.into(), None),
    ] {
        let outcome = outcome_of(move |_| reply("200 OK", &[&format!("Content-Encoding: {coding}")], &bytes)).await;
        assert_eq!(kind(&outcome), expected, "{coding}");
        if expected.is_none() {
            assert_eq!(body(&outcome), FEED.as_bytes());
        }
    }
}

#[tokio::test]
async fn f18_a_body_that_is_not_whole_is_no_answer() {
    let lengthened = format!("{}{FEED}", head("200 OK", &["Content-Length: 5000", "ETag: \"x\""]));
    let unended = format!("{}5\r\n<rss>\r\n", head("200 OK", &["Transfer-Encoding: chunked"]));
    let garbled = format!("{}zz\r\n<rss>\r\n", head("200 OK", &["Transfer-Encoding: chunked"]));
    for text in [lengthened, unended, garbled, String::new(), "garbage\r\n\r\n".to_owned()] {
        let shown = text.clone();
        let outcome = outcome_of(move |_| vec![Part::Bytes(text.clone().into()), Part::Cut]).await;
        assert_eq!(kind(&outcome), Some(FailureKind::Transient), "{shown}");
    }
    let endless = outcome_of(|_| {
        let chunk = format!("{:x}\r\n{}\r\n", 1 << 18, "x".repeat(1 << 18));
        vec![Part::Bytes(head("200 OK", &["Transfer-Encoding: chunked"]).into()), Part::Forever(chunk.into(), Duration::ZERO)]
    })
    .await;
    assert_eq!(kind(&endless), Some(FailureKind::TooLarge));
    let stated = outcome_of(|_| {
        vec![Part::Bytes(head("200 OK", &["Content-Length: 99999999999"]).into()), Part::Wait(Duration::from_secs(9))]
    })
    .await;
    assert_eq!(kind(&stated), Some(FailureKind::TooLarge));
}

#[tokio::test]
async fn f19_only_a_valid_certificate_is_believed() {
    for (certificate, expected) in
        [("good.pem", None), ("expired.pem", Some(FailureKind::Transient)), ("other.pem", Some(FailureKind::Transient))]
    {
        let port = tls::serve(certificate, feed_bytes());
        let outcome = tls::fetch(port).await;
        assert_eq!(kind(&outcome), expected, "{certificate}: {:?}", outcome.result);
        assert_eq!(expected.is_some(), reason(&outcome).contains("certificate"), "{}", reason(&outcome));
    }
}

#[tokio::test]
async fn f19_an_unknown_authority_or_a_cut_handshake_is_no_answer_and_no_downgrade() {
    let port = tls::serve("good.pem", feed_bytes());
    let unknown = fetch(Url::parse(&format!("https://127.0.0.1:{port}/")).unwrap()).await;
    assert_eq!(kind(&unknown), Some(FailureKind::Transient));
    let plain = Origin::serve(|_| vec![Part::Cut]).await;
    let cut = fetch(Url::parse(&plain.url("/").as_str().replace("http:", "https:")).unwrap()).await;
    assert_eq!(kind(&cut), Some(FailureKind::Transient));
    assert!(plain.asked().is_empty(), "nothing was asked in the clear");
}

fn feed_bytes() -> Vec<u8> {
    format!("{}{FEED}", head("200 OK", &[&format!("Content-Length: {}", FEED.len()), "Connection: close"])).into()
}

/// Is a page fetched, when robots.txt is this?
async fn page_is_fetched(robots: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> bool {
    let robots = Arc::new(robots);
    let origin = Origin::serve(move |asked| match asked.path.as_str() {
        path if path.starts_with("/robots") => robots(asked),
        _ => reply("200 OK", &["Content-Type: text/html"], "<p>page</p>"),
    })
    .await;
    let fetcher = impatient();
    let first = fetcher.fetch(FetchRequest::page(origin.url("/page"))).await;
    let second = fetcher.fetch(FetchRequest::page(origin.url("/page"))).await;
    assert_eq!(kind(&first), kind(&second));
    let pages = origin.asked().iter().filter(|asked| asked.path == "/page").count();
    let robots_asked = origin.asked().iter().filter(|asked| asked.path == "/robots.txt").count();
    assert_eq!(robots_asked, 1, "the answer is remembered");
    assert_eq!(pages, if kind(&first).is_none() { 2 } else { 0 });
    assert!(matches!(kind(&first), None | Some(FailureKind::Refused)));
    kind(&first).is_none()
}

#[tokio::test]
async fn f22_robots_txt_in_every_condition() {
    let forbid = "User-agent: *\nDisallow: /page\n";
    assert!(page_is_fetched(|_| reply("200 OK", &[], "User-agent: *\nDisallow: /other\n")).await);
    assert!(!page_is_fetched(move |_| reply("200 OK", &[], forbid)).await);
    assert!(!page_is_fetched(move |_| reply("200 OK", &[], format!("\u{feff}{forbid}"))).await);
    assert!(page_is_fetched(|_| reply("404 Not Found", &[], "")).await);
    assert!(page_is_fetched(|_| reply("403 Forbidden", &[], "")).await);
    assert!(!page_is_fetched(|_| reply("500 Fault", &[], "")).await);
    assert!(!page_is_fetched(|_| vec![Part::Wait(Duration::from_secs(9))]).await);
    assert!(!page_is_fetched(|_| vec![Part::Cut]).await);
}

#[tokio::test]
async fn f22_robots_txt_of_600_kib_and_behind_redirects() {
    let comments = |size: usize| "# a comment of thirty-two letters\n".repeat(size / 34);
    let forbid = "User-agent: *\nDisallow: /page\n";
    let early = format!("{forbid}{}", comments(600 << 10));
    let late = format!("{}{forbid}", comments(600 << 10));
    assert!(!page_is_fetched(move |_| reply("200 OK", &[], &early)).await);
    assert!(page_is_fetched(move |_| reply("200 OK", &[], &late)).await);
    let hops = |number: usize| {
        move |asked: &Asked| match asked.path.strip_prefix("/robots").unwrap() {
            ".txt" => redirect(301, "/robots1"),
            path if path == number.to_string() => reply("200 OK", &[], "User-agent: *\nDisallow: /page\n"),
            path => redirect(301, format!("/robots{}", path.parse::<usize>().unwrap() + 1)),
        }
    };
    assert!(!page_is_fetched(hops(5)).await);
    assert!(page_is_fetched(hops(6)).await);
}

#[tokio::test]
async fn f22_feeds_are_fetched_whatever_robots_txt_says_and_so_are_pages_when_told() {
    let origin =
        Origin::serve(
            |asked| if asked.path == "/robots.txt" { reply("200 OK", &[], "User-agent: *\nDisallow: /") } else { feed(&[]) },
        )
        .await;
    assert_eq!(kind(&fetch(origin.url("/feed")).await), None);
    let bold = Fetcher::new(&FetchSettings { respect_robots: false, ..settings() }).unwrap();
    assert_eq!(kind(&bold.fetch(FetchRequest::page(origin.url("/page"))).await), None);
    assert_eq!(kind(&fetcher().fetch(FetchRequest::page(origin.url("/page"))).await), Some(FailureKind::Refused));
    assert_eq!(origin.asked().iter().filter(|asked| asked.path == "/robots.txt").count(), 1);
}
