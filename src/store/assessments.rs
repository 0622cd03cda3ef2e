//! Evidence and scores of items and sources.
//!
//! Evidence is kept as compact JSON: one array a line, `[criterion, signal, support, weight, provenance, excerpt, observed at]`,
//! the last two left out when absent or equal to the row's own instant.

use crate::{
    domain::{
        evidence::{Criterion, Evidence, Level, Provenance, Reliability},
        listing::ReliabilityRow,
    },
    store::{Result, Store, StoreError, rows},
};
use chrono::{DateTime, Utc};
use rusqlite::{Row, Transaction, params};
use serde_json::{Value, json};

/// An item's evidence and what it added up to when last computed.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAssessment {
    /// Row id of the item.
    pub item: i64,
    /// The score, without its criteria.
    pub reliability: ReliabilityRow,
    /// Hard rules that applied.
    pub caps: Vec<String>,
    /// The version of the rules.
    pub rules: String,
    /// What was observed.
    pub evidence: Vec<Evidence>,
}

impl Store {
    /// The assessments of items, in the order of `items`; those without one are left out.
    pub async fn assessments(&self, items: Vec<i64>) -> Result<Vec<StoredAssessment>> {
        self.read(move |transaction| {
            let found: Result<Vec<_>> = items.iter().map(|item| assessment_of(transaction, *item)).collect();
            Ok(found?.into_iter().flatten().collect())
        })
        .await
    }

    /// The assessments of items after a row id, in the order of the items.
    pub async fn assessments_after(&self, item: i64, limit: u32) -> Result<Vec<StoredAssessment>> {
        self.read(move |transaction| {
            let mut statement = transaction.prepare_cached(
                "select item_id, score, low, high, confidence, level, caps, rules, evidence, observed_at
                 from assessment where item_id > ?1 order by item_id limit ?2",
            )?;
            rows::collect(statement.query(params![item, limit])?, stored)
        })
        .await
    }

    /// The newest assessments of a source's items, newest first.
    pub async fn assessments_of_source(&self, source_id: i64, limit: u32) -> Result<Vec<StoredAssessment>> {
        self.read(move |transaction| {
            let mut statement = transaction.prepare_cached(
                "select item_id, score, low, high, confidence, level, caps, rules, evidence, observed_at
                 from assessment join item on item.id = item_id where source_id = ?1 order by item.id desc limit ?2",
            )?;
            rows::collect(statement.query(params![source_id, limit])?, stored)
        })
        .await
    }

    /// Replaces the assessments of items: all of their evidence, and what it adds up to.
    pub async fn save_assessments(&self, all: Vec<(i64, Vec<Evidence>, Reliability)>, now: DateTime<Utc>) -> Result<()> {
        self.write(move |transaction| {
            for (item, evidence, reliability) in &all {
                write_assessment(transaction, *item, evidence, reliability, now)?;
            }
            Ok(())
        })
        .await
    }

    /// Replaces the reliability of sources, by row id.
    pub async fn save_source_reliabilities(&self, all: Vec<(i64, Reliability)>, now: DateTime<Utc>) -> Result<()> {
        self.write(move |transaction| {
            let mut statement =
                transaction.prepare_cached("update source set reliability = ?2, reliability_at = ?3 where id = ?1")?;
            for (source, reliability) in &all {
                statement.execute(params![source, serde_json::to_string(reliability)?, now.timestamp()])?;
            }
            Ok(())
        })
        .await
    }
}

pub(crate) fn assessment_of(transaction: &Transaction<'_>, item: i64) -> Result<Option<StoredAssessment>> {
    let mut statement = transaction.prepare_cached(
        "select item_id, score, low, high, confidence, level, caps, rules, evidence, observed_at from assessment where item_id = ?1",
    )?;
    statement.query([item])?.next()?.map(stored).transpose()
}

