//! The files at the path of a database: whether they are still those that were opened.
//!
//! Another program may put a file in the place of ours: then the path leads to another inode. Or it writes over ours (`cp`): the inode
//! stays, and what SQLite remembers of the file is wrong from then on. That shows because, with a log, SQLite writes into the database
//! only when it folds the log: a database that changed while nothing was written to the log and nothing of it was folded was changed
//! by somebody else. Only what the system tells of a file is asked: whoever opens and closes it would undo SQLite's locks on it.

use crate::store::{
    Result, StoreError,
    log::{self, LogLength},
};
use rusqlite::Connection;
use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// See the module.
#[derive(Debug)]
pub(super) struct Files {
    path: PathBuf,
    known: Mutex<Sight>,
    /// Once is for ever: what SQLite remembers of the file is wrong.
    overwritten: AtomicBool,
}

/// Device and inode: what a name points to. Of the database, and of its log.
type Ids = (Option<(u64, u64)>, Option<(u64, u64)>);

/// What was seen at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Sight {
    database: Option<Stamp>,
    log: Option<Stamp>,
    length: Option<LogLength>,
}

/// What the system tells of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    id: (u64, u64),
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    bytes: u64,
}

impl Sight {
    /// The length is asked first: what is folded after that shows as a length that is not known, never as a file that is not.
    fn of(path: &Path, length: Option<LogLength>) -> Self {
        let stamp = |path: &Path| {
            let file = fs::metadata(path).ok()?;
            Some(Stamp { id: (file.dev(), file.ino()), modified: (file.mtime(), file.mtime_nsec()), bytes: file.len() })
        };
        Self { database: stamp(path), log: stamp(&log::path(path)), length }
    }

    fn ids(&self) -> Ids {
        (self.database.map(|file| file.id), self.log.map(|file| file.id))
    }
}

impl Files {
    /// Those that this connection has just opened.
    pub(super) fn of(path: &Path, connection: &Connection) -> Self {
        let sight = Sight::of(path, LogLength::of(connection));
        Self { path: path.to_owned(), known: Mutex::new(sight), overwritten: AtomicBool::new(false) }
    }

    /// Both were opened anew.
    pub(super) fn opened_anew(&self, connection: &Connection) {
        *self.known() = Sight::of(&self.path, LogLength::of(connection));
    }

    /// What is there now is our own work, or was found to be another process's, at that length of the log.
    pub(super) fn remember(&self, length: Option<LogLength>) {
        let mut known = self.known();
        let now = Sight::of(&self.path, length);
        let ((database, log), (database_now, log_now)) = (known.ids(), now.ids());
        if database == database_now && (log == log_now || log.is_none()) {
            *known = now;
        }
    }

    /// Another file at the path of the database or of its log.
    pub(super) fn refuse_replaced(&self) -> Result<()> {
        let ((database, log), (database_now, log_now)) = (self.known().ids(), Sight::of(&self.path, None).ids());
        if database != database_now || self.overwritten.load(Ordering::SeqCst) {
            return Err(StoreError::Replaced(self.path.display().to_string()));
        }
        if log_now.is_none() || log.is_none() || log_now == log {
            return Ok(());
        }
        Err(StoreError::Replaced(log::path(&self.path).display().to_string()))
    }

    /// The same, and a file that somebody wrote over. Not within a transaction. As long as something of the log is still to be folded,
    /// a fold that goes on, or failed on a full disk, or died, is as good an explanation: then nobody is accused.
    pub(super) fn refuse_others(&self, connection: &Connection) -> Result<()> {
        self.refuse_replaced()?;
        let (known, now) = (*self.known(), Sight::of(&self.path, None));
        if now.database == known.database {
            return Ok(());
        }
        let length = LogLength::of(connection);
        let is_folded = length.is_some_and(|log| log.frames <= log.folded);
        if is_folded && length == known.length && now.log == known.log {
            self.overwritten.store(true, Ordering::SeqCst);
            return Err(StoreError::Replaced(self.path.display().to_string()));
        }
        self.remember(length);
        Ok(())
    }

    /// Whether another file stands at the path of the database, or another content in it.
    pub(super) fn database_is_gone(&self, connection: &Connection) -> bool {
        let refused = self.refuse_others(connection).is_err();
        refused && (self.overwritten.load(Ordering::SeqCst) || self.known().ids().0 != Sight::of(&self.path, None).ids().0)
    }

    /// Whether somebody deleted the log, and only it.
    pub(super) fn log_is_deleted(&self) -> bool {
        let ((database, log), (database_now, log_now)) = (self.known().ids(), Sight::of(&self.path, None).ids());
        log.is_some() && log_now.is_none() && database == database_now
    }

    /// Whether the log at the path is the one that belongs to what was opened.
    pub(super) fn log_is_ours(&self) -> bool {
        let (log, now) = (self.known().ids().1, Sight::of(&self.path, None).ids().1);
        log.is_some() && log == now
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Sight> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
