//! The editions that the calendar asks for.

use crate::{
    app::{App, Error, Result},
    domain::{
        candidate::FirstFetch,
        digest::{Approval, CatchUp, Digest},
        edition::PeriodKey,
    },
    pipeline::periods,
    store::vitals::Unsent,
};
use chrono::{DateTime, TimeDelta, Utc};

/// A draft that could not leave by itself for so long waits for a person.
const KEEP_TRYING: TimeDelta = TimeDelta::hours(1);

impl App {
    /// Drafts what is due, and lets leave what is due and approved, or needs nobody's approval. One digest that fails stops no
    /// other; the first failure is given at the end. Doing it twice adds nothing. Gives the numbers of the drafts made.
    pub async fn draft_due_editions(&self) -> Result<Vec<i64>> {
        let (mut drafted, mut failure) = (Vec::new(), None);
        for digest in &self.definitions.digests {
            match self.draft_due(digest).await {
                Ok(numbers) => drafted.extend(numbers),
                Err(error) => {
                    tracing::error!(digest = %digest.slug, %error, "the edition that is due cannot be drafted");
                    failure = failure.or(Some(error));
                }
            }
            self.send_what_may_leave(digest).await?;
        }
        failure.map_or(Ok(drafted), Err)
    }

    /// The periods of a digest that have fired and have no edition, oldest first, with when they fired.
    pub(crate) async fn periods_due(&self, digest: &Digest, catch_up: CatchUp) -> Result<Vec<(PeriodKey, DateTime<Utc>)>> {
        let known = self.store.edition_periods(digest.slug.clone()).await?;
        let mut due = periods::due_periods(&digest.schedule, periods::latest(&known), self.clock.now(), catch_up);
        due.retain(|(period, _)| !known.contains(period));
        Ok(due)
    }

    async fn draft_due(&self, digest: &Digest) -> Result<Vec<i64>> {
        let mut numbers = Vec::new();
        for (period, _) in self.periods_due(digest, digest.catch_up).await? {
            let drafted = self.draft_edition(&digest.slug, Some(period.clone()), FirstFetch::LeaveOut).await?;
            tracing::info!(digest = %digest.slug, period = period.0, edition = drafted.summary.number, "edition due: drafted");
            numbers.push(drafted.summary.number);
        }
        Ok(numbers)
    }

    /// Also what a crash left between drafting and sending. What was made by hand before its time waits for it; a draft that needs
    /// nobody is then composed anew.
    async fn send_what_may_leave(&self, digest: &Digest) -> Result<()> {
        let now = self.clock.now();
        for unsent in self.store.unsent_editions(digest.slug.clone()).await? {
            let Some((_, due)) = periods::bounds(&digest.schedule, &unsent.period) else { continue };
            let unattended = digest.approval == Approval::Automatic && now - due.max(unsent.composed_at) <= KEEP_TRYING;
            if due > now || !(unsent.approved || unattended) {
                continue;
            }
            match self.send_unattended(digest, &unsent, due).await {
                Ok(()) => {}
                Err(Error::Internal(error)) => return Err(Error::Internal(error)),
                Err(why) => {
                    tracing::warn!(digest = %digest.slug, edition = unsent.number, %why, "edition does not leave by itself")
                }
            }
        }
        Ok(())
    }

    async fn send_unattended(&self, digest: &Digest, unsent: &Unsent, due: DateTime<Utc>) -> Result<()> {
        if !unsent.approved && unsent.composed_at < due {
            self.draft_edition(&digest.slug, Some(unsent.period.clone()), FirstFetch::LeaveOut).await?;
        }
        self.send_edition(unsent.number).await.map(|_| ())
    }
}
