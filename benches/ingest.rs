//! Taking feeds in, against a straight line: processor seconds of the whole process, in one run on one machine.
//!
//! `cargo bench --bench ingest [-- FEEDS]` serves a farm of generated feeds on loopback (RSS 2.0 and Atom, gzip, with an
//! ETag, entries of 1 to 5 KB of HTML) and measures, each as a process of its own: the straight line (get, inflate, parse with feed-rs, insert into
//! SQLite), then `veille refresh --all` cold, with nothing new, with one feed in ten changed, and with bytes unchanged but no
//! validators. `-- --farm` only serves, for a profiler or a peer. Linux only: it reads `/proc`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench speaks to a terminal and stops at the first trouble")]

use axum::{
    Router,
    body::Bytes,
    extract::{Path as UrlPath, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use std::{
    fmt::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use veille_testbench::home::LOOPBACK;

const ITEMS: usize = 35;
/// USER_HZ on every Linux that Rust runs on.
const TICKS_A_SECOND: f64 = 100.0;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, base, feeds, database] = arguments.as_slice()
        && flag == "--straight-line"
    {
        return straight_line(base, feeds.parse().unwrap(), Path::new(database));
    }
    if arguments.first().is_some_and(|flag| flag == "--farm") {
        let farm = Farm::serve();
        println!("{}/0, /1, /2 …; the first line of input changes one feed in ten, its end stops the farm", farm.base);
        std::io::stdin().lines().for_each(|_| farm.state.generation.store(1, Ordering::SeqCst));
        return;
    }
    let feeds = arguments.first().and_then(|text| text.parse().ok()).unwrap_or(1_000);
    compare(feeds);
}

fn compare(feeds: usize) {
    let farm = Farm::serve();
    let folder = tempfile::tempdir().unwrap();
    write_home(folder.path(), &farm.base, feeds);
    println!("{feeds} feeds of {ITEMS} entries; processor seconds of the process, peak memory, database");

    let line = folder.path().join("line.sqlite3");
    let straight = measure(
        Command::new(std::env::current_exe().unwrap()).args(["--straight-line", &farm.base, &feeds.to_string()]).arg(&line),
    );
    show("straight line: get, feed-rs, insert", &straight, size(&line), straight.seconds);
    let refresh = |what: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veille"));
        let used = measure(command.arg("--home").arg(folder.path()).args(["refresh", "--all", "--json"]));
        show(what, &used, size(&folder.path().join("db/veille.sqlite3")), straight.seconds);
    };
    refresh("cold");
    refresh("nothing new");
    farm.state.generation.store(1, Ordering::SeqCst);
    refresh("one in ten changed");
    farm.state.validators.store(false, Ordering::SeqCst);
    refresh("no validators, the same bytes");
}

fn show(what: &str, used: &Used, bytes: u64, straight: f64) {
    let megabytes = |bytes: u64| bytes / 1_000_000;
    println!(
        "{what:<36} {:>7.2} s   × {:>5.2}   {:>4} MB peak   {:>4} MB stored   {:>6.2} s wall",
        used.seconds,
        used.seconds / straight,
        megabytes(used.peak),
        megabytes(bytes),
        used.wall.as_secs_f64(),
    );
}

struct Used {
    seconds: f64,
    peak: u64,
    wall: Duration,
}

