//! The guarded path to other people's servers: every request of the product goes through [`Fetcher::fetch`]
//! or [`Fetcher::post`].
//!
//! It knows where it may go (`guard`, `address`), waits for its turn (`hosts`), follows redirects itself (`walk`), asks robots.txt
//! before a page (`robots`), and reads under limits (`answer`, `coding`). It decides nothing about when to come back: it only
//! reports what the publisher said (`freshness`).

mod address;
mod answer;
mod coding;
mod failure;
mod freshness;
mod guard;
mod hosts;
mod post;
mod robots;
mod walk;

use crate::{
    domain::fetching::{Answer, FetchFailure, FetchOutcome, FetchRequest, Freshness, Purpose, Redirect, sayable},
    settings::FetchSettings,
};
pub use post::NotTaken;

use address::AddressPolicy;
use guard::{Guard, Names};
use hosts::Hosts;
use robots::RobotsCache;
use std::{collections::HashMap, net::IpAddr, sync::Arc, time::Duration};
use tokio::time::Instant;
use walk::{Accept, Walk};

/// The one HTTP client. Cheap to clone: limits and connections are shared.
#[derive(Clone)]
pub struct Fetcher {
    inner: Arc<Inner>,
}

struct Inner {
    client: reqwest::Client,
    guard: Guard,
    hosts: Hosts,
    robots: RobotsCache,
    settings: FetchSettings,
}

impl Fetcher {
    /// Builds the client.
    ///
    /// # Errors
    /// The `user_agent` cannot be sent as a header.
    pub fn new(settings: &FetchSettings) -> anyhow::Result<Self> {
        Self::builder(settings).build()
    }

    /// A client with its own names or certificates: for tests, and for networks that have their own.
    pub fn builder(settings: &FetchSettings) -> FetcherBuilder {
        FetcherBuilder { settings: settings.clone(), names: Names::System, certificates: Vec::new() }
    }

    /// Asks one URL, waiting for its host's turn. Never fails: a failure is a value.
    ///
    /// Safe to drop at any point: the host's turn is given back.
    pub async fn fetch(&self, request: FetchRequest) -> FetchOutcome {
        let started = Instant::now();
        let mut trail = Trail::default();
        let result = self.inner.ask(&request, &mut trail).await;
        let elapsed = started.elapsed();
        match &result {
            Ok(_) => tracing::debug!(url = sayable(&request.url), bytes = trail.bytes, ?elapsed, "fetched"),
            Err(failure) => {
                tracing::debug!(url = sayable(&request.url), kind = ?failure.kind, ?elapsed, "not fetched: {failure}")
            }
        }
        FetchOutcome {
            result,
            redirects: trail.redirects,
            freshness: trail.freshness,
            notices: trail.notices,
            links: trail.links,
            bytes: trail.bytes,
            elapsed: chrono::Duration::from_std(elapsed).unwrap_or(chrono::Duration::MAX),
        }
    }
}

impl Inner {
    async fn ask(&self, request: &FetchRequest, trail: &mut Trail) -> Result<Answer, FetchFailure> {
        let accept = match request.purpose {
            Purpose::Feed | Purpose::FurtherPage => Accept::FEED,
            Purpose::Page => Accept::PAGE,
        };
        let mut walk = Walk::new(self, request.url.clone(), accept).asking_if_changed(request.validators.as_ref());
        if request.purpose == Purpose::Page && self.settings.respect_robots {
            walk = walk.obeying_robots();
        }
        if request.purpose == Purpose::FurtherPage {
            walk = walk.staying_at_its_origin();
        }
        let arrival = walk.arrive(trail).await?;
        self.read_answer(arrival, trail).await
    }
}

/// What is learned on the way, whether or not an answer comes of it.
#[derive(Debug, Default)]
struct Trail {
    redirects: Vec<Redirect>,
    freshness: Freshness,
    notices: Vec<String>,
    links: Vec<String>,
    bytes: u64,
}

/// A [`Fetcher`] being prepared.
pub struct FetcherBuilder {
    settings: FetchSettings,
    names: Names,
    certificates: Vec<reqwest::Certificate>,
}

impl FetcherBuilder {
    /// Host names lead to these addresses, and no other name leads anywhere. The addresses are judged like all others.
    #[must_use]
    pub fn names(mut self, table: HashMap<String, Vec<IpAddr>>) -> Self {
        self.names = Names::Table(Arc::new(table));
        self
    }

    /// Trust these certificate authorities (PEM) instead of the system's.
    ///
    /// # Errors
    /// The text holds no PEM certificate that can be read.
    pub fn certificates(mut self, pem: &str) -> anyhow::Result<Self> {
        self.certificates = reqwest::Certificate::from_pem_bundle(pem.as_bytes())?;
        Ok(self)
    }

    /// Builds the client.
    ///
    /// # Errors
    /// The `user_agent` cannot be sent as a header, or a certificate cannot be used.
    pub fn build(self) -> anyhow::Result<Fetcher> {
        // The first one wins; another part of the process may have been faster, with the same one.
        let _installed_before = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(AddressPolicy::new(&self.settings.allow_networks), self.names);
        let client = build_client(&self.settings, &guard, self.certificates)?;
        let inner = Inner {
            client,
            guard,
            hosts: Hosts::new(&self.settings),
            robots: RobotsCache::new(&self.settings.user_agent),
            settings: self.settings,
        };
        Ok(Fetcher { inner: Arc::new(inner) })
    }
}

fn build_client(
    settings: &FetchSettings,
    guard: &Guard,
    certificates: Vec<reqwest::Certificate>,
) -> anyhow::Result<reqwest::Client> {
    let bare = || {
        reqwest::Client::builder()
            .user_agent(&settings.user_agent)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .dns_resolver(guard.clone())
            .connect_timeout(settings.connect_timeout)
            .pool_max_idle_per_host(usize::from(settings.keep_connections))
            .pool_idle_timeout(Duration::from_secs(20))
    };
    if !certificates.is_empty() {
        return Ok(bare().tls_certs_only(certificates).build()?);
    }
    bare().build().or_else(|error| {
        tracing::warn!("no https: the system's certificate authorities cannot be read ({error}); install ca-certificates");
        bare().tls_certs_only([]).build().map_err(anyhow::Error::from)
    })
}
