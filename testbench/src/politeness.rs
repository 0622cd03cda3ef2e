//! The politeness scorer: the columns of the feed-reader behaviour project (Rachel Kroll), counted from what a server logged.
//!
//! Every column but the first and the good ones must be zero.

use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::HashMap,
    fmt::{Display, Formatter},
};

/// Nobody is believed who asks to be left alone for longer.
const LONGEST: TimeDelta = TimeDelta::days(7);
/// A request without conditions costs the publisher a whole document.
const UNCONDITIONAL: TimeDelta = TimeDelta::hours(24);

/// One request and the answer to it.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Which server: `host:port`.
    pub host: String,
    /// Which document: the path with its query.
    pub path: String,
    /// When, by the clock of the run.
    pub at: DateTime<Utc>,
    /// `If-None-Match`, as sent.
    pub if_none_match: Option<String>,
    /// `If-Modified-Since`, as sent.
    pub if_modified_since: Option<String>,
    /// Other fields that tell on a reader: `Cookie`, `Referer`, arguments nobody asked for.
    pub told: Told,
    /// What was answered.
    pub answer: Given,
}

/// What a request tells without need.
#[derive(Debug, Clone, Copy, Default)]
pub struct Told {
    /// `Cookie`.
    pub cookie: bool,
    /// `Referer`.
    pub referrer: bool,
    /// The query is another than that of the source.
    pub arguments: bool,
}

/// What an answer says, as far as politeness goes.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The status.
    pub status: u16,
    /// `ETag`.
    pub etag: Option<String>,
    /// `Last-Modified`.
    pub last_modified: Option<String>,
    /// For how long it asks not to be asked again, by its head; `None` when the head says nothing about it.
    pub fresh_for: Option<TimeDelta>,
    /// The same by the document (`ttl`); `None` when there is no document, or when it says nothing.
    pub ttl: Option<TimeDelta>,
    /// `Retry-After` of a 429 or 503.
    pub retry_after: Option<TimeDelta>,
}

/// One kind of validator, sent back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Echo {
    /// The last one received.
    pub good: usize,
    /// One that was received before.
    pub out_of_sequence: usize,
    /// One that was never received.
    pub made_up: usize,
    /// None, although one was received.
    pub missing: usize,
}

impl Echo {
    fn count(&mut self, sent: Option<&str>, known: Option<&str>, given: &[String]) {
        match (sent, known) {
            (None, None) => {}
            (None, Some(_)) => self.missing += 1,
            (Some(sent), Some(known)) if sent == known => self.good += 1,
            (Some(sent), _) if given.iter().any(|before| before == sent) => self.out_of_sequence += 1,
            (Some(_), _) => self.made_up += 1,
        }
    }

    const fn bad(&self) -> usize {
        self.out_of_sequence + self.made_up + self.missing
    }
}

/// The columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Score {
    /// All requests.
    pub requests: usize,
    /// Feeds that were asked.
    pub feeds: usize,
    /// Conditional requests earlier than the floor or what the publisher declared.
    pub early: usize,
    /// Requests without conditions within 24 hours, unless the publisher declared less.
    pub early_unconditional: usize,
    /// Requests without conditions although validators were known.
    pub unconditional: usize,
    /// `If-None-Match`.
    pub if_none_match: Echo,
    /// `If-Modified-Since`.
    pub if_modified_since: Echo,
    /// Requests with a cookie.
    pub cookies: usize,
    /// Requests with a referrer.
    pub referrers: usize,
    /// Requests with arguments nobody asked for.
    pub arguments: usize,
    /// Requests to a server that had asked for rest, before its end.
    pub unrested: usize,
    /// The first few faults, in words.
    pub faults: Vec<String>,
}

impl Score {
    /// Whether every bad column is zero.
    #[must_use]
    pub const fn is_perfect(&self) -> bool {
        let early = self.early + self.early_unconditional + self.unrested;
        let told = self.cookies + self.referrers + self.arguments;
        early + told + self.unconditional + self.if_none_match.bad() + self.if_modified_since.bad() == 0
    }

    fn fault(&mut self, exchange: &Exchange, what: &str) {
        if self.faults.len() < 10 {
            self.faults.push(format!("{}{} at {}: {what}", exchange.host, exchange.path, exchange.at));
        }
    }
}

