//! From a URL to the answer at the end of its redirects, each hop checked as if it were the first.

use crate::{
    domain::fetching::{FailureKind, FetchFailure, Redirect, Validators, host_key, sayable},
    fetch::{Inner, Trail, coding, failure, hosts::Turn},
};
use reqwest::{
    Response, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};
use std::{future::Future, time::Duration};
use tokio::time::Instant;
use url::Url;

/// Five redirects are followed, the sixth is an error.
pub(crate) const MOST_REDIRECTS: usize = 5;

/// What a request says it can take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Accept {
    types: &'static str,
    codings: &'static str,
}

impl Accept {
    /// Feeds of every format; anything else is taken too, and judged by what it is.
    pub(crate) const FEED: Self = Self {
        types: "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5",
        codings: coding::ACCEPTED,
    };
    /// Web pages.
    pub(crate) const PAGE: Self = Self { types: "text/html, application/xhtml+xml, */*;q=0.5", codings: coding::ACCEPTED };
    /// robots.txt: uncompressed, because only its start is read.
    pub(crate) const ROBOTS: Self = Self { types: "text/plain, */*;q=0.5", codings: "identity" };
}

/// One request with its redirects.
pub(crate) struct Walk<'a> {
    inner: &'a Inner,
    url: Url,
    accept: Accept,
    validators: Option<&'a Validators>,
    obeys_robots: bool,
    stays: bool,
    /// What is left of the deadline. Waiting for a turn does not use it up.
    budget: Duration,
}

/// The head of an answer that is no redirect.
pub(crate) struct Arrival {
    /// The answer, its body still to be read.
    pub(crate) response: Response,
    /// The URL that gave it.
    pub(crate) url: Url,
    /// The validators that were sent to that URL.
    pub(crate) sent: Option<Validators>,
    /// What is left of the deadline for the body.
    pub(crate) budget: Duration,
    /// Held until the body is read.
    pub(crate) turn: Turn,
}

impl<'a> Walk<'a> {
    /// Starts at `url`.
    pub(crate) fn new(inner: &'a Inner, mut url: Url, accept: Accept) -> Self {
        url.set_fragment(None);
        Self { inner, url, accept, validators: None, obeys_robots: false, stays: false, budget: inner.settings.total_timeout }
    }

    /// Sends these validators, to the URL that gave them and to no other.
    pub(crate) fn asking_if_changed(self, validators: Option<&'a Validators>) -> Self {
        Self { validators, ..self }
    }

    /// Asks robots.txt before each hop.
    pub(crate) fn obeying_robots(self) -> Self {
        Self { obeys_robots: true, ..self }
    }

    /// Follows no redirect to another origin.
    pub(crate) fn staying_at_its_origin(self) -> Self {
        Self { stays: true, ..self }
    }

    /// Goes to the end of the redirects, recording each on the trail.
    pub(crate) async fn arrive(mut self, trail: &mut Trail) -> Result<Arrival, FetchFailure> {
        loop {
            let (response, turn) = self.hop(trail).await?;
            let Some(redirect) = redirect(&self.url, &response)? else {
                let sent = self.validators_here().cloned();
                return Ok(Arrival { response, url: self.url, sent, budget: self.budget, turn });
            };
            // Given back before the next host's turn is asked for, else two hosts that redirect to each other would block.
            drop((response, turn));
            if self.stays && self.url.origin() != redirect.target.origin() {
                return Err(leaves(&self.url, &redirect.target));
            }
            if self.url.scheme() == "https" && redirect.target.scheme() == "http" {
                trail.notices.push(format!(
                    "{} redirects from https to http: what comes from there could be altered on the way",
                    sayable(&self.url)
                ));
            }
            self.url = redirect.target.clone();
            trail.redirects.push(redirect);
            if trail.redirects.len() > MOST_REDIRECTS {
                let reason = format!(
                    "more than {MOST_REDIRECTS} redirects, the last to {}; correct the url of the source",
                    sayable(&self.url)
                );
                return Err(FetchFailure { kind: FailureKind::Refused, reason });
            }
        }
    }

