//! The rule set: weights, supports, formulas and tables, read from data and checked before use.

use super::{
    names::Names,
    phrases::{Kind, Phrases},
    signal::Signal,
};
use crate::domain::evidence::Criterion;
use serde::Deserialize;
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

/// What the product ships. A test parses it.
const SHIPPED: &str = include_str!("rules.toml");

/// The rule set: weights, supports and tables as data, with a version. Cheap to clone.
#[derive(Clone)]
pub struct Rules {
    pub(crate) data: Arc<Data>,
    pub(crate) phrases: Arc<Phrases>,
    pub(crate) names: Arc<Names>,
    /// By `Signal as usize`.
    signals: Arc<[SignalRule]>,
}

/// A rule set that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidRules(pub String);

/// The file, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Data {
    pub(crate) version: String,
    pub(crate) missing: Vec<String>,
    weights: BTreeMap<Criterion, f64>,
    pub(crate) prior: Prior,
    pub(crate) levels: Levels,
    pub(crate) caps: Caps,
    signals: BTreeMap<String, SignalRule>,
    pub(crate) source: SourceRules,
    pub(crate) corroboration: CorroborationRules,
    pub(crate) attribution: Attribution,
    pub(crate) links: Links,
    pub(crate) title: TitleTone,
    pub(crate) body: BodyTone,
    pub(crate) loaded: Loaded,
    pub(crate) address: Address,
    pub(crate) specifics: Specifics,
    pub(crate) readability: Readability,
    pub(crate) announcement: Announcement,
    pub(crate) press_release: PressRelease,
    pub(crate) text: TextRules,
    words: BTreeMap<Kind, Vec<String>>,
    pub(crate) affiliate: Affiliate,
    names: BTreeMap<String, Vec<String>>,
}

/// One signal's place and default.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignalRule {
    pub(crate) criterion: Criterion,
    pub(crate) support: f64,
    pub(crate) weight: f64,
    #[serde(default)]
    pub(crate) stands_for: Vec<String>,
}

