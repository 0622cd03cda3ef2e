//! One worker, one conversation: claim some deliveries, make each message, announce it, ask the last question, hand it over.
//!
//! That a message was accepted is written down together with the next last question, which halves what the disk has to do; when
//! there is no next one, or it takes its time, it is written down alone.

use crate::{
    app::{
        Result,
        dispatch::{DispatchReport, Dispatcher, ledger::Ledger, letters::Letters},
    },
    domain::delivery::{Claim, SendOutcome},
    mail::{Outgoing, Session},
    store::deliveries::{Ended, LastCheck, Step},
};
use std::time::Duration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Deliveries that a worker claims at once.
const BATCH: usize = 16;
/// After so many requests to slow down in a row, a worker leaves the relay alone until the next dispatch.
const PATIENCE: u32 = 3;
/// How long an answer waits to be written down with the next last question. A crash in this time makes it a doubt.
const HASTE: Duration = Duration::from_millis(20);
/// Once the process shall stop, how long the relay may still take to answer for the message that it has: a supervisor kills after thirty
/// seconds, and what is written down before is listed at once.
const LAST_ANSWER: Duration = Duration::from_secs(20);
/// And how long it may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

pub(super) struct Worker {
    outbox: Dispatcher,
    session: Session,
    letters: Letters,
    owed: Owed,
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

/// How announcing a message ended.
enum Announced {
    /// The relay waits for it.
    Awaited,
    /// It does not leave now.
    Ended(SendOutcome),
    /// The process shall stop.
    Stopped,
}

impl Worker {
    pub(super) fn new(outbox: &Dispatcher, letters: &Letters, ledger: &Ledger, shutdown: &CancellationToken) -> Self {
        Self {
            outbox: outbox.clone(),
            session: outbox.mailer.session(),
            letters: letters.clone(),
            owed: Owed { ledger: ledger.clone(), ended: Vec::new() },
            shutdown: shutdown.clone(),
            report: DispatchReport::default(),
            slowed: 0,
        }
    }

    pub(super) async fn run(mut self) -> Result<DispatchReport> {
        let worked = self.work().await;
        let settled = self.owed.settle().await;
        self.part().await;
        worked.and(settled)?;
        Ok(self.report)
    }

    async fn work(&mut self) -> Result<()> {
        while !self.shutdown.is_cancelled() && self.slowed < PATIENCE {
            let now = self.outbox.clock.now();
            let mut batch = self.outbox.store.claim_deliveries(now, now + self.outbox.lease(), BATCH).await?.into_iter();
            if batch.as_slice().is_empty() {
                break;
            }
            while let Some(claim) = batch.next() {
                let next = self.deliver(claim).await?;
                if next == Next::Continue {
                    continue;
                }
                self.outbox.store.release_deliveries(batch.collect()).await?;
                if next == Next::Stop {
                    return Ok(());
                }
                break;
            }
        }
        Ok(())
    }

    async fn deliver(&mut self, claim: Claim) -> Result<Next> {
        if self.shutdown.is_cancelled() {
            return self.give_back(claim).await;
        }
        let message = match self.letters.message(&claim).await {
            Ok(message) => message,
            Err(error) => {
                let reason = format!("the message cannot be made: {error}");
                return self.finish(claim, SendOutcome::Deferred { reason, slow_down: false, fault: None }).await;
            }
        };
        match self.announce(&message).await? {
            Announced::Awaited => {}
            Announced::Ended(outcome) => return self.finish(claim, outcome).await,
            Announced::Stopped => {
                self.session = self.outbox.mailer.session();
                return self.give_back(claim).await;
            }
        }
        // A database that does not answer means no: nothing leaves that is not written down first.
        let checked = self.owed.settle_and_ask(&claim).await;
        if !matches!(checked, Ok(LastCheck::Send)) {
            self.session.withhold();
        }
        match checked? {
            LastCheck::Send => {
                let outcome = self.hand_over(&message).await;
                self.finish(claim, outcome).await
            }
            LastCheck::Withdrawn => {
                self.report.withdrawn += 1;
                Ok(Next::Continue)
            }
            LastCheck::Paused | LastCheck::Lost => Ok(Next::Continue),
        }
    }

    async fn announce(&mut self, message: &Outgoing) -> Result<Announced> {
        let Self { session, owed, shutdown, .. } = self;
        let announcing = session.announce(message);
        tokio::pin!(announcing);
        loop {
            tokio::select! {
                biased;
                done = &mut announcing => return Ok(done.map_or_else(Announced::Ended, |()| Announced::Awaited)),
                () = shutdown.cancelled() => return Ok(Announced::Stopped),
                () = sleep(HASTE), if !owed.ended.is_empty() => owed.settle().await?,
            }
        }
    }

    async fn hand_over(&mut self, message: &Outgoing) -> SendOutcome {
        tokio::select! {
            outcome = self.session.hand_over(message) => outcome,
            () = after(&self.shutdown, LAST_ANSWER) => {
                SendOutcome::Ambiguous(format!("stopped {LAST_ANSWER:?} after it was asked to, before the relay answered"))
            }
        }
    }

    async fn part(&mut self) {
        let session = std::mem::replace(&mut self.session, self.outbox.mailer.session());
        tokio::select! {
            () = session.close() => {}
            () = after(&self.shutdown, FAREWELL) => {}
        }
    }

    async fn give_back(&mut self, claim: Claim) -> Result<Next> {
        self.outbox.store.release_deliveries(vec![claim]).await?;
        Ok(Next::Stop)
    }

    async fn finish(&mut self, claim: Claim, outcome: SendOutcome) -> Result<Next> {
        self.count(&claim, &outcome);
        let slow = matches!(outcome, SendOutcome::Deferred { slow_down: true, .. });
        let accepted = matches!(outcome, SendOutcome::Accepted(_));
        let paused = matches!(outcome, SendOutcome::RejectedSender(_));
        let policy = self.outbox.policy(&claim.digest);
        self.owed.ended.push(Ended { claim, outcome, policy });
        if accepted {
            self.slowed = 0;
            return Ok(Next::Continue);
        }
        self.owed.settle().await?;
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
        self.part().await;
        let pause = self.outbox.phase / 20 * 2_u32.pow(self.slowed);
        self.slowed += 1;
        tokio::select! {
            () = sleep(pause) => {}
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

/// So long after a signal to stop; without one, never.
async fn after(shutdown: &CancellationToken, time: Duration) {
    shutdown.cancelled().await;
    sleep(time).await;
}

/// What became of attempts, not yet written down.
struct Owed {
    ledger: Ledger,
    ended: Vec<Ended>,
}

impl Owed {
    /// Writes down what is owed.
    async fn settle(&mut self) -> Result<()> {
        if !self.ended.is_empty() {
            self.write(None).await?;
        }
        Ok(())
    }

    /// The same, and the last question about the next one, at once.
    async fn settle_and_ask(&mut self, next: &Claim) -> Result<LastCheck> {
        Ok(self.write(Some(next.clone())).await?.unwrap_or(LastCheck::Lost))
    }

    async fn write(&mut self, next: Option<Claim>) -> Result<Option<LastCheck>> {
        let advanced = self.ledger.write(Step { ended: self.ended.clone(), next }).await?;
        self.ended.clear(); // not before: what could not be written is tried again at the end
        for delivery in advanced.stale {
            tracing::warn!(delivery, "a delivery was taken over meanwhile; this worker's result is not written");
        }
        Ok(advanced.checked)
    }
}
