//! Hubs (WebSub): asked to tell of changes, heard when they do. What they send is never content: the source is asked itself.
//!
//! ```text
//! source.hub ─► errands ─► hub ─► GET callback (verify) ─► lease ─► POST callback (signed) ─► the source is due
//! ```

use crate::{
    app::{App, Result},
    domain::{
        fetching::{FailureKind, FetchFailure},
        hub::{Hub, HubSubscription, Request},
        secret::Secret,
    },
    pipeline::websub::{self, Verdict, Word},
};
use anyhow::anyhow;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use std::collections::HashMap;
use url::Url;

/// Where hubs reach us, below `[web] public_url`.
pub const CALLBACKS: &str = "websub";
/// Hubs asked at once; each host's turn is waited for besides.
const AT_ONCE: usize = 8;
/// Hubs asked in one run: what is left is due at the next ring.
const A_RUN: usize = 500;

/// What a hub is to be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Nothing of ours is at that address.
    NotFound,
    /// The challenge, back.
    Challenge(String),
    /// It was heard.
    Heard,
}

impl App {
    /// Does what is due about subscriptions. A hub that cannot be asked is a line of its row: polling goes on.
    pub async fn keep_subscriptions(&self) -> Result<()> {
        if !self.settings.web.hears_hubs() {
            return Ok(());
        }
        let now = self.clock.now();
        let (wanted, held) = self.hubs(now).await?;
        let errands = websub::errands(&wanted, &held, now);
        if errands.begin.len() + errands.end.len() + errands.forget.len() > 0 {
            self.store.turn_subscriptions(errands, now).await?;
        }
        // What has just begun or is to end is due at once.
        let (wanted, held) = self.hubs(now).await?;
        let mut ask = websub::errands(&wanted, &held, now).ask;
        ask.truncate(A_RUN);
        let mut asked = stream::iter(ask).map(|request| self.ask_hub(request)).buffer_unordered(AT_ONCE);
        while let Some(asked) = asked.next().await {
            asked?;
        }
        Ok(())
    }

    /// The hubs of the sources that are read, and every subscription. A source that a person refused needs no push.
    async fn hubs(&self, now: DateTime<Utc>) -> Result<(HashMap<i64, Hub>, Vec<HubSubscription>)> {
        let (mut wanted, held) = self.store.hubs().await?;
        let trust = self.trust(now).await?;
        if trust.refuses_any() {
            for (slug, state) in self.store.source_states().await? {
                if trust.refusal(&slug).is_some() {
                    wanted.remove(&state.id);
                }
            }
        }
        Ok((wanted, held))
    }

    async fn ask_hub(&self, request: Request) -> Result<()> {
        self.store.hub_is_asked(request.clone()).await?;
        let form = websub::form(&request, &self.callback(&request.token)?);
        let failure = match Url::parse(&request.hub.hub) {
            Ok(hub) => match self.fetcher.post(hub, form).await {
                Ok(()) => return Ok(()),
                Err(failure) => failure,
            },
            Err(error) => {
                let reason = format!("the feed names a hub whose address cannot be read ({error}); tell its publisher");
                FetchFailure { kind: FailureKind::Permanent, reason }.into()
            }
        };
        tracing::warn!(subscription = request.id, reason = %failure.failure, "a hub could not be asked; polling goes on");
        let again = self.clock.now() + failure.retry_after.unwrap_or_default().max(websub::wait(request.failures));
        Ok(self.store.hub_failed(request.id, failure.failure, again).await?)
    }

    /// The address at which a hub reaches the subscription of that token.
    fn callback(&self, token: &Secret) -> Result<Url> {
        let mut url = self.settings.web.public_url.clone();
        url.set_query(None);
        url.set_fragment(None);
        url.path_segments_mut()
            .map_err(|()| anyhow!("[web] public_url is no address of a web page"))?
            .pop_if_empty()
            .extend([CALLBACKS, token.reveal()]);
        Ok(url)
    }

    /// A hub asks whether it was asked, or refuses.
    pub async fn answer_hub(&self, token: String, query: &str) -> Result<Answer> {
        let Some(word) = Word::of_query(query) else { return Ok(Answer::NotFound) };
        let Some(held) = self.subscription(token).await? else { return Ok(Answer::NotFound) };
        let verdict = websub::judge(&held, &word, self.clock.now());
        match (verdict, word) {
            (Verdict::Unknown, _) => Ok(Answer::NotFound),
            (Verdict::Denied { again_at }, Word::Denied { reason, .. }) => {
                let reason = format!("the hub refuses: {reason}");
                self.store.hub_denied(held.id, reason, again_at).await?;
                Ok(Answer::Heard)
            }
            (Verdict::Subscribed { until, renew_at }, Word::Verify { challenge, .. }) => {
                let stands = self.store.hub_subscribed(held.id, until, renew_at).await?;
                Ok(if stands { Answer::Challenge(challenge) } else { Answer::NotFound })
            }
            (_, Word::Verify { challenge, .. }) => {
                self.store.hub_unsubscribed(held.id).await?;
                Ok(Answer::Challenge(challenge))
            }
            (_, Word::Denied { .. }) => Ok(Answer::NotFound),
        }
    }

    /// The subscription that a push at that callback would be for, if it is to be heard at all: asked before its body is read.
    pub async fn expected_push(&self, token: String) -> Result<Option<HubSubscription>> {
        let now = self.clock.now();
        Ok(self.subscription(token).await?.filter(|held| held.is_alive(now)))
    }

    /// A push: a hint that the source changed, if it is signed. Gives whether the source is asked sooner because of it.
    pub async fn take_push(&self, held: HubSubscription, signature: &str, body: &[u8]) -> Result<bool> {
        if !websub::is_signed(signature, held.secret.reveal(), body) {
            tracing::warn!(subscription = held.id, "a push is not signed by its hub: ignored");
            return Ok(false);
        }
        let (floor, now) = (self.settings.fetch.floor, self.clock.now());
        let floor = i64::try_from(floor.as_secs()).unwrap_or(i64::MAX / 4);
        Ok(self.store.hub_told(held, floor, now).await?)
    }

    async fn subscription(&self, token: String) -> Result<Option<HubSubscription>> {
        if !self.settings.web.hears_hubs() {
            return Ok(None);
        }
        Ok(self.store.subscription_of_callback(token).await?)
    }
}
