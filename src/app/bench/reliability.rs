//! Scores beside labels: does a reliable text score above an unreliable one?

use super::{
    Numbered, Skipped, name, present, read_lines,
    text::{self, StatedText},
};
use crate::{
    app::{Result, assess},
    domain::{
        definitions::Definitions,
        document::{Document, LONGEST},
        evidence::Evidence,
        registrable::registrable_or_whole,
    },
    pipeline::{
        measure::{Estimate, Pairs, Resampling},
        reliability::{Rules, kind_of, score},
    },
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeSet, path::Path};
use url::Url;

/// What to measure with.
#[derive(Clone, Copy)]
pub struct Judge<'a> {
    /// The rules that score.
    pub rules: &'a Rules,
    /// The registry that knows publishers; an empty one leaves what the texts themselves tell.
    pub definitions: &'a Definitions,
    /// What counts as the future.
    pub now: DateTime<Utc>,
}

/// Labelled texts, scored.
#[derive(Debug, Default)]
pub struct Scored {
    rows: Vec<Row>,
    groups: Numbered,
    skipped: Vec<Skipped>,
}

#[derive(Debug)]
struct Row {
    label: f64,
    group: usize,
    evidence: Vec<Evidence>,
}

/// One line of the data.
#[derive(Debug, Deserialize)]
struct Labelled {
    label: Option<Value>,
    url: Option<String>,
    html: Option<String>,
    html_file: Option<String>,
    text: Option<String>,
    title: Option<String>,
    #[serde(default, deserialize_with = "present")]
    author: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    published: Option<Value>,
    publisher: Option<Value>,
    group: Option<Value>,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Version of the rules.
    pub rules: String,
    /// Texts scored.
    pub rows: usize,
    /// Publishers, or what stands for them.
    pub groups: usize,
    /// Labels above 0.5, and under it.
    pub good: usize,
    /// See `good`.
    pub bad: usize,
    /// Area under the ROC curve of the score.
    pub auc: Option<Estimate>,
    /// Rank correlation of score and label.
    pub spearman: Option<Estimate>,
    /// Kinds of signals, the most helpful first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Separation>,
    /// How the intervals were drawn.
    pub resampling: Resampling,
    /// What was left out.
    pub skipped: Vec<Skipped>,
}

/// What one kind of signal does for the ranking.
#[derive(Debug, Serialize)]
pub struct Separation {
    /// The part of a signal's name before the dot.
    pub kind: String,
    /// Rows in which it was observed.
    pub rows: usize,
    /// AUC of this kind alone, ½ standing for what was not observed.
    pub alone: Option<f64>,
    /// AUC of the whole score without it.
    pub without: Option<f64>,
    /// What the score gains by it.
    pub gain: Option<f64>,
}

impl Scored {
    /// Scores every line of `path`.
    pub fn add_file(&mut self, path: &Path, judge: &Judge<'_>) -> Result<()> {
        read_lines(path, |(number, line)| {
            let read = line.and_then(|line| serde_json::from_str(&line).map_err(|error| format!("no JSON object: {error}")));
            let folder = path.parent().unwrap_or(Path::new("."));
            match read.and_then(|labelled: Labelled| self.row(labelled, folder, judge, (path, number))) {
                Ok(row) => self.rows.push(row),
                Err(reason) => self.skipped.push(Skipped::new(path, number, reason)),
            }
        })
    }

    fn row(
        &mut self,
        labelled: Labelled,
        folder: &Path,
        judge: &Judge<'_>,
        (path, number): (&Path, usize),
    ) -> std::result::Result<Row, String> {
        let label = label(labelled.label.as_ref())?;
        let group = group(&labelled).unwrap_or_else(|| format!("{}:{number}", path.display()));
        let evidence = evidence(labelled, folder, judge)?;
        Ok(Row { label, group: self.groups.number(group), evidence })
    }

    /// The figures; with what each kind of signal does for them if `by_signal`.
    pub fn report(self, rules: &Rules, resampling: Resampling, breakdown: Breakdown) -> Report {
        let clusters: Vec<usize> = self.rows.iter().map(|row| row.group).collect();
        let pairs = self.pairs(|row| score(rules, &row.evidence).score);
        let (good, bad) = pairs.sides();
        let signals = if breakdown == Breakdown::BySignal { self.separations(rules, &pairs) } else { Vec::new() };
        Report {
            rules: rules.version().to_owned(),
            rows: self.rows.len(),
            groups: self.groups.len(),
            good,
            bad,
            auc: resampling.estimate(&clusters, |weights| pairs.auc(weights)),
            spearman: resampling.estimate(&clusters, |weights| pairs.spearman(weights)),
            signals,
            resampling,
            skipped: self.skipped,
        }
    }

