//! What the further pages of a feed add to a plan: older items, written in the same transaction as the document's.

use crate::{
    domain::{
        archive::CatchUp,
        entry::RefusedEntry,
        refresh::{AssessedItem, SourceOutcome},
    },
    store::{
        apply::{Prepared, PreparedPlan},
        compression::Compressor,
    },
};
use chrono::{DateTime, Utc};

/// The items of the pages read so far, ready to be written.
#[derive(Debug, Default)]
pub struct FurtherPages {
    items: Vec<AssessedItem>,
    prepared: Vec<Prepared>,
    /// Entries that could not be read.
    pub quarantine: Vec<RefusedEntry>,
    /// How far the reading came.
    pub catch_up: Option<CatchUp>,
    /// The host:port not to be asked before, after 429 or 503.
    pub host_rest: Option<(String, DateTime<Utc>)>,
}

impl FurtherPages {
    /// One page. Costs processor time: keep it off the asynchronous threads.
    pub fn of(mut items: Vec<AssessedItem>, quarantine: Vec<RefusedEntry>) -> Self {
        let mut compressor = Compressor::default();
        let prepared = items.iter_mut().map(|item| Prepared::new(item, &mut compressor)).collect();
        Self { items, prepared, quarantine, ..Self::default() }
    }

    /// Adds a page whose items are older than all so far.
    pub fn add(&mut self, page: Self) {
        self.prepared.splice(0..0, page.prepared);
        self.items.splice(0..0, page.items);
        self.quarantine.extend(page.quarantine);
    }
}

impl PreparedPlan {
    /// Puts older items before those of the document.
    pub fn add_further_pages(&mut self, pages: FurtherPages) {
        if let SourceOutcome::Fetched { new, quarantined, .. } = &mut self.plan.outcome {
            *new += pages.items.len();
            *quarantined += pages.quarantine.len();
        }
        self.new.splice(0..0, pages.prepared);
        self.plan.new.splice(0..0, pages.items);
        self.plan.quarantine.extend(pages.quarantine);
        self.plan.state.catch_up = pages.catch_up;
        self.plan.state.host_rest = self.plan.state.host_rest.take().or(pages.host_rest);
    }
}