pub(crate) fn write_assessment(
    transaction: &Transaction<'_>,
    item: i64,
    evidence: &[Evidence],
    reliability: &Reliability,
    now: DateTime<Utc>,
) -> Result<()> {
    transaction
        .prepare_cached(
            "insert or replace into assessment (item_id, rules, score, low, high, confidence, level, caps, evidence, observed_at)
             values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            item,
            reliability.rules,
            reliability.score,
            reliability.low,
            reliability.high,
            reliability.confidence,
            rows::word(reliability.level)?,
            serde_json::to_string(&reliability.caps)?,
            compact(evidence, now)?,
            now.timestamp(),
        ])?;
    Ok(())
}

fn stored(row: &Row<'_>) -> Result<StoredAssessment> {
    Ok(StoredAssessment {
        item: row.get(0)?,
        reliability: reliability_row(row, 1)?,
        caps: rows::json(&row.get::<_, String>(6)?)?,
        rules: row.get(7)?,
        evidence: expand(&row.get::<_, String>(8)?, rows::instant(row.get(9)?)?)?,
    })
}

/// Five columns from `first` on: score, low, high, confidence, level.
pub(crate) fn reliability_row(row: &Row<'_>, first: usize) -> Result<ReliabilityRow> {
    Ok(ReliabilityRow {
        score: row.get(first)?,
        low: row.get(first + 1)?,
        high: row.get(first + 2)?,
        confidence: row.get(first + 3)?,
        level: rows::from_word::<Level>(row.get(first + 4)?)?,
    })
}

fn compact(evidence: &[Evidence], now: DateTime<Utc>) -> Result<String> {
    let line = |e: &Evidence| -> Value {
        let mut line = vec![json!(e.criterion.id()), json!(e.signal), json!(e.support), json!(e.weight), json!(e.provenance)];
        let at = (e.observed_at.timestamp() != now.timestamp()).then(|| json!(e.observed_at.timestamp()));
        if e.excerpt.is_some() || at.is_some() {
            line.push(json!(e.excerpt));
        }
        line.extend(at);
        Value::Array(line)
    };
    Ok(serde_json::to_string(&evidence.iter().map(line).collect::<Vec<_>>())?)
}

pub(super) fn expand(text: &str, observed_at: DateTime<Utc>) -> Result<Vec<Evidence>> {
    let lines: Vec<Vec<Value>> = rows::json(text)?;
    lines.into_iter().map(|line| expanded(line, observed_at)).collect()
}

fn expanded(mut line: Vec<Value>, observed_at: DateTime<Utc>) -> Result<Evidence> {
    let unreadable = || StoreError::Corrupt("a line of evidence".to_owned());
    line.resize(7, Value::Null);
    let number = |value: &Value| value.as_f64().ok_or_else(unreadable);
    Ok(Evidence {
        criterion: serde_json::from_value::<Criterion>(line[0].take())?,
        signal: line[1].as_str().ok_or_else(unreadable)?.to_owned(),
        support: number(&line[2])?,
        weight: number(&line[3])?,
        provenance: serde_json::from_value::<Provenance>(line[4].take())?,
        excerpt: line[5].as_str().map(str::to_owned),
        observed_at: rows::optional_instant(line[6].as_i64())?.unwrap_or(observed_at),
    })
}

#[cfg(test)]
mod tests {
    use super::{compact, expand};
    use crate::domain::evidence::{Criterion, Evidence, Provenance};
    use chrono::DateTime;

    #[test]
    fn compact_evidence_loses_nothing() {
        let now = DateTime::from_timestamp(1_795_000_000, 0).unwrap();
        let line = |excerpt: Option<&str>, days: i64| Evidence {
            criterion: Criterion::C3,
            signal: "date.zoned".to_owned(),
            support: 0.95,
            weight: 1.0,
            observed_at: now - chrono::Duration::days(days),
            provenance: Provenance::Registry,
            excerpt: excerpt.map(str::to_owned),
        };
        let all = vec![line(None, 0), line(Some("\"a\" é"), 0), line(None, 3), line(Some("x"), 4)];
        let text = compact(&all, now).unwrap();
        assert_eq!(expand(&text, now).unwrap(), all);
        assert!(text.starts_with(r#"[["C3","date.zoned",0.95,1.0,"registry"],"#), "{text}");
    }
}
