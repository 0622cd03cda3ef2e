//! A home, an origin and a clock that all three keep: what happens over days, a process for each refresh.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use std::{
    fmt::Write,
    path::PathBuf,
    sync::{Arc, Mutex},
};
use veille_testbench::{
    home::{Home, LOOPBACK},
    month::start,
    origin::{Asked, Origin, Reply},
};

/// The instant by the clock of the run, for scripts.
pub(super) type Clock = Arc<Mutex<DateTime<Utc>>>;

/// See the module.
pub(super) struct Calendar {
    pub(super) home: Home,
    pub(super) now: DateTime<Utc>,
    clock: Clock,
    authority: Option<PathBuf>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Calendar {
    /// Serves at one origin what the script says to a request at an instant, and watches these paths of it.
    pub(super) async fn of(
        paths: &[&str],
        script: impl Fn(&Asked, DateTime<Utc>) -> Reply + Send + Sync + 'static,
    ) -> (Self, Origin) {
        let (clock, log): (Clock, Arc<Mutex<Vec<_>>>) = (Arc::new(Mutex::new(start())), Arc::default());
        let (now, heard) = (Arc::clone(&clock), Arc::clone(&log));
        let origin = Origin::serve(move |asked| {
            let at = *now.lock().unwrap();
            heard.lock().unwrap().push(asked.path.clone());
            script(asked, at)
        })
        .await;
        let sources = paths.iter().fold(String::new(), |mut text, path| {
            let slug = path.trim_start_matches('/').replace('/', "-");
            let _infallible = writeln!(text, "[[source]]\nslug = \"{slug}\"\nurl = \"{}\"", origin.url(path));
            text
        });
        (Self { home: Home::with(sources, LOOPBACK), now: start(), clock, authority: None, log }, origin)
    }

    /// From now on the binary trusts this certificate authority alone.
    pub(super) fn trust(&mut self, authority: PathBuf) {
        self.authority = Some(authority);
    }

    /// Refreshes what is due, so much later; gives the paths that were asked, in order.
    pub(super) fn after(&mut self, time: TimeDelta) -> Vec<String> {
        self.at(self.now + time)
    }

    /// The same, at an instant.
    pub(super) fn at(&mut self, now: DateTime<Utc>) -> Vec<String> {
        self.now = now;
        *self.clock.lock().unwrap() = now;
        let before = self.log.lock().unwrap().len();
        let mut command = self.home.command(&["--now", &now.to_rfc3339(), "refresh", "--json"]);
        let output = command.envs(self.authority.iter().map(|file| ("SSL_CERT_FILE", file))).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 3)), "{}", String::from_utf8_lossy(&output.stderr));
        self.log.lock().unwrap()[before..].to_vec()
    }

    /// The row of a source.
    pub(super) fn row(&self, slug: &str) -> Value {
        let rows = self.home.json(&["--now", &self.now.to_rfc3339(), "sources", "list", "--json"]);
        rows.as_array().unwrap().iter().find(|row| row["slug"] == slug).unwrap().clone()
    }

    /// When a source is asked next.
    pub(super) fn next(&self, slug: &str) -> DateTime<Utc> {
        self.row(slug)["next_check_at"].as_str().unwrap().parse().unwrap()
    }

    /// How many items are stored.
    pub(super) fn items(&self) -> usize {
        self.home.json(&["items", "list", "--limit", "10000", "--json"]).as_array().unwrap().len()
    }
}

/// An RSS feed of so many items.
pub(super) fn rss(items: usize) -> String {
    let mut text = "<rss version=\"2.0\"><channel><title>t</title>".to_owned();
    for item in 0..items {
        let _infallible = write!(
            text,
            "<item><title>Law {item}</title><link>https://a.example/{item}</link><guid>{item}</guid>\
             <pubDate>Mon, 16 Nov 2026 08:00:00 GMT</pubDate></item>"
        );
    }
    text + "</channel></rss>"
}

/// A date as HTTP writes it.
pub(super) fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
