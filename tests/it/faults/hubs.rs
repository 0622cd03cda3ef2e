//! F20: hubs (WebSub) tell of changes; what they say is a hint, and never content.

use chrono::{DateTime, TimeDelta, Utc};
use ring::hmac;
use std::{
    io::Read,
    net::TcpListener,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use veille_testbench::{
    home::Home,
    hub::{Form, Hub, get, push},
    origin::{Origin, reply},
};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap() // 2026-11-23
}

/// A feed with a hub, watched by a home that a server may be started in.
struct Watch {
    hub: Hub,
    origin: Origin,
    home: Home,
    topic: String,
    serving: Option<Child>,
    /// Titles of the entries that the feed lists.
    entries: Arc<Mutex<Vec<&'static str>>>,
}

impl Watch {
    /// `floor` in minutes; `links`: where the feed says that its hub is, `hub` when that is the one of the test.
    async fn over(floor: u32, hub_url: Option<&str>, web: &str) -> Self {
        let hub = Hub::serve();
        let entries: Arc<Mutex<Vec<&'static str>>> = Arc::new(Mutex::new(vec!["one", "two"]));
        let listed = Arc::clone(&entries);
        let at = hub_url.map_or_else(|| hub.url(), str::to_owned);
        let own: Arc<Mutex<String>> = Arc::default();
        let address = Arc::clone(&own);
        let origin = Origin::serve(move |_| {
            let items: String = listed
                .lock()
                .unwrap()
                .iter()
                .map(|title| format!("<item><title>{title}</title><link>https://a.example/{title}</link></item>"))
                .collect();
            let own = address.lock().unwrap().clone();
            let links = format!("Link: <{at}>; rel=\"hub\", <{own}>; rel=\"self\"");
            let body = format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>");
            reply("200 OK", &["Content-Type: application/rss+xml", &links], body)
        })
        .await;
        let topic = origin.url("/feed?a=1,2").to_string();
        own.lock().unwrap().clone_from(&topic);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let settings = format!(
            "[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nhost_interval_ms = 0\nfloor_minutes = {floor}\n\
             [web]\nlisten = \"127.0.0.1:{port}\"\n{}",
            web.replace("PORT", &port.to_string())
        );
        let home = Home::with(format!("[[source]]\nslug = \"f\"\nurl = \"{topic}\"\n"), settings);
        let watch = Self { hub, origin, home, topic, serving: None, entries };
        watch.run(0, &["refresh"]);
        watch
    }

    async fn new(floor: u32) -> Self {
        Self::over(floor, None, "public_url = \"http://127.0.0.1:PORT/\"\n").await
    }

