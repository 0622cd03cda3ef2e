//! `veille serve`.

use crate::{
    app::{App, Error, Result},
    cli::{Context, Exit},
    schedule::{self, Told, board::Board, health},
};
use anyhow::Context as _;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

/// Arguments of `veille serve`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "--now: the clock starts at that time and goes on from there, to replay a past or future day.\n\nStops cleanly on SIGTERM and Ctrl-C. Probes: GET /healthz and /readyz on [web] listen, or `veille healthcheck`."
)]
pub struct Args {}

pub(crate) async fn run(_args: Args, context: &Context) -> Result<Exit> {
    let context = Context { clock: context.clock.set_going(), ..context.clone() };
    let app = context.app().await?;
    app.store.refuse_damage().await?;
    let _claim = app.store.claim_daemon()?;
    let listen = app.settings.web.listen.clone();
    let listener = TcpListener::bind(&listen)
        .await
        .map_err(|error| Error::Invalid(format!("[web] listen = \"{listen}\" cannot be used: {error}")))?;
    let address = listener.local_addr().context("the address that is listened on")?;
    let shutdown = CancellationToken::new();
    cancel_on_signal(&shutdown)?;
    tracing::info!(%address, sources = app.definitions.sources.len(), digests = app.definitions.digests.len(), "veille serves");
    serve(app, listener, shutdown).await?;
    tracing::info!("stopped");
    Ok(Exit::Done)
}

/// Schedule and probes, until `shutdown`; when one falls, the other is stopped and the failure told.
async fn serve(app: App, listener: TcpListener, shutdown: CancellationToken) -> Result<()> {
    let (board, told) = (Board::default(), Told::default());
    let probes = tokio::spawn(health::serve(listener, app.clone(), (board.clone(), told.clone()), shutdown.clone()));
    let stop = shutdown.clone();
    let probes = async move {
        let ended = probes.await;
        stop.cancel();
        ended.context("the probes panicked")?.context("the probes cannot be served")
    };
    let stop = shutdown.clone();
    let schedule = async move {
        let ended = schedule::run(app, (board, told), shutdown).await;
        stop.cancel();
        ended
    };
    let (schedule, probes) = tokio::join!(schedule, probes);
    schedule?;
    Ok(probes?)
}

fn cancel_on_signal(shutdown: &CancellationToken) -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be listened to")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be listened to")?;
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        let name = tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        };
        // Before it is told: a log that nobody reads any more must not hold the stop.
        shutdown.cancel();
        tracing::info!("{name}: stopping");
    });
    Ok(())
}
