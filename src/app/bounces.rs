//! What comes back to the bounce address, and what follows from it.

use crate::{
    app::{App, Result, subscribers::Run},
    domain::bounce::{BounceRecord, Verdict},
    pipeline::bounce,
    store::bounces::NewBounce,
};
use ring::digest::{SHA256, digest};

impl App {
    /// Reads one message that came to the bounce address and draws the consequence, once. A rehearsal only tells it.
    ///
    /// Errors: only those of the database; a message that is no report of ours is told with its reason.
    pub async fn read_bounce(&self, bytes: &[u8], run: Run) -> Result<BounceRecord> {
        let key = self.store.existing_bounce_key().await?;
        let reading = bounce::read(bytes, key.as_ref());
        let email = match reading.delivery {
            Ok(delivery) => self.store.delivered_to(delivery).await?.unwrap_or_default(),
            Err(_) => String::new(),
        };
        let said = reading.about(&email);
        let new = NewBounce {
            fingerprint: digest(&SHA256, bytes).as_ref().to_vec(),
            kind: reading.kind,
            delivery: reading.delivery,
            verdict: said.map_or(Verdict::Nothing, |said| said.verdict),
            status: said.and_then(|said| said.status.clone()),
            detail: said.and_then(|said| said.detail.clone()),
        };
        let now = self.clock.now();
        let record = match run {
            Run::Real => self.store.record_bounce(new, now).await?,
            Run::Rehearsal => self.store.rehearse_bounce(new, now).await?,
        };
        let (effect, verdict, edition) = (record.effect, record.verdict.name(), record.edition);
        tracing::info!(?effect, verdict, edition, "a report was read");
        Ok(record)
    }

    /// The reports that are kept, newest first.
    pub async fn bounces(&self, limit: u32) -> Result<Vec<BounceRecord>> {
        Ok(self.store.bounces(limit).await?)
    }
}
