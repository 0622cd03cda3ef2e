//! SQLite's write-ahead log, read as bytes: <https://www.sqlite.org/fileformat2.html#the_write_ahead_log>.
//!
//! SQLite takes a log up to the first frame whose checksum is wrong and forgets the rest in silence. That is right after a power
//! cut, which can only tear the last transaction. More than that is damage, and what was acknowledged would vanish: it is told.

use crate::store::{Result, StoreError, mark::Mark};
use rusqlite::Connection;
use std::{
    fs,
    path::{Path, PathBuf},
};

const HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// Then the last bit says in which order of bytes the checksums are.
const MAGIC: u32 = 0x377f_0682;

/// Frames of a log, and how many of them were folded into the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LogLength {
    pub(super) frames: i64,
    pub(super) folded: i64,
}

impl LogLength {
    /// As it is now; `None` within a transaction.
    pub(super) fn of(connection: &Connection) -> Option<Self> {
        let row = connection.query_row("pragma wal_checkpoint(noop)", [], |row| Ok((row.get(1)?, row.get(2)?)));
        row.ok().map(|(frames, folded)| Self { frames, folded })
    }
}

/// What a log is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worth {
    /// Every frame of it counts, or there is none.
    Whole,
    /// The last transaction is not whole: it was never acknowledged.
    TornEnd,
    /// Transactions that were acknowledged cannot be read.
    Damaged,
}

