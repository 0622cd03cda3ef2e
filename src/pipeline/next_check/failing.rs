//! After a failure: back off by what the failure asks for. Nothing known is lost, and nothing is given up in silence.

use super::{CEILING, Occasion, UNCONDITIONAL, Wait, carried_over};
use crate::domain::{
    fetching::{FailureKind, FetchOutcome, host_key},
    refresh::NextState,
    source::SourceCondition,
};
use chrono::Duration;

/// Doubling stops here for faults that usually pass.
const SLOWEST_RETRY: Duration = Duration::hours(24);

/// Decides after a failure: validators, hash and items stay as they were.
pub(super) fn after_failure(occasion: &Occasion<'_>, outcome: &FetchOutcome, kind: FailureKind, reason: &str) -> NextState {
    let failures = occasion.state.consecutive_failures.saturating_add(1);
    let mut next = carried_over(occasion, outcome);
    next.last_error = Some(reason.to_owned());
    next.consecutive_failures = failures;
    if kind == FailureKind::Gone {
        next.condition = SourceCondition::Gone;
        return next;
    }
    next.condition = SourceCondition::Failing;
    if matches!(kind, FailureKind::RateLimited | FailureKind::Resting) {
        let asked = outcome.redirects.last().map_or(&occasion.state.effective_url, |redirect| &redirect.target);
        let host = host_key(asked);
        let rest = rest(occasion, outcome, &host);
        next.host_rest = Some((host, occasion.now + rest));
    }
    // Who was asked for a whole document is not asked for it again within the day, whatever went wrong with it.
    let unconditional = outcome.reached && occasion.state.validators.is_none();
    let least = if unconditional { UNCONDITIONAL } else { Duration::zero() };
    let declared = outcome.freshness.retry_after.unwrap_or(least).max(occasion.floor);
    let wait = Wait { declared, wished: wished(kind, failures, occasion) };
    next.next_check_at = Some(occasion.now + wait.jittered(occasion));
    next
}

/// As long as was asked for; and twice as long as its last rest for a server that wants another soon after that, whichever of its
/// sources was asked.
fn rest(occasion: &Occasion<'_>, outcome: &FetchOutcome, host: &str) -> Duration {
    let asked_for = outcome.freshness.retry_after.unwrap_or(occasion.floor);
    let again = occasion.rests.get(host).map(|last| (last.length() * 2, occasion.now - last.until));
    let lengthened = again.filter(|(twice, since)| since <= twice).map(|(twice, _)| twice);
    asked_for.max(lengthened.unwrap_or_default()).min(CEILING)
}

fn wished(kind: FailureKind, failures: u32, occasion: &Occasion<'_>) -> Duration {
    let (first, slowest) = match kind {
        FailureKind::Transient => (occasion.floor, SLOWEST_RETRY),
        FailureKind::RateLimited | FailureKind::Resting => (occasion.floor * 2, CEILING),
        FailureKind::Unreadable if occasion.state.validators.is_none() => (UNCONDITIONAL, CEILING),
        FailureKind::Unreadable => (occasion.floor * 2, SLOWEST_RETRY),
        FailureKind::Permanent | FailureKind::Refused | FailureKind::TooLarge | FailureKind::Gone => (UNCONDITIONAL, CEILING),
    };
    doubled(first, failures.saturating_sub(1)).min(slowest)
}

fn doubled(first: Duration, times: u32) -> Duration {
    (0..times.min(16)).try_fold(first, |wait, _| wait.checked_add(&wait).filter(|wait| *wait < CEILING)).unwrap_or(CEILING)
}