impl Display for Score {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let echo = |echo: &Echo| {
            let Echo { good, out_of_sequence, made_up, missing } = echo;
            format!("{good} good, {out_of_sequence} out of sequence, {made_up} made up, {missing} missing")
        };
        writeln!(f, "{} requests to {} feeds", self.requests, self.feeds)?;
        for (column, text) in [
            ("too early, conditional", self.early.to_string()),
            ("too early, unconditional", self.early_unconditional.to_string()),
            ("unconditional for no reason", self.unconditional.to_string()),
            ("If-None-Match", echo(&self.if_none_match)),
            ("If-Modified-Since", echo(&self.if_modified_since)),
            ("cookies", self.cookies.to_string()),
            ("referrers", self.referrers.to_string()),
            ("arguments added", self.arguments.to_string()),
            ("429 or 503 not obeyed", self.unrested.to_string()),
        ] {
            writeln!(f, "    {column:<28} {text}")?;
        }
        self.faults.iter().try_for_each(|fault| writeln!(f, "    ! {fault}"))
    }
}

/// What is known of one document before a request for it.
#[derive(Default)]
struct Known {
    last: Option<DateTime<Utc>>,
    etag: Option<String>,
    last_modified: Option<String>,
    given: Vec<String>,
    fresh_for: Option<TimeDelta>,
    ttl: Option<TimeDelta>,
    /// For how long the last answer asked not to be asked again.
    declared: Option<TimeDelta>,
}

/// Counts the columns of a log, which is in the order of time. `floor` is what no reader should go below.
#[must_use]
pub fn score(log: &[Exchange], floor: TimeDelta) -> Score {
    let mut score = Score::default();
    let mut documents: HashMap<(&str, &str), Known> = HashMap::new();
    let mut resting: HashMap<&str, DateTime<Utc>> = HashMap::new();
    for exchange in log {
        let host = exchange.host.as_str();
        score.requests += 1;
        score.cookies += usize::from(exchange.told.cookie);
        score.referrers += usize::from(exchange.told.referrer);
        score.arguments += usize::from(exchange.told.arguments);
        if resting.get(host).is_some_and(|until| exchange.at < *until) {
            score.unrested += 1;
            score.fault(exchange, "the server wants rest");
        }
        if let Some(rest) = exchange.answer.retry_after {
            let until = exchange.at + rest.min(LONGEST);
            resting.entry(host).and_modify(|known| *known = until.max(*known)).or_insert(until);
        }
        let known = documents.entry((host, exchange.path.as_str())).or_default();
        judge(&mut score, exchange, known, floor);
        learn(exchange, known);
    }
    score.feeds = documents.len();
    score
}

fn judge(score: &mut Score, exchange: &Exchange, known: &Known, floor: TimeDelta) {
    if is_redirect(&exchange.answer) {
        return;
    }
    let unconditional = exchange.if_none_match.is_none() && exchange.if_modified_since.is_none();
    if unconditional && (known.etag.is_some() || known.last_modified.is_some()) {
        score.unconditional += 1;
        score.fault(exchange, "unconditional");
    }
    let before = score.if_none_match.bad() + score.if_modified_since.bad();
    score.if_none_match.count(exchange.if_none_match.as_deref(), known.etag.as_deref(), &known.given);
    score.if_modified_since.count(exchange.if_modified_since.as_deref(), known.last_modified.as_deref(), &known.given);
    if score.if_none_match.bad() + score.if_modified_since.bad() > before {
        score.fault(exchange, "a wrong validator");
    }
    let Some(last) = known.last else { return };
    let least = match known.declared.map(|declared| declared.min(LONGEST)) {
        Some(declared) => declared.max(floor),
        None if unconditional => UNCONDITIONAL,
        None => floor,
    };
    if exchange.at - last < least {
        let column = if unconditional { &mut score.early_unconditional } else { &mut score.early };
        *column += 1;
        score.fault(
            exchange,
            &format!("{} minutes after the last, not {}", (exchange.at - last).num_minutes(), least.num_minutes()),
        );
    }
}

/// A redirect is no document: it has no validators, and what is spaced is the document behind it.
fn is_redirect(answer: &Given) -> bool {
    (300..400).contains(&answer.status) && answer.status != 304
}

