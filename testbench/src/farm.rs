//! A farm of feeds on loopback: for tests that run the binary from outside.

use crate::home::{Home, LOOPBACK};
use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::{
    collections::BTreeMap,
    fmt::Write,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex},
    time::Duration,
};

/// One document of the farm.
#[derive(Clone)]
pub struct FarmFeed {
    /// Its `Content-Type`; none when empty.
    pub content_type: String,
    /// Its body.
    pub body: Bytes,
}

/// How each feed was asked: how often, and how often conditionally.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    pub requests: usize,
    pub conditional: usize,
}

#[derive(Default)]
struct Fields {
    feeds: BTreeMap<usize, FarmFeed>,
    asked: BTreeMap<usize, Asked>,
    /// How long each answer takes.
    delay: Duration,
}

/// A running farm; it stops when this is dropped.
pub struct Farm {
    addresses: Vec<std::net::SocketAddr>,
    fields: Arc<Mutex<Fields>>,
    _runtime: tokio::runtime::Runtime,
}

impl Farm {
    /// Serves the feeds, each at a path of its own, with an ETag.
    pub fn serve(feeds: impl IntoIterator<Item = FarmFeed>) -> Self {
        Self::on_hosts(feeds, 1, Duration::ZERO)
    }

    /// The same on so many ports, in turn, so that as many hosts can be asked at once; each answer takes so long.
    pub fn on_hosts(feeds: impl IntoIterator<Item = FarmFeed>, hosts: usize, delay: Duration) -> Self {
        let feeds = feeds.into_iter().enumerate().collect();
        let fields = Arc::new(Mutex::new(Fields { feeds, asked: BTreeMap::new(), delay }));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let router = Router::new().route("/feed/{number}", get(answer)).with_state(Arc::clone(&fields));
        let listen = |_| {
            let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
            let (address, router) = (listener.local_addr().unwrap(), router.clone());
            runtime.spawn(async move { axum::serve(listener, router).await });
            address
        };
        let addresses = (0..hosts).map(listen).collect();
        Self { addresses, fields, _runtime: runtime }
    }

    /// How many feeds it has.
    pub fn feeds(&self) -> usize {
        self.fields.lock().unwrap().feeds.len()
    }

    /// The addresses of all items that its feeds list.
    ///
    /// # Panics
    ///
    /// If a request panicked.
    pub fn urls(&self) -> Vec<String> {
        let fields = self.fields.lock().unwrap();
        let links = fields.feeds.values().flat_map(|feed| {
            let text = String::from_utf8_lossy(&feed.body).into_owned();
            let items = text.split("<item>").skip(1);
            items.filter_map(|item| Some(item.split_once("<link>")?.1.split_once("</link>")?.0.to_owned())).collect::<Vec<_>>()
        });
        links.collect()
    }

    /// Forgets what was asked so far, and gives it.
    pub fn take_asked(&self) -> BTreeMap<usize, Asked> {
        std::mem::take(&mut self.fields.lock().unwrap().asked)
    }

    /// Serves another document in the place of one.
    pub fn replace(&self, number: usize, feed: FarmFeed) {
        self.fields.lock().unwrap().feeds.insert(number, feed);
    }

    /// A home folder whose `sources.toml` watches every feed of the farm.
    pub fn home(&self) -> Home {
        let mut sources = String::from("[[theme]]\nslug = \"all\"\nany = [\"model\", \"law\", \"release\"]\n");
        for number in self.fields.lock().unwrap().feeds.keys() {
            let address = self.addresses[number % self.addresses.len()];
            let _infallible = write!(sources, "[[source]]\nslug = \"f{number}\"\nurl = \"http://{address}/feed/{number}\"\n");
        }
        Home::with(sources, LOOPBACK)
    }
}

async fn answer(State(fields): State<Arc<Mutex<Fields>>>, Path(number): Path<usize>, headers: HeaderMap) -> Response {
    let delay = fields.lock().unwrap().delay;
    tokio::time::sleep(delay).await;
    let mut fields = fields.lock().unwrap();
    let Some(feed) = fields.feeds.get(&number).cloned() else { return StatusCode::NOT_FOUND.into_response() };
    let asked = fields.asked.entry(number).or_default();
    asked.requests += 1;
    asked.conditional += usize::from(headers.contains_key(header::IF_NONE_MATCH));
    let mut version = DefaultHasher::new();
    feed.body.hash(&mut version);
    let etag = format!("\"{number}-{:x}\"", version.finish());
    if headers.get(header::IF_NONE_MATCH).is_some_and(|sent| sent.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    let mut response = ([(header::ETAG, etag)], feed.body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    if let Ok(value) = feed.content_type.parse() {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}
