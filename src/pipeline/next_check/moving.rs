//! When a publisher says that a feed has moved for good (301, 308): believed after three sightings, a day apart, that give the same
//! feed. A temporary redirect (302, 303, 307) never moves anything, and nothing moves from https to http.

use super::Occasion;
use crate::domain::{fetching::FetchOutcome, refresh::NextState, source::PendingRedirect};
use chrono::Duration;
use url::Url;

/// Sightings that make a move.
const SIGHTINGS: u32 = 3;
/// Time between two sightings that count.
const APART: Duration = Duration::hours(24);

/// Counts a sighting, or adopts the new address. Called after answers only: a failure proves nothing either way.
pub(super) fn observe(occasion: &Occasion<'_>, outcome: &FetchOutcome, is_same_feed: bool, next: &mut NextState) {
    let Some(target) = permanent_target(&occasion.state.effective_url, outcome) else {
        next.redirect = None;
        return;
    };
    let pending = occasion.state.redirect.as_ref().filter(|pending| pending.target == *target);
    // What stood there at first sight was another feed. Its items are known by now, which makes it no more the same.
    let is_stranger = pending.map_or(!is_same_feed, |pending| pending.sightings == 0);
    let counts = is_same_feed && !is_stranger && pending.is_none_or(|pending| occasion.now - pending.last_seen_at >= APART);
    if !counts {
        let stranger = || PendingRedirect { target: target.clone(), sightings: 0, last_seen_at: occasion.now };
        next.redirect = pending.cloned().or_else(|| is_stranger.then(stranger));
        return;
    }
    let sightings = pending.map_or(0, |pending| pending.sightings) + 1;
    if sightings < SIGHTINGS {
        next.redirect = Some(PendingRedirect { target: target.clone(), sightings, last_seen_at: occasion.now });
        return;
    }
    next.redirect = None;
    next.effective_url = target.clone();
    next.notices.push(format!("the feed moved for good to {target}; write that url in sources.toml"));
}

/// Where the permanent redirects at the head of the chain lead: what follows a temporary one is temporary too.
fn permanent_target<'a>(asked: &Url, outcome: &'a FetchOutcome) -> Option<&'a Url> {
    let permanent = outcome.redirects.iter().take_while(|redirect| matches!(redirect.status, 301 | 308));
    let mut target: Option<&Url> = None;
    for redirect in permanent {
        let from = target.unwrap_or(asked);
        if from.scheme() == "https" && redirect.target.scheme() != "https" {
            return target;
        }
        target = Some(&redirect.target);
    }
    target.filter(|target| *target != asked)
}
