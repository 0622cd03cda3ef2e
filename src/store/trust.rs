//! The chain of what people say about trust. Records are added, one transaction each, and never touched again.

use crate::{
    domain::trust::{Act, Broken, FIRST_PREVIOUS, Inadmissible, Record, StoredRecord, admit, seal, verify},
    failpoint,
    store::{Result, Store, StoreError, rows},
};
use chrono::{DateTime, SubsecRound, Utc};
use rusqlite::{Connection, OptionalExtension, params};

/// Key of the head in `meta`.
const HEAD: &str = "trust_head";

/// The chain as far as it is sound.
#[derive(Debug, Clone, Default)]
pub struct TrustChain {
    /// The records before the first broken one; all of them as a rule.
    pub records: Vec<Record>,
    /// What is wrong, if anything is.
    pub broken: Option<Broken>,
    /// Hash of the last record.
    pub head: Option<String>,
}

/// A record to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRecord {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
    /// What it says.
    pub act: Act,
}

/// How adding a record ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Added {
    /// It is there.
    Record(Box<Record>),
    /// The rules of the chain refuse it.
    Refused(Inadmissible),
}

impl Store {
    /// The whole chain, verified.
    pub async fn trust_chain(&self) -> Result<TrustChain> {
        self.read(|transaction| {
            let stored = stored_records(transaction)?;
            let head = head(transaction)?;
            let (records, broken) = verify(&stored, head.as_ref().map(|(number, hash)| (*number, hash.as_str())));
            Ok(TrustChain { records, broken, head: stored.last().map(|row| row.hash.clone()) })
        })
        .await
    }

    /// Adds a record behind the last one. A broken chain takes none: what followed could not be trusted either.
    pub async fn add_trust_record(&self, new: NewRecord) -> Result<Added> {
        self.write(move |transaction| {
            let stored = stored_records(transaction)?;
            let head = head(transaction)?;
            let (records, broken) = verify(&stored, head.as_ref().map(|(number, hash)| (*number, hash.as_str())));
            if let Some(broken) = broken {
                return Err(StoreError::Corrupt(broken.to_string()));
            }
            let NewRecord { at, actor, reason, act } = new;
            let previous = stored.last().map_or(FIRST_PREVIOUS, |row| &row.hash).to_owned();
            let number = records.len() as i64 + 1;
            let record = Record { number, previous, at: at.trunc_subsecs(0), actor, reason, act };
            if let Err(refused) = admit(&record, &records) {
                return Ok(Added::Refused(refused));
            }
            insert(transaction, &seal(&record)?)?;
            Ok(Added::Record(Box::new(record)))
        })
        .await
    }
}

fn insert(connection: &Connection, row: &StoredRecord) -> Result<()> {
    connection.execute(
        "insert into trust_record (number, record, hash, item_id) values (?1, ?2, ?3, ?4)",
        params![row.number, row.text, row.hash, row.item],
    )?;
    failpoint::reach("store.trust.between");
    connection.execute(
        "insert or replace into meta (key, value) values (?1, ?2)",
        params![HEAD, format!("{} {}", row.number, row.hash)],
    )?;
    Ok(())
}

fn stored_records(connection: &Connection) -> Result<Vec<StoredRecord>> {
    let mut statement = connection.prepare_cached("select number, record, hash, item_id from trust_record order by number")?;
    rows::collect(statement.query([])?, |row| {
        // What is no UTF-8 any more was changed: it is read as far as it goes, so that the check names it.
        let text = row.get_ref(1)?.as_bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let hash = row.get_ref(2)?.as_bytes().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        Ok(StoredRecord {
            number: row.get(0)?,
            text: text.unwrap_or_default(),
            hash: hash.unwrap_or_default(),
            item: row.get(3)?,
        })
    })
}

/// Number and hash of the last record, as kept beside the chain.
fn head(connection: &Connection) -> Result<Option<(i64, String)>> {
    let value: Option<String> =
        connection.query_row("select value from meta where key = ?1", [HEAD], |row| row.get(0)).optional()?;
    Ok(value.map(|value| {
        let (number, hash) = value.split_once(' ').unwrap_or_default();
        (number.parse().unwrap_or(i64::MAX), hash.to_owned())
    }))
}

/// For `veille db check`: the first record that is broken.
pub(super) fn chain_problems(connection: &Connection) -> Result<Option<String>> {
    let head = head(connection)?;
    let (_, broken) = verify(&stored_records(connection)?, head.as_ref().map(|(number, hash)| (*number, hash.as_str())));
    Ok(broken.map(|broken| broken.to_string()))
}
