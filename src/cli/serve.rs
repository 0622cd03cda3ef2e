//! `veille serve`.

use crate::{
    app::{App, Error, Result, reload::Reloaded},
    cli::{
        Context, Exit,
        signals::{self, Asked, Signals},
    },
    domain::localised::Locale,
    schedule::{self, Told, board::Board, health},
};
use anyhow::Context as _;
use std::sync::Arc;
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};
use tokio_util::sync::CancellationToken;

/// Arguments of `veille serve`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "--now: the clock starts at that time and goes on from there, to replay a past or future day.\n\nStops cleanly on SIGTERM and Ctrl-C; a second one ends at once. SIGHUP reads sources.toml, veille.toml and templates/ again: with a mistake in them, the old configuration stays in force. Probes: GET /healthz and /readyz on [web] listen, or `veille healthcheck`."
)]
pub struct Args {}

pub(crate) async fn run(_args: Args, context: &Context) -> Result<Exit> {
    let signals = Signals::listen()?;
    let context = Context { clock: context.clock.set_going(), ..context.clone() };
    let app = context.app().await?;
    let unread = app.store.refuse_damage().await?;
    let _claim = app.store.claim_daemon()?;
    let listen = app.settings.web.listen.clone();
    let listener = TcpListener::bind(&listen).await.map_err(|error| Error::Invalid(unusable(&listen, &error, context.locale)))?;
    let address = listener.local_addr().context("the address that is listened on")?;
    tracing::info!(%address, sources = app.definitions.sources.len(), digests = app.definitions.digests.len(), "veille serves");
    let server = Server {
        board: Board::new(app.clock.now()),
        unread,
        current: watch::Sender::new(app),
        shutdown: CancellationToken::new(),
        reload: Notify::new(),
        locale: context.locale,
    };
    Arc::new(server).serve(listener, signals).await?;
    tracing::info!("stopped");
    Ok(Exit::Done)
}

fn unusable(listen: &str, error: &std::io::Error, locale: Locale) -> String {
    locale.pick(
        format!("[web] listen = \"{listen}\" est inutilisable : {error} ; libérez ce port ou choisissez-en un autre"),
        format!("[web] listen = \"{listen}\" cannot be used: {error}; free the port or choose another"),
    )
}

/// What runs, and what it runs with.
struct Server {
    board: Board,
    /// Nobody touched the database since it was closed well: it is read through while it is used.
    unread: bool,
    /// The application in force: a reload puts another in its place.
    current: watch::Sender<App>,
    shutdown: CancellationToken,
    /// SIGHUP came; several before one was heeded are one.
    reload: Notify,
    locale: Locale,
}

impl Server {
    /// Schedule and probes, until a signal asks to stop; when one falls, the other is stopped and the failure told.
    async fn serve(self: Arc<Self>, listener: TcpListener, signals: Signals) -> Result<()> {
        let seen = (self.board.clone(), Told::default());
        let probes = health::serve(listener, self.current.subscribe(), seen.clone(), self.shutdown.clone());
        let probes = tokio::spawn(probes);
        let stop = self.shutdown.clone();
        let probes = async move {
            let ended = probes.await;
            stop.cancel();
            ended.context("the probes panicked")?.context("the probes cannot be served")
        };
        let (stop, current) = (self.shutdown.clone(), self.current.subscribe());
        let schedule = async move {
            let ended = schedule::run(current, seen, stop.clone()).await;
            stop.cancel();
            ended
        };
        // Reading again may wait for the database; a signal to stop may not.
        let heeding = tokio::spawn(Arc::clone(&self).heed(signals));
        let reloading = tokio::spawn(Arc::clone(&self).reload_when_asked());
        let (looked, schedule, probes) = tokio::join!(self.look_through(), schedule, probes);
        heeding.abort();
        reloading.abort();
        looked?;
        schedule?;
        Ok(probes?)
    }

    /// Damage that is found stops everything.
    async fn look_through(&self) -> Result<()> {
        if !self.unread {
            return Ok(());
        }
        let store = self.current.borrow().store.clone();
        let looked = store.look_through(self.shutdown.cancelled()).await;
        if looked.is_err() {
            self.shutdown.cancel();
        }
        Ok(looked?)
    }

    async fn heed(self: Arc<Self>, mut signals: Signals) {
        loop {
            match signals.next().await {
                Asked::Reload => self.reload.notify_one(),
                Asked::Stop(_) if self.shutdown.is_cancelled() => signals::end_at_once(self.locale),
                Asked::Stop(name) => {
                    // Before it is told: a log that nobody reads any more must not hold the stop.
                    self.shutdown.cancel();
                    tracing::info!("{name}: stopping");
                }
            }
        }
    }

    async fn reload_when_asked(self: Arc<Self>) {
        loop {
            self.reload.notified().await;
            self.reload_now().await;
        }
    }

    /// A bad file changes nothing: it is told here and by `/readyz`, and the old configuration stays in force.
    async fn reload_now(&self) {
        tracing::info!("SIGHUP: reading the configuration again");
        let app = self.current.borrow().clone();
        let reloaded = app.reload().await;
        let now = app.clock.now();
        match reloaded {
            Ok(Reloaded { app, at_next_start }) => {
                for setting in at_next_start {
                    tracing::warn!(setting, "takes effect at the next start only");
                }
                let (sources, digests) = (app.definitions.sources.len(), app.definitions.digests.len());
                self.current.send_replace(app);
                self.board.configured(now);
                tracing::info!(sources, digests, "the new configuration is in force");
            }
            Err(error) => {
                let lines = error.lines(Locale::En);
                for mistake in &lines {
                    tracing::error!(mistake, "configuration not taken");
                }
                tracing::error!(mistakes = lines.len(), "the old configuration stays in force; mend this and send SIGHUP again");
                self.board.refused_configuration(now, lines);
            }
        }
    }
}