    fn pairs(&self, figure: impl Fn(&Row) -> f64) -> Pairs {
        Pairs::new(self.rows.iter().map(|row| (figure(row), row.label)).collect())
    }

    fn separations(&self, rules: &Rules, whole: &Pairs) -> Vec<Separation> {
        let all = vec![1; self.rows.len()];
        let kinds: BTreeSet<&str> = self.rows.iter().flat_map(|row| &row.evidence).map(|line| kind_of(&line.signal)).collect();
        let full = whole.auc(&all);
        let of = |kind: &str| {
            let own = |row: &Row| row.evidence.iter().filter(|line| kind_of(&line.signal) == kind).cloned().collect::<Vec<_>>();
            let others =
                |row: &Row| row.evidence.iter().filter(|line| kind_of(&line.signal) != kind).cloned().collect::<Vec<_>>();
            let alone = self.pairs(|row| mean_support(&own(row))).auc(&all);
            let without = self.pairs(|row| score(rules, &others(row)).score).auc(&all);
            let gain = full.zip(without).map(|(full, without)| full - without);
            let rows = self.rows.iter().filter(|row| !own(row).is_empty()).count();
            Separation { kind: kind.to_owned(), rows, alone, without, gain }
        };
        let mut separations: Vec<Separation> = kinds.into_iter().map(of).collect();
        separations.sort_by(|a, b| b.gain.unwrap_or_default().total_cmp(&a.gain.unwrap_or_default()));
        separations
    }
}

/// How much to tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breakdown {
    /// The score alone.
    Whole,
    /// And each kind of signal: alone, and the score without it.
    BySignal,
}

fn mean_support(evidence: &[Evidence]) -> f64 {
    let weight: f64 = evidence.iter().map(|line| line.weight).sum();
    let supported: f64 = evidence.iter().map(|line| line.weight * line.support).sum();
    if weight > 0.0 { supported / weight } else { 0.5 }
}

fn label(value: Option<&Value>) -> std::result::Result<f64, String> {
    let number = match value {
        Some(Value::Bool(good)) => Some(f64::from(u8::from(*good))),
        Some(Value::Number(number)) => number.as_f64(),
        _ => None,
    };
    number.filter(|label| (0.0..=1.0).contains(label)).ok_or_else(|| "`label` must be a number from 0 to 1".to_owned())
}

/// Texts of one publisher are alike: stated, else the publisher's name, else its domain.
fn group(labelled: &Labelled) -> Option<String> {
    let stated = [&labelled.group, &labelled.publisher].into_iter().flatten().find_map(name);
    stated.or_else(|| {
        let url = Url::parse(labelled.url.as_deref()?).ok()?;
        url.host_str().map(|host| registrable_or_whole(host).to_owned())
    })
}

/// What can be observed of the row: its page if it has one, else its text and what stands beside it.
fn evidence(labelled: Labelled, folder: &Path, judge: &Judge<'_>) -> std::result::Result<Vec<Evidence>, String> {
    let url = labelled.url.as_deref().and_then(|url| Url::parse(url).ok());
    let page = match (&labelled.html, &labelled.html_file) {
        (Some(html), _) => Some(html.clone().into_bytes()),
        (None, Some(file)) => Some(read_page(&folder.join(file)).map_err(|error| format!("`html_file` \"{file}\": {error}"))?),
        (None, None) => None,
    };
    if let Some(bytes) = page {
        let document = Document { bytes, content_type: None, url };
        return assess::page_evidence(&document, judge.definitions, judge.rules, judge.now).map_err(|error| error.to_string());
    }
    let (title, text) = (labelled.title.unwrap_or_default(), labelled.text.unwrap_or_default());
    if title.trim().is_empty() && text.trim().is_empty() {
        return Err("neither `html`, `html_file`, `text` nor `title`".to_owned());
    }
    let stated = StatedText {
        title,
        text,
        url,
        authors: labelled.author.map(|author| names(&author)),
        published: labelled.published.map(|date| name(&date)),
    };
    Ok(text::evidence(stated, judge))
}

fn names(author: &Value) -> Vec<String> {
    match author {
        Value::Array(names) => names.iter().filter_map(name).collect(),
        one => name(one).into_iter().collect(),
    }
}

fn read_page(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}
