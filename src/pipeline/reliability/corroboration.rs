//! C6: do other voices say the same?

use super::{
    Rules, ledger,
    observe::Notes,
    signal::{Signal, kind_of},
};
use crate::domain::evidence::{Criterion, Evidence, Provenance};
use chrono::{DateTime, Duration, Utc};

/// An independent publisher group that tells the same story. The item's own group is none: the origin does not confirm itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Voice {
    /// Its name for people.
    pub name: String,
    /// 0 to 1: the best of its sources, see [`quality`].
    pub quality: f64,
}

/// What was found when looking for others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Company {
    /// Independent groups.
    pub voices: Vec<Voice>,
    /// Publishers that carry the same words.
    pub copies: Vec<String>,
}

/// How much a confirmation by that item is worth: (S − σ) / 100, computed without C6, so that two sources never lift each other.
pub fn quality(rules: &Rules, evidence: &[Evidence]) -> f64 {
    let without: Vec<Evidence> = evidence.iter().filter(|line| line.criterion != Criterion::C6).cloned().collect();
    ledger::score(rules, &without).low / 100.0
}

/// The evidence of company, or of its absence. `age` is the time since the item was published, else first seen.
///
/// k groups give 1 − Π(1 − 0.6·q) with weight min(4, 1 + k), and never count against; only copies count as a bad sign; alone is
/// none for 48 hours, then a weak one.
pub fn corroboration(rules: &Rules, company: &Company, age: Duration, now: DateTime<Utc>) -> Vec<Evidence> {
    let mut notes = Notes::new(rules, now, Provenance::History);
    let rule = &rules.data.corroboration;
    if !company.voices.is_empty() {
        let mut qualities: Vec<f64> = company.voices.iter().map(|voice| voice.quality.clamp(0.0, 1.0)).collect();
        qualities.sort_by(f64::total_cmp);
        let support = 1.0 - qualities.iter().map(|q| 1.0 - rule.quality * q).product::<f64>();
        let names: Vec<&str> = company.voices.iter().map(|voice| voice.name.as_str()).collect();
        notes.add_computed(Signal::CorroborationGroups, support.max(rule.floor), names.join(", "));
        let k = u32::try_from(qualities.len()).unwrap_or(u32::MAX);
        let most = rules.signal(Signal::CorroborationGroups).weight;
        notes.evidence[0].weight = (rule.base_weight + f64::from(k)).min(most);
    } else if !company.copies.is_empty() {
        notes.add(Signal::CorroborationCopies, company.copies.join(", "));
    } else if age >= Duration::hours(rule.alone_after_hours) {
        notes.add(Signal::CorroborationAlone, None);
    }
    notes.evidence
}

/// `evidence` with that company instead of what was known before. An official act is its own proof: company changes nothing.
pub fn with_corroboration(rules: &Rules, evidence: &[Evidence], company: Vec<Evidence>) -> Vec<Evidence> {
    let proven = evidence.iter().any(|line| rules.stands_for(&line.signal).iter().any(|kind| kind == "corroboration"));
    let kept = evidence.iter().filter(|line| kind_of(&line.signal) != "corroboration").cloned();
    kept.chain(company.into_iter().filter(|_| !proven)).collect()
}
