//! Turns: one request at a time to each host:port, spaced, and never more than so many over all hosts.

use crate::{
    domain::fetching::{FailureKind, FetchFailure},
    fetch::ledger::Ledger,
    settings::FetchSettings,
};
use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedMutexGuard, OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// Hosts remembered before those at rest are forgotten.
const REMEMBERED: usize = 4096;

/// Who may ask what, and when.
pub(crate) struct Hosts {
    interval: Duration,
    permits: Arc<Semaphore>,
    known: Mutex<HashMap<String, Arc<Host>>>,
    /// What other processes asked, and those before this one.
    ledger: Option<Arc<Ledger>>,
}

#[derive(Default)]
struct Host {
    /// Locked during a request; holds when the last one ended. The lock is fair: first come, first served.
    last_end: Arc<tokio::sync::Mutex<Option<Instant>>>,
    rest_until: Mutex<Option<Instant>>,
}

/// The right to make one request. Dropping it says that the request has ended, and lets the next one start.
pub(crate) struct Turn {
    last_end: OwnedMutexGuard<Option<Instant>>,
    host: String,
    ledger: Option<Arc<Ledger>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Turn {
    /// From the end of one request to the start of the next: so the server sees the interval too, whatever the network does.
    fn drop(&mut self) {
        *self.last_end = Some(Instant::now());
        if let Some(ledger) = &self.ledger {
            said(ledger.ended(&self.host));
        }
    }
}

impl Hosts {
    /// Spacing and number come from the operator.
    /// Without spacing there is nothing for a ledger to know.
    pub(crate) fn new(settings: &FetchSettings, ledger: Option<PathBuf>) -> Self {
        let ledger = ledger.filter(|_| !settings.host_interval.is_zero());
        Self {
            interval: settings.host_interval,
            permits: Arc::new(Semaphore::new(settings.concurrency.max(1))),
            known: Mutex::default(),
            ledger: ledger.map(|path| Arc::new(Ledger::new(path, settings.host_interval))),
        }
    }

    /// Waits for a turn. The permit comes last: a host that waits takes nothing from the others.
    ///
    /// A host that asked for rest gives a failure at once, with what is left of the rest.
    pub(crate) async fn turn(&self, key: &str) -> Result<Turn, Resting> {
        let host = self.host(key);
        let last_end = Arc::clone(&host.last_end).lock_owned().await;
        host.check_rest(key)?;
        if let Some(last) = *last_end {
            tokio::time::sleep_until(last + self.interval).await;
        }
        let permit = self.permit(key).await;
        Ok(Turn { last_end, host: key.to_owned(), ledger: self.ledger.clone(), _permit: permit })
    }

    /// A permit, taken when no other process asked the host within the interval.
    async fn permit(&self, key: &str) -> Option<OwnedSemaphorePermit> {
        loop {
            if let Some(left) = self.ledger.as_ref().and_then(|ledger| said(ledger.left(key))).flatten() {
                tokio::time::sleep(left).await;
                continue;
            }
            // A semaphore that is never closed always gives; without one there would simply be no global limit.
            let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
            match self.ledger.as_ref().and_then(|ledger| said(ledger.claim(key))).flatten() {
                None => return permit,
                Some(left) => {
                    drop(permit);
                    tokio::time::sleep(left).await;
                }
            }
        }
    }

    /// Nobody asks this host before `rest` has passed.
    pub(crate) fn rest(&self, key: &str, rest: Duration) {
        let until = Instant::now() + rest;
        let host = self.host(key);
        let mut current = host.rest_until.lock().unwrap_or_else(PoisonError::into_inner);
        *current = (*current).max(Some(until));
    }

    fn host(&self, key: &str) -> Arc<Host> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(host) = known.get(key) {
            return Arc::clone(host);
        }
        if known.len() >= REMEMBERED {
            let now = Instant::now();
            known.retain(|_, host| host.is_needed(now, self.interval));
        }
        Arc::clone(known.entry(key.to_owned()).or_default())
    }
}

