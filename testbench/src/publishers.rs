//! Publishers of every temper over virtual days: each feed has a habit, and its server logs what politeness is judged by.

use crate::{
    chance::Chance,
    origin::{Asked, Origin, Reply, reply},
    politeness::{Exchange, Given, Told},
};
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard},
};

/// Items that a feed lists.
const ITEMS: u64 = 8;
/// Servers; the first few ask for rest now and then.
const SERVERS: usize = 20;
const BUSY: usize = 4;

/// What a feed's server is used to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Habit {
    /// Gives both validators.
    Both,
    /// Gives one of them.
    EtagAlone,
    LastModifiedAlone,
    /// Gives none.
    Neither,
    /// Gives none, and declares how long its answers are fresh.
    NeitherButFresh,
    /// Declares it by `max-age`, by `Expires` or in the document.
    MaxAge,
    Expires,
    Ttl,
    /// Gives new validators each time, with the same document or with none.
    Rotating,
    RotatingUnchanged,
    /// Gives validators at times, and none at others.
    Forgetful,
    /// Answers 304 to whom it told nothing.
    Unasked,
    /// Fails now and then: 500, 404, 503.
    Failing,
    /// Redirects for the time being, always.
    Redirecting,
}

const HABITS: [Habit; 14] = [
    Habit::Both,
    Habit::EtagAlone,
    Habit::LastModifiedAlone,
    Habit::Neither,
    Habit::NeitherButFresh,
    Habit::MaxAge,
    Habit::Expires,
    Habit::Ttl,
    Habit::Rotating,
    Habit::RotatingUnchanged,
    Habit::Forgetful,
    Habit::Unasked,
    Habit::Failing,
    Habit::Redirecting,
];

/// One feed.
struct Feed {
    habit: Habit,
    /// Grows with each document that differs.
    version: u64,
    /// Grows with each validator.
    stamp: u64,
    /// What it declares, where it declares anything.
    fresh: TimeDelta,
}

struct State {
    now: DateTime<Utc>,
    chance: Chance,
    feeds: Vec<Feed>,
    log: Vec<Exchange>,
}

/// The publishers. They serve until this is dropped.
pub struct Publishers {
    servers: Vec<Origin>,
    state: Arc<Mutex<State>>,
    _runtime: tokio::runtime::Runtime,
}

