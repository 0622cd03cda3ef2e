//! What the schedule asks: drafts that are due, and editions that may leave.

use crate::{
    app::{App, Error, Result},
    domain::{
        candidate::FirstFetch,
        digest::{Approval, Digest},
        edition::{EditionState, PeriodKey},
        slug::Slug,
    },
    pipeline::periods,
    store::editions::{Draft, EditionRecord, KnownEditions},
};
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use std::collections::{HashMap, VecDeque};

/// Drafts that are written in one transaction.
const TOGETHER: usize = 64;
/// Drafts that are composed at once; their reading and their writing take turns anyway.
const AT_ONCE: usize = 4;

impl App {
    /// Drafts every edition whose hour has come, in the digest's own zone; approves those that need nobody; lets the approved ones
    /// leave. Asking twice does nothing twice: the row of an edition is the memory. Gives how many deliveries were queued.
    ///
    /// A digest that fails stops no other. Errors: the first one that was met, after all were tried.
    pub async fn publish_due_editions(&self) -> Result<usize> {
        let mut known = self.store.known_editions().await?;
        let mut failed = self.draft_due(&mut known).await?;
        let mut queued = 0;
        for digest in &self.definitions.digests {
            for number in known.remove(&digest.slug).unwrap_or_default().waiting {
                match self.let_leave(digest, number).await {
                    Ok(more) => queued += more,
                    Err(error) => tell(digest, error, &mut failed),
                }
            }
        }
        failed.map_or(Ok(queued), Err)
    }

    /// Drafts what is due: of each digest the oldest period first, many digests together, for thousands may be due at eight o'clock.
    /// What was drafted waits to leave. Gives the first failure that concerns one digest.
    async fn draft_due(&self, known: &mut HashMap<Slug, KnownEditions>) -> Result<Option<Error>> {
        let (now, mut failed) = (self.clock.now(), None);
        let due = |digest: &Digest| {
            let last = known.get(&digest.slug).and_then(|known| periods::latest(&known.periods));
            let due = periods::due_periods(&digest.schedule, last, now, digest.catch_up);
            due.into_iter().map(|(period, _)| period).collect::<VecDeque<_>>()
        };
        let all = self.definitions.digests.iter().map(|digest| (digest, due(digest)));
        let mut due: Vec<_> = all.filter(|(_, periods)| !periods.is_empty()).collect();
        while !due.is_empty() {
            let next = due.iter_mut().filter_map(|(digest, periods)| Some((*digest, periods.pop_front()?))).collect::<Vec<_>>();
            for some in next.chunks(TOGETHER) {
                for (digest, drafted) in self.draft_together(some).await? {
                    match drafted {
                        Ok(number) => known.entry(digest.slug.clone()).or_default().waiting.push(number),
                        Err(error) => tell(digest, error, &mut failed),
                    }
                }
            }
            due.retain(|(_, periods)| !periods.is_empty());
        }
        Ok(failed)
    }

    async fn draft_together<'d>(&self, due: &[(&'d Digest, PeriodKey)]) -> Result<Vec<(&'d Digest, Result<i64>)>> {
        let composing: Vec<_> = due.iter().map(|(digest, period)| self.compose_due(digest, period.clone())).collect();
        let composed: Vec<Result<Draft>> = stream::iter(composing).buffered(AT_ONCE).collect().await;
        let (mut drafts, mut results) = (Vec::new(), Vec::new());
        for ((digest, _), composed) in due.iter().zip(composed) {
            match composed {
                Ok(draft) => drafts.push((*digest, draft)),
                Err(error) => results.push((*digest, Err(error))),
            }
        }
        let (digests, drafts): (Vec<_>, Vec<_>) = drafts.into_iter().unzip();
        for (digest, saved) in digests.into_iter().zip(self.store.save_drafts(drafts).await?) {
            if let Ok(number) = &saved {
                tracing::info!(edition = number, digest = %digest.slug, "edition composed");
            }
            results.push((digest, saved.map_err(Error::from)));
        }
        Ok(results)
    }

    async fn compose_due(&self, digest: &Digest, period: PeriodKey) -> Result<Draft> {
        let period = self.period_to_draft(digest, Some(period)).await?;
        self.compose(digest, period, FirstFetch::LeaveOut).await
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
        if record.edition.content.tells_nothing() && !digest.send_empty {
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
        let (known, mut overdue) = (self.store.known_editions().await?, Vec::new());
        for digest in &self.definitions.digests {
            let last = known.get(&digest.slug).and_then(|known| periods::latest(&known.periods));
            if last.is_some() && !periods::due_periods(&digest.schedule, last, self.clock.now(), digest.catch_up).is_empty() {
                overdue.push(digest.slug.clone());
            }
        }
        Ok(overdue)
    }
}

fn tell(digest: &Digest, error: Error, first: &mut Option<Error>) {
    tracing::error!(digest = %digest.slug, %error, "edition not published");
    first.get_or_insert(error);
}
