//! What a person decides about the sending of an edition.

use crate::app::{App, Result, editions::Sent};

impl App {
    /// [`App::send_edition`] at a person's word: sending of its digest, if it was paused for a refusal that was ours, goes on.
    pub async fn send_by_hand(&self, number: i64) -> Result<Sent> {
        let sent = self.send_edition(number).await?;
        let record = self.store.edition(number).await?;
        if self.store.resume_digest(&record.edition.digest, self.clock.now()).await? {
            tracing::info!(digest = %record.edition.digest, "sending goes on");
        }
        Ok(sent)
    }

    /// Deliveries whose acceptance nobody can know leave once more, with the same Message-ID. Gives how many.
    pub async fn resend_doubtful(&self, number: i64) -> Result<usize> {
        self.store.edition(number).await?;
        Ok(self.store.resend_ambiguous(number, self.clock.now()).await?)
    }
}
