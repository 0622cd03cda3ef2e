//! The further pages of a feed, after its document: fetched one by one, each as guarded and as spaced as any other request.

use crate::{
    app::refresh::{reading, round::Round, selection::Asked},
    domain::{
        document::{Document, LONGEST},
        fetching::{Answer, FailureKind, FetchFailure, FetchOutcome, FetchRequest, host_key, sayable},
    },
    failpoint,
    pipeline::{familiar::Familiar, further_pages::Walk, identity::possible_keys, reading::Reading},
    store::{apply::PreparedPlan, further_pages::FurtherPages},
};
use std::{sync::Arc, time::Duration};
use tokio::{task::spawn_blocking, time::Instant};
use tracing::Instrument;
use url::Url;

/// One refresh spends no longer on the pages of one source …
const PATIENCE: Duration = Duration::from_secs(60);
/// … and reads no more of them than the longest document has. Bytes, decompressed.
const AT_ONCE: u64 = LONGEST;

impl Round {
    /// Adds to a plan what the further pages hold, if it calls for them. They are stored with the document, in one transaction.
    /// Gives the bytes received as well.
    pub(super) async fn with_further_pages(self: &Arc<Self>, asked: &Arc<Asked>, mut plan: PreparedPlan) -> (PreparedPlan, u64) {
        let walk = Walk::of(&self.occasion(asked), plan.decided(), self.app.settings.fetch.archive_pages);
        let Some(walk) = walk else { return (plan, 0) };
        let mut pages =
            Pages { round: Arc::clone(self), asked: Arc::clone(asked), read: 0, received: 0, found: FurtherPages::default() };
        let walk = pages.read_all(walk).instrument(stage!("pages")).await;
        pages.found.catch_up = Some(walk.finish());
        plan.add_further_pages(pages.found);
        (plan, pages.received)
    }
}

/// What the pages of one source gave so far.
struct Pages {
    round: Arc<Round>,
    asked: Arc<Asked>,
    /// Bytes, decompressed.
    read: u64,
    /// Bytes, as sent.
    received: u64,
    found: FurtherPages,
}

impl Pages {
    async fn read_all(&mut self, mut walk: Walk) -> Walk {
        let began = Instant::now();
        while let Some(url) = walk.next_page() {
            walk = self.read_one(walk, url).await;
            failpoint::reach("refresh.page");
            if began.elapsed() > PATIENCE || self.read > AT_ONCE {
                walk.pause();
            }
        }
        walk
    }

    async fn read_one(&mut self, mut walk: Walk, url: Url) -> Walk {
        let request = FetchRequest::further_page(url.clone());
        let mut outcome = self.round.app.fetcher.fetch(request).instrument(stage!("ask")).await;
        self.received += outcome.bytes;
        let document = match std::mem::replace(&mut outcome.result, Err(unasked())) {
            Ok(Answer::Fetched { document, .. }) => document,
            Ok(Answer::NotModified { .. }) => {
                walk.failed(&unasked());
                return walk;
            }
            Err(failure) => {
                self.note_rest(&url, &outcome, &failure);
                walk.failed(&failure);
                return walk;
            }
        };
        self.read += document.bytes.len() as u64;
        let before = walk.clone();
        self.take(walk, document).await.unwrap_or_else(|(kind, reason)| {
            let mut walk = before;
            walk.failed(&FetchFailure { kind, reason: format!("{}: {reason}", sayable(&url)) });
            walk
        })
    }

    /// A host that wants rest gets it from everybody, and after a restart too.
    fn note_rest(&mut self, url: &Url, outcome: &FetchOutcome, failure: &FetchFailure) {
        if failure.kind == FailureKind::RateLimited {
            let last = outcome.redirects.last().map_or(url, |redirect| &redirect.target);
            self.found.host_rest = Some((host_key(last), self.round.rest_end(outcome)));
        }
    }

    /// Reads, compares and assesses one page, away from the asynchronous threads.
    async fn take(&mut self, mut walk: Walk, document: Document) -> Result<Walk, (FailureKind, String)> {
        let unreadable = |reason: String| (FailureKind::Unreadable, reason);
        let processors = Arc::clone(&self.round);
        let _processor = processors.processors.acquire().await.map_err(|error| unreadable(error.to_string()))?;
        let (asked, now) = (Arc::clone(&self.asked), self.round.app.clock.now());
        let familiar = Familiar::nothing(&asked.source);
        let read = move || stage!("read").in_scope(|| Reading::of(&document, &asked.source, &familiar, now));
        let page = spawn_blocking(read).await.map_err(|error| unreadable(reading::panicked(error)))?;
        let mut page = page.map_err(|error| unreadable(error.to_string()))?;
        let known = self.round.app.store.known_items(self.asked.state.id, possible_keys(&page.items)).await;
        let known = known.map_err(|error| (FailureKind::Transient, error.to_string()))?;
        let (round, asked) = (Arc::clone(&self.round), Arc::clone(&self.asked));
        let assess = move || {
            let new = walk.take(&mut page, known);
            (walk, FurtherPages::of(reading::assess_older(&round, &asked, new), page.refused))
        };
        let (walk, found) = spawn_blocking(assess).await.map_err(|error| unreadable(reading::panicked(error)))?;
        self.found.add(found);
        Ok(walk)
    }
}

fn unasked() -> FetchFailure {
    FetchFailure { kind: FailureKind::Unreadable, reason: "the server answered 304 to an unconditional request".to_owned() }
}
