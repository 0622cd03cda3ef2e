//! From evidence to a score, and from a score to the lines that explain it.
//!
//! Per criterion a Beta posterior over a weak prior; the score is their weighted sum. Sums run in one fixed order, so that the
//! same evidence gives the same bits in whatever order it comes.

use super::{
    Rules,
    signal::{Signal, kind_of},
};
use crate::domain::evidence::{Criterion, CriterionScore, Evidence, Ledger, LedgerLine, Level, Missing, Reliability};

/// Name of the hard rule: an interest was detected, the mean of C2 has a ceiling.
pub const CAP_INTEREST: &str = "cap.interest";
/// Name of the hard rule: the text was retracted or withdrawn, the score has a ceiling.
pub const CAP_RETRACTED: &str = "cap.retracted";
/// Name of the hard rule: satire or blocked, not scored.
pub const CAP_BLOCKED: &str = "cap.blocked";

/// What evidence adds up to, without the account of it: for the thousands that nobody looks at.
pub fn score(rules: &Rules, evidence: &[Evidence]) -> Reliability {
    Sums::of(in_order(evidence).into_iter()).reliability(rules)
}

/// What evidence adds up to, line by line. The order of `evidence` does not matter.
pub fn ledger(rules: &Rules, evidence: &[Evidence]) -> Ledger {
    let ordered = in_order(evidence);
    let reliability = Sums::of(ordered.iter().copied()).reliability(rules);
    let mut lines: Vec<LedgerLine> = ordered
        .iter()
        .enumerate()
        .map(|(index, line)| {
            let others = ordered.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, evidence)| *evidence);
            let without = Sums::of(others).reliability(rules);
            LedgerLine { evidence: (*line).clone(), contribution: reliability.score - without.score }
        })
        .collect();
    lines.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
    let missing = missing(rules, &ordered, reliability.score);
    Ledger { reliability, lines, missing }
}

/// The fixed order of summation.
fn in_order(evidence: &[Evidence]) -> Vec<&Evidence> {
    let mut ordered: Vec<&Evidence> = evidence.iter().collect();
    ordered.sort_by(|a, b| {
        (a.criterion, a.signal.as_str())
            .cmp(&(b.criterion, b.signal.as_str()))
            .then(a.support.total_cmp(&b.support))
            .then(a.weight.total_cmp(&b.weight))
            .then_with(|| a.excerpt.cmp(&b.excerpt))
    });
    ordered
}

/// The signals of which there is no evidence of that kind, with what the best of them would add.
fn missing(rules: &Rules, ordered: &[&Evidence], score: f64) -> Vec<Missing> {
    let looked_at = |name: &str| {
        ordered.iter().any(|evidence| {
            kind_of(&evidence.signal) == kind_of(name)
                || rules.stands_for(&evidence.signal).iter().any(|kind| kind == kind_of(name))
        })
    };
    let mut missing: Vec<Missing> = rules
        .missing()
        .filter(|(signal, _)| !looked_at(signal.name()))
        .map(|(signal, rule)| {
            let mut sums = Sums::of(ordered.iter().copied());
            sums.add(rule.criterion, rule.support, rule.weight);
            let up_to = (sums.reliability(rules).score - score).max(0.0);
            Missing { criterion: rule.criterion, signal: signal.name().to_owned(), up_to }
        })
        .collect();
    missing.sort_by(|a, b| b.up_to.total_cmp(&a.up_to));
    missing
}

/// Supporting and opposing weight of each criterion, and the hard rules seen.
#[derive(Debug, Default)]
struct Sums {
    r: [f64; 6],
    q: [f64; 6],
    interest: bool,
    retracted: bool,
    blocked: bool,
}

impl Sums {
    fn of<'a>(evidence: impl Iterator<Item = &'a Evidence>) -> Self {
        let mut sums = Self::default();
        for line in evidence {
            sums.interest |= kind_of(&line.signal) == "interest" && line.weight > 0.0;
            sums.retracted |= line.signal == Signal::StatusRetracted.name();
            sums.blocked |= line.signal == Signal::StatusBlocked.name() || line.signal == Signal::StatusSatire.name();
            sums.add(line.criterion, line.support, line.weight);
        }
        sums
    }

    /// Stored evidence may be older than the rules: what lies outside 0 to 1 is brought back, what is no number counts nothing.
    fn add(&mut self, criterion: Criterion, support: f64, weight: f64) {
        if support.is_finite() && weight.is_finite() && weight > 0.0 {
            let support = support.clamp(0.0, 1.0);
            self.r[criterion as usize] += weight * support;
            self.q[criterion as usize] += weight * (1.0 - support);
        }
    }

    fn reliability(&self, rules: &Rules) -> Reliability {
        let (mut score, mut variance, mut confidence) = (0.0, 0.0, 0.0);
        let mut criteria = Vec::with_capacity(Criterion::ALL.len());
        for id in Criterion::ALL {
            let (own, spread) = self.posterior(rules, id);
            let points = rules.weight(id);
            score += points * own.score;
            variance += points * points * spread;
            confidence += points / 100.0 * own.confidence;
            criteria.push(own);
        }
        let (caps, rules_version) = (self.caps(), rules.version().to_owned());
        if self.blocked {
            let level = Level::Insufficient;
            return Reliability { score: 0.0, low: 0.0, high: 0.0, confidence: 0.0, level, criteria, caps, rules: rules_version };
        }
        let ceiling = if self.retracted { rules.data.caps.retracted } else { 100.0 };
        let (score, sigma) = (f64::min(score, ceiling), variance.sqrt());
        let (low, high) = ((score - sigma).max(0.0), (score + sigma).min(ceiling));
        let level = level(rules, score, confidence);
        Reliability { score, low, high, confidence, level, criteria, caps, rules: rules_version }
    }

    /// Mean, confidence and variance of one criterion.
    fn posterior(&self, rules: &Rules, id: Criterion) -> (CriterionScore, f64) {
        let prior = &rules.data.prior;
        let (r, n) = (self.r[id as usize], self.r[id as usize] + self.q[id as usize]);
        let mut mean = (prior.strength * prior.mean + r) / (prior.strength + n);
        if id == Criterion::C2 && self.interest {
            mean = mean.min(rules.data.caps.interest);
        }
        let variance = mean * (1.0 - mean) / (prior.strength + n + 1.0);
        (CriterionScore { id, score: mean, confidence: n / (prior.strength + n) }, variance)
    }

    fn caps(&self) -> Vec<String> {
        let caps = [(self.blocked, CAP_BLOCKED), (self.interest, CAP_INTEREST), (self.retracted, CAP_RETRACTED)];
        caps.iter().filter(|(applies, _)| *applies).map(|(_, name)| (*name).to_owned()).collect()
    }
}

/// The word for a score as it is shown, rounded: 69.6 reads "70, reliable".
fn level(rules: &Rules, score: f64, confidence: f64) -> Level {
    let levels = &rules.data.levels;
    match score.round() {
        _ if confidence < levels.confidence => Level::Insufficient,
        shown if shown >= levels.reliable => Level::Reliable,
        shown if shown >= levels.rather_reliable => Level::RatherReliable,
        shown if shown >= levels.cross_check => Level::CrossCheck,
        _ => Level::Doubtful,
    }
}
