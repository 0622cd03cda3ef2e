//! What the jobs of this process are doing, from memory: the database may be what is wrong.

use chrono::{DateTime, Utc};
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Shared by the jobs, that write on it, and the probes, that read it.
#[derive(Debug, Clone, Default)]
pub struct Board {
    jobs: Arc<Mutex<BTreeMap<&'static str, Row>>>,
    configuration: Arc<Mutex<Configured>>,
}

/// Which configuration is in force, and which one is not.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Configured {
    /// Since when the one in force is.
    pub since: DateTime<Utc>,
    /// When a newer one was refused; absent when none was, or when it was mended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_at: Option<DateTime<Utc>>,
    /// Its mistakes, a line each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mistakes: Vec<String>,
}

#[derive(Debug, Default)]
struct Row {
    /// Since when it is under way, and how long that may last.
    under_way: Option<(Instant, Duration)>,
    /// Why it could not use the database the last time.
    database_fault: Option<String>,
}

impl Board {
    /// Of a process whose configuration is in force since `now`.
    pub fn new(now: DateTime<Utc>) -> Self {
        let board = Self::default();
        board.configured(now);
        board
    }

    /// A configuration is in force from now on.
    pub fn configured(&self, now: DateTime<Utc>) {
        *self.configuration.lock().unwrap_or_else(PoisonError::into_inner) = Configured { since: now, ..Configured::default() };
    }

    /// One was refused; the older stays.
    pub fn refused_configuration(&self, now: DateTime<Utc>, mistakes: Vec<String>) {
        let mut configured = self.configuration.lock().unwrap_or_else(PoisonError::into_inner);
        (configured.refused_at, configured.mistakes) = (Some(now), mistakes);
    }

    pub(super) fn configuration(&self) -> Configured {
        self.configuration.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn began(&self, job: &'static str, at_most: Duration, now: Instant) {
        self.row(job, |row| row.under_way = Some((now, at_most)));
    }

    pub(super) fn ended(&self, job: &'static str, database_fault: Option<String>) {
        self.row(job, |row| *row = Row { under_way: None, database_fault });
    }

    /// What a person must look at, one line each: jobs that are stuck, and a database that cannot be used.
    pub(super) fn alarms(&self, now: Instant) -> Vec<String> {
        let rows = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let mut alarms = Vec::new();
        for (job, row) in &*rows {
            if let Some((since, at_most)) = row.under_way
                && now.saturating_duration_since(since) > at_most
            {
                let minutes = now.saturating_duration_since(since).as_secs() / 60;
                alarms.push(format!("job {job} has been under way for {minutes} min and is stuck; restart veille"));
            }
            alarms.extend(row.database_fault.as_ref().map(|fault| format!("job {job}: {fault}")));
        }
        alarms
    }

    fn row(&self, job: &'static str, change: impl FnOnce(&mut Row)) {
        change(self.jobs.lock().unwrap_or_else(PoisonError::into_inner).entry(job).or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::Board;
    use std::time::{Duration, Instant};

    #[test]
    fn a_stuck_job_and_a_broken_database_are_told_until_they_are_over() {
        let (board, begin, hour) = (Board::default(), Instant::now(), Duration::from_secs(3_600));
        board.began("refresh", hour, begin);
        assert!(board.alarms(begin + hour).is_empty(), "it may take an hour");
        let alarms = board.alarms(begin + 2 * hour);
        assert!(alarms.len() == 1 && alarms[0].contains("refresh has been under way for 120 min"), "{alarms:?}");
        board.ended("refresh", Some("the disk is full".to_owned()));
        assert_eq!(board.alarms(begin + 2 * hour), ["job refresh: the disk is full"]);
        board.ended("refresh", None);
        assert!(board.alarms(begin + 2 * hour).is_empty());
    }
}
