//! What all sources of one refresh share: the rules, who rests, and what is kept from one document to the next.

use crate::{
    app::{App, refresh::selection::Asked},
    domain::fetching::{FailureKind, FetchOutcome, HostRest},
    pipeline::{next_check::Occasion, relevance::ThemeMatcher, reliability::Rules, search::Indexer, text::ItemWords},
};
use chrono::{DateTime, Duration, Utc};
use std::{
    collections::HashMap,
    num::NonZero,
    sync::{Arc, Mutex, PoisonError},
};
use tokio::sync::Semaphore;

/// See the module.
pub(super) struct Round {
    pub(super) app: App,
    pub(super) matcher: ThemeMatcher,
    pub(super) rules: Rules,
    floor: Duration,
    resting: Mutex<HashMap<String, DateTime<Utc>>>,
    /// As known at the start of the round: within it nobody asks a server that wants rest twice.
    rests: HashMap<String, HostRest>,
    /// As many as there are processors: more would only hold more documents in memory.
    pub(super) processors: Semaphore,
    desks: Mutex<Vec<Desk>>,
    /// Documents that may be held, decompressed, while they wait for a processor: many answers may come at once.
    pub(super) documents: Arc<Semaphore>,
}

/// Documents held for each processor: one that it reads, and some to go on with.
const DOCUMENTS: usize = 4;

/// What the work on one document leaves for the next: buffers, and stems once found. As many as processors.
#[derive(Default)]
pub(super) struct Desk {
    pub(super) words: ItemWords,
    pub(super) indexer: Indexer,
}

impl Round {
    pub(super) fn new(app: App, matcher: ThemeMatcher, rules: Rules, rests: HashMap<String, HostRest>) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        let floor = Duration::from_std(app.settings.fetch.floor).unwrap_or(Duration::MAX);
        Self {
            app,
            matcher,
            rules,
            floor,
            resting: Mutex::new(rests.iter().map(|(host, rest)| (host.clone(), rest.until)).collect()),
            rests,
            processors: Semaphore::new(processors),
            desks: Mutex::default(),
            documents: Arc::new(Semaphore::new(processors * DOCUMENTS)),
        }
    }

    pub(super) fn occasion<'a>(&'a self, asked: &'a Asked) -> Occasion<'a> {
        let (source, state, now) = (&asked.source, &asked.state, self.app.clock.now());
        Occasion { source, state, now, floor: self.floor, rests: &self.rests }
    }

    /// Until when the host rests, when it began to while this source waited for its turn: then nobody was asked. After a redirect
    /// somebody was, and there is something to write.
    pub(super) fn rests_unasked(&self, outcome: &FetchOutcome) -> Option<DateTime<Utc>> {
        let resting = matches!(&outcome.result, Err(failure) if failure.kind == FailureKind::Resting);
        (resting && outcome.redirects.is_empty()).then(|| self.rest_end(outcome))
    }

    /// Until when a host rests that asked for it.
    pub(super) fn rest_end(&self, outcome: &FetchOutcome) -> DateTime<Utc> {
        self.app.clock.now() + outcome.freshness.retry_after.unwrap_or(self.floor)
    }

    pub(super) fn rest_of(&self, host: &str) -> Option<DateTime<Utc>> {
        let now = self.app.clock.now();
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).get(host).copied().filter(|until| *until > now)
    }

    /// That host asked for rest.
    pub(super) fn rests(&self, host: String, until: DateTime<Utc>) {
        self.resting.lock().unwrap_or_else(PoisonError::into_inner).insert(host, until);
    }

    pub(super) fn take_desk(&self) -> Desk {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub(super) fn give_back(&self, desk: Desk) {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner).push(desk);
    }
}