impl Publishers {
    /// So many feeds; chance decides what their servers are like.
    #[must_use]
    pub fn serve(chance: &mut Chance, feeds: usize) -> Self {
        let own = Chance::new(chance.next());
        let feeds = (0..feeds).map(|number| Feed {
            habit: HABITS[number % HABITS.len()],
            version: ITEMS,
            stamp: 0,
            fresh: TimeDelta::minutes(i64::try_from(30 + chance.below(4_000)).unwrap()),
        });
        let state = State { now: DateTime::UNIX_EPOCH, chance: own, feeds: feeds.collect(), log: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let serve = |number: usize| {
            let state = Arc::clone(&state);
            runtime.block_on(Origin::serve(move |asked| state.lock().unwrap().answer(asked, number)))
        };
        let servers = (0..SERVERS).map(serve).collect();
        Self { servers, state, _runtime: runtime }
    }

    /// The lines of `sources.toml` that watch them all.
    #[must_use]
    pub fn sources(&self) -> String {
        let feeds = self.state().feeds.len();
        (0..feeds).fold(String::new(), |mut text, number| {
            let url = self.servers[number % SERVERS].url(&format!("/{number}?kept=1&also={number}"));
            let _infallible = writeln!(text, "[[source]]\nslug = \"f{number}\"\nurl = \"{url}\"");
            text
        })
    }

    /// Sets their clock.
    pub fn at(&self, now: DateTime<Utc>) {
        self.state().now = now;
    }

    /// What they logged so far.
    #[must_use]
    pub fn log(&self) -> Vec<Exchange> {
        self.state().log.clone()
    }

    /// Documents published so far, all feeds together; each brings one item more.
    #[must_use]
    pub fn published(&self) -> u64 {
        self.state().feeds.iter().map(|feed| feed.version).sum()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    fn answer(&mut self, asked: &Asked, server: usize) -> Reply {
        let (path, query) = asked.path.split_once('?').unwrap_or((&asked.path, ""));
        let (number, is_target) = match path.strip_prefix("/target/") {
            Some(number) => (number.parse::<usize>().unwrap(), true),
            None => (path[1..].parse::<usize>().unwrap(), false),
        };
        let header = |name: &str| asked.header(name).map(str::to_owned);
        let (if_none_match, if_modified_since) = (header("if-none-match"), header("if-modified-since"));
        let conditional = if_none_match.is_some() || if_modified_since.is_some();
        let given =
            if server < BUSY && self.chance.below(12) == 0 { self.rest() } else { self.given(number, conditional, is_target) };
        let answer = self.reply(number, &given);
        self.log.push(Exchange {
            host: format!("server{server}"),
            path: path.to_owned(),
            at: self.now,
            if_none_match,
            if_modified_since,
            told: Told {
                cookie: asked.header("cookie").is_some(),
                referrer: asked.header("referer").is_some(),
                arguments: query != if is_target { String::new() } else { format!("kept=1&also={number}") },
            },
            answer: given,
        });
        answer
    }

    /// 429 or 503 with a time to rest, in seconds or as a date.
    fn rest(&mut self) -> Given {
        let status = [429, 503][usize::try_from(self.chance.below(2)).unwrap()];
        let minutes = i64::try_from(10 + self.chance.below(3_000)).unwrap();
        Given { status, retry_after: Some(TimeDelta::minutes(minutes)), ..Given::default() }
    }

    fn given(&mut self, number: usize, conditional: bool, is_target: bool) -> Given {
        let (changes, drawn) = (self.chance.below(6) == 0, self.chance.below(4));
        let feed = &mut self.feeds[number];
        let fails = feed.habit == Habit::Failing && drawn == 0;
        if fails {
            let status = [500, 404, 502, 503][usize::try_from(self.chance.below(4)).unwrap()];
            return Given { status, ..Given::default() };
        }
        if feed.habit == Habit::Redirecting && !is_target {
            return Given { status: 302, ..Given::default() };
        }
        feed.version += u64::from(changes);
        let ignores = matches!(feed.habit, Habit::Rotating | Habit::Neither | Habit::NeitherButFresh);
        let unchanged = (conditional && !changes && !ignores) || (feed.habit == Habit::Unasked && !conditional && drawn > 0);
        if matches!(feed.habit, Habit::Rotating | Habit::RotatingUnchanged) || !unchanged {
            feed.stamp += 1;
        }
        feed.given(number, unchanged, drawn)
    }

    fn reply(&mut self, number: usize, given: &Given) -> Reply {
        let mut fields = vec![format!("Date: {}", http_date(self.now)), "Set-Cookie: session=1; Path=/".to_owned()];
        fields.extend(given.etag.iter().map(|text| format!("ETag: {text}")));
        fields.extend(given.last_modified.iter().map(|text| format!("Last-Modified: {text}")));
        let feed = &self.feeds[number];
        fields.extend(given.fresh_for.map(|fresh| match feed.habit {
            Habit::Expires => format!("Expires: {}", http_date(self.now + fresh)),
            _ => format!("Cache-Control: public, max-age={}", fresh.num_seconds()),
        }));
        fields.extend(given.retry_after.map(|rest| match given.status {
            429 => format!("Retry-After: {}", rest.num_seconds()),
            _ => format!("Retry-After: {}", http_date(self.now + rest)),
        }));
        if given.status == 302 {
            fields.push(format!("Location: /target/{number}"));
        }
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        let body = if given.status == 200 { feed.document(number, given.ttl) } else { String::new() };
        reply(&format!("{} X", given.status), &fields, body)
    }
}

impl Feed {
    fn given(&self, number: usize, unchanged: bool, drawn: u64) -> Given {
        let stamp = self.stamp;
        let etag = [format!("W/\"{number}-{stamp}\""), format!("\"{number} {stamp}, a\""), format!("{number}:{stamp}")]
            [number % 3]
            .clone();
        let last_modified =
            [format!("stamp {stamp} of {number}"), http_date(DateTime::UNIX_EPOCH + TimeDelta::hours(stamp.cast_signed()))]
                [number % 2]
                .clone();
        let silent = match self.habit {
            Habit::Neither | Habit::NeitherButFresh => true,
            Habit::Unasked => unchanged,
            Habit::Forgetful => drawn == 0 && !unchanged,
            _ => false,
        };
        // A 304 may say again what is known, or leave it out.
        let says = !silent && (!unchanged || drawn > 0 || self.habit == Habit::RotatingUnchanged);
        let declares = matches!(self.habit, Habit::MaxAge | Habit::Expires | Habit::NeitherButFresh) && (!unchanged || drawn > 1);
        Given {
            status: if unchanged { 304 } else { 200 },
            etag: (says && self.habit != Habit::LastModifiedAlone).then_some(etag),
            last_modified: (says && self.habit != Habit::EtagAlone).then_some(last_modified),
            fresh_for: declares.then_some(self.fresh),
            ttl: (self.habit == Habit::Ttl && !unchanged).then_some(self.fresh),
            retry_after: None,
        }
    }

    fn document(&self, number: usize, ttl: Option<TimeDelta>) -> String {
        let ttl = ttl.map(|ttl| format!("<ttl>{}</ttl>", ttl.num_minutes())).unwrap_or_default();
        let mut text = format!("<rss version=\"2.0\"><channel><title>Feed {number}</title>{ttl}");
        for item in self.version - ITEMS..self.version {
            let _infallible = write!(
                text,
                "<item><title>Law {item} of feed {number}</title><link>https://a.example/{number}/{item}</link>\
                 <guid>{number}-{item}</guid><description>Told at some length.</description></item>"
            );
        }
        text + "</channel></rss>"
    }
}

fn http_date(at: DateTime<Utc>) -> String {
    at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
