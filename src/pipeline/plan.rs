//! What a refresh writes about one source: a pure decision, from what was known and what came in.
//!
//! Everything that the first successful fetch of a source brings is `backlog`: known, never "new" by itself. Whether an item of
//! the backlog may stand in an edition is for `compose` to say: only when it was published inside the edition's own period.
//! Novelty is publication date and first sight together.

use crate::{
    domain::{
        document::Document,
        entry::{NotAFeed, RefusedEntry},
        fetching::{FailureKind, FetchOutcome, host_key},
        item::{ItemKey, NewItem},
        recognition::{Became, Recognition, Trace},
        refresh::{AssessedItem, KnownItems, MovedItem, NextState, RefreshPlan, SourceOutcome},
    },
    pipeline::{
        familiar::trace,
        further_pages,
        identity::{Identity, identify},
        next_check::{FeedFacts, Occasion, Taken, next_state, rhythm_hours},
        reading::Reading,
        websub::hub_of,
    },
};
use chrono::{DateTime, Utc};

/// Bytes of a document that is no feed kept in quarantine.
const QUARANTINED: usize = 64 << 10;

/// Repairs of a document told to the operator.
const NOTICES: usize = 5;

/// The plan when there is nothing to read: 304, the same body as last time, or a failure.
pub fn plan_without_body(occasion: &Occasion<'_>, outcome: &FetchOutcome) -> RefreshPlan {
    let (taken, meaning) = match &outcome.result {
        Ok(_) => (Taken::SameBody, SourceOutcome::NotModified),
        Err(failure) if failure.kind == FailureKind::Resting => (Taken::NoBody, resting(occasion, outcome)),
        Err(failure) => (Taken::NoBody, SourceOutcome::Failed { kind: failure.kind, reason: failure.reason.clone() }),
    };
    plan(occasion, next_state(occasion, outcome, &taken), meaning)
}

/// A redirect led to a host that rests: the source is asked again after that, and has not failed.
fn resting(occasion: &Occasion<'_>, outcome: &FetchOutcome) -> SourceOutcome {
    let last = outcome.redirects.last().map_or(&occasion.state.effective_url, |redirect| &redirect.target);
    let left = outcome.freshness.retry_after.unwrap_or(occasion.floor);
    SourceOutcome::Resting { host: host_key(last), until: occasion.now + left }
}

/// The plan when the document is no feed. What was known stays; the beginning of the document goes to quarantine.
pub fn plan_not_a_feed(occasion: &Occasion<'_>, outcome: &FetchOutcome, document: &Document, error: &NotAFeed) -> RefreshPlan {
    let reason = format!("{error}; check the address of source \"{}\"", occasion.source.slug);
    let state = next_state(occasion, outcome, &Taken::NotAFeed(reason.clone()));
    let bytes = document.bytes[..document.bytes.len().min(QUARANTINED)].to_vec();
    let quarantine = vec![RefusedEntry { bytes, reason: error.0.clone() }];
    RefreshPlan { quarantine, ..plan(occasion, state, SourceOutcome::Failed { kind: FailureKind::Unreadable, reason }) }
}