    fn run(&self, hours: i64, arguments: &[&str]) -> String {
        let now = (start() + TimeDelta::hours(hours)).to_rfc3339();
        let output = self.home.run(&[&["--now", &now], arguments].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A server from so many hours after the start on.
    fn serve(&mut self, hours: i64) {
        let now = (start() + TimeDelta::hours(hours)).to_rfc3339();
        let mut command = self.home.command(&["--now", &now, "serve"]);
        self.serving = Some(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
        until("the server answers", || self.home.run(&["healthcheck"]).status.success());
    }

    /// Ends it, and gives what it logged.
    fn stop(&mut self, signal: &str) -> String {
        let Some(mut serving) = self.serving.take() else { return String::new() };
        assert!(Command::new("kill").args([signal, &serving.id().to_string()]).status().unwrap().success());
        let mut log = String::new();
        serving.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        serving.wait().unwrap();
        log
    }

    /// Waits until the hub was asked so many times; gives the last form.
    fn asked(&self, times: usize) -> Form {
        until("the hub is asked", || self.hub.asked().len() >= times);
        let asked = self.hub.asked();
        assert_eq!(asked.len(), times);
        asked.last().unwrap().clone()
    }

    /// A server whose hub has verified; gives what it was asked.
    fn subscribed(&mut self, lease: &str) -> Form {
        self.serve(0);
        let form = self.asked(1);
        assert_eq!(verify(&form, &self.topic, lease), (200, "c h+a&llenge".to_owned()));
        form
    }

    fn shown(&self, hours: i64) -> serde_json::Value {
        serde_json::from_str(&self.run(hours, &["sources", "show", "f", "--json"])).unwrap()
    }

    fn next_check(&self) -> DateTime<Utc> {
        self.shown(0)["next_check_at"].as_str().unwrap().parse().unwrap()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.stop("-KILL");
    }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(30), "waited too long: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn verify(form: &Form, topic: &str, lease: &str) -> (u16, String) {
    let query =
        [("hub.mode", "subscribe"), ("hub.topic", topic), ("hub.challenge", "c h+a&llenge"), ("hub.lease_seconds", lease)];
    get(&form["hub.callback"], &query)
}

fn signed(secret: &str, body: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body);
    let digits: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("X-Hub-Signature: sha256={digits}")
}

const LEASE: &str = "864000";
const BODY: &[u8] = b"<rss version=\"2.0\"><channel><item><title>pushed</title></item></channel></rss>";

#[tokio::test(flavor = "multi_thread")]
async fn f20_a_signed_push_asks_the_source_at_once_and_its_body_is_never_content() {
    let mut watch = Watch::new(0).await;
    let form = watch.subscribed(LEASE);
    assert_eq!((form["hub.mode"].as_str(), form["hub.topic"].as_str()), ("subscribe", watch.topic.as_str()));
    assert_eq!(form["hub.lease_seconds"], "864000");
    assert!(form["hub.secret"].len() >= 32 && form["hub.callback"].contains("/websub/"), "{form:?}");
    let shown = watch.shown(0)["hub"].clone();
    assert_eq!((&shown["state"], &shown["last_push_at"]), (&"active".into(), &serde_json::Value::Null), "{shown}");
    watch.entries.lock().unwrap().insert(0, "three");
    let before = watch.origin.asked().len();
    assert_eq!(push(&form["hub.callback"], &[&signed(&form["hub.secret"], BODY)], BODY), 202);
    until("the source is asked", || watch.origin.asked().len() > before);
    until("the item is stored", || watch.run(0, &["items", "list", "--state", "new", "--json"]).contains("three"));
    let log = watch.stop("-TERM");
    assert!(!watch.run(0, &["items", "list", "--json"]).contains("pushed"), "what a hub sends is no content");
    let said = watch.run(0, &["sources", "show", "f"]);
    assert!(said.contains("prévient des changements"), "{said}");
    for (what, text) in [("log", &log), ("sources show", &said), ("its JSON", &watch.shown(0).to_string())] {
        assert!(!text.contains(&form["hub.secret"]), "the secret stands in {what}");
        assert!(!text.contains(form["hub.callback"].rsplit('/').next().unwrap()), "the callback stands in {what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn f20_pushes_without_a_good_signature_are_ignored_and_a_replay_changes_nothing() {
    let mut watch = Watch::new(60).await;
    let form = watch.subscribed(LEASE);
    let (callback, secret) = (&form["hub.callback"], &form["hub.secret"]);
    let before = watch.next_check();
    let good = signed(secret, BODY);
    let cut = &good[..good.len() - 2];
    for headers in [&[][..], &[signed("guess", BODY).as_str()], &["X-Hub-Signature: sha256="], &[cut], &["X-Hub-Signature: none"]]
    {
        assert_eq!(push(callback, headers, BODY), 202, "no answer tells a guess from a hit: {headers:?}");
    }
    assert_eq!(push(callback, &[&good], b"another body"), 202);
    assert_eq!(push(callback, &[&good], &vec![b'x'; 5 << 20]), 413);
    assert_eq!((watch.next_check(), &watch.shown(0)["hub"]["last_push_at"]), (before, &serde_json::Value::Null));
    assert_eq!(push(callback, &[&good], BODY), 202);
    let floor = start() + TimeDelta::hours(1);
    assert!(before > floor && watch.next_check() == floor, "never sooner than the floor: {}", watch.next_check());
    for _ in 0..30 {
        assert_eq!(push(callback, &[&good], BODY), 202);
    }
    assert_eq!((watch.next_check(), watch.origin.asked().len()), (floor, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn f20_only_what_was_asked_is_confirmed_and_only_at_its_callback() {
    let mut watch = Watch::new(60).await;
    watch.serve(0);
    let form = watch.asked(1);
    let callback = &form["hub.callback"];
    let unknown = format!("{}{}", &callback[..callback.len() - 64], "0".repeat(64));
    for (address, mode, topic) in [
        (callback.as_str(), "subscribe", "https://b.example/feed"),
        (callback, "subscribe", watch.topic.split('?').next().unwrap()),
        (callback, "unsubscribe", &watch.topic),
        (callback, "publish", &watch.topic),
        (&unknown, "subscribe", &watch.topic),
        (&callback[..callback.len() - 1], "subscribe", &watch.topic),
    ] {
        let query = [("hub.mode", mode), ("hub.topic", topic), ("hub.challenge", "c"), ("hub.lease_seconds", "60")];
        assert_eq!(get(address, &query).0, 404, "{address} {mode} {topic}");
    }
    assert_eq!(push(callback, &[&signed(&form["hub.secret"], BODY)], BODY), 404, "nothing stands before it is verified");
    assert_eq!(watch.shown(0)["hub"]["state"], "asked");
    assert_eq!(verify(&form, &watch.topic, LEASE).0, 200);
    assert_eq!(verify(&form, &watch.topic, "999999999").0, 404, "once: a second word was not asked for");
    let denied = [("hub.mode", "denied"), ("hub.topic", watch.topic.as_str()), ("hub.reason", "no \u{1b}[31mmore")];
    assert_eq!(get(callback, &denied).0, 204);
    let shown = watch.shown(0)["hub"].clone();
    assert_eq!(shown["state"], "refused");
    assert!(shown["last_error"].as_str().unwrap().ends_with("no [31mmore"), "{shown}");
    assert_eq!(push(callback, &[&signed(&form["hub.secret"], BODY)], BODY), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn f20_a_lease_is_renewed_before_its_end_and_nothing_is_heard_after_it() {
    let mut watch = Watch::new(60).await;
    let form = watch.subscribed(LEASE);
    watch.stop("-TERM");
    watch.serve(7 * 24);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(watch.hub.asked().len(), 1, "it has three days left");
    watch.stop("-TERM");
    watch.serve(8 * 24 + 1);
    let renewal = watch.asked(2);
    assert_eq!((&renewal["hub.callback"], &renewal["hub.secret"]), (&form["hub.callback"], &form["hub.secret"]));
    assert_eq!(push(&form["hub.callback"], &[&signed(&form["hub.secret"], BODY)], BODY), 202, "the old lease still stands");
    watch.stop("-TERM");
    watch.serve(10 * 24 + 1);
    assert_eq!(push(&form["hub.callback"], &[&signed(&form["hub.secret"], BODY)], BODY), 404);
    let again = watch.asked(3);
    assert_eq!(verify(&again, &watch.topic, LEASE).0, 200);
    assert_eq!(watch.shown(10 * 24 + 1)["hub"]["state"], "active");
}

#[tokio::test(flavor = "multi_thread")]
async fn f20_a_killed_server_keeps_its_subscriptions() {
    let mut watch = Watch::new(0).await;
    let form = watch.subscribed(LEASE);
    watch.stop("-KILL");
    watch.serve(1);
    let before = watch.origin.asked().len();
    assert_eq!(push(&form["hub.callback"], &[&signed(&form["hub.secret"], BODY)], BODY), 202);
    until("the source is asked", || watch.origin.asked().len() > before);
    assert_eq!(watch.hub.asked().len(), 1, "it is not asked for again");
}

#[tokio::test(flavor = "multi_thread")]
async fn f20_a_hub_that_is_down_is_asked_ever_more_seldom_and_polling_goes_on() {
    let mut watch = Watch::new(60).await;
    watch.hub.answer("500 Oops");
    for (hours, times) in [(0, 1), (0, 1), (1, 2), (2, 2), (3, 3), (6, 3), (7, 4)] {
        watch.serve(hours);
        watch.asked(times);
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(watch.hub.asked().len(), times, "after {hours} hours");
        watch.stop("-TERM");
    }
    assert!(watch.shown(7)["hub"]["last_error"].as_str().unwrap().contains("500"), "{}", watch.shown(7));
    watch.serve(30);
    until("polling goes on", || watch.origin.asked().len() >= 2);
    until("it is stored", || watch.shown(7)["last_success_at"].as_str().unwrap().starts_with("2026-11-24"));
    assert_eq!(watch.shown(7)["state"], "healthy");
}

#[tokio::test(flavor = "multi_thread")]
async fn f20_a_hub_at_a_forbidden_address_is_never_reached() {
    let inside = Origin::serve_at("[::1]:0".parse().unwrap(), |_| reply("202 Accepted", &[], "")).await.unwrap();
    let metadata = "http://169.254.169.254/".to_owned();
    for address in
        [inside.url("/").to_string(), metadata, "file:///etc/passwd".to_owned(), "http://user:secret@127.0.0.1/".to_owned()]
    {
        let mut watch = Watch::over(60, Some(&address), "public_url = \"http://127.0.0.1:PORT\"\n").await;
        watch.serve(0);
        if address.starts_with("http") {
            until("the refusal", || watch.shown(0)["hub"]["last_error"].is_string());
        }
        let said = watch.shown(0).to_string();
        assert!(!said.contains("user:secret") || !said.contains("last_error\":\"http"), "{said}");
        watch.stop("-TERM");
    }
    assert_eq!(inside.connections(), 0);
    // Nor by a redirect.
    let mut watch = Watch::new(60).await;
    watch.hub.answer(&format!("307 Temporary Redirect\r\nLocation: {}", inside.url("/")));
    watch.serve(0);
    until("the refusal", || watch.shown(0)["hub"]["last_error"].is_string());
    assert_eq!(inside.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn f20_another_hub_ends_the_subscription_with_the_old_one() {
    let mut watch = Watch::new(60).await;
    let form = watch.subscribed(LEASE);
    watch.stop("-TERM");
    std::fs::write(watch.home.path().join("sources.toml"), "").unwrap();
    watch.serve(1);
    let farewell = watch.asked(2);
    assert_eq!((farewell["hub.mode"].as_str(), &farewell["hub.callback"]), ("unsubscribe", &form["hub.callback"]));
    assert_eq!(push(&form["hub.callback"], &[&signed(&form["hub.secret"], BODY)], BODY), 404);
    let query = [("hub.mode", "unsubscribe"), ("hub.topic", watch.topic.as_str()), ("hub.challenge", "bye")];
    assert_eq!(get(&form["hub.callback"], &query), (200, "bye".to_owned()));
    assert_eq!(get(&form["hub.callback"], &query).0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn f20_without_a_public_address_no_hub_is_asked() {
    for web in ["", "public_url = \"http://127.0.0.1:PORT\"\nwebsub = false\n"] {
        let mut watch = Watch::over(60, None, web).await;
        watch.serve(0);
        std::thread::sleep(Duration::from_millis(500));
        assert!(watch.hub.asked().is_empty());
        assert!(watch.shown(0)["hub"].is_null());
        watch.stop("-TERM");
    }
}
