//! What a person decides about the sending of an edition.

use crate::{
    app::{App, Result, editions::Sent},
    domain::{slug::Slug, subscriber::SubscriptionState},
};

impl App {
    /// [`App::send_edition`] at a person's word: sending of its digest, if it was paused for a refusal that was ours, goes on.
    /// With nobody to send to, it is checked and stays as it is: none is queued.
    pub async fn send_by_hand(&self, number: i64) -> Result<Sent> {
        let digest = self.store.edition(number).await?.edition.digest;
        if !self.somebody_receives(&digest).await? {
            let rendered = self.try_send_edition(number).await?;
            tracing::warn!(
                "nobody is subscribed to \"{digest}\", so nothing is sent; run `veille subscribers add EMAIL {digest}`"
            );
            return Ok(Sent { number, queued: 0, subject: rendered.subject });
        }
        let sent = self.send_edition(number).await?;
        if self.store.resume_digest(&digest, self.clock.now()).await? {
            tracing::info!(%digest, "sending goes on");
        }
        Ok(sent)
    }

    async fn somebody_receives(&self, digest: &Slug) -> Result<bool> {
        let readers = self.store.subscriptions(Some(digest.clone())).await?;
        Ok(readers.iter().any(|reader| reader.state == SubscriptionState::Confirmed))
    }

    /// Deliveries whose acceptance nobody can know leave once more, with the same Message-ID. Gives how many.
    pub async fn resend_doubtful(&self, number: i64) -> Result<usize> {
        self.store.edition(number).await?;
        Ok(self.store.resend_ambiguous(number, self.clock.now()).await?)
    }
    /// What [`App::resend_doubtful`] would send; nothing is.
    pub async fn try_resend(&self, number: i64) -> Result<usize> {
        self.store.edition(number).await?;
        Ok(self.store.resendable(number).await?)
    }
}
