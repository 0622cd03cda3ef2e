//! From the items of a source to the source, and from the source back to its items.

use super::{
    Rules, ledger,
    observe::{Notes, registry},
    signal::{Signal, kind_of},
};
use crate::domain::{
    evidence::{Criterion, Evidence, Provenance, Reliability},
    publisher::Publisher,
};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

/// One item's contribution to its source: its evidence and the day it counts from.
#[derive(Debug, Clone)]
pub struct Past {
    /// Published, else first seen.
    pub at: DateTime<Utc>,
    /// As observed; what its source had added is ignored.
    pub evidence: Vec<Evidence>,
}

/// The evidence about a source: that of its items, faded and thinned out, one line a signal, and what the registry knows.
///
/// An item's weight fades by half every `half_life_days`. Items of one template are alike: n of them count for
/// n / (1 + (n − 1)·correlation), where n is their faded number, so that a hundred identical ones count as three.
pub fn source_evidence(rules: &Rules, items: &[Past], publisher: Option<&Publisher>, now: DateTime<Utc>) -> Vec<Evidence> {
    let mut groups: BTreeMap<(Criterion, &str), Group<'_>> = BTreeMap::new();
    let mut kinds: BTreeMap<(Criterion, &str), f64> = BTreeMap::new();
    let mut all = 0.0;
    let mut in_order: Vec<&Past> = items.iter().collect();
    in_order.sort_by_key(|item| item.at);
    for item in in_order {
        let fade = fade(rules, item.at, now);
        all += fade;
        for line in item.evidence.iter().filter(|line| is_own(line)) {
            *kinds.entry((line.criterion, kind_of(&line.signal))).or_default() += fade;
            groups.entry((line.criterion, line.signal.as_str())).or_default().add(line, fade);
        }
    }
    let mut evidence = registry(rules, publisher, now);
    for ((criterion, signal), group) in groups {
        let n = kinds.get(&(criterion, kind_of(signal))).copied().unwrap_or_default();
        let design_effect = 1.0 + (n - 1.0).max(0.0) * rules.data.source.correlation;
        evidence.extend(group.line(rules, design_effect, (all, items.len())));
    }
    evidence
}

/// The criteria in which a source speaks for its items; C3 and C6 stay the item's own.
const HISTORY: [(Criterion, Signal); 4] = [
    (Criterion::C1, Signal::HistoryAuthor),
    (Criterion::C2, Signal::HistoryInterest),
    (Criterion::C4, Signal::HistoryStructure),
    (Criterion::C5, Signal::HistoryWcag),
];

/// What a source adds to its items: C1, C2, C4 and C5, at most `pseudo_counts` each, the registry's lines by name and the rest as
/// one line of history. `source` is the source's own score, as last computed.
pub(crate) fn prior(rules: &Rules, registry: &[Evidence], source: Option<&Reliability>, now: DateTime<Utc>) -> Vec<Evidence> {
    let mut prior: Vec<Evidence> = Vec::new();
    for (criterion, signal) in HISTORY {
        let known = registry.iter().filter(|line| line.criterion == criterion);
        let (mut r, mut n) = (0.0, 0.0);
        for line in known.clone() {
            r += line.support * line.weight;
            n += line.weight;
        }
        let history = source.and_then(|source| history(rules, source, criterion, (r, n)));
        let total = n + history.map_or(0.0, |(_, weight)| weight);
        let scale = if total > rules.data.source.pseudo_counts { rules.data.source.pseudo_counts / total } else { 1.0 };
        prior.extend(known.map(|line| Evidence { weight: line.weight * scale, ..line.clone() }));
        if let Some((support, weight)) = history {
            let mut notes = Notes::new(rules, now, Provenance::History);
            notes.add_computed(signal, support, None);
            prior.extend(notes.evidence.into_iter().map(|line| Evidence { weight: weight * scale, ..line }));
        }
    }
    prior
}

/// The part of a source's score that the registry does not explain: its support and weight, read back from mean and confidence.
fn history(rules: &Rules, source: &Reliability, criterion: Criterion, known: (f64, f64)) -> Option<(f64, f64)> {
    let prior = &rules.data.prior;
    let own = source.criteria.iter().find(|own| own.id == criterion)?;
    let n = prior.strength * own.confidence / (1.0 - own.confidence).max(1e-9);
    let r = own.score * (prior.strength + n) - prior.strength * prior.mean;
    let (r, n) = (r - known.0, n - known.1);
    (n > 1e-6).then(|| ((r / n).clamp(0.0, 1.0), n))
}

/// The item's own evidence; neither what its source added nor what other publishers say.
fn is_own(line: &Evidence) -> bool {
    let kind = kind_of(&line.signal);
    !matches!(line.provenance, Provenance::Registry | Provenance::Curator) && kind != "history" && kind != "status"
}

fn fade(rules: &Rules, at: DateTime<Utc>, now: DateTime<Utc>) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a few decades are exact in an f64")]
    let days = (now - at).num_seconds().max(0) as f64 / 86_400.0;
    (-days / rules.data.source.half_life_days).exp2()
}

/// The lines of one signal over all items.
#[derive(Default)]
struct Group<'a> {
    fades: f64,
    /// Faded weight and support of each.
    parts: Vec<(f64, f64)>,
    latest: Option<&'a Evidence>,
}

impl<'a> Group<'a> {
    fn add(&mut self, line: &'a Evidence, fade: f64) {
        self.fades += fade;
        self.parts.push((line.weight * fade, line.support));
        // Every field that shows decides, so that the order of the items does not.
        let rank = |line: &'a Evidence| (line.observed_at, line.excerpt.as_deref());
        let later = |latest: &'a Evidence| rank(latest).cmp(&rank(line)).then(latest.support.total_cmp(&line.support)).is_lt();
        if self.latest.is_none_or(later) {
            self.latest = Some(line);
        }
    }

    /// One line; an interest that only part of the items show is no cap on the source, but still counts.
    fn line(mut self, rules: &Rules, design_effect: f64, (all, items): (f64, usize)) -> Option<Evidence> {
        let latest = self.latest?;
        self.parts.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        let weight: f64 = self.parts.iter().map(|(weight, _)| weight).sum();
        let supported: f64 = self.parts.iter().map(|(weight, support)| weight * support).sum();
        let occasional = kind_of(&latest.signal) == "interest" && self.fades < rules.data.source.interest_share * all;
        let signal = if occasional { Signal::InterestsOccasional.name().to_owned() } else { latest.signal.clone() };
        let share = format!("{}/{items}", self.parts.len());
        let excerpt = match latest.excerpt.as_deref() {
            Some(sample) if self.parts.len() == 1 || kind_of(&latest.signal) != "date" => format!("{share} · {sample}"),
            _ => share,
        };
        Some(Evidence {
            signal,
            support: if weight > 0.0 { (supported / weight).clamp(0.0, 1.0) } else { latest.support },
            weight: weight / design_effect,
            excerpt: Some(excerpt),
            ..latest.clone()
        })
    }
}

/// The reliability of a source from what was observed of its items.
pub fn source_reliability(rules: &Rules, items: &[Past], publisher: Option<&Publisher>, now: DateTime<Utc>) -> Reliability {
    ledger::score(rules, &source_evidence(rules, items, publisher, now))
}
