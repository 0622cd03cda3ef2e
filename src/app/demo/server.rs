//! Serves the sample feeds on loopback, each on a port of its own, as each publisher has a server of its own.

use crate::app::demo::feeds::{SAMPLES, Week};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use ring::digest;
use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};
use tokio::{net::TcpListener, task::JoinSet};

/// The servers of the demonstration; they stop when this is dropped.
pub(super) struct SampleServers {
    /// Where each sample is served, in the order of [`SAMPLES`].
    pub(super) addresses: Vec<SocketAddr>,
    second_week: Arc<AtomicBool>,
    _servers: JoinSet<()>,
}

#[derive(Clone)]
struct Serving {
    sample: usize,
    second_week: Arc<AtomicBool>,
}

impl SampleServers {
    /// Starts them, showing the first week.
    pub(super) async fn start() -> std::io::Result<Self> {
        let second_week = Arc::new(AtomicBool::new(false));
        let (mut addresses, mut servers) = (Vec::new(), JoinSet::new());
        for sample in 0..SAMPLES.len() {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
            addresses.push(listener.local_addr()?);
            let router =
                Router::new().route("/feed", get(feed)).with_state(Serving { sample, second_week: Arc::clone(&second_week) });
            servers.spawn(async move {
                if let Err(error) = axum::serve(listener, router).await {
                    tracing::warn!(%error, "a sample server stopped");
                }
            });
        }
        Ok(Self { addresses, second_week, _servers: servers })
    }

    /// A week passes.
    pub(super) fn turn_the_week(&self) {
        self.second_week.store(true, Ordering::Relaxed);
    }
}

/// A well-behaved publisher: validators, and 304 to whoever already has it.
async fn feed(State(serving): State<Serving>, headers: HeaderMap) -> Response {
    let sample = &SAMPLES[serving.sample];
    let week = if serving.second_week.load(Ordering::Relaxed) { Week::Second } else { Week::First };
    let body = sample.document(week);
    let hash = digest::digest(&digest::SHA256, &body);
    let etag = format!("\"{:02x}{:02x}{:02x}{:02x}\"", hash.as_ref()[0], hash.as_ref()[1], hash.as_ref()[2], hash.as_ref()[3]);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response();
    }
    ([(header::CONTENT_TYPE, sample.content_type.to_owned()), (header::ETAG, etag)], body).into_response()
}
