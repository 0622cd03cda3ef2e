//! The alarm clock of `veille serve`. It only rings: what is due is a question put to the database, so a missed ring, a doubled
//! one, a restart or a second machine changes nothing.
//!
//! ```text
//! every minute ──► tick ─┬─► refresh     sources whose time has come ◄─── at once ─── a hub tells of a change
//!                        ├─► hubs        subscriptions to be asked for, renewed or ended
//!                        ├─► editions    drafts that are due; those that need nobody are approved and start to leave ─┐
//!                        ├─► deliveries  what is queued and due ◄──────────────── at once ────────────────────────────┘
//!                        └─► retention   once a day
//! ```
//!
//! Each job has its own loop: a job never overlaps itself, and a long refresh delays no delivery.

pub mod board;
mod callback;
pub mod health;
mod jobs;
mod step;

use crate::{
    app::{App, Result},
    clock::Clock,
};
use anyhow::{Context, anyhow};
use board::Board;
use jobs::Job;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use step::StepWatch;
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::timeout,
};
use tokio_cron_scheduler::{Job as Alarm, JobScheduler};
use tokio_util::sync::CancellationToken;

/// A process supervisor kills after thirty seconds.
const DRAIN: Duration = Duration::from_secs(28);
/// The alarm clock goes by the wall clock: when that is set back by a day, it would be silent for a day.
const LONGEST_SILENCE: Duration = Duration::from_secs(61);

type Ring = Arc<watch::Sender<u64>>;

/// A hub told of a change: what is due because of it need not wait for the minute.
pub type Told = Arc<Notify>;

/// Rings every minute, and once at the start, until `shutdown`; then lets the jobs come to their end, for at most 28 seconds.
///
/// Errors: the alarm clock cannot be set, or a job's task died: there is no veille without it. A job that fails is logged, kept in
/// its row, and tried again at the next ring.
pub async fn run(current: watch::Receiver<App>, (board, told): (Board, Told), shutdown: CancellationToken) -> Result<()> {
    let clock = current.borrow().clock;
    let (ring, rung) = watch::channel(0_u64);
    let ring = Arc::new(ring);
    let bell = Bell { rung: rung.clone(), told, leaving: Arc::default(), shutdown: shutdown.clone() };
    let mut jobs = JoinSet::new();
    for job in [Job::Refresh, Job::Hubs, Job::Editions, Job::Deliveries, Job::Retention] {
        let (board, leaving, shutdown) = (board.clone(), Arc::clone(&bell.leaving), shutdown.clone());
        let work = move |app: App| {
            let (board, leaving, shutdown) = (board.clone(), Arc::clone(&leaving), shutdown.clone());
            async move { job.run(&app, &board, &leaving, &shutdown).await }
        };
        jobs.spawn(repeat(job, current.clone(), bell.clone(), work));
    }
    let mut alarm = set_alarm(Arc::clone(&ring)).await.context("the alarm clock cannot be set")?;
    let died = tokio::select! {
        () = watch_clock(clock, (rung, ring), &shutdown) => None,
        ended = jobs.join_next() => ended.filter(|_| !shutdown.is_cancelled()),
    };
    shutdown.cancel();
    if let Err(error) = alarm.shutdown().await {
        tracing::warn!(%error, "the alarm clock did not stop");
    }
    let drained = timeout(DRAIN, async { while jobs.join_next().await.is_some() {} }).await;
    if drained.is_err() {
        tracing::warn!("stopped before every job had ended; the next start takes up what is left");
    }
    match died {
        None => Ok(()),
        Some(ended) => {
            ended.context("a job died")?;
            Err(anyhow!("a job ended although nobody asked it to").into())
        }
    }
}

/// The library is given UTC minutes and nothing else to remember: its own time zones freeze the offset of the day they are set.
async fn set_alarm(ring: Ring) -> anyhow::Result<JobScheduler> {
    let alarm = JobScheduler::new().await?;
    let every_minute = Alarm::new("0 * * * * *", move |_, _| ring.send_modify(|count| *count += 1))?;
    alarm.add(every_minute).await?;
    alarm.start().await?;
    Ok(alarm)
}

/// What calls a job.
#[derive(Clone)]
struct Bell {
    rung: watch::Receiver<u64>,
    told: Told,
    /// Deliveries were queued: they need not wait for the minute.
    leaving: Arc<Notify>,
    shutdown: CancellationToken,
}