impl Host {
    fn check_rest(&self, key: &str) -> Result<(), Resting> {
        let until = *self.rest_until.lock().unwrap_or_else(PoisonError::into_inner);
        match until.map(|until| until.saturating_duration_since(Instant::now())) {
            Some(left) if !left.is_zero() => Err(Resting { host: key.to_owned(), left }),
            _ => Ok(()),
        }
    }

    fn is_needed(self: &Arc<Self>, now: Instant, interval: Duration) -> bool {
        let resting = self.rest_until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| until > now);
        let spaced = match self.last_end.try_lock() {
            Ok(last) => last.is_some_and(|last| last + interval > now),
            Err(_) => true,
        };
        resting || spaced || Arc::strong_count(self) > 1
    }
}

/// A ledger that cannot be read or written is told once a use; what this process knows of itself still holds.
fn said<T>(result: io::Result<T>) -> Option<T> {
    result.inspect_err(|error| tracing::warn!("the spacing of other processes is not known: {error}")).ok()
}

/// A host that answered 429 or 503 a moment ago.
#[derive(Debug)]
pub(crate) struct Resting {
    host: String,
    /// What is left of the rest.
    pub(crate) left: Duration,
}

impl From<Resting> for FetchFailure {
    fn from(resting: Resting) -> Self {
        Self {
            kind: FailureKind::Resting,
            reason: format!(
                "{} asked for rest, {} s are left; it is asked again after that",
                resting.host,
                resting.left.as_secs()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(interval_ms: u64, concurrency: usize) -> Arc<Hosts> {
        let settings =
            FetchSettings { host_interval: Duration::from_millis(interval_ms), concurrency, ..FetchSettings::default() };
        Arc::new(Hosts::new(&settings, None))
    }

    #[tokio::test]
    async fn f08_starts_on_one_host_are_spaced_and_one_at_a_time() {
        let hosts = hosts(20, 8);
        let begin = Instant::now();
        let mut tasks = Vec::new();
        for _ in 0..5 {
            let hosts = Arc::clone(&hosts);
            tasks.push(tokio::spawn(async move {
                let turn = hosts.turn("a:80").await.unwrap();
                let start = begin.elapsed();
                tokio::time::sleep(Duration::from_millis(30)).await;
                drop(turn);
                (start, begin.elapsed())
            }));
        }
        let mut spans = Vec::new();
        for task in tasks {
            spans.push(task.await.unwrap());
        }
        spans.sort();
        assert!(spans.windows(2).all(|pair| pair[1].0 >= pair[0].1), "{spans:?}");
    }

    #[tokio::test]
    async fn f08_a_short_request_still_leaves_the_interval() {
        let hosts = hosts(40, 8);
        let begin = Instant::now();
        for _ in 0..3 {
            drop(hosts.turn("a:80").await.unwrap());
        }
        assert!(begin.elapsed() >= Duration::from_millis(80));
    }

    #[tokio::test]
    async fn f08_a_waiting_host_holds_no_permit() {
        let hosts = hosts(60_000, 1);
        drop(hosts.turn("slow:80").await.unwrap());
        let waiting = tokio::spawn({
            let hosts = Arc::clone(&hosts);
            async move { hosts.turn("slow:80").await.map(drop) }
        });
        tokio::task::yield_now().await;
        drop(hosts.turn("other:80").await.unwrap());
        assert!(!waiting.is_finished());
        waiting.abort();
    }

    #[tokio::test]
    async fn f07_a_resting_host_is_not_asked_and_others_are() {
        let hosts = hosts(0, 8);
        hosts.rest("a:80", Duration::from_secs(600));
        hosts.rest("a:80", Duration::from_millis(5));
        assert!(hosts.turn("a:80").await.map(drop).unwrap_err().left > Duration::from_secs(500));
        assert!(hosts.turn("a:443").await.is_ok());
        hosts.rest("b:80", Duration::from_millis(20));
        tokio::time::sleep(Duration::from_millis(30)).await;
        assert!(hosts.turn("b:80").await.is_ok());
    }
}