    async fn hop(&mut self, trail: &mut Trail) -> Result<(Response, Turn), FetchFailure> {
        trail.reached = false;
        let inner = self.inner;
        let url = self.url.clone();
        inner.guard.check_url(&url)?;
        let client = inner.clients.for_port_of(&url)?;
        if self.obeys_robots {
            Box::pin(inner.check_robots(&url)).await?;
        }
        let turn = match inner.hosts.turn(&host_key(&url)).await {
            Ok(turn) => turn,
            Err(resting) => {
                trail.freshness.retry_after = chrono::Duration::from_std(resting.left).ok();
                return Err(resting.into());
            }
        };
        let request = client.get(url.clone()).headers(self.headers());
        let sent = self.within_budget(request.send()).await;
        // A connection that is not made in time is told as such, long before the deadline of the whole.
        trail.reached = !matches!(&sent, Ok(Err(error)) if error.is_connect());
        let response = sent?.map_err(|error| failure::of_request(&url, &error, inner.settings.connect_timeout))?;
        inner.guard.check_peer(&url, response.remote_addr())?;
        Ok((response, turn))
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(4);
        headers.insert(header::ACCEPT, HeaderValue::from_static(self.accept.types));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(self.accept.codings));
        if let Some(validators) = self.validators_here() {
            insert_opaque(&mut headers, header::IF_NONE_MATCH, validators.etag.as_deref());
            insert_opaque(&mut headers, header::IF_MODIFIED_SINCE, validators.last_modified.as_deref());
        }
        headers
    }

    fn validators_here(&self) -> Option<&Validators> {
        self.validators.filter(|validators| validators.url == self.url.as_str() && !validators.is_empty())
    }

    async fn within_budget<T>(&mut self, work: impl Future<Output = T>) -> Result<T, FetchFailure> {
        let started = Instant::now();
        let result = tokio::time::timeout(self.budget, work).await;
        self.budget = self.budget.saturating_sub(started.elapsed());
        result.map_err(|_| failure::too_slow(&self.url, self.inner.settings.total_timeout))
    }
}

fn leaves(from: &Url, to: &Url) -> FetchFailure {
    let reason = format!("{} redirects to another origin, {}, which is not followed", sayable(from), failure::host(to));
    FetchFailure { kind: FailureKind::Refused, reason }
}

/// Header text, each byte one character, so that any bytes survive a round trip through the database.
pub(crate) fn opaque(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?;
    (!value.is_empty()).then(|| value.as_bytes().iter().map(|byte| char::from(*byte)).collect())
}

/// The way back. What cannot be sent is left out: it cannot have come from a header.
fn insert_opaque(headers: &mut HeaderMap, name: HeaderName, text: Option<&str>) {
    let bytes = text.and_then(|text| text.chars().map(|character| u8::try_from(character).ok()).collect::<Option<Vec<u8>>>());
    if let Some(value) = bytes.and_then(|bytes| HeaderValue::from_bytes(&bytes).ok()) {
        headers.insert(name, value);
    }
}

fn redirect(from: &Url, response: &Response) -> Result<Option<Redirect>, FetchFailure> {
    use StatusCode as Is;
    let status = response.status();
    let redirects = [Is::MOVED_PERMANENTLY, Is::FOUND, Is::SEE_OTHER, Is::TEMPORARY_REDIRECT, Is::PERMANENT_REDIRECT];
    if !redirects.contains(&status) {
        return Ok(None);
    }
    let location = response.headers().get(header::LOCATION).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let Some(mut target) = location.as_deref().and_then(|location| from.join(location).ok()) else {
        let reason = format!(
            "{} redirects ({status}) without saying where; open the url in a browser and correct it",
            failure::host(from)
        );
        return Err(FetchFailure { kind: FailureKind::Permanent, reason });
    };
    target.set_fragment(None);
    Ok(Some(Redirect { status: status.as_u16(), target }))
}
