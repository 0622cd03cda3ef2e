//! What crosses from a fetch to the decision about it.

use crate::domain::document::Document;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use url::Url;

/// The validators of RFC 9110 section 8.8, opaque, to be sent back byte for byte to the URL that gave them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Validators {
    /// The URL that gave them: after a redirect, not that of the source.
    pub url: String,
    /// `ETag`, quotes and weakness mark included.
    pub etag: Option<String>,
    /// `Last-Modified`, never parsed.
    pub last_modified: Option<String>,
}

impl Validators {
    /// No validator at all: the server cannot be asked conditionally.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }
}

/// One request to make.
#[derive(Debug, Clone)]
pub struct FetchRequest {
    /// Where.
    pub url: Url,
    /// What to send back, if its URL is the one asked.
    pub validators: Option<Validators>,
    /// What the answer is for.
    pub purpose: Purpose,
}

impl FetchRequest {
    /// A feed, asked conditionally where validators are known.
    pub fn feed(url: Url, validators: Option<Validators>) -> Self {
        Self { url, validators, purpose: Purpose::Feed }
    }

    /// A further page of a feed (RFC 5005): redirects stay at its origin.
    pub fn further_page(url: Url) -> Self {
        Self { url, validators: None, purpose: Purpose::FurtherPage }
    }

    /// A web page, asked only where robots.txt allows it.
    pub fn page(url: Url) -> Self {
        Self { url, validators: None, purpose: Purpose::Page }
    }
}

/// What an answer is for: a feed is published to be fetched by programs, a page is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Purpose {
    /// A feed, or any other document meant for programs.
    #[default]
    Feed,
    /// A further page of a feed: nothing outside its origin is asked, whatever redirects say.
    FurtherPage,
    /// A web page: robots.txt (RFC 9309) is asked first.
    Page,
}

/// The last rest of a server that asked for one, under way or over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostRest {
    /// When it was asked for.
    pub began: DateTime<Utc>,
    /// Its end.
    pub until: DateTime<Utc>,
}

impl HostRest {
    /// How long it is, or was.
    pub fn length(self) -> Duration {
        self.until - self.began
    }
}

/// `host:port`, the unit of politeness: one request at a time, spaced, and rest after 429 or 503.
pub fn host_key(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

/// An address as logs and reasons may tell it: without user, password and query, any of which may be somebody's secret.
pub fn sayable(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let query = if url.query().is_some() { "?…" } else { "" };
    format!("{}://{}{port}{}{query}", url.scheme(), url.host_str().unwrap_or_default(), url.path())
}

/// What the publisher said about when to come back, already as durations from the answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Freshness {
    /// `Cache-Control: max-age`, else `Expires`, less `Age` (RFC 9111). Zero or negative counts as absent.
    pub fresh_for: Option<Duration>,
    /// `Retry-After`, in seconds or as a date.
    pub retry_after: Option<Duration>,
    /// The head says nothing about freshness: after a 304, what was known of the document holds (RFC 9111, section 3.2).
    pub unstated: bool,
}

/// What a publisher declared with the document that is known: for how long it need not be asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Declared {
    /// By the head, in seconds.
    pub fresh_s: Option<i64>,
    /// By the document itself (`ttl`, `sy:updatePeriod`), in seconds.
    pub ttl_s: Option<i64>,
}

impl Declared {
    /// The longer of the two.
    pub fn longest(self) -> Option<Duration> {
        self.fresh_s.max(self.ttl_s).and_then(Duration::try_seconds)
    }
}

/// A permanent or temporary redirect that was followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The status: 301, 302, 303, 307 or 308.
    pub status: u16,
    /// Where it led.
    pub target: Url,
}

/// How a request ended. Everything that is not an answer is a [`FetchFailure`]: a value, never a stop.
#[derive(Debug, Clone)]
pub struct FetchOutcome {
    /// The answer or the failure.
    pub result: Result<Answer, FetchFailure>,
    /// The last server on the way got the request, whatever came back.
    pub reached: bool,
    /// The redirects on the way, in order.
    pub redirects: Vec<Redirect>,
    /// What was said about when to come back, on success and on failure.
    pub freshness: Freshness,
    /// `Sunset` (RFC 8594) or `Deprecation` (RFC 9745), to be shown to the operator.
    pub notices: Vec<String>,
    /// The `Link` fields (RFC 8288) of the answer, as sent.
    pub links: Vec<String>,
    /// Bytes received, compressed.
    pub bytes: u64,
    /// Time from asking for a slot to the last byte.
    pub elapsed: Duration,
}

/// A successful answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// 304. The validators are those of the 304 where it carries any, else those that were sent.
    NotModified {
        /// What to send next time.
        validators: Validators,
    },
    /// 200 with a whole body.
    Fetched {
        /// The document.
        document: Document,
        /// SHA-256 of the decompressed body.
        body_hash: [u8; 32],
        /// What to send next time.
        validators: Validators,
    },
}

/// Why there is no answer, grouped by remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchFailure {
    /// Which remedy applies.
    pub kind: FailureKind,
    /// One line that names the thing and the remedy.
    pub reason: String,
}

/// What a failure asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// Time-out, connection refused, 5xx, name not resolved: try again later.
    Transient,
    /// 429, or 503 with `Retry-After`: the whole host:port wants rest.
    RateLimited,
    /// Not asked: the host wants rest since a moment ago. No failure of this address.
    Resting,
    /// 404 and other 4xx: the address needs a person, try rarely.
    Permanent,
    /// 410: stop.
    Gone,
    /// Forbidden address, scheme, port, redirect loop, robots.txt: we refuse.
    Refused,
    /// Over a limit of size, time or decompression.
    TooLarge,
    /// 200, but no feed; or a coding that does not decode.
    Unreadable,
}

impl fmt::Display for FetchFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

/// An instant with how exactly it was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StatedDate {
    /// The instant, in UTC; midnight UTC for a bare day.
    pub at: DateTime<Utc>,
    /// How exactly it was stated.
    pub precision: DatePrecision,
}

/// How exactly a date was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatePrecision {
    /// A day only.
    Day,
    /// A time without a zone: taken as UTC.
    NoZone,
    /// A time with its zone.
    Zoned,
}
