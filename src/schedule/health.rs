//! What probes ask. `/healthz`: the process answers. `/readyz`: the database answers and takes what the jobs write, no job is stuck,
//! how each last went, and whether the configuration in force is the one that the files say.

use crate::{
    app::App,
    schedule::{Told, board::Board, callback},
};
use axum::{Json, Router, extract::State, http::StatusCode, routing::get, serve::Listener};
use serde_json::{Value, json};
use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Sleep, sleep},
};
use tokio_util::sync::CancellationToken;

/// No probe needs longer; a client that dawdles holds nothing open.
const LONGEST_CONNECTION: Duration = Duration::from_secs(20);

/// Serves the probes and the callbacks of hubs until `shutdown`.
pub async fn serve(
    listener: TcpListener,
    current: watch::Receiver<App>,
    (board, told): (Board, Told),
    shutdown: CancellationToken,
) -> io::Result<()> {
    let app = current.borrow().clone(); // its database is the same under every configuration
    let router = Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state((app, board));
    let router = router.merge(callback::routes(current, told));
    axum::serve(Brief(listener), router).with_graceful_shutdown(shutdown.cancelled_owned()).await
}

async fn healthz() -> Json<Value> {
    Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") }))
}

async fn readyz(State((app, board)): State<(App, Board)>) -> (StatusCode, Json<Value>) {
    let mut alarms = board.alarms(Instant::now());
    if let Some(waiting) = app.store.kept_waiting() {
        alarms.push(format!("another process has been writing to the database for {} s; jobs wait for it", waiting.as_secs()));
    }
    match app.store.jobs().await {
        Ok(jobs) => {
            let row = |job: &crate::app::dispatch::JobRow| json!({ "name": job.name, "started_at": job.started_at, "ended_at": job.ended_at, "last_error": job.last_error });
            let jobs: Vec<_> = jobs.iter().map(row).collect();
            if alarms.is_empty() {
                return (
                    StatusCode::OK,
                    Json(json!({ "status": "ready", "jobs": jobs, "configuration": board.configuration() })),
                );
            }
            let body = json!({ "status": "not ready", "reason": alarms.join("; "), "jobs": jobs, "configuration": board.configuration() });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body))
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not ready", "reason": error.to_string() }))),
    }
}

/// Accepts connections that end by themselves: axum sets no deadline on slow clients.
struct Brief(TcpListener);

impl Listener for Brief {
    type Io = BriefStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (BriefStream { stream, end: Box::pin(sleep(LONGEST_CONNECTION)) }, address)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

struct BriefStream {
    stream: TcpStream,
    end: Pin<Box<Sleep>>,
}

impl BriefStream {
    fn poll_end(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        match self.end.as_mut().poll(cx) {
            Poll::Ready(()) => Err(io::ErrorKind::TimedOut.into()),
            Poll::Pending => Ok(()),
        }
    }
}

impl AsyncRead for BriefStream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.poll_end(cx)?;
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for BriefStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_end(cx)?;
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