/// Where the log of a database is.
pub(super) fn path(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// Refuses a damaged log, with what to do.
pub(super) fn look_over(database: &Path) -> Result<()> {
    match damage(database) {
        Some(damage) => Err(StoreError::Corrupt(damage)),
        None => Ok(()),
    }
}

/// Moves the log of a database that is there no more away from the one that is: SQLite would take it for that one's.
pub(super) fn set_aside(database: &Path) {
    let log = path(database);
    let mut kept = log.as_os_str().to_owned();
    kept.push(".of-the-replaced");
    match fs::rename(&log, &kept) {
        Ok(()) => {
            tracing::warn!(log = %Path::new(&kept).display(), "the database was replaced; the log of the one before was kept here")
        }
        Err(error) => {
            tracing::error!(log = %log.display(), %error, "move this log away: it is not that of the database beside it")
        }
    }
}

/// What is wrong with the log beside a database that nobody has open.
pub(super) fn damage(database: &Path) -> Option<String> {
    let (path, mark) = (path(database), Mark::read(database));
    let Ok(log) = fs::read(&path) else {
        if mark.is_some() {
            tracing::warn!(log = %path.display(), "the last stop was not clean, and its log is gone: unless another tool folded it into the database, what was written last is missing");
        }
        return None;
    };
    match weigh(&log, mark) {
        Worth::Damaged => Some(format!(
            "the log {} is damaged: transactions that it held cannot be read; without it (move it away) the database is as it was before them",
            path.display()
        )),
        Worth::TornEnd => {
            tracing::warn!(log = %path.display(), "the last transaction before the stop was cut off; it was never acknowledged");
            None
        }
        Worth::Whole => None,
    }
}

/// With the mark of what was acknowledged, an end that is missing is damage as well.
fn weigh(log: &[u8], mark: Option<Mark>) -> Worth {
    let Some((header, frames)) = log.split_at_checked(HEADER) else {
        return if mark.is_some() { Worth::Damaged } else { Worth::Whole };
    };
    if header.iter().all(|byte| *byte == 0) {
        return if mark.is_some() { Worth::Damaged } else { Worth::Whole };
    }
    let magic = word(header, 0);
    let big_endian = magic & 1 == 1;
    let mut sum = checksum((0, 0), &header[..24], big_endian);
    let size = usize::try_from(word(header, 8)).unwrap_or_default();
    if magic & !1 != MAGIC || sum != (word(header, 24), word(header, 28)) || !size.is_power_of_two() || size < 512 {
        return Worth::Damaged;
    }
    let (mut chained, mut committed, mut commits_beyond) = (true, 0, 0);
    for (number, frame) in (1..).zip(frames.chunks_exact(FRAME_HEADER + size)) {
        let (ours, commits) = (frame[8..16] == header[16..24], word(frame, 4) != 0);
        if chained {
            sum = checksum(checksum(sum, &frame[..8], big_endian), &frame[FRAME_HEADER..], big_endian);
            chained = ours && sum == (word(frame, 16), word(frame, 20));
        }
        if chained && commits {
            committed = number;
        }
        commits_beyond += usize::from(!chained && ours && commits);
    }
    if mark.is_some_and(|mark| mark.salt == header[16..24] && mark.frames > committed) {
        return Worth::Damaged;
    }
    match (chained, commits_beyond) {
        (true, _) | (false, 0) => Worth::Whole,
        (false, 1) => Worth::TornEnd,
        (false, _) => Worth::Damaged,
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map_or(0, u32::from_be_bytes)
}

fn checksum((mut one, mut two): (u32, u32), bytes: &[u8], big_endian: bool) -> (u32, u32) {
    for pair in bytes.chunks_exact(8) {
        let (x, y) = (word(pair, 0), word(pair, 4));
        let (x, y) = if big_endian { (x, y) } else { (x.swap_bytes(), y.swap_bytes()) };
        one = one.wrapping_add(x).wrapping_add(two);
        two = two.wrapping_add(y).wrapping_add(one);
    }
    (one, two)
}

#[cfg(test)]
mod tests {
    use super::{Connection, Worth, weigh as weigh_by};
    use crate::store::mark::Mark;

    /// The log of so many transactions, as a kill leaves it.
    fn log(transactions: usize) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.sqlite3");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("pragma journal_mode = wal; create table t (x text)").unwrap();
        for _ in 1..transactions {
            connection.execute("insert into t values (hex(randomblob(3000)))", []).unwrap();
        }
        std::fs::read(super::path(&path)).unwrap()
    }

    fn weigh(log: &[u8]) -> Worth {
        weigh_by(log, None)
    }

    #[test]
    fn s07_an_end_that_was_acknowledged_and_is_missing_is_damage() {
        let whole = log(6);
        let frames = u32::try_from((whole.len() - 32) / (24 + 4096)).unwrap();
        let mark = |salt: &[u8], frames| Some(Mark { salt: salt.try_into().unwrap(), frames });
        let acknowledged = mark(&whole[16..24], frames);
        assert_eq!(weigh_by(&whole, acknowledged), Worth::Whole);
        for end in [0, 10, 32, 5_000, whole.len() - 4_120, whole.len() - 1] {
            assert_eq!(weigh_by(&whole[..end], acknowledged), Worth::Damaged, "cut off at {end}");
        }
        let without_last = &whole[..whole.len() - 4_120];
        assert_eq!(
            weigh_by(without_last, mark(&whole[16..24], frames / 2)),
            Worth::Whole,
            "what was not acknowledged may be lost"
        );
        assert_eq!(weigh_by(without_last, mark(b"an older", frames)), Worth::Whole, "a log that began anew is shorter");
    }

    #[test]
    fn s07_a_torn_end_is_no_damage_and_a_hole_is() {
        let whole = log(6);
        assert_eq!(weigh(&whole), Worth::Whole);
        assert_eq!(weigh(&[]), Worth::Whole);
        assert_eq!(weigh(&whole[..whole.len() - 100]), Worth::Whole, "the file ends within a frame");
        let flipped = |at: usize| {
            let mut log = whole.clone();
            log[at] ^= 0x40;
            weigh(&log)
        };
        assert_eq!(flipped(whole.len() - 100), Worth::TornEnd);
        for at in [0, 10, 30, 40, 50, 200, 4_200, whole.len() / 2] {
            assert_eq!(flipped(at), Worth::Damaged, "byte {at}");
        }
    }

    #[test]
    fn frames_of_an_earlier_round_do_not_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.sqlite3");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("pragma journal_mode = wal; create table t (x text)").unwrap();
        for _ in 0..9 {
            connection.execute("insert into t values (hex(randomblob(3000)))", []).unwrap();
        }
        connection.query_row("pragma wal_checkpoint(restart)", [], |_| Ok(())).unwrap();
        connection.execute("insert into t values ('new')", []).unwrap();
        assert_eq!(weigh(&std::fs::read(super::path(&path)).unwrap()), Worth::Whole);
    }
}