/// RFC 9111, section 4.3.4: what a 304 says replaces what was known, field by field; a 200 replaces all of it.
fn learn(exchange: &Exchange, known: &mut Known) {
    let answer = &exchange.answer;
    if is_redirect(answer) {
        *known = Known::default();
        return;
    }
    known.given.extend(answer.etag.iter().chain(&answer.last_modified).cloned());
    match answer.status {
        200 => {
            (known.etag, known.last_modified) = (answer.etag.clone(), answer.last_modified.clone());
            (known.fresh_for, known.ttl) = (answer.fresh_for, answer.ttl);
        }
        304 => {
            known.etag = answer.etag.clone().or(known.etag.take());
            known.last_modified = answer.last_modified.clone().or(known.last_modified.take());
            known.fresh_for = answer.fresh_for.or(known.fresh_for);
        }
        _ => {}
    }
    // After a failure only what it says itself counts: what was fresh before is old by now.
    known.declared = if matches!(answer.status, 200 | 304) { known.fresh_for.max(known.ttl) } else { answer.retry_after };
    known.last = Some(exchange.at);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(etag: &str) -> Given {
        Given { status: 200, etag: Some(etag.to_owned()), ..Given::default() }
    }

    fn asked(minutes: i64, sent: Option<&str>, answer: Given) -> Exchange {
        Exchange {
            host: "a:80".to_owned(),
            path: "/".to_owned(),
            at: DateTime::from_timestamp(1_795_420_800 + minutes * 60, 0).unwrap(),
            if_none_match: sent.map(str::to_owned),
            if_modified_since: None,
            told: Told::default(),
            answer,
        }
    }

    fn scored(log: &[Exchange]) -> Score {
        score(log, TimeDelta::minutes(60))
    }

    #[test]
    fn a_polite_reader_has_a_perfect_score() {
        let unchanged = || Given { status: 304, ..Given::default() };
        let log = [
            asked(0, None, ok("1")),
            asked(60, Some("1"), ok("2")),
            asked(120, Some("2"), unchanged()),
            asked(180, Some("2"), unchanged()),
        ];
        let score = scored(&log);
        assert!(score.is_perfect(), "{score}");
        assert_eq!((score.requests, score.feeds, score.if_none_match.good), (4, 1, 3));
    }

    #[test]
    fn each_fault_has_its_column() {
        let rest = Given { status: 429, retry_after: Some(TimeDelta::hours(5)), ..Given::default() };
        let declared = Given { fresh_for: Some(TimeDelta::hours(9)), ..ok("1") };
        let lasting = Given { ttl: Some(TimeDelta::hours(9)), ..ok("1") };
        let none = || Given { status: 200, ..Given::default() };
        let told = Told { cookie: true, referrer: true, arguments: true };
        type Column = fn(&Score) -> usize;
        let cases: [(&str, Vec<Exchange>, Column); 12] = [
            ("early", vec![asked(0, None, ok("1")), asked(59, Some("1"), ok("1"))], |score| score.early),
            ("declared", vec![asked(0, None, declared), asked(500, Some("1"), ok("1"))], |score| score.early),
            ("ttl", vec![asked(0, None, lasting), asked(500, Some("1"), ok("1"))], |score| score.early),
            ("daily", vec![asked(0, None, none()), asked(1439, None, none())], |score| score.early_unconditional),
            ("unconditional", vec![asked(0, None, ok("1")), asked(2000, None, ok("1"))], |score| score.unconditional),
            ("missing", vec![asked(0, None, ok("1")), asked(2000, None, ok("1"))], |score| score.if_none_match.missing),
            ("made up", vec![asked(0, Some("x"), ok("1"))], |score| score.if_none_match.made_up),
            (
                "out of sequence",
                vec![asked(0, None, ok("1")), asked(90, Some("1"), ok("2")), asked(190, Some("1"), ok("2"))],
                |score| score.if_none_match.out_of_sequence,
            ),
            ("rest", vec![asked(0, None, rest.clone()), asked(299, None, ok("1"))], |score| score.unrested),
            ("cookie", vec![Exchange { told, ..asked(0, None, ok("1")) }], |score| score.cookies),
            ("referrer", vec![Exchange { told, ..asked(0, None, ok("1")) }], |score| score.referrers),
            ("arguments", vec![Exchange { told, ..asked(0, None, ok("1")) }], |score| score.arguments),
        ];
        for (what, log, column) in cases {
            let score = scored(&log);
            assert_eq!(column(&score), 1, "{what}: {score}");
            assert!(!score.is_perfect(), "{what}");
        }
        let other = Exchange { path: "/other".to_owned(), ..asked(10, None, ok("1")) };
        assert_eq!(scored(&[asked(0, None, rest), other]).unrested, 1, "rest is of the whole server");
    }
}
