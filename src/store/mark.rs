//! How far the log reached when a transaction was last acknowledged: a file beside the database.
//!
//! A log that somebody cut off looks like a shorter one, and SQLite takes it for that: what was acknowledged would be gone in
//! silence. After each commit the length of the log is noted here, in one write that waits for no disk: it outlives the process.
//! Before the log is folded into the database the note is taken back, so that it never says more than there is.

use crate::store::log::{self, LogLength};
use rusqlite::Connection;
use std::{
    fs::{self, File},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// The salts of a log (a log that starts anew has others) and how many frames of it were acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) salt: [u8; 8],
    pub(super) frames: u32,
}

/// The first bytes of the file; others follow (`stamp`).
pub(super) const BYTES: usize = 16;
/// Ends a mark that was written whole.
const END: [u8; 4] = *b"VEIL";

/// Where it is written.
#[derive(Debug)]
pub(super) struct Marker {
    file: Option<File>,
    log: PathBuf,
}

impl Marker {
    /// Beside that database. Where nothing can be written nothing is noted: then no log grows either.
    pub(super) fn beside(database: &Path) -> Self {
        let file = File::options().create(true).truncate(false).read(true).write(true).open(path(database));
        Self { file: file.ok(), log: log::path(database) }
    }

    /// A transaction was committed: the log reaches at least so far. Gives how long it is.
    pub(super) fn note(&self, connection: &Connection) -> Option<LogLength> {
        let salt = self.salt();
        let length = LogLength::of(connection);
        let Some(LogLength { frames, .. }) = length else {
            tracing::debug!("the length of the log is not noted; a log that is cut off would not be told");
            return None;
        };
        // Another process may have begun the log anew meanwhile: then this length is not that of the new one.
        if let (Some(salt), true) = (salt, salt == self.salt()) {
            self.write(&Mark { salt, frames: u32::try_from(frames).unwrap_or_default() }.to_bytes());
        }
        length
    }

    /// The log is about to be folded, or its last user to go. On disk when it returns: after a power cut a note about a log that
    /// was folded would be a false alarm.
    pub(super) fn take_back(&self) {
        let Some(file) = &self.file else { return };
        if Mark::of(file).is_some() {
            self.write(&[0; BYTES]);
            let _none_noted_is_as_good = file.sync_data();
        }
    }

    fn write(&self, bytes: &[u8; BYTES]) {
        let written = self.file.as_ref().map_or(Ok(()), |file| file.write_all_at(bytes, 0));
        if let Err(error) = written {
            tracing::debug!(%error, "the length of the log is not noted");
        }
    }

    fn salt(&self) -> Option<[u8; 8]> {
        let mut salt = [0; 8];
        File::open(&self.log).and_then(|log| log.read_exact_at(&mut salt, 16)).ok().map(|()| salt)
    }
}

impl Mark {
    fn to_bytes(self) -> [u8; BYTES] {
        let mut bytes = [0; BYTES];
        bytes[..8].copy_from_slice(&self.salt);
        bytes[8..12].copy_from_slice(&self.frames.to_be_bytes());
        bytes[12..].copy_from_slice(&END);
        bytes
    }

    /// The mark beside a database; `None` where there is none, or it was taken back.
    pub(super) fn read(database: &Path) -> Option<Self> {
        Self::of(&File::open(path(database)).ok()?)
    }

    fn of(file: &File) -> Option<Self> {
        let mut bytes = [0; BYTES];
        file.read_exact_at(&mut bytes, 0).ok()?;
        let (salt, frames) = (bytes[..8].try_into().ok()?, u32::from_be_bytes(bytes[8..12].try_into().ok()?));
        (bytes[12..] == END && frames > 0).then_some(Self { salt, frames })
    }
}

/// Whether something was ever noted beside that database: then it held something.
pub(super) fn is_beside(database: &Path) -> bool {
    fs::metadata(path(database)).is_ok_and(|mark| mark.len() > 0)
}

/// What was noted about a log that is somewhere else now says nothing about the next one.
pub(super) fn forget(database: &Path) -> io::Result<()> {
    match fs::remove_file(path(database)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The file beside that database.
pub(super) fn path(database: &Path) -> PathBuf {
    database.with_extension("mark")
}
