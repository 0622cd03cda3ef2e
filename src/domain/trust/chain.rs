//! The chain: each record carries the hash of the one before, so that none can be changed, removed or slipped in unseen.
//!
//! An auditor can redo it with any tool: the hash of a record is the SHA-256 of its stored text, byte for byte, and its field
//! `previous` is the hash of the record before. The hash of the last one is kept a second time, as the head, so that records
//! cut off the end are missed as well. Whoever may write the whole file can write a whole new chain: only a head noted elsewhere
//! (a printed sheet, an export, a backup) tells that.

use super::Record;
use std::fmt::Write;

/// What the first record carries in the place of a hash.
pub const FIRST_PREVIOUS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A record as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    /// Its row.
    pub number: i64,
    /// The bytes that were hashed.
    pub text: String,
    /// Their SHA-256, hexadecimal.
    pub hash: String,
    /// The item that it is about, for the database alone.
    pub item: Option<i64>,
}

/// The first record that is not what it was when it was made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record {number} of the trust chain {why}")]
pub struct Broken {
    /// Its number.
    pub number: i64,
    /// What is wrong.
    pub why: String,
}

/// SHA-256 of a text, hexadecimal.
pub fn sha256(text: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _writing_to_a_string_cannot_fail = write!(hex, "{byte:02x}");
        hex
    })
}

/// A record as it is to be stored.
pub fn seal(record: &Record) -> Result<StoredRecord, serde_json::Error> {
    let text = serde_json::to_string(record)?;
    Ok(StoredRecord { number: record.number, hash: sha256(&text), item: record.act.item(), text })
}

/// Reads the chain. `rows` in order of their numbers; `head`: the number and hash kept beside them, if any. Gives the records
/// before the first one that is broken, and what is wrong with that.
pub fn verify(rows: &[StoredRecord], head: Option<(i64, &str)>) -> (Vec<Record>, Option<Broken>) {
    let mut records: Vec<Record> = Vec::with_capacity(rows.len());
    let mut previous = FIRST_PREVIOUS;
    for (expected, row) in (1..).zip(rows) {
        if row.number != expected {
            return (records, Some(broken(expected, "is missing")));
        }
        match read(row, previous) {
            Ok(record) => records.push(record),
            Err(why) => return (records, Some(broken(expected, why))),
        }
        previous = &row.hash;
    }
    let last = rows.last().map(|row| (row.number, row.hash.as_str()));
    let beyond = match (last, head) {
        (None, None) => None,
        (Some(last), Some(head)) if last == head => None,
        (last, Some((number, _))) if number > last.map_or(0, |(last, _)| last) => {
            Some(broken(last.map_or(1, |(last, _)| last + 1), "is missing: the head names a later one"))
        }
        (last, _) => Some(broken(last.map_or(1, |(last, _)| last), "is not the head that is kept beside the chain")),
    };
    (records, beyond)
}

fn broken(number: i64, why: impl Into<String>) -> Broken {
    Broken { number, why: why.into() }
}

fn read(row: &StoredRecord, previous: &str) -> Result<Record, String> {
    if sha256(&row.text) != row.hash {
        return Err("was changed: its text no longer has the hash that was taken of it".to_owned());
    }
    let record: Record = serde_json::from_str(&row.text).map_err(|error| format!("cannot be read ({error})"))?;
    if record.number != row.number {
        return Err(format!("says that it is number {}", record.number));
    }
    if record.previous != previous {
        return Err("does not follow the record before it: one of the two was replaced".to_owned());
    }
    if record.act.item() != row.item {
        return Err("is filed under another item than the one that it names".to_owned());
    }
    Ok(record)
}
