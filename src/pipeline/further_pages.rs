//! Further pages of a feed (RFC 5005): when they are read, which one is next, and when it is enough. Whoever calls fetches them.
//!
//! They are read at the first fetch of a source, and when its document lists nothing that is known: then items may have come and
//! gone while nobody looked. Only pages at the origin of the document are asked for, never one twice in a refresh, and never more
//! than the operator allows.

use crate::{
    domain::{
        archive::{CatchUp, CatchUpReason, CatchUpStop},
        fetching::{FailureKind, FetchFailure, sayable},
        item::{ItemKey, NewItem},
        refresh::{KnownItem, KnownItems, RefreshPlan},
    },
    pipeline::{
        identity::{Identity, identify},
        next_check::Occasion,
        reading::Reading,
    },
};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use url::Url;

/// A page that could not be read in so many refreshes is given up.
const MOST_FAILURES: u32 = 3;

/// Whether a document just read calls for its further pages; they are read from its own link on.
pub fn begin(occasion: &Occasion<'_>, reading: &Reading, identities: &[Identity]) -> Option<CatchUp> {
    let older = Url::parse(reading.elsewhere.older.as_deref()?).ok()?;
    let state = occasion.state;
    let knows = identities.iter().any(|identity| matches!(identity, Identity::Known(..) | Identity::Buried(_)));
    let under_way = state.catch_up.as_ref().filter(|catch_up| catch_up.next.is_some());
    let (reason, news_since) = match (state.last_success_at, under_way) {
        (None, _) => (CatchUpReason::First, Some(occasion.now)),
        (Some(_), _) if knows || identities.is_empty() => return None,
        // What the first reading had still to bring lies beyond what is known: a gap does not end it there.
        (Some(_), Some(begun)) if begun.reason == CatchUpReason::First => (CatchUpReason::First, begun.news_since),
        (Some(_), _) => (CatchUpReason::Gap, state.first_success_at),
    };
    let mut catch_up = CatchUp { reason, began_at: occasion.now, news_since, pages: 0, failures: 0, next: None, stopped: None };
    let document = reading.url.as_ref().unwrap_or(&state.effective_url);
    lead(&mut catch_up, document, older);
    Some(catch_up)
}

/// The next page, if it is at the origin of the one that names it.
fn lead(catch_up: &mut CatchUp, from: &Url, mut to: Url) {
    to.set_fragment(None);
    if from.origin() == to.origin() {
        catch_up.next = Some(to);
    } else {
        catch_up.next = None;
        catch_up.stopped = Some(CatchUpStop::Elsewhere(sayable(&to)));
    }
}

/// The reading of further pages in one refresh.
#[derive(Debug, Clone)]
pub struct Walk {
    catch_up: CatchUp,
    /// Pages that the operator allows, those of earlier refreshes included.
    limit: u32,
    asked: HashSet<Url>,
    /// What this refresh stores, by key: the database does not know it yet.
    taken: HashMap<ItemKey, KnownItem>,
    is_first_fetch: bool,
    now: DateTime<Utc>,
}

impl Walk {
    /// Goes on where a plan says, if there is something to read.
    pub fn of(occasion: &Occasion<'_>, plan: &RefreshPlan, limit: u32) -> Option<Self> {
        let catch_up = plan.state.catch_up.clone().filter(|catch_up| plan.state.succeeded && catch_up.next.is_some())?;
        let mut walk = Self {
            catch_up: CatchUp { stopped: None, ..catch_up },
            limit,
            asked: HashSet::from([occasion.state.effective_url.clone(), plan.state.effective_url.clone()]),
            taken: HashMap::new(),
            is_first_fetch: occasion.state.last_success_at.is_none(),
            now: occasion.now,
        };
        walk.asked.extend(plan.state.validators.as_ref().and_then(|validators| Url::parse(&validators.url).ok()));
        plan.new.iter().for_each(|new| walk.hold(&new.item));
        Some(walk)
    }

    /// The page to ask for; `None` when it is enough.
    pub fn next_page(&mut self) -> Option<Url> {
        let next = self.catch_up.next.clone().filter(|_| self.catch_up.stopped.is_none())?;
        if self.catch_up.pages >= self.limit {
            return self.end(CatchUpStop::Limit);
        }
        if !self.asked.insert(next.clone()) {
            return self.end(CatchUpStop::Circle);
        }
        Some(next)
    }

    /// A page was read: what of it is to be stored, oldest first, each with whether it is backlog.
    pub fn take(&mut self, page: &mut Reading, known: KnownItems) -> Vec<(NewItem, bool)> {
        let here = self.catch_up.next.take();
        self.catch_up.pages += 1;
        self.catch_up.failures = 0;
        let items = std::mem::take(&mut page.items);
        let by_key = known.by_key.into_iter().chain(self.taken.clone()).collect();
        let identities = identify(&items, &KnownItems { by_key, listed: Vec::new(), buried: known.buried });
        let joins = identities.iter().any(|identity| self.is_older(identity));
        if let (Some(here), false) = (here, joins && self.catch_up.reason == CatchUpReason::Gap)
            && let Some(older) = page.elsewhere.older.as_deref().and_then(|older| Url::parse(older).ok())
        {
            lead(&mut self.catch_up, &here, older);
        }
        let mut new = Vec::new();
        for (item, identity) in items.into_iter().zip(identities) {
            if let Identity::New(key) = identity {
                let item = NewItem { key, ..item };
                self.hold(&item);
                let backlog = self.is_backlog(&item);
                new.push((item, backlog));
            }
        }
        new
    }

    /// The page could not be read. It is tried again in the next refresh, unless it is gone for good or may not be asked for.
    pub fn failed(&mut self, failure: &FetchFailure) {
        if failure.kind == FailureKind::Resting {
            return self.pause();
        }
        self.catch_up.failures += 1;
        self.catch_up.stopped = Some(CatchUpStop::Failed(failure.reason.clone()));
        let hopeless = matches!(failure.kind, FailureKind::Gone | FailureKind::Refused);
        if hopeless || self.catch_up.failures >= MOST_FAILURES {
            self.catch_up.next = None;
        }
    }

    /// The next refresh goes on, if there is something left.
    pub fn pause(&mut self) {
        if self.catch_up.next.is_some() {
            self.catch_up.stopped = Some(CatchUpStop::Paused);
        }
    }

    /// How far it came.
    pub fn finish(self) -> CatchUp {
        self.catch_up
    }

    fn end(&mut self, stop: CatchUpStop) -> Option<Url> {
        self.catch_up.next = None;
        self.catch_up.stopped = Some(stop);
        None
    }

    fn hold(&mut self, item: &NewItem) {
        let known = KnownItem {
            id: -1 - i64::try_from(self.taken.len()).unwrap_or(i64::MAX - 1),
            content_hash: item.content_hash,
            url: item.url.clone(),
            title: item.title.clone(),
            published_at: item.published.map(|date| date.at),
            first_seen_at: self.now,
        };
        self.taken.insert(item.key.clone(), known);
    }

    /// Known since before the gap.
    fn is_older(&self, identity: &Identity) -> bool {
        match identity {
            Identity::Known(known, _) => known.first_seen_at.timestamp() < self.catch_up.began_at.timestamp(),
            Identity::Buried(_) => true,
            Identity::New(_) | Identity::Repeated => false,
        }
    }

    fn is_backlog(&self, item: &NewItem) -> bool {
        let first = self.catch_up.reason == CatchUpReason::First;
        match (item.published, self.catch_up.news_since) {
            _ if self.is_first_fetch => true,
            (Some(published), Some(since)) => published.at < since,
            _ => first,
        }
    }
}
