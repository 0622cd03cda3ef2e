//! What the schedule asks: drafts that are due, and editions that may leave.

use crate::{
    app::{App, Error, Result},
    domain::{
        candidate::FirstFetch,
        digest::{Approval, Digest},
        edition::EditionState,
        slug::Slug,
    },
    pipeline::periods,
    store::editions::EditionRecord,
};
use chrono::{DateTime, Utc};

impl App {
    /// Drafts every edition whose hour has come, in the digest's own zone; approves those that need nobody; lets the approved ones
    /// leave. Asking twice does nothing twice: the row of an edition is the memory. Gives how many deliveries were queued.
    ///
    /// A digest that fails stops no other. Errors: the first one that was met, after all were tried.
    pub async fn publish_due_editions(&self) -> Result<usize> {
        let (mut queued, mut failed) = (0, None);
        for digest in &self.definitions.digests {
            match self.publish_due(digest).await {
                Ok(more) => queued += more,
                Err(error) => {
                    tracing::error!(digest = %digest.slug, %error, "edition not published");
                    failed.get_or_insert(error);
                }
            }
        }
        failed.map_or(Ok(queued), Err)
    }

    async fn publish_due(&self, digest: &Digest) -> Result<usize> {
        let mut queued = 0;
        let known = self.store.edition_periods(digest.slug.clone()).await?;
        for (period, _) in periods::due_periods(&digest.schedule, periods::latest(&known), self.clock.now(), digest.catch_up) {
            self.draft_edition(&digest.slug, Some(period), FirstFetch::LeaveOut).await?;
        }
        for number in self.store.editions_that_wait(digest.slug.clone()).await? {
            queued += self.let_leave(digest, number).await?;
        }
        Ok(queued)
    }

    /// An approved edition leaves at its hour; a draft does where the digest asks nobody. An empty one stays, and that is no failure.
    /// What was made for a period that the schedule does not know any more is left to a person. Gives how many deliveries were queued.
    async fn let_leave(&self, digest: &Digest, number: i64) -> Result<usize> {
        let record = self.store.edition(number).await?;
        let waits_for_a_person = record.edition.state == EditionState::Draft && digest.approval == Approval::Required;
        let Some((_, due)) = periods::bounds(&digest.schedule, &record.edition.period) else { return Ok(0) };
        if waits_for_a_person || due > self.clock.now() {
            return Ok(0);
        }
        let record = self.as_of_its_hour(record, due).await?;
        if record.edition.content.items().next().is_none() && !digest.send_empty {
            return Ok(0);
        }
        match self.send_edition(number).await {
            Ok(sent) => {
                tracing::info!(digest = %digest.slug, edition = number, deliveries = sent.queued, "edition leaves");
                Ok(sent.queued)
            }
            Err(Error::NotFound(why) | Error::Refused(why)) => {
                tracing::warn!(digest = %digest.slug, edition = number, why, "edition does not leave");
                Ok(0)
            }
            Err(error) => Err(error),
        }
    }

    /// A draft that somebody made ahead of its hour is composed anew, with what came in meanwhile.
    async fn as_of_its_hour(&self, record: EditionRecord, due: DateTime<Utc>) -> Result<EditionRecord> {
        let edition = &record.edition;
        if edition.state != EditionState::Draft || edition.composed_at >= due {
            return Ok(record);
        }
        self.draft_edition(&edition.digest, Some(edition.period.clone()), record.window.first_fetch).await?;
        Ok(self.store.edition(edition.number).await?)
    }

    /// Digests whose edition of the current period should exist and does not, by slug: for `doctor`.
    pub async fn overdue_digests(&self) -> Result<Vec<Slug>> {
        let mut overdue = Vec::new();
        for digest in &self.definitions.digests {
            let known = self.store.edition_periods(digest.slug.clone()).await?;
            let last = periods::latest(&known);
            if last.is_some() && !periods::due_periods(&digest.schedule, last, self.clock.now(), digest.catch_up).is_empty() {
                overdue.push(digest.slug.clone());
            }
        }
        Ok(overdue)
    }
}
