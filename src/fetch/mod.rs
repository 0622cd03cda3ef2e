//! The guarded path to other people's servers: every request of the product goes through [`Fetcher::fetch`]
//! or [`Fetcher::post`].
//!
//! It knows where it may go (`guard`, `address`, `names`), waits for its turn (`hosts`, `ledger`), follows redirects itself (`walk`), asks robots.txt
//! before a page (`robots`), and reads under limits (`answer`, `coding`). It decides nothing about when to come back: it only
//! reports what the publisher said (`freshness`).

mod address;
mod answer;
mod clients;
mod coding;
mod failure;
mod freshness;
mod guard;
mod hosts;
mod ledger;
mod names;
mod post;
mod refusal;
mod robots;
mod walk;

use crate::{
    domain::fetching::{Answer, FetchFailure, FetchOutcome, FetchRequest, Freshness, Purpose, Redirect, sayable},
    settings::FetchSettings,
};
pub use post::NotTaken;

use address::AddressPolicy;
use clients::Clients;
use guard::Guard;
use hosts::Hosts;
use names::Names;
use robots::RobotsCache;
use std::{
    collections::HashMap,
    net::IpAddr,
    num::NonZero,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};
use walk::{Accept, Walk};

/// The one HTTP client. Cheap to clone: limits and connections are shared.
#[derive(Clone)]
pub struct Fetcher {
    inner: Arc<Inner>,
}

struct Inner {
    clients: Clients,
    guard: Guard,
    hosts: Hosts,
    robots: RobotsCache,
    /// Large bodies that may be decompressed at once.
    decoding: Semaphore,
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
        FetcherBuilder { settings: settings.clone(), names: None, certificates: Vec::new(), ledger: None }
    }

    /// Asks one URL, waiting for its host's turn. Never fails: a failure is a value.
    ///
    /// Safe to drop at any point: the host's turn is given back.
    pub async fn fetch(&self, request: FetchRequest) -> FetchOutcome {
        self.follow(request, Trail::default()).await.0
    }

    /// The same, where only so many documents may be held at once: one that has arrived is decompressed when a place in `room` is free,
    /// and has it until the place is dropped. Waiting for it is no part of any deadline.
    pub async fn fetch_into(&self, request: FetchRequest, room: &Arc<Semaphore>) -> (FetchOutcome, Option<OwnedSemaphorePermit>) {
        self.follow(request, Trail { room: Some(Arc::clone(room)), ..Trail::default() }).await
    }

    async fn follow(&self, request: FetchRequest, mut trail: Trail) -> (FetchOutcome, Option<OwnedSemaphorePermit>) {
        let started = Instant::now();
        let result = self.inner.ask(&request, &mut trail).await;
        let elapsed = started.elapsed();
        match &result {
            Ok(_) => tracing::debug!(url = sayable(&request.url), bytes = trail.bytes, ?elapsed, "fetched"),
            Err(failure) => {
                tracing::debug!(url = sayable(&request.url), kind = ?failure.kind, ?elapsed, "not fetched: {failure}")
            }
        }
        let outcome = FetchOutcome {
            result,
            reached: trail.reached,
            redirects: trail.redirects,
            freshness: trail.freshness,
            notices: trail.notices,
            links: trail.links,
            bytes: trail.bytes,
            elapsed: chrono::Duration::from_std(elapsed).unwrap_or(chrono::Duration::MAX),
        };
        (outcome, trail.place)
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
    reached: bool,
    redirects: Vec<Redirect>,
    freshness: Freshness,
    notices: Vec<String>,
    links: Vec<String>,
    bytes: u64,
    /// Where documents have their places, if they are counted.
    room: Option<Arc<Semaphore>>,
    place: Option<OwnedSemaphorePermit>,
}

/// A [`Fetcher`] being prepared.
pub struct FetcherBuilder {
    settings: FetchSettings,
    names: Option<HashMap<String, Vec<IpAddr>>>,
    certificates: Vec<reqwest::Certificate>,
    ledger: Option<PathBuf>,
}

impl FetcherBuilder {
    /// Hosts are spaced together with other processes that name the same file, and with those before this one. Without it, this
    /// process knows only what it asked itself.
    #[must_use]
    pub fn spaced_with(mut self, file: &Path) -> Self {
        self.ledger = Some(file.to_owned());
        self
    }

    /// Host names lead to these addresses, and no other name leads anywhere. The addresses are judged like all others.
    #[must_use]
    pub fn names(mut self, table: HashMap<String, Vec<IpAddr>>) -> Self {
        self.names = Some(table);
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
        // The rest of the time to connect is for the connection itself.
        let deadline = self.settings.connect_timeout * 4 / 5;
        let names = match (self.names, self.settings.resolver) {
            (Some(table), _) => Names::of_table(table, deadline),
            (None, Some(server)) => Names::of_server(server, deadline)?,
            (None, None) => Names::of_system(deadline),
        };
        let guard = Guard::new(AddressPolicy::new(&self.settings.allow_networks), names);
        let inner = Inner {
            clients: Clients::new(&self.settings, &guard, self.certificates)?,
            guard,
            hosts: Hosts::new(&self.settings, self.ledger),
            robots: RobotsCache::new(&self.settings.user_agent),
            decoding: Semaphore::new(std::thread::available_parallelism().map_or(1, NonZero::get)),
            settings: self.settings,
        };
        Ok(Fetcher { inner: Arc::new(inner) })
    }
}
