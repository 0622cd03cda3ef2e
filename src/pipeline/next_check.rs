//! When to ask a source again, and where.
//!
//! The next poll is the latest of: the operator's floor, what the publisher declares (freshness, `ttl`, `Retry-After`), and what
//! the source's own rhythm suggests; at most seven days away, spread by a jitter that never comes before what was declared.

mod failing;
mod moving;

use crate::domain::{
    fetching::{Answer, Declared, FailureKind, FetchOutcome, HostRest},
    refresh::NextState,
    source::{Source, SourceCondition, SourceState},
};
use chrono::{DateTime, Duration, Utc};
use std::collections::HashMap;

/// No source is left alone for longer.
pub const CEILING: Duration = Duration::days(7);
/// An answer without validators costs the publisher a whole document: once a day is enough.
const UNCONDITIONAL: Duration = Duration::hours(24);
/// The adaptive interval, when the rhythm is known, is at most this: an item is never older than a day when it comes in.
const SLOWEST: Duration = Duration::hours(24);
/// The adaptive interval of a source whose rhythm is not known.
const UNKNOWN_RHYTHM: Duration = Duration::hours(6);
/// Dates that the rhythm is drawn from.
const RHYTHM_DATES: usize = 20;

/// What the decision rests on besides the answer.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// The definition.
    pub source: &'a Source,
    /// What was known before the request.
    pub state: &'a SourceState,
    /// The instant of the answer.
    pub now: DateTime<Utc>,
    /// The operator's floor: no source is asked more often.
    pub floor: Duration,
    /// The servers that asked for rest lately, by `host:port`.
    pub rests: &'a HashMap<String, HostRest>,
}

/// What was made of the body.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// There was none: 304, or a failure.
    NoBody,
    /// It is the body of last time, by its hash: not parsed again.
    SameBody,
    /// It was read as a feed.
    Feed(FeedFacts),
    /// It is no feed; the reason in one line.
    NotAFeed(String),
}

/// What the decision needs to know of a feed that was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FeedFacts {
    /// `ttl` or `sy:updatePeriod`.
    pub ttl: Option<Duration>,
    /// Mean hours between two items, see [`rhythm_hours`]. `None` keeps the one known before.
    pub rhythm_hours: Option<f64>,
    /// At least one item was known before: the proof that a moved feed is the same.
    pub shares_items: bool,
    /// The document broke off: its validators vouch for more than was read, so they are not kept.
    pub truncated: bool,
}

/// Decides a source's next state from one answer.
pub fn next_state(occasion: &Occasion<'_>, outcome: &FetchOutcome, taken: &Taken) -> NextState {
    match (&outcome.result, taken) {
        (Err(failure), _) => failing::after_failure(occasion, outcome, failure.kind, &failure.reason),
        (Ok(_), Taken::NotAFeed(reason)) => failing::after_failure(occasion, outcome, FailureKind::Unreadable, reason),
        (Ok(answer), _) => after_success(occasion, outcome, answer, taken),
    }
}

/// Mean hours between two items, from the dates of the newest ones up to `now`: a source that falls silent slows down.
///
/// `None` when there are fewer than two dates in the past.
pub fn rhythm_hours(dates: &[DateTime<Utc>], now: DateTime<Utc>) -> Option<f64> {
    let mut past: Vec<_> = dates.iter().copied().filter(|date| *date <= now).collect();
    past.sort_unstable_by(|a, b| b.cmp(a));
    past.truncate(RHYTHM_DATES);
    let oldest = *past.last().filter(|_| past.len() >= 2)?;
    #[expect(clippy::cast_precision_loss, reason = "hours of a rhythm, not an account")]
    let mean = (now - oldest).num_minutes() as f64 / 60.0 / past.len() as f64;
    Some(mean)
}

fn after_success(occasion: &Occasion<'_>, outcome: &FetchOutcome, answer: &Answer, taken: &Taken) -> NextState {
    let mut next = carried_over(occasion, outcome);
    let facts = match taken {
        Taken::Feed(facts) => Some(facts),
        _ => None,
    };
    let truncated = facts.is_some_and(|facts| facts.truncated);
    match answer {
        Answer::Fetched { .. } if truncated => {
            next.notices.push("the document broke off before its end; what could be read of it was kept".to_owned());
        }
        Answer::Fetched { body_hash, validators, .. } => {
            next.validators = (!validators.is_empty()).then(|| validators.clone());
            next.body_hash = Some(*body_hash);
        }
        Answer::NotModified { validators } => next.validators = (!validators.is_empty()).then(|| validators.clone()),
    }
    next.condition = SourceCondition::Healthy;
    next.succeeded = true;
    next.last_error = None;
    next.consecutive_failures = 0;
    next.rhythm_hours = facts.and_then(|facts| facts.rhythm_hours).or(occasion.state.rhythm_hours);
    let is_same_feed = facts.is_none_or(|facts| facts.shares_items);
    moving::observe(occasion, outcome, is_same_feed, &mut next);
    next.declared = declared(occasion, outcome, answer, facts);
    let wait = Wait::after_success(occasion, outcome, &next);
    next.next_check_at = Some(occasion.now + wait.jittered(occasion));
    next
}