/// Declares a group of plain numbers of the file.
macro_rules! figures {
    ($($(#[$doc:meta])* $group:ident { $($field:ident: $type:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $group { $(pub(crate) $field: $type),+ }
    )+};
}

figures! {
    /// Beta prior.
    Prior { strength: f64, mean: f64 }
    /// From which score on a word holds.
    Levels { reliable: f64, rather_reliable: f64, cross_check: f64, confidence: f64 }
    /// Ceilings of the hard rules.
    Caps { interest: f64, retracted: f64 }
    /// From items to their source and back.
    SourceRules { half_life_days: f64, correlation: f64, pseudo_counts: f64, interest_share: f64, overdue_factor: f64 }
    /// Other voices.
    CorroborationRules { quality: f64, floor: f64, base_weight: f64, alone_after_hours: i64 }
    /// Attribution verbs and quotations.
    Attribution { base: f64, span: f64, scale: f64, quotation: f64, vague: f64, interested: f64 }
    /// Outbound links.
    Links { base: f64, span: f64, scale: f64, primary: f64, ignored: Vec<String> }
    /// Tone of a title.
    TitleTone { base: f64, exclamation: f64, clickbait: f64, ellipsis: f64, capitals: f64, loaded: f64, question: f64 }
    /// Tone of a body.
    BodyTone { base: f64, exclamation: f64, capitals: f64 }
    /// Emotive and absolute words, and what presses the reader.
    Loaded { base: f64, slope: f64, floor: f64 }
    /// I, we, you.
    Address { base: f64, free: f64, slope: f64, floor: f64 }
    /// Figures and names.
    Specifics { base: f64, span: f64, scale: f64 }
    /// What counts how much for a publisher's announcement of its own, and from how much on it is one.
    Announcement { title: u32, own_name: u32, own_voice: u32, offer: u32, several_offers: u32, threshold: u32 }
    /// What counts how much for a press release, and from how much on it is one.
    PressRelease { phrase: u32, dateline: u32, boilerplate: u32, end_mark: u32, superlative: u32, superlatives: u32, threshold: u32 }
    /// LIX band.
    Readability { low: f64, high: f64, best: f64, slope: f64, floor: f64 }
    /// What is enough text, and what shouting is.
    TextRules {
        words: u32, tone_words: u32, max_bytes: usize, shouted_letters: u32, shouted_run: u32, shouted_run_letters: u32,
        quotation_words: u32, sponsored_words: u32,
    }
    /// Links that pay.
    Affiliate { domains: Vec<String>, marks: Vec<String>, weak_marks: Vec<String> }
}

impl Rules {
    /// The rule set that the product ships. Compiled once.
    pub fn shipped() -> Self {
        #[expect(clippy::expect_used, reason = "invariant: the embedded rules are valid, a test parses them")]
        static COMPILED: LazyLock<Rules> =
            LazyLock::new(|| Rules::parse(SHIPPED).expect("invariant: the embedded rules are valid"));
        COMPILED.clone()
    }

    /// Another one, as TOML text with every key of the shipped one. The error names the key and what it must be.
    pub fn parse(toml: &str) -> Result<Self, InvalidRules> {
        let data: Data = toml::from_str(toml).map_err(|error| InvalidRules(error.to_string().trim_end().to_owned()))?;
        check_figures(&data)?;
        let mut signals = Vec::with_capacity(Signal::ALL.len());
        for signal in Signal::ALL {
            let rule = data.signals.get(signal.name());
            signals.push(rule.cloned().ok_or_else(|| InvalidRules(format!("[signals] lacks \"{}\"", signal.name())))?);
        }
        if let Some(unknown) = data.signals.keys().chain(&data.missing).find(|name| Signal::named(name).is_none()) {
            return Err(InvalidRules(format!("\"{unknown}\" is no signal that veille observes; remove it or correct its name")));
        }
        let phrases = Phrases::compile(&data.words).map_err(InvalidRules)?;
        let names = Names::compile(&data.names).map_err(InvalidRules)?;
        Ok(Self { data: Arc::new(data), phrases: Arc::new(phrases), names: Arc::new(names), signals: signals.into() })
    }

    /// Its version.
    pub fn version(&self) -> &str {
        &self.data.version
    }

    /// Support, weight and criterion of a signal.
    pub(crate) fn signal(&self, signal: Signal) -> &SignalRule {
        &self.signals[signal as usize]
    }

    /// Points of a criterion, of 100.
    pub(crate) fn weight(&self, criterion: Criterion) -> f64 {
        self.data.weights.get(&criterion).copied().unwrap_or_default()
    }

    /// The signals that a ledger can lack, best of each kind.
    pub(crate) fn missing(&self) -> impl Iterator<Item = (Signal, &SignalRule)> {
        self.data.missing.iter().filter_map(|name| Signal::named(name)).map(|signal| (signal, self.signal(signal)))
    }

    /// The kinds that are pointless to look for once the signal of that name is there.
    pub(crate) fn stands_for(&self, name: &str) -> &[String] {
        Signal::named(name).map_or(&[], |signal| &self.signal(signal).stands_for)
    }
}

fn check_figures(data: &Data) -> Result<(), InvalidRules> {
    let check = |ok: bool, what: &str| if ok { Ok(()) } else { Err(InvalidRules(what.to_owned())) };
    check(!data.version.trim().is_empty(), "`version` is empty; every change of the rules needs a version of its own")?;
    let total: f64 = Criterion::ALL.iter().map(|c| data.weights.get(c).copied().unwrap_or(f64::NAN)).sum();
    let points = (total - 100.0).abs() < 1e-9 && data.weights.values().all(|w| *w >= 0.0);
    check(points, "[weights] must give C1 to C6 points of 0 or more that add up to 100")?;
    for (name, rule) in &data.signals {
        let ok = (0.0..=1.0).contains(&rule.support) && (0.0..=100.0).contains(&rule.weight);
        check(ok, &format!("signal \"{name}\": support must lie in 0 to 1 and weight in 0 to 100"))?;
    }
    let levels = [data.levels.cross_check, data.levels.rather_reliable, data.levels.reliable];
    check(levels.is_sorted(), "[levels] must not fall from cross_check to rather_reliable to reliable")?;
    let positive =
        [data.prior.strength, data.attribution.scale, data.links.scale, data.specifics.scale, data.source.half_life_days];
    let positive = positive.iter().all(|x| *x > 0.0 && x.is_finite());
    check(positive, "prior.strength, half_life_days and every `scale` must be above 0")?;
    let shares = shares(data).iter().all(|x| (0.0..=1.0).contains(x));
    check(shares, "shares, ceilings and `base` (with `span`) must lie in 0 to 1, caps.retracted in 0 to 100")
}

/// What must lie in 0 to 1.
fn shares(data: &Data) -> [f64; 18] {
    let (source, corroboration) = (&data.source, &data.corroboration);
    [
        data.prior.mean,
        data.levels.confidence,
        data.caps.interest,
        data.caps.retracted / 100.0,
        source.correlation,
        source.interest_share,
        source.overdue_factor,
        corroboration.quality,
        corroboration.floor,
        data.attribution.base + data.attribution.span,
        data.links.base + data.links.span,
        data.title.base,
        data.body.base,
        data.readability.best,
        data.loaded.base,
        data.attribution.interested,
        data.address.base,
        data.specifics.base + data.specifics.span,
    ]
}

#[cfg(test)]
mod tests {
    use super::{Rules, SHIPPED};

    #[test]
    fn shipped_rules_are_valid_and_mistakes_are_named() {
        assert_eq!(Rules::shipped().version(), "2026.2");
        for (from, to, says) in [
            ("C1 = 15.0", "C1 = 16.0", "add up to 100"),
            ("support = 0.85, weight = 3.0", "support = 1.85, weight = 3.0", "support must lie in 0 to 1"),
            ("\"author.generic\" ", "\"author.generics\" ", "author.generic"),
            ("half_life_days = 180.0", "half_life_days = 0.0", "above 0"),
            ("half_life_days = 180.0", "half_live_days = 180.0", "half_live_days"),
            ("version = \"2026.2\"", "version = \"\"", "version"),
            ("reliable = 70.0\n", "reliable = 30.0\n", "[levels]"),
            ("clickbait = [\n", "clickbaits = [\n", "clickbaits"),
            ("agencies = [\n", "agence = [\n", "agenc"),
        ] {
            assert!(SHIPPED.contains(from), "{from}");
            let error = Rules::parse(&SHIPPED.replacen(from, to, 1)).err().unwrap_or_else(|| panic!("{to} was taken"));
            assert!(error.0.contains(says), "{to}: {error}");
        }
    }
}
