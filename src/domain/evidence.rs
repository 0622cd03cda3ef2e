//! Evidence, and what it adds up to: see `docs/RELIABILITY.md`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The six criteria of the certification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Criterion {
    /// The author is identified.
    C1,
    /// The author is competent, reputable, without interest of their own.
    C2,
    /// The content holds: date, sources, language.
    C3,
    /// The document is structured.
    C4,
    /// It respects accessibility norms.
    C5,
    /// Other trusted sites confirm it.
    C6,
}

impl Criterion {
    /// All six, in order.
    pub const ALL: [Self; 6] = [Self::C1, Self::C2, Self::C3, Self::C4, Self::C5, Self::C6];

    /// "C1" to "C6".
    pub fn id(self) -> &'static str {
        ["C1", "C2", "C3", "C4", "C5", "C6"][self as usize]
    }
}

/// Where a piece of evidence was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provenance {
    /// In the feed entry.
    Feed,
    /// On the page behind it.
    Page,
    /// In what we saw of the source over time.
    History,
    /// In the registry of publishers.
    Registry,
    /// A person said so.
    Curator,
}

/// One observation. Looked and not found is evidence with a low support; could not look is no evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Which criterion it bears on.
    pub criterion: Criterion,
    /// What was observed: a stable name such as `author.person`, listed in the rules.
    pub signal: String,
    /// How far it supports the criterion, 0 to 1.
    pub support: f64,
    /// How much it counts, 0 or more.
    pub weight: f64,
    /// When it was observed.
    pub observed_at: DateTime<Utc>,
    /// Where.
    pub provenance: Provenance,
    /// What a person can check: the words, the name, the link. Plain text, 200 characters at most.
    pub excerpt: Option<String>,
}

/// A reliability in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Confidence under 35 %, whatever the score.
    Insufficient,
    /// Under 40.
    Doubtful,
    /// 40 to 54.
    CrossCheck,
    /// 55 to 69.
    RatherReliable,
    /// 70 and more.
    Reliable,
}

/// What the evidence of one criterion adds up to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CriterionScore {
    /// Which criterion.
    pub id: Criterion,
    /// Mean of the posterior, 0 to 1.
    pub score: f64,
    /// 0 to 1: how much evidence stands behind it.
    pub confidence: f64,
}

/// What the evidence adds up to. The interval says how far the score could move if the missing evidence arrived.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reliability {
    /// 0 to 100.
    pub score: f64,
    /// Score less one standard deviation.
    pub low: f64,
    /// Score plus one standard deviation.
    pub high: f64,
    /// 0 to 1.
    pub confidence: f64,
    /// In words.
    pub level: Level,
    /// All six, in order.
    pub criteria: Vec<CriterionScore>,
    /// Hard rules that applied: stable names such as `cap.interest`.
    pub caps: Vec<String>,
    /// The version of the rules that computed it.
    pub rules: String,
}

/// A piece of evidence with what it changes: the score with it, less the score without it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// The observation.
    pub evidence: Evidence,
    /// Points of score, signed.
    pub contribution: f64,
}

/// A signal that was not observed, and the most that it could add.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Missing {
    /// Which criterion it would bear on.
    pub criterion: Criterion,
    /// Its stable name.
    pub signal: String,
    /// Points of score at the most.
    pub up_to: f64,
}

/// The whole account of a score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ledger {
    /// The result.
    pub reliability: Reliability,
    /// The lines, largest contribution first.
    pub lines: Vec<LedgerLine>,
    /// What was not observed, largest possible gain first.
    pub missing: Vec<Missing>,
}
