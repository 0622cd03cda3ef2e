//! Bring deliveries to an end.
//!
//! A few workers, each with one conversation: claim some deliveries, make each message, ask the last question when the relay waits
//! for it, hand it over, write down what became of it. Nothing here decides from memory: the rows are the truth.

pub use crate::store::jobs::JobRow;
mod letters;
mod report;

pub use report::DispatchReport;

use crate::{
    app::{App, Result},
    clock::Clock,
    domain::{
        delivery::{Claim, SendOutcome},
        digest::AmbiguousPolicy,
        email_address::EmailAddress,
        slug::Slug,
    },
    mail::{Mailer, Permission, Session},
    store::{
        Store, StoreError,
        deliveries::{LastCheck, Leases},
    },
};
use anyhow::Context;
use chrono::TimeDelta;
use letters::{Bounces, Letters};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Deliveries that a worker claims at once.
const BATCH: usize = 16;
/// After so many requests to slow down in a row, a worker leaves the relay alone until the next dispatch.
const PATIENCE: u32 = 3;

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

        let bounces = match &self.bounce_address {
            Some(address) => Some(Bounces { address: address.clone(), key: self.store.bounce_key().await? }),
            None => None,
        };
        let letters = Letters::new(self.store.clone(), self.mailer.clone(), bounces);
        let mut workers = JoinSet::new();
        for _ in 0..self.workers.max(1) {
            let worker = Worker {
                outbox: self.clone(),
                session: self.mailer.session(),
                letters: letters.clone(),
                shutdown: shutdown.clone(),
                report: DispatchReport::default(),
                slowed: 0,
            };
            workers.spawn(worker.run());
        }
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

struct Worker {
    outbox: Dispatcher,
    session: Session,
    letters: Letters,
    shutdown: CancellationToken,
    report: DispatchReport,
    slowed: u32,
}

/// What a worker does next.
#[derive(PartialEq, Eq)]
enum Next {
    Continue,
    /// What else was claimed may be of the digest that was just paused.
    ClaimAnew,
    Stop,
}

impl Worker {
    async fn run(mut self) -> Result<DispatchReport> {
        loop {
            if self.shutdown.is_cancelled() || self.slowed >= PATIENCE {
                break;
            }
            let now = self.outbox.clock.now();
            let mut batch = self.outbox.store.claim_deliveries(now, now + self.outbox.lease(), BATCH).await?.into_iter();
            let Some(first) = batch.next() else { break };
            let mut next = self.deliver(first).await?;
            while next == Next::Continue && !batch.as_slice().is_empty() {
                if let Some(claim) = batch.next() {
                    next = self.deliver(claim).await?;
                }
            }
            self.outbox.store.release_deliveries(batch.collect()).await?;
            if next == Next::Stop {
                break;
            }
        }
        self.session.close().await;
        Ok(self.report)
    }

    async fn deliver(&mut self, claim: Claim) -> Result<Next> {
        if self.shutdown.is_cancelled() {
            self.outbox.store.release_deliveries(vec![claim]).await?;
            return Ok(Next::Stop);
        }
        let message = match self.letters.message(&claim).await {
            Ok(message) => message,
            Err(error) => {
                let reason = format!("the message cannot be made: {error}");
                return self.finish(&claim, SendOutcome::Deferred { reason, slow_down: false, fault: None }).await;
            }
        };
        let answer = Arc::new(Mutex::new(None));
        let irrevocable = AtomicBool::new(false);
        let permission = || {
            irrevocable.store(true, Ordering::SeqCst);
            ask(self.outbox.clone(), claim.clone(), Arc::clone(&answer))
        };
        let outcome = tokio::select! {
            biased;
            outcome = self.session.send(&message, permission) => outcome,
            () = until_cancelled(&self.shutdown, &irrevocable) => {
                self.session = self.outbox.mailer.session();
                self.outbox.store.release_deliveries(vec![claim]).await?;
                return Ok(Next::Stop);
            }
        };
        let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
        match outcome {
            Some(outcome) => self.finish(&claim, outcome).await,
            None => self.withheld(answer),
        }
    }

    fn withheld(&mut self, answer: Option<std::result::Result<LastCheck, StoreError>>) -> Result<Next> {
        if answer.transpose()? == Some(LastCheck::Withdrawn) {
            self.report.withdrawn += 1;
        }
        Ok(Next::Continue)
    }

    async fn finish(&mut self, claim: &Claim, outcome: SendOutcome) -> Result<Next> {
        self.count(claim, &outcome);
        let slow = matches!(outcome, SendOutcome::Deferred { slow_down: true, .. });
        let accepted = matches!(outcome, SendOutcome::Accepted(_));
        let paused = matches!(outcome, SendOutcome::RejectedSender(_));
        let policy = self.outbox.policy(&claim.digest);
        let written = self.outbox.store.finish_delivery(claim, outcome, policy, self.outbox.clock.now()).await?;
        if !written {
            tracing::warn!(delivery = claim.id, "a delivery was taken over meanwhile; this worker's result is not written");
        }
        if accepted {
            self.slowed = 0;
        }
        if slow {
            self.slow_down().await;
            if self.slowed >= PATIENCE {
                return Ok(Next::Stop);
            }
        }
        Ok(if paused { Next::ClaimAnew } else { Next::Continue })
    }

    /// Half the speed each time: a twentieth of a phase, a tenth, a fifth; on a new conversation.
    async fn slow_down(&mut self) {
        let session = std::mem::replace(&mut self.session, self.outbox.mailer.session());
        session.close().await;
        let pause = self.outbox.phase / 20 * 2_u32.pow(self.slowed);
        self.slowed += 1;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = self.shutdown.cancelled() => {}
        }
    }

    fn count(&mut self, claim: &Claim, outcome: &SendOutcome) {
        let (what, reason) = match outcome {
            SendOutcome::Accepted(_) => {
                self.report.sent += 1;
                tracing::debug!(edition = claim.edition, delivery = claim.id, "delivered");
                return;
            }
            SendOutcome::Deferred { reason, .. } => {
                self.report.deferred += 1;
                ("put off", reason)
            }
            SendOutcome::RejectedRecipient { reason, .. } => {
                self.report.failed += 1;
                ("failed", reason)
            }
            SendOutcome::RejectedSender(reason) => {
                self.report.deferred += 1;
                self.report.paused.push((claim.digest.to_string(), reason.clone()));
                ("refused because of us; the digest is paused", reason)
            }
            SendOutcome::Ambiguous(reason) => {
                self.report.ambiguous += 1;
                ("ambiguous", reason)
            }
        };
        let reason = reason.replace(claim.email.as_str(), "…");
        tracing::warn!(digest = %claim.digest, edition = claim.edition, delivery = claim.id, reason, "delivery {what}");
    }
}

/// The last question. A database that does not answer means no: nothing leaves that is not written down first.
async fn ask(
    outbox: Dispatcher,
    claim: Claim,
    answer: Arc<Mutex<Option<std::result::Result<LastCheck, StoreError>>>>,
) -> Permission {
    let now = outbox.clock.now();
    let checked = outbox.store.commit_delivery(&claim, now, now + outbox.lease()).await;
    let permission = if matches!(checked, Ok(LastCheck::Send)) { Permission::Send } else { Permission::Withhold };
    *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(checked);
    permission
}

/// Ends when the process shall stop, unless the message may be leaving: then its answer is worth waiting for.
async fn until_cancelled(shutdown: &CancellationToken, irrevocable: &AtomicBool) {
    shutdown.cancelled().await;
    if irrevocable.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
}