/// A 304 leaves what its head does not mention as it was (RFC 9111, section 3.2); a document that is the same says the same.
fn declared(occasion: &Occasion<'_>, outcome: &FetchOutcome, answer: &Answer, facts: Option<&FeedFacts>) -> Declared {
    let (known, said) = (occasion.state.declared, &outcome.freshness);
    let still_known = matches!(answer, Answer::NotModified { .. }) && said.unstated;
    Declared {
        fresh_s: if still_known { known.fresh_s } else { said.fresh_for.map(|fresh| fresh.num_seconds()) },
        ttl_s: facts.map_or(known.ttl_s, |facts| facts.ttl.map(|ttl| ttl.num_seconds())),
    }
}

/// What stays as it was unless the answer says otherwise.
fn carried_over(occasion: &Occasion<'_>, outcome: &FetchOutcome) -> NextState {
    let state = occasion.state;
    NextState {
        condition: state.condition,
        next_check_at: None,
        checked_at: occasion.now,
        succeeded: false,
        last_error: state.last_error.clone(),
        consecutive_failures: state.consecutive_failures,
        effective_url: state.effective_url.clone(),
        validators: state.validators.clone(),
        declared: state.declared,
        body_hash: state.body_hash,
        redirect: state.redirect.clone(),
        rhythm_hours: state.rhythm_hours,
        catch_up: state.catch_up.clone(),
        hub: state.hub.clone(),
        host_rest: None,
        notices: outcome.notices.clone(),
    }
}

/// How long to wait: at least `declared`, and `wished` if that is longer.
#[derive(Debug, Clone, Copy)]
struct Wait {
    /// What the operator or the publisher asks for: never cut short.
    declared: Duration,
    /// What we would do of ourselves: free to move both ways.
    wished: Duration,
}

impl Wait {
    fn after_success(occasion: &Occasion<'_>, outcome: &FetchOutcome, next: &NextState) -> Self {
        let publisher = next.declared.longest().max(outcome.freshness.retry_after);
        let unconditional = next.validators.is_none() && publisher.is_none();
        let declared = publisher.unwrap_or_default().max(occasion.floor);
        let declared = if unconditional { declared.max(UNCONDITIONAL) } else { declared };
        // Once a day all the same: a hub may fall silent.
        let told = occasion.state.told_until.is_some_and(|until| until > occasion.now);
        Self { declared, wished: if told { SLOWEST } else { adaptive(next.rhythm_hours) } }
    }

    /// Ten per cent either way, decided by the slug and the instant; what was declared only ever grows.
    fn jittered(self, occasion: &Occasion<'_>) -> Duration {
        let thousandths = i32::try_from(spread(occasion.source.slug.as_str(), occasion.now) % 1001).unwrap_or(0);
        let part = |whole: Duration, per_thousand: i32| whole.min(CEILING) / 1000 * per_thousand;
        let declared = self.declared.min(CEILING) + part(self.declared, thousandths / 10);
        let wished = part(self.wished, 900 + thousandths / 5);
        declared.max(wished).min(CEILING)
    }
}

/// Half the rhythm: each item is seen before the next two are out.
fn adaptive(rhythm_hours: Option<f64>) -> Duration {
    match rhythm_hours {
        #[expect(clippy::cast_possible_truncation, reason = "a cast of floats saturates, and the result is clamped")]
        Some(hours) => Duration::minutes((hours.clamp(0.0, 1e6) * 30.0) as i64).min(SLOWEST),
        None => UNKNOWN_RHYTHM,
    }
}

/// FNV-1a over the slug and the second: the same answer always gives the same jitter, two sources rarely the same.
fn spread(slug: &str, now: DateTime<Utc>) -> u64 {
    let bytes = slug.bytes().chain(now.timestamp().to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests;
