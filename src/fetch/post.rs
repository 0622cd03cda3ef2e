//! Asking a hub: a form is sent on the same guarded path, and of the answer only the status counts.

use crate::{
    domain::fetching::{FailureKind, FetchFailure, host_key, sayable},
    fetch::{Fetcher, Inner, answer::real_now, failure, freshness, walk::MOST_REDIRECTS},
};
use chrono::Duration;
use reqwest::{Response, header};
use url::Url;

/// A form that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotTaken {
    /// Why.
    pub failure: FetchFailure,
    /// `Retry-After`, if the server stated it.
    pub retry_after: Option<Duration>,
}

impl From<FetchFailure> for NotTaken {
    fn from(failure: FetchFailure) -> Self {
        Self { failure, retry_after: None }
    }
}

impl Fetcher {
    /// Sends a form (`application/x-www-form-urlencoded`), waiting for its host's turn. Redirects that keep the method (307, 308)
    /// are followed, unless they lead from https to http: a form may hold a secret.
    ///
    /// # Errors
    /// The server cannot be asked, may not be, or refuses.
    pub async fn post(&self, url: Url, form: String) -> Result<(), NotTaken> {
        let (limit, asked) = (self.inner.settings.total_timeout, url.clone());
        let result = tokio::time::timeout(limit * 2, self.inner.post(url, form)).await;
        result.unwrap_or_else(|_| Err(failure::too_slow(&asked, limit * 2).into()))
    }
}

impl Inner {
    async fn post(&self, mut url: Url, form: String) -> Result<(), NotTaken> {
        for _ in 0..=MOST_REDIRECTS {
            self.guard.check_url(&url)?;
            let client = self.clients.for_port_of(&url)?;
            let turn = self.hosts.turn(&host_key(&url)).await.map_err(FetchFailure::from)?;
            let sent = client.post(url.clone()).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let limit = self.settings.connect_timeout;
            let sent = sent.timeout(self.settings.total_timeout).body(form.clone()).send().await;
            let response = sent.map_err(|error| failure::of_request(&url, &error, limit))?;
            drop(turn);
            self.guard.check_peer(&url, response.remote_addr())?;
            match next(&url, &response) {
                Ok(Some(target)) => url = target,
                Ok(None) => return Ok(()),
                Err(not_taken) => return Err(self.rest(&url, not_taken)),
            }
        }
        Err(refused(&url, "redirects too often").into())
    }

    /// A server that asks for rest gets it, from feeds as well.
    fn rest(&self, url: &Url, not_taken: NotTaken) -> NotTaken {
        if not_taken.failure.kind == FailureKind::RateLimited {
            let asked = not_taken.retry_after.and_then(|rest| rest.to_std().ok());
            self.hosts.rest(&host_key(url), asked.unwrap_or(self.settings.floor));
        }
        not_taken
    }
}

/// Where the form is to be sent instead; `None`: it was taken.
fn next(url: &Url, response: &Response) -> Result<Option<Url>, NotTaken> {
    match response.status().as_u16() {
        200..=299 => Ok(None),
        307 | 308 => {
            let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
            let target =
                location.and_then(|location| url.join(location).ok()).ok_or_else(|| refused(url, "redirects nowhere"))?;
            if url.scheme() == "https" && target.scheme() != "https" {
                return Err(refused(url, "redirects from https to http, where a secret is not sent").into());
            }
            Ok(Some(target))
        }
        status => {
            let retry_after = freshness::freshness(response.headers(), real_now()).retry_after;
            let kind = match status {
                429 => FailureKind::RateLimited,
                503 if retry_after.is_some() => FailureKind::RateLimited,
                500.. => FailureKind::Transient,
                _ => FailureKind::Permanent,
            };
            let failure = FetchFailure { kind, reason: format!("{} answered {status}; it is asked again later", sayable(url)) };
            Err(NotTaken { failure, retry_after })
        }
    }
}

fn refused(url: &Url, what: &str) -> FetchFailure {
    FetchFailure { kind: FailureKind::Refused, reason: format!("{} {what}", sayable(url)) }
}
