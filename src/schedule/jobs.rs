//! What is done at each ring. One use case each; the row of a job says how it last went.

use crate::{
    app::{App, Result, refresh::Selection},
    domain::refresh::RefreshReport,
    schedule::board::Board,
};
use futures_util::FutureExt;
use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// A job of `veille serve`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Job {
    /// Sources whose time has come.
    Refresh,
    /// Subscriptions with hubs that are due.
    Hubs,
    /// Drafts that are due.
    Editions,
    /// What is queued and due.
    Deliveries,
    /// Once a day: what is no longer needed goes.
    Retention,
}

impl Job {
    fn name(self) -> &'static str {
        match self {
            Self::Refresh => "refresh",
            Self::Hubs => "hubs",
            Self::Editions => "editions",
            Self::Deliveries => "deliveries",
            Self::Retention => "retention",
        }
    }

    /// What it runs once for; `None`: at each ring.
    fn key(self, app: &App) -> Option<String> {
        (self == Self::Retention).then(|| app.clock.now().date_naive().to_string())
    }

    /// Longer than it takes on the largest site that we know of; beyond, it is stuck and a probe says so.
    fn longest(self) -> Duration {
        let hours = match self {
            Self::Refresh => 3,
            Self::Hubs | Self::Editions | Self::Retention => 1,
            Self::Deliveries => 12, // a slow relay, a large list
        };
        Duration::from_secs(hours * 60 * 60)
    }

    /// Runs the job if it is due. Whatever happens is logged once, here, and written into the job's row and on the board.
    pub(super) async fn run(self, app: &App, board: &Board, leaving: &Notify, shutdown: &CancellationToken) {
        board.began(self.name(), self.longest(), Instant::now());
        let fault = self.run_and_tell(app, leaving, shutdown).await;
        board.ended(self.name(), fault);
    }

    /// Gives the fault of the database, if that was the reason.
    async fn run_and_tell(self, app: &App, leaving: &Notify, shutdown: &CancellationToken) -> Option<String> {
        let began = app.store.begin_job(self.name(), self.key(app), app.clock.now()).await;
        let error = match began {
            Ok(false) => return None,
            Ok(true) => self.attempt(app, leaving, shutdown).await.err(),
            Err(error) => Some(error.into()),
        };
        if let Some(error) = &error {
            tracing::error!(job = self.name(), error = %error, "job failed; it is tried again in a minute");
        }
        let fault = error.as_ref().filter(|error| error.concerns_the_database()).map(ToString::to_string);
        let ended = app.store.end_job(self.name(), error.map(|error| error.to_string()), app.clock.now()).await;
        let ended = ended.and(app.store.checkpoint().await);
        if let Err(error) = &ended {
            tracing::error!(job = self.name(), %error, "the end of a job cannot be written");
        }
        fault.or(ended.err().map(|error| error.to_string()))
    }

    async fn attempt(self, app: &App, leaving: &Notify, shutdown: &CancellationToken) -> Result<()> {
        let work = async {
            match self {
                Self::Refresh => refresh(app, shutdown).await,
                Self::Hubs => hubs(app, shutdown).await,
                Self::Editions => publish(app, leaving).await,
                Self::Deliveries => app.dispatch(shutdown).await.map(|_| ()),
                Self::Retention => app.care().await,
            }
        };
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(done) => done,
            Err(_) => Err(anyhow::anyhow!("it panicked").into()),
        }
    }
}

/// What was queued begins to leave at once; whether it was all is told after.
async fn publish(app: &App, leaving: &Notify) -> Result<()> {
    let published = app.publish_due_editions().await;
    if !matches!(published, Ok(0)) {
        leaving.notify_one();
    }
    published.map(|_| ())
}

/// Each batch is one transaction: stopping between two loses nothing.
async fn refresh(app: &App, shutdown: &CancellationToken) -> Result<()> {
    let quiet = Arc::new(|_| ());
    tokio::select! {
        report = app.refresh(Selection::Due, quiet) => report.map(|report| tell(&report)),
        () = shutdown.cancelled() => Ok(()),
    }
}

/// What a hub was asked is written before it is asked: stopping between two loses nothing.
async fn hubs(app: &App, shutdown: &CancellationToken) -> Result<()> {
    tokio::select! {
        kept = app.keep_subscriptions() => kept,
        () = shutdown.cancelled() => Ok(()),
    }
}

fn tell(report: &RefreshReport) {
    if report.sources > 0 {
        let RefreshReport { sources, new_items, updated_items, failed, quarantined, .. } = report;
        tracing::info!(sources, new_items, updated_items, failed, quarantined, "refreshed");
    }
    for failure in &report.failures {
        tracing::warn!(source = failure.source, reason = failure.reason, "source not read");
    }
}
