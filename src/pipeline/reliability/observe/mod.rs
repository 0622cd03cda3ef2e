//! What can be observed of one item. What could not be looked at leaves no trace: unknown is not bad.

mod act;
mod author;
mod content;
mod interest;
mod registry;
mod release;

pub(crate) use content::Body;
pub use interest::interests;
pub(crate) use registry::registry;

use super::{Rules, phrases::Scan, signal::Signal, source::prior};
use crate::domain::{
    evidence::{Evidence, Provenance, Reliability},
    fetching::StatedDate,
    item::NewItem,
    publisher::Publisher,
};
use chrono::{DateTime, Duration, Utc};

/// The most characters that an excerpt keeps.
const EXCERPT: usize = 200;

/// What an item's source brings along: built once for all the items of a refresh.
pub struct Standing<'a> {
    publisher: Option<&'a Publisher>,
    prior: Vec<Evidence>,
}

impl<'a> Standing<'a> {
    /// From the registry and from the source's own score, where one was computed before.
    pub fn new(rules: &Rules, publisher: Option<&'a Publisher>, source: Option<&Reliability>, now: DateTime<Utc>) -> Self {
        Self { publisher, prior: prior(rules, &registry(rules, publisher, now), source, now) }
    }
}

/// Everything that a feed alone tells of an item's reliability: author, date, attribution, links, tone, interests, registry.
///
/// For one item of a source without a history; for many use [`observe_item`] with one [`Standing`].
pub fn observe(rules: &Rules, item: &NewItem, publisher: Option<&Publisher>, now: DateTime<Utc>) -> Vec<Evidence> {
    observe_item(rules, item, &Standing::new(rules, publisher, None, now), now)
}

/// The item's own evidence, and what its source adds as at most three pseudo-counts a criterion.
pub fn observe_item(rules: &Rules, item: &NewItem, standing: &Standing<'_>, now: DateTime<Utc>) -> Vec<Evidence> {
    let mut evidence = observe_alone(rules, item, standing.publisher, (Provenance::Feed, now));
    evidence.extend(standing.prior.iter().cloned());
    evidence
}

/// The item's own evidence, without its source's; seen where and when.
pub(crate) fn observe_alone(
    rules: &Rules,
    item: &NewItem,
    publisher: Option<&Publisher>,
    (provenance, now): (Provenance, DateTime<Utc>),
) -> Vec<Evidence> {
    let mut notes = Notes::new(rules, now, provenance);
    let seen = Seen::new(rules, item, publisher);
    author::author(&mut notes, &seen);
    interest::interest(&mut notes, &seen);
    date(&mut notes, item);
    let act = act::act(&mut notes, &seen);
    content::content(&mut notes, &seen, act);
    notes.evidence
}

/// An item whose date moved forward by more than a day between two fetches: put in place of its date evidence.
pub fn redated(rules: &Rules, before: Option<StatedDate>, after: Option<StatedDate>, now: DateTime<Utc>) -> Option<Evidence> {
    let (before, after) = (before?, after?);
    let moved = after.at - before.at > Duration::days(1);
    moved.then(|| {
        let mut notes = Notes::new(rules, now, Provenance::History);
        notes.add(Signal::DateRedated, format!("{} → {}", before.at.date_naive(), after.at.date_naive()));
        notes.evidence.remove(0)
    })
}

/// One item being looked at, with what every observation needs of it.
struct Seen<'a> {
    item: &'a NewItem,
    publisher: Option<&'a Publisher>,
    title: Scan,
    /// Signatures and categories: where a text that was paid for often says so.
    labels: Scan,
    body: Option<Body>,
}

impl<'a> Seen<'a> {
    fn new(rules: &Rules, item: &'a NewItem, publisher: Option<&'a Publisher>) -> Self {
        let scan = |text: &str| rules.phrases.scan(&rules.data.text, text);
        let labels = item.authors.iter().map(|author| &author.name).chain(&item.categories);
        let labels = labels.map(String::as_str).collect::<Vec<_>>().join("\n");
        Self { item, publisher, title: scan(&item.title), labels: scan(&labels), body: Body::of(rules, item) }
    }

    /// The item's address lies on the publisher's own site.
    fn at_home(&self) -> bool {
        let host = self.item.url.as_deref().and_then(content::host);
        let owns = |host: &str, domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        host.zip(self.publisher).is_some_and(|(host, publisher)| publisher.domains.iter().any(|domain| owns(host, domain)))
    }
}

/// Evidence being written down.
pub(crate) struct Notes<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) now: DateTime<Utc>,
    pub(crate) provenance: Provenance,
    pub(crate) evidence: Vec<Evidence>,
}

impl<'a> Notes<'a> {
    pub(crate) fn new(rules: &'a Rules, now: DateTime<Utc>, provenance: Provenance) -> Self {
        Self { rules, now, provenance, evidence: Vec::with_capacity(16) }
    }

    /// With the support of the rules.
    pub(crate) fn add(&mut self, signal: Signal, excerpt: impl Into<Option<String>>) {
        self.add_computed(signal, self.rules.signal(signal).support, excerpt);
    }

    /// With a support that a formula gave.
    pub(crate) fn add_computed(&mut self, signal: Signal, support: f64, excerpt: impl Into<Option<String>>) {
        let rule = self.rules.signal(signal);
        let excerpt = excerpt.into().map(shortened).filter(|text| !text.is_empty());
        self.evidence.push(Evidence {
            criterion: rule.criterion,
            signal: signal.name().to_owned(),
            support: support.clamp(0.0, 1.0),
            weight: rule.weight,
            observed_at: self.now,
            provenance: self.provenance,
            excerpt,
        });
    }
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(EXCERPT) {
        None => text,
        Some(_) => text.chars().take(EXCERPT - 1).chain(['…']).collect(),
    }
}

/// How exactly the date is stated. Freshness is relevance, not reliability.
fn date(notes: &mut Notes<'_>, item: &NewItem) {
    use crate::domain::fetching::DatePrecision;
    let impossible = |text: &String| DateTime::parse_from_rfc3339(text).is_ok() || DateTime::parse_from_rfc2822(text).is_ok();
    match item.published.or(item.updated) {
        Some(date) if date.at > notes.now + Duration::days(1) => notes.add(Signal::DateWrong, date.at.date_naive().to_string()),
        Some(date) if date.precision == DatePrecision::Zoned => {
            notes.add(Signal::DateZoned, date.at.format("%Y-%m-%d %H:%M UTC").to_string());
        }
        Some(date) => notes.add(Signal::DateDay, date.at.date_naive().to_string()),
        None if item.unreadable_date.as_ref().is_some_and(impossible) => {
            notes.add(Signal::DateWrong, item.unreadable_date.clone())
        }
        None => notes.add(Signal::DateFirstSeen, item.unreadable_date.clone()),
    }
}