/// Runs a process to its end. Its times are read while it is a zombie: finished, not yet collected.
fn measure(command: &mut Command) -> Used {
    let started = std::time::Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let proc = PathBuf::from(format!("/proc/{}", child.id()));
    let (mut peak, mut seconds);
    peak = 0;
    loop {
        let status = std::fs::read_to_string(proc.join("status")).unwrap();
        let high = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.split_whitespace().next());
        peak = peak.max(high.and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024);
        let stat = std::fs::read_to_string(proc.join("stat")).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        seconds = (fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap()) / TICKS_A_SECOND;
        if fields[0] == "Z" {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let wall = started.elapsed();
    let status = child.wait().unwrap();
    assert!(status.success(), "{command:?}: {status}");
    Used { seconds, peak, wall }
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

fn write_home(home: &Path, base: &str, feeds: usize) {
    let mut sources = String::from(
        "[[theme]]\nslug = \"ai\"\nany = [\"artificial intelligence\", \"règlement\", \"model\", \"2024/1689\"]\n\
         [[theme]]\nslug = \"data\"\nany = [\"données personnelles\", \"personal data\", \"transfer\"]\n",
    );
    for number in 0..feeds {
        let _infallible = write!(sources, "[[source]]\nslug = \"f{number}\"\nurl = \"{base}/{number}\"\n");
    }
    std::fs::write(home.join("sources.toml"), sources).unwrap();
    std::fs::write(home.join("veille.toml"), LOOPBACK).unwrap();
}

#[derive(Default)]
struct Fields {
    generation: AtomicUsize,
    validators: AtomicBool,
}

struct Farm {
    base: String,
    state: Arc<Fields>,
    _runtime: tokio::runtime::Runtime,
}

impl Farm {
    fn serve() -> Self {
        let state = Arc::new(Fields { generation: AtomicUsize::new(0), validators: AtomicBool::new(true) });
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/{number}", get(answer)).with_state(Arc::clone(&state));
        runtime.spawn(async move { axum::serve(listener, router).await });
        Self { base, state, _runtime: runtime }
    }
}

async fn answer(State(state): State<Arc<Fields>>, UrlPath(number): UrlPath<usize>, headers: HeaderMap) -> Response {
    let generation = if number % 10 == 0 { state.generation.load(Ordering::SeqCst) } else { 0 };
    let etag = format!("\"{number}-{generation}\"");
    let validators = state.validators.load(Ordering::SeqCst);
    if validators && headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let mut answer = compressed(&document(number, generation)).into_response();
    answer.headers_mut().insert(header::CONTENT_ENCODING, header::HeaderValue::from_static("gzip"));
    if validators {
        answer.headers_mut().insert(header::ETAG, etag.parse().unwrap());
    }
    answer
}

fn compressed(text: &str) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
    encoder.finish().unwrap().into()
}

/// Three entries more a generation; odd feeds are Atom, even ones RSS.
fn document(number: usize, generation: usize) -> String {
    let mut text = String::with_capacity(150_000);
    let atom = number % 2 == 1;
    text.push_str(if atom {
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><feed xmlns=\"http://www.w3.org/2005/Atom\"><title>Feed</title><id>urn:f</id><updated>2026-11-20T00:00:00Z</updated>"
    } else {
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Feed</title><link>https://site.example/</link><description>d</description>"
    });
    for item in (0..ITEMS + generation * 3).rev() {
        entry(&mut text, number, item, atom);
    }
    text.push_str(if atom { "</feed>" } else { "</channel></rss>" });
    text
}

fn entry(text: &mut String, number: usize, item: usize, atom: bool) {
    let mut random = Random((number * 1_000 + item) as u64 + 1);
    let (title, body) = (random.words(9), random.html());
    let body = body.replace('&', "&amp;").replace('<', "&lt;");
    let (day, minute) = (1 + item % 20, item % 60);
    let _infallible = if atom {
        write!(
            text,
            "<entry><title>{title}</title><id>urn:f:{number}:{item}</id><link href=\"https://s{number}.example/{item}\"/><author><name>Ada Byron</name></author>\
             <published>2026-11-{day:02}T08:{minute:02}:00Z</published><updated>2026-11-{day:02}T08:{minute:02}:00Z</updated><content type=\"html\">{body}</content></entry>"
        )
    } else {
        write!(
            text,
            "<item><title>{title}</title><guid isPermaLink=\"false\">f-{number}-{item}</guid><link>https://s{number}.example/{item}</link><author>ada@example.org (Ada Byron)</author>\
             <pubDate>{day:02} Nov 2026 08:{minute:02}:00 GMT</pubDate><description>{body}</description></item>"
        )
    };
}

/// The same number always gives the same text.
struct Random(u64);

/// Words of grammar and of the subject, the most frequent of all.
const FREQUENT: [&str; 24] = [
    "the",
    "of",
    "la",
    "de",
    "and",
    "to",
    "les",
    "des",
    "in",
    "le",
    "et",
    "model",
    "data",
    "règlement",
    "intelligence",
    "risk",
    "données",
    "personal",
    "authority",
    "publie",
    "security",
    "obligations",
    "version",
    "transfer",
];
/// Syllables of the made words.
const SYLLABLES: [&str; 16] =
    ["ba", "cor", "di", "fen", "gra", "li", "mon", "né", "pol", "ra", "si", "ter", "tion", "ver", "lu", "pré"];
/// Words of the vocabulary. How often a word comes follows Zipf's law, as in any natural text: a few make most of it.
const VOCABULARY: f64 = 30_000.0;

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn word(&mut self) -> String {
        let share = self.next(1 << 30) as f64 / f64::from(1 << 30);
        let rank = VOCABULARY.powf(share) as usize; // the inverse of the distribution 1 / rank
        FREQUENT.get(rank - 1).map_or_else(|| made_word(rank), |word| (*word).to_owned())
    }

    fn words(&mut self, count: u64) -> String {
        (0..count).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }

    /// 1 to 5 KB, with links and emphasis.
    fn html(&mut self) -> String {
        let wanted = 1_000 + self.next(4_000) as usize;
        let mut html = String::with_capacity(wanted + 500);
        while html.len() < wanted {
            let (before, linked, after, n) = (self.words(30), self.words(3), self.words(30), self.next(10_000));
            let _infallible = write!(
                html,
                "<p>{before} <a href=\"https://ref.example/{n}?utm_source=x\">{linked}</a> <strong>{after}</strong>.</p>"
            );
        }
        html
    }
}

fn made_word(rank: usize) -> String {
    let mut word = String::new();
    let mut rest = rank;
    while rest > 0 {
        word.push_str(SYLLABLES[rest % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
    }
    word
}

/// What any program must do at least.
fn straight_line(base: &str, feeds: usize, database: &Path) {
    let connection = rusqlite::Connection::open(database).unwrap();
    connection
        .execute_batch("pragma journal_mode = wal; create table item (id integer primary key, feed integer, guid text, title text, body text, unique (feed, guid)); begin")
        .unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let client = reqwest::Client::builder().build().unwrap();
    let mut insert = connection.prepare("insert into item (feed, guid, title, body) values (?1, ?2, ?3, ?4)").unwrap();
    for number in 0..feeds {
        let url = format!("{base}/{number}");
        let bytes = runtime.block_on(async { client.get(url).send().await.unwrap().bytes().await.unwrap() });
        let feed = feed_rs::parser::parse(std::io::BufReader::new(GzDecoder::new(bytes.as_ref()))).unwrap();
        for entry in feed.entries {
            let body = entry.content.and_then(|content| content.body).or(entry.summary.map(|text| text.content));
            insert.execute(rusqlite::params![number as i64, entry.id, entry.title.map(|text| text.content), body]).unwrap();
        }
        if number % 100 == 99 {
            connection.execute_batch("commit; begin").unwrap();
        }
    }
    connection.execute_batch("commit").unwrap();
}
