//! A server of generated feeds, and the two home folders' worth of settings that read it.

use axum::{
    Router,
    body::Bytes,
    extract::{Path as UrlPath, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use flate2::{Compression, write::GzEncoder};
use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};
use veille_testbench::words::Words;

/// Entries of a feed.
pub(crate) const ITEMS: usize = 35;

/// What the farm serves just now.
#[derive(Default)]
pub(crate) struct Fields {
    pub(crate) generation: AtomicUsize,
    pub(crate) validators: AtomicBool,
}

/// `BASE/0`, `BASE/1` …
pub(crate) struct Farm {
    pub(crate) base: String,
    pub(crate) state: Arc<Fields>,
    _runtime: tokio::runtime::Runtime,
}

impl Farm {
    pub(crate) fn serve() -> Self {
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
    answer.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/xml"));
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
    let mut random = Words::of((number * 1_000 + item) as u64 + 1);
    let (title, body) = (random.words(9), html(&mut random));
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

/// 1 to 5 KB, with links and emphasis.
fn html(random: &mut Words) -> String {
    let wanted = 1_000 + random.below(4_000) as usize;
    let mut html = String::with_capacity(wanted + 500);
    while html.len() < wanted {
        let (before, linked, after, n) = (random.words(30), random.words(3), random.words(30), random.below(10_000));
        let _infallible = write!(
            html,
            "<p>{before} <a href=\"https://ref.example/{n}?utm_source=x\">{linked}</a> <strong>{after}</strong>.</p>"
        );
    }
    html
}