/// Each time a job begins it takes the application that is in force, and keeps it to its end. However often it rings meanwhile, it
/// begins once more after that.
async fn repeat<A: Clone, W: Future<Output = ()>>(
    job: Job,
    mut current: watch::Receiver<A>,
    Bell { mut rung, told, leaving, shutdown }: Bell,
    work: impl Fn(A) -> W,
) {
    loop {
        let app = current.borrow_and_update().clone();
        work(app).await;
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = told.notified(), if job == Job::Refresh => {}
            () = leaving.notified(), if job == Job::Deliveries => {}
            heard = rung.changed() => if heard.is_err() { return },
            // New sources and digests need not wait for the minute.
            replaced = current.changed() => if replaced.is_err() { return },
        }
    }
}

/// Until `shutdown`: compares the wall clock with the monotonic one at each ring, and rings itself when the alarm clock is silent.
async fn watch_clock(clock: Clock, (mut rung, ring): (watch::Receiver<u64>, Ring), shutdown: &CancellationToken) {
    let mut watch = StepWatch::new(clock.now(), Instant::now());
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = heed(&mut rung, &ring, LONGEST_SILENCE) => {}
        }
        if let Some(step) = watch.look(clock.now(), Instant::now()) {
            tracing::warn!(
                seconds = step.num_seconds(),
                "the wall clock stepped; due work is asked for anew, nothing is done twice"
            );
        }
    }
}

/// Waits for a ring; rings when there is none for so long.
async fn heed(rung: &mut watch::Receiver<u64>, ring: &Ring, longest: Duration) {
    if timeout(longest, rung.changed()).await.is_err() {
        ring.send_modify(|count| *count += 1);
        rung.mark_unchanged();
    }
}

#[cfg(test)]
mod tests {
    use super::{Arc, Bell, CancellationToken, Duration, Job, heed, repeat, watch};
    use std::sync::atomic::{AtomicU64, Ordering};

    #[tokio::test]
    async fn c05_a_wall_clock_that_is_set_back_stops_no_ring() {
        let (ring, mut job) = watch::channel(0_u64);
        let (ring, mut rung) = (Arc::new(ring), job.clone());
        for count in 1..=3 {
            heed(&mut rung, &ring, Duration::from_millis(20)).await; // the alarm clock says nothing
            assert_eq!(*job.borrow_and_update(), count, "the jobs are called all the same");
        }
        ring.send_modify(|count| *count += 1);
        heed(&mut rung, &ring, Duration::from_secs(60)).await;
        assert_eq!(*job.borrow_and_update(), 4, "a ring that comes is not doubled");
    }

    /// Rings come every 10 ms, the job takes 35: it is never begun while it runs, misses no time in between, and a ring that came
    /// while it ran is answered at once, not kept for each.
    #[tokio::test]
    async fn c09_a_job_longer_than_its_period_overlaps_nothing_and_falls_not_behind() {
        let (ring, rung) = watch::channel(0_u64);
        let (_current, app) = watch::channel(());
        let shutdown = CancellationToken::new();
        let bell = Bell { rung, told: Arc::default(), leaving: Arc::default(), shutdown: shutdown.clone() };
        let (running, begun) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (at_once, times) = (Arc::clone(&running), Arc::clone(&begun));
        let work = move |()| {
            let (at_once, times) = (Arc::clone(&at_once), Arc::clone(&times));
            async move {
                assert_eq!(at_once.fetch_add(1, Ordering::SeqCst), 0, "it overlaps itself");
                times.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(35)).await;
                at_once.fetch_sub(1, Ordering::SeqCst);
            }
        };
        let job = tokio::spawn(repeat(Job::Editions, app, bell, work));
        for _ in 0..70 {
            tokio::time::sleep(Duration::from_millis(10)).await;
            ring.send_modify(|count| *count += 1);
        }
        let during = begun.load(Ordering::SeqCst);
        assert!((2..=40).contains(&during), "each takes as long as three rings: {during}");
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert!(begun.load(Ordering::SeqCst) <= during + 1, "seventy rings are not worked off one by one");
        shutdown.cancel();
        job.await.unwrap();
    }
}
