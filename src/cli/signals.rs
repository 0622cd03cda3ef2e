//! What a person or a supervisor asks by signal: end, end now, read the configuration again.

use crate::{app::Result, domain::localised::Locale, telemetry};
use anyhow::Context as _;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The signals of this process. From [`Self::listen`] on they end nothing by themselves.
pub(crate) struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hangup: Signal,
}

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// SIGTERM or SIGINT: by name.
    Stop(&'static str),
    /// SIGHUP.
    Reload,
}

impl Signals {
    /// Begins to listen; what comes before [`Self::next`] is asked is kept.
    pub(crate) fn listen() -> Result<Self> {
        let listen = |kind, name| signal(kind).with_context(|| format!("{name} cannot be listened to"));
        Ok(Self {
            terminate: listen(SignalKind::terminate(), "SIGTERM")?,
            interrupt: listen(SignalKind::interrupt(), "SIGINT")?,
            hangup: listen(SignalKind::hangup(), "SIGHUP")?,
        })
    }

    /// The next one.
    pub(crate) async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::Stop("SIGTERM"),
            _ = self.interrupt.recv() => Asked::Stop("SIGINT"),
            _ = self.hangup.recv() => Asked::Reload,
        }
    }
}

/// For a command that sends: cancelled by the first signal that asks to end (a terminal that closes, too); the second one ends the
/// process at once.
pub(crate) fn stopping(locale: Locale) -> Result<CancellationToken> {
    let (mut signals, stop) = (Signals::listen()?, CancellationToken::new());
    let cancelled = stop.clone();
    tokio::spawn(async move {
        signals.next().await;
        cancelled.cancel();
        telemetry::complain(&[locale
            .pick(
                "veille: arrêt demandé, fin de ce qui est en cours ; un second signal arrête aussitôt",
                "veille: asked to stop, ending what is under way; a second signal stops at once",
            )
            .to_owned()]);
        signals.next().await;
        end_at_once(locale);
    });
    Ok(stop)
}

/// The second signal: nothing is waited for. What was under way is in the database as such.
pub(crate) fn end_at_once(locale: Locale) -> ! {
    telemetry::complain(&[locale
        .pick(
            "veille: second signal, arrêt immédiat ; ce qui était en cours sera repris au prochain démarrage",
            "veille: second signal, stopped at once; what was under way is taken up at the next start",
        )
        .to_owned()]);
    std::process::exit(1)
}
