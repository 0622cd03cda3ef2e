//! Bring deliveries to an end.
//!
//! A few workers, each with one conversation, and one ledger for all of them: what became of the last message and that the next one
//! is about to leave are written down at once. Nothing here decides from memory: the rows are the truth.

pub use crate::store::jobs::JobRow;
mod ledger;
mod letters;
mod report;
mod worker;

pub use report::DispatchReport;

use crate::{
    app::{App, Result},
    clock::Clock,
    domain::{digest::AmbiguousPolicy, email_address::EmailAddress, slug::Slug},
    mail::Mailer,
    store::{Store, deliveries::Leases},
};
use anyhow::Context;
use chrono::TimeDelta;
use ledger::Ledger;
use letters::{Bounces, Letters};
use std::{collections::HashMap, time::Duration};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use worker::Worker;

impl App {
    /// Sends what is due now, of all editions that are being sent, and returns when nothing is due any more. Deliveries that are
    /// put off stay for a later dispatch. `shutdown`: finish what may have left, begin nothing new.
    ///
    /// Errors: only those of the database; a relay that fails is in the report.
    pub async fn dispatch(&self, shutdown: &CancellationToken) -> Result<DispatchReport> {
        let policies = self.definitions.digests.iter().map(|digest| (digest.slug.clone(), digest.ambiguous)).collect();
        let dispatcher = Dispatcher {
            store: self.store.clone(),
            mailer: self.mailer.clone(),
            clock: self.clock,
            policies,
            workers: self.settings.mail.connections,
            phase: self.settings.mail.phase_timeout,
            bounce_address: self.settings.mail.bounce_address.clone(),
        };
        dispatcher.run(shutdown).await
    }
}

/// What dispatching needs, and no more.
#[derive(Debug, Clone)]
pub struct Dispatcher {
    /// The outbox.
    pub store: Store,
    /// The way out.
    pub mailer: Mailer,
    /// What time it is.
    pub clock: Clock,
    /// What is done about lost answers, by digest; those that are absent take the default.
    pub policies: HashMap<Slug, AmbiguousPolicy>,
    /// How many conversations at once.
    pub workers: usize,
    /// The deadline of one phase: leases are measured by it.
    pub phase: Duration,
    /// Where failures come back, each with its tag.
    pub bounce_address: Option<EmailAddress>,
}

impl Dispatcher {
    /// See [`App::dispatch`].
    pub async fn run(&self, shutdown: &CancellationToken) -> Result<DispatchReport> {
        let mut lock = self.store.lock_dispatch().await?;
        let leases = if lock.alone() { Leases::All } else { Leases::Expired };
        let hold = self.policies.iter().filter(|(_, policy)| **policy == AmbiguousPolicy::Hold).map(|(slug, _)| slug.clone());
        let recovered = self.store.recover_deliveries(leases, hold.collect(), self.clock.now()).await?;
        if recovered.requeued + recovered.ambiguous > 0 {
            tracing::warn!(recovered.requeued, recovered.ambiguous, "deliveries of an interrupted run taken up");
        }
        lock.share()?;

        let mut workers = self.set_to_work(shutdown).await?;
        let (mut report, mut failure) =
            (DispatchReport { left_in_doubt: recovered.ambiguous, ..DispatchReport::default() }, None);
        while let Some(done) = workers.join_next().await {
            match done.context("a delivery worker panicked") {
                Ok(Ok(part)) => report.add(part),
                Ok(Err(error)) => failure = Some(error),
                Err(panic) => failure = Some(panic.into()),
            }
        }
        if let Some(error) = failure {
            return Err(error); // after the other workers came to their end: cutting them off would make doubts
        }
        report.editions_sent = self.store.settle_editions(self.clock.now()).await?;
        tell(&report);
        Ok(report)
    }

    async fn set_to_work(&self, shutdown: &CancellationToken) -> Result<JoinSet<Result<DispatchReport>>> {
        let bounces = match &self.bounce_address {
            Some(address) => Some(Bounces { address: address.clone(), key: self.store.bounce_key().await? }),
            None => None,
        };
        let letters = Letters::new(self.store.clone(), self.mailer.clone(), bounces);
        let ledger = Ledger::open(self);
        let mut workers = JoinSet::new();
        for _ in 0..self.workers.max(1) {
            workers.spawn(Worker::new(self, &letters, &ledger, shutdown).run());
        }
        Ok(workers)
    }

    /// Longer than a whole conversation about a batch usually lasts; when it is not enough, fencing keeps the peace.
    fn lease(&self) -> TimeDelta {
        TimeDelta::from_std(self.phase * 10).unwrap_or(TimeDelta::MAX / 4) + TimeDelta::minutes(1)
    }

    fn policy(&self, digest: &Slug) -> AmbiguousPolicy {
        self.policies.get(digest).copied().unwrap_or_default()
    }
}

fn tell(report: &DispatchReport) {
    for number in &report.editions_sent {
        tracing::info!(edition = number, "edition sent: every delivery has ended");
    }
    let DispatchReport { sent, deferred, failed, ambiguous, withdrawn, .. } = report;
    if sent + deferred + failed + ambiguous + withdrawn > 0 {
        tracing::info!(sent, deferred, failed, ambiguous, withdrawn, "deliveries dispatched");
    }
}
