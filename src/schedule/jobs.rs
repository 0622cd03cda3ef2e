//! What is done at each ring. One use case each; the row of a job says how it last went.

use crate::{
    app::{App, Result, refresh::Selection},
    domain::refresh::RefreshReport,
};
use futures_util::FutureExt;
use std::{panic::AssertUnwindSafe, sync::Arc};
use tokio_util::sync::CancellationToken;

/// A job of `veille serve`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Job {
    /// Sources whose time has come.
    Refresh,
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
            Self::Editions => "editions",
            Self::Deliveries => "deliveries",
            Self::Retention => "retention",
        }
    }

    /// What it runs once for; `None`: at each ring.
    fn key(self, app: &App) -> Option<String> {
        (self == Self::Retention).then(|| app.clock.now().date_naive().to_string())
    }

    /// Runs the job if it is due. Whatever happens is logged once, here, and written into the job's row.
    pub(super) async fn run(self, app: &App, shutdown: &CancellationToken) {
        let began = app.store.begin_job(self.name(), self.key(app), app.clock.now()).await;
        let error = match began {
            Ok(false) => return,
            Ok(true) => self.attempt(app, shutdown).await.err(),
            Err(error) => Some(error.into()),
        };
        if let Some(error) = &error {
            tracing::error!(job = self.name(), error = %error, "job failed; it is tried again in a minute");
        }
        if let Err(error) = app.store.end_job(self.name(), error.map(|error| error.to_string()), app.clock.now()).await {
            tracing::error!(job = self.name(), %error, "the end of a job cannot be written");
        }
    }

    async fn attempt(self, app: &App, shutdown: &CancellationToken) -> Result<()> {
        let work = async {
            match self {
                Self::Refresh => refresh(app, shutdown).await,
                Self::Editions => app.publish_due_editions().await,
                Self::Deliveries => app.dispatch(shutdown).await.map(|_| ()),
                Self::Retention => retention(app).await,
            }
        };
        match AssertUnwindSafe(work).catch_unwind().await {
            Ok(done) => done,
            Err(_) => Err(anyhow::anyhow!("it panicked").into()),
        }
    }
}

/// Each batch is one transaction: stopping between two loses nothing.
async fn refresh(app: &App, shutdown: &CancellationToken) -> Result<()> {
    let quiet = Arc::new(|_| ());
    tokio::select! {
        report = app.refresh(Selection::Due, quiet) => report.map(|report| tell(&report)),
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

/// Silence means something after two days: corroboration is asked again with the day.
async fn retention(app: &App) -> Result<()> {
    app.corroborate_due(app.clock.now()).await?;
    app.apply_retention().await.map(|_| ())
}
