//! The alarm clock of `veille serve`. It only rings: what is due is a question put to the database, so a missed ring, a doubled
//! one, a restart or a second machine changes nothing.
//!
//! ```text
//! every minute ──► tick ─┬─► refresh     sources whose time has come
//!                        ├─► editions    drafts that are due; those that need nobody are approved and start to leave
//!                        ├─► deliveries  what is queued and due
//!                        └─► retention   once a day
//! ```
//!
//! Each job has its own loop: a job never overlaps itself, and a long refresh delays no delivery.

pub mod health;
mod jobs;
mod step;

use crate::app::{App, Result};
use anyhow::Context;
use jobs::Job;
use std::time::{Duration, Instant};
use step::StepWatch;
use tokio::{sync::watch, task::JoinSet, time::timeout};
use tokio_cron_scheduler::{Job as Alarm, JobScheduler};
use tokio_util::sync::CancellationToken;

/// A process supervisor kills after thirty seconds.
const DRAIN: Duration = Duration::from_secs(28);

/// Rings every minute, and once at the start, until `shutdown`; then lets the jobs come to their end, for at most 28 seconds.
///
/// Errors: the alarm clock cannot be set. A job that fails is logged, kept in its row, and tried again at the next ring.
pub async fn run(app: App, shutdown: CancellationToken) -> Result<()> {
    let (ring, rung) = watch::channel(0_u64);
    let mut jobs = JoinSet::new();
    for job in [Job::Refresh, Job::Editions, Job::Deliveries, Job::Retention] {
        jobs.spawn(repeat(job, app.clone(), rung.clone(), shutdown.clone()));
    }
    let mut alarm = set_alarm(ring).await.context("the alarm clock cannot be set")?;
    watch_clock(&app, rung, &shutdown).await;

    if let Err(error) = alarm.shutdown().await {
        tracing::warn!(%error, "the alarm clock did not stop");
    }
    let drained = timeout(DRAIN, async { while jobs.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!("stopped before every job had ended; the next start takes up what is left");
    }
    Ok(())
}

/// The library is given UTC minutes and nothing else to remember: its own time zones freeze the offset of the day they are set.
async fn set_alarm(ring: watch::Sender<u64>) -> anyhow::Result<JobScheduler> {
    let alarm = JobScheduler::new().await?;
    let every_minute = Alarm::new("0 * * * * *", move |_, _| ring.send_modify(|count| *count += 1))?;
    alarm.add(every_minute).await?;
    alarm.start().await?;
    Ok(alarm)
}

async fn repeat(job: Job, app: App, mut rung: watch::Receiver<u64>, shutdown: CancellationToken) {
    loop {
        job.run(&app, &shutdown).await;
        tokio::select! {
            () = shutdown.cancelled() => return,
            heard = rung.changed() => if heard.is_err() { return },
        }
    }
}

/// Until `shutdown`: compares the wall clock with the monotonic one at each ring.
async fn watch_clock(app: &App, mut rung: watch::Receiver<u64>, shutdown: &CancellationToken) {
    let mut watch = StepWatch::new(app.clock.now(), Instant::now());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            heard = rung.changed() => if heard.is_err() { return },
        }
        if let Some(step) = watch.look(app.clock.now(), Instant::now()) {
            tracing::warn!(
                seconds = step.num_seconds(),
                "the wall clock stepped; due work is asked for anew, nothing is done twice"
            );
        }
    }
}
