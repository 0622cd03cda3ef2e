//! Take in what the sources published.
//!
//! ```text
//! due sources ─► ask (many at once) ─► read, plan, assess (one a processor) ─► write (one, in batches)
//! ```
//!
//! A body exists from the answer to the plan, a plan until the next batch is written; both are few and bounded. Dropping the
//! future at any point is safe: what was written stays, whole; the rest will be due again.

/// A span of the work that `--timings` adds up by its name; `cli::refresh::timings` names it for people.
macro_rules! stage {
    ($name:literal) => {
        tracing::trace_span!(target: "veille::stage", $name)
    };
}

mod asking;
mod further_pages;
mod reading;
mod round;
mod selection;
mod writing;

pub use selection::Selection;

use crate::{
    app::{App, Error, Result},
    domain::{
        refresh::{RefreshReport, SourceOutcome},
        slug::Slug,
    },
    pipeline::{relevance::ThemeMatcher, reliability::Rules},
};
use futures_util::{StreamExt, stream};
use round::Round;
use selection::Asked;
use std::{sync::Arc, time::Instant};
use tokio::sync::mpsc;
use tracing::Instrument;

/// Plans that wait for the writer.
const PLANS_WAITING: usize = 8;

/// What happens during a refresh, for whoever shows progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefreshEvent {
    /// So many sources are going to be asked.
    Started(usize),
    /// One source is done, and what it brought is stored.
    Finished {
        /// Which one.
        source: Slug,
        /// How it ended.
        outcome: SourceOutcome,
    },
}

/// Called for each event, from several threads.
pub type Observer = Arc<dyn Fn(RefreshEvent) + Send + Sync>;

impl App {
    /// Asks the selected sources, stores what they brought, then groups and reassesses it. A source that fails is a line of the
    /// report; only what concerns all of them is an error: the database, the themes.
    pub async fn refresh(&self, selection: Selection, observer: Observer) -> Result<RefreshReport> {
        let started = Instant::now();
        let asked = self.select_sources(&selection).await?;
        let run = self.store.begin_run(self.clock.now()).await?;
        observer(RefreshEvent::Started(asked.len()));
        let mut report = self.take_in(asked, observer).await?;
        if run.after_interruption || report.new_items + report.updated_items > 0 {
            self.after_items_came_in().await?;
        }
        report.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.store.end_run(run, self.clock.now(), report.clone()).await?;
        tracing::debug!(sources = report.sources, new = report.new_items, failed = report.failed, "refreshed");
        Ok(report)
    }

    /// Asks, reads and writes, all at once.
    async fn take_in(&self, asked: Vec<Asked>, observer: Observer) -> Result<RefreshReport> {
        let round = Arc::new(self.round().await?);
        // A third more than may be under way: some wait for their host, some for a processor.
        let at_once = self.settings.fetch.concurrency.max(1) * 4 / 3;
        let (plans, waiting) = mpsc::channel(PLANS_WAITING);
        // `plans` moves in, so that the writer sees its end with the last source.
        let asking = async move {
            let mut ended = stream::iter(asked).map(|asked| Round::ask(Arc::clone(&round), asked)).buffer_unordered(at_once);
            while let Some(ended) = ended.next().await {
                if plans.send(ended).await.is_err() {
                    break; // Writing failed, and says so itself.
                }
            }
            Ok(())
        };
        let ((), report) = tokio::try_join!(asking, writing::write(&self.store, waiting, observer))?;
        Ok(report)
    }

    async fn round(&self) -> Result<Round> {
        let matcher = ThemeMatcher::new(&self.definitions.themes).map_err(|error| Error::Invalid(error.to_string()))?;
        let rests = self.store.host_rests().await?;
        Ok(Round::new(self.clone(), matcher, Rules::shipped(), rests))
    }

    /// New items find their stories, and the sources that brought something are weighed again: also what an interrupted refresh
    /// left undone.
    async fn after_items_came_in(&self) -> Result<()> {
        let report = self.group_new_items(self.clock.now()).instrument(stage!("group")).await?;
        tracing::debug!(grouped = report.grouped, joined = report.joined, corroborated = report.corroborated, "grouped");
        self.reassess_stale_sources().instrument(stage!("weigh")).await
    }
}