/// The plan when a feed was read. `assess` computes everything else about an item before it is stored; it is asked for new and
/// changed items only. `None` when an entry that was recognised is after all not the item that it was, and must be read: then the
/// whole document is to be read, without anything familiar.
pub fn plan_refresh(
    occasion: &Occasion<'_>,
    outcome: &FetchOutcome,
    mut reading: Reading,
    known: &KnownItems,
    mut assess: impl FnMut(NewItem) -> AssessedItem,
) -> Option<RefreshPlan> {
    let identities = identify(&reading.items, known);
    if !stands(&reading, &identities) {
        return None;
    }
    let facts = FeedFacts {
        ttl: reading.ttl,
        rhythm_hours: rhythm(&reading.items, occasion.now),
        shares_items: identities.iter().any(|identity| matches!(identity, Identity::Known(..))),
        truncated: reading.truncated,
    };
    let mut state = next_state(occasion, outcome, &Taken::Feed(facts));
    state.catch_up = further_pages::begin(occasion, &reading, &identities).or(state.catch_up);
    state.hub = hub_of(&outcome.links, reading.url.as_ref(), &reading.elsewhere);
    state.notices.extend(reading.warnings.drain(..).take(NOTICES));
    let mut plan = plan(occasion, state, SourceOutcome::NotModified);
    plan.whole = !reading.truncated;
    plan.quarantine = std::mem::take(&mut reading.refused);
    let backlog = occasion.state.last_success_at.is_none();
    plan.traces = Some(traces(&reading, &identities));
    for (item, identity) in reading.items.into_iter().zip(identities) {
        match identity {
            Identity::New(key) => plan.new.push(AssessedItem { backlog, ..assess(NewItem { key, ..item }) }),
            Identity::Known(before, key) => {
                plan.seen.push(before.id);
                if before.url != item.url || !known.by_key.contains_key(&key) {
                    plan.moved.push(MovedItem { id: before.id, key, url: item.url.clone() });
                }
                if before.content_hash != item.content_hash {
                    plan.changed.push((before.id, assess(item)));
                }
            }
            Identity::Buried(key) => plan.buried.push(key),
            Identity::Repeated => {}
        }
    }
    plan.outcome =
        SourceOutcome::Fetched { new: plan.new.len(), changed: plan.changed.len(), quarantined: plan.quarantine.len() };
    Some(plan)
}

/// Whether the plan needs no more of the items that were recognised than is remembered of them.
fn stands(reading: &Reading, identities: &[Identity]) -> bool {
    let recognised = reading.recognitions.iter().zip(&reading.items).zip(identities);
    recognised.filter(|((recognition, _), _)| matches!(recognition, Recognition::Known(_))).all(|((_, item), identity)| {
        match identity {
            Identity::Known(before, _) => before.content_hash == item.content_hash,
            Identity::New(_) => false,
            Identity::Buried(_) | Identity::Repeated => true,
        }
    })
}

/// By what the entries of the document are recognised when they come again.
fn traces(reading: &Reading, identities: &[Identity]) -> Vec<(Trace, Became)> {
    let (mut kept, mut new) = (Vec::with_capacity(identities.len()), 0);
    for ((item, recognition), identity) in reading.items.iter().zip(&reading.recognitions).zip(identities) {
        if let Some((key, became)) = identity.became(new) {
            kept.extend(trace(*recognition, item, key).map(|trace| (trace, became)));
        }
        new += usize::from(matches!(identity, Identity::New(_)));
    }
    kept
}

impl Identity {
    /// The key that the item has from now on, and what it is, the new items of the plan being so many.
    fn became(&self, new: usize) -> Option<(&ItemKey, Became)> {
        match self {
            Self::New(key) => Some((key, Became::New(new))),
            Self::Known(before, key) => Some((key, Became::Known(before.id))),
            Self::Buried(_) | Self::Repeated => None,
        }
    }
}

/// The plan of a source whose reading panicked: a failure like any other, that the operator can report.
pub fn plan_panicked(occasion: &Occasion<'_>, outcome: &FetchOutcome, message: &str) -> RefreshPlan {
    let reason = format!("reading the document failed unexpectedly ({message}); please report it with the document");
    let state = next_state(occasion, outcome, &Taken::NotAFeed(reason.clone()));
    plan(occasion, state, SourceOutcome::Failed { kind: FailureKind::Unreadable, reason })
}

fn plan(occasion: &Occasion<'_>, state: NextState, outcome: SourceOutcome) -> RefreshPlan {
    RefreshPlan {
        source_id: occasion.state.id,
        state,
        new: Vec::new(),
        changed: Vec::new(),
        seen: Vec::new(),
        moved: Vec::new(),
        buried: Vec::new(),
        quarantine: Vec::new(),
        whole: false,
        traces: None,
        outcome,
    }
}

fn rhythm(items: &[NewItem], now: DateTime<Utc>) -> Option<f64> {
    let dates: Vec<_> = items.iter().filter_map(|item| item.published.or(item.updated)).map(|date| date.at).collect();
    rhythm_hours(&dates, now)
}
