//! What went wrong on the way, told by its remedy.

use crate::{
    domain::fetching::{FailureKind, FetchFailure},
    fetch::{
        names::NoAddress,
        refusal::{Refusal, Unreachable},
    },
};
use std::{error::Error, io, time::Duration};
use url::Url;

/// A connection that may not be made.
pub(crate) fn of_refusal(url: &Url, why: &Refusal) -> FetchFailure {
    let host = host(url);
    let reason = match why {
        Refusal::Address(why) => format!("{host} leads to a forbidden address: {why}"),
        Refusal::Port => format!("{host}:{} is not asked: {why}", url.port_or_known_default().unwrap_or_default()),
    };
    FetchFailure { kind: FailureKind::Refused, reason }
}

fn of_name(url: &Url, why: &NoAddress) -> FetchFailure {
    let reason = format!("{} was not found by name resolution ({why}); it is tried again, check its spelling", host(url));
    FetchFailure { kind: FailureKind::Transient, reason }
}

/// A request that got no answer.
pub(crate) fn of_request(url: &Url, error: &reqwest::Error, connect: Duration) -> FetchFailure {
    match find::<Unreachable>(error) {
        Some(Unreachable::Refused(why)) => return of_refusal(url, why),
        Some(Unreachable::Nowhere(why)) => return of_name(url, why),
        None => {}
    }
    let cause = root_cause(error);
    let transient = |reason| FetchFailure { kind: FailureKind::Transient, reason };
    if error.is_timeout() {
        return transient(format!(
            "{} did not accept a connection within {} s; it is tried again",
            host(url),
            connect.as_secs_f32()
        ));
    }
    if cause.contains("too large") || cause.contains("number of headers") {
        let reason = format!("{} sent a header over the limits ({cause}); tell its operator", host(url));
        return FetchFailure { kind: FailureKind::TooLarge, reason };
    }
    if cause.contains("certificate") {
        return transient(format!(
            "{} shows a certificate that is not valid ({cause}); nothing was read, tell its operator",
            host(url)
        ));
    }
    if error.is_connect() {
        return transient(format!("no connection to {} ({cause}); it is tried again", host(url)));
    }
    transient(format!("{} broke off before it answered ({cause}); it is tried again", host(url)))
}

/// A body that did not arrive whole.
pub(crate) fn of_body(url: &Url, error: &reqwest::Error) -> FetchFailure {
    FetchFailure {
        kind: FailureKind::Transient,
        reason: format!("{} broke off in the middle of the document ({}); it is tried again", host(url), root_cause(error)),
    }
}

/// The deadline of the whole chain passed.
pub(crate) fn too_slow(url: &Url, limit: Duration) -> FetchFailure {
    FetchFailure {
        kind: FailureKind::Transient,
        reason: format!("{} did not finish answering within {} s; it is tried again", host(url), limit.as_secs_f32()),
    }
}

/// The host part, for messages.
pub(crate) fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("the server")
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// `io::Error` hides what it wraps from `source`, so look inside it as well.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    chain(error).find_map(|cause| {
        let wrapped = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        cause.downcast_ref::<E>().or_else(|| wrapped.and_then(|inner| inner.downcast_ref::<E>()))
    })
}

fn root_cause(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}
