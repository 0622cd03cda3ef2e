//! The two connections, and the question whether the file behind them is still the one at the path.
//!
//! A database that another program replaces or removes leaves our handles on a file without a name: what is written there is
//! lost. So every transaction asks first ([`Files`]), and is refused. A log that somebody deletes is another matter: our handle still
//! has all of it, so it is folded into the database and both connections are opened anew.

use crate::{
    failpoint,
    store::{
        Result, StoreError,
        files::Files,
        log::{self, LogLength},
        mark::{self, Mark, Marker},
        migrate,
        opening::{lock_in_use, look_through, open_to_read, open_to_write, quick_check},
        stamp, traces,
    },
};
use rusqlite::{Connection, Transaction, TransactionBehavior, config::DbConfig};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long a write waits in all: what was fetched is not thrown away because somebody copies the file.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// One connection writes, one reads.
#[derive(Debug)]
pub(super) struct Connections {
    path: PathBuf,
    // Closed in this order: the last to close folds the log into the database and takes it away, which a reader cannot do. A log
    // that is left says that the stop was not clean, and the next start reads the whole file to be sure of it.
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
    files: Files,
    marker: Marker,
    /// Since when a write waits for another process.
    waiting: Mutex<Option<Instant>>,
    /// When it was opened, the file was as it had been closed.
    untouched: bool,
    /// Held shared for as long as this process has the database open; whoever gets it alone knows that nobody else has.
    in_use: Option<File>,
}

/// Frames of the log that are worth folding.
const FOLD_AT: i64 = 1_000;

impl Connections {
    /// Opens the file, creates it if needed, and brings the schema up to date. After a stop that was not clean, the log and the
    /// database are looked over first.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let unclean = fs::metadata(log::path(path)).is_ok_and(|log| log.len() > 0) || Mark::read(path).is_some();
        if is_hollow(path) && (unclean || mark::is_beside(path)) {
            return Err(StoreError::Corrupt("the file is empty, and it was not when it was last used".to_owned()));
        }
        let (in_use, alone) = lock_in_use(path);
        let untouched = alone && !unclean && stamp::holds(path);
        if unclean && alone {
            log::look_over(path)?;
            look_through(path)?;
        }
        let mut writer = open_to_write(path)?;
        migrate::run(&mut writer, path)?;
        let marker = Marker::beside(path);
        if unclean && alone {
            marker.take_back(); // what was found was told, once
            marker.note(&writer);
        }
        let reader = open_to_read(path)?;
        if let Some(file) = &in_use {
            file.lock_shared().map_err(|error| StoreError::Unusable(format!("cannot lock {}: {error}", path.display())))?;
        }
        Ok(Self {
            path: path.to_owned(),
            files: Files::of(path, &writer),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            marker,
            waiting: Mutex::default(),
            untouched,
            in_use,
        })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// All of `work` is written, or nothing. Waits so long for another process that writes.
    pub(super) fn transact<T>(&self, patience: Duration, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut connection = lock(&self.writer);
        self.mend_log(&mut connection)?;
        let transaction = self.begin(&connection, patience)?;
        let value = work(&transaction)?;
        failpoint::reach("store.commit.before");
        self.files.refuse_replaced()?;
        transaction.commit()?;
        let log = self.marker.note(&connection);
        failpoint::reach("store.commit.after");
        self.files.remember(log);
        self.fold_long_log(&connection, log);
        Ok(value)
    }

    /// What SQLite would do by itself at a commit, without a look at the file that it folds into.
    fn fold_long_log(&self, connection: &Connection, log: Option<LogLength>) {
        let is_long = log.is_some_and(|log| log.frames >= FOLD_AT && log.folded < log.frames);
        if is_long && self.files.refuse_others(connection).is_ok() {
            if let Err(error) = connection.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(())) {
                tracing::debug!(%error, "the log is not folded into the database this time");
            }
            self.files.remember(LogLength::of(connection));
        }
    }

    /// Runs `work` on the reading connection, in one consistent view.
    pub(super) fn view<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut connection = lock(&self.reader);
        self.files.refuse_others(&connection)?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        work(&transaction)
    }

    /// Folds the log into the database and empties it, if nobody reads just now.
    pub(super) fn checkpoint(&self) -> Result<()> {
        let mut connection = lock(&self.writer);
        self.mend_log(&mut connection)?;
        self.files.refuse_others(&connection)?;
        self.marker.take_back();
        if !fold_log(&connection)? {
            self.marker.note(&connection); // somebody reads: all of it stays
        }
        self.files.remember(LogLength::of(&connection));
        Ok(())
    }

    /// Takes a text out of the files for good, once no row holds it: what is deleted stands in free pages and in the log until they are
    /// used again. False: it is still there, in a row, or in a log that somebody reads.
    pub(super) fn scrub(&self, text: &str) -> Result<bool> {
        let mut connection = lock(&self.writer);
        self.mend_log(&mut connection)?;
        self.files.refuse_others(&connection)?;
        self.marker.take_back();
        let mut folded = fold_log(&connection)?;
        if !folded || traces::stand_in(&self.path, text)? {
            connection.execute_batch("vacuum")?; // writes every page anew: a copy of the whole file, so only where it must be
            folded = fold_log(&connection)?;
        }
        if !folded {
            self.marker.note(&connection); // somebody reads: all of it stays
        }
        self.files.remember(LogLength::of(&connection));
        Ok(folded && !traces::stand_in(&self.path, text)?)
    }

    /// Whether, when it was opened, the file was as it had been closed.
    pub(super) fn untouched(&self) -> bool {
        self.untouched
    }

    /// SQLite's own check of the whole file.
    pub(super) fn quick_check(&self) -> Result<()> {
        quick_check(&lock(&self.reader))
    }

    /// One write lock for all processes: whoever finds it taken waits, and says so.
    fn begin<'c>(&self, connection: &'c Connection, patience: Duration) -> Result<Transaction<'c>> {
        let since = Instant::now();
        loop {
            self.files.refuse_others(connection)?;
            let begun = Transaction::new_unchecked(connection, TransactionBehavior::Immediate).map_err(StoreError::from);
            if !matches!(begun, Err(StoreError::Busy)) || since.elapsed() >= patience {
                *lock(&self.waiting) = None;
                return begun;
            }
            *lock(&self.waiting) = Some(since);
            tracing::warn!(
                seconds = since.elapsed().as_secs(),
                at_most = patience.as_secs(),
                "another process is writing to the database; what is to be written waits"
            );
        }
    }

    /// How long the write that is under way has been waiting for another process; `None` when nobody keeps it waiting.
    pub(super) fn kept_waiting(&self) -> Option<Duration> {
        lock(&self.waiting).map(|since| since.elapsed())
    }

    /// The reader first: see the fields.
    fn close(&self) -> rusqlite::Result<()> {
        *lock(&self.reader) = Connection::open_in_memory()?;
        *lock(&self.writer) = Connection::open_in_memory()?;
        Ok(())
    }

    /// After somebody deleted the log: our handle still has it.
    fn mend_log(&self, writer: &mut Connection) -> Result<()> {
        if !self.files.log_is_deleted() {
            return Ok(());
        }
        let mut reader = lock(&self.reader);
        self.marker.take_back();
        if !fold_log(writer)? {
            return Err(StoreError::Busy);
        }
        *reader = Connection::open_in_memory()?;
        *writer = Connection::open_in_memory()?; // both are closed before one is opened: the old log's index goes with the last
        *writer = open_to_write(&self.path)?;
        *reader = open_to_read(&self.path)?;
        self.files.opened_anew(writer);
        tracing::warn!(
            log = %log::path(&self.path).display(),
            "somebody deleted the database's log while it was in use; nothing is lost this time: leave -wal and -shm files alone"
        );
        Ok(())
    }
}

/// The last connection to close folds the log and takes it away, and how the file then lies is noted; unless the file at the path is
/// another one by now.
impl Drop for Connections {
    fn drop(&mut self) {
        let writer = lock(&self.writer);
        if self.files.database_is_gone(&writer) {
            if let Err(error) = writer.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true) {
                tracing::error!(%error, "the log of a database that was replaced may be folded into the one that is there now");
            }
            if self.files.log_is_ours() {
                log::set_aside(&self.path);
            }
            return;
        }
        if self.in_use.as_ref().is_none_or(|file| file.try_lock().is_ok()) {
            self.marker.take_back();
            let folded =
                writer.query_row("pragma wal_checkpoint(passive)", [], |row| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)));
            if !folded.is_ok_and(|(frames, folded)| frames == folded) {
                self.marker.note(&writer);
                return;
            }
            drop(writer);
            if self.close().is_ok() {
                stamp::note(&self.path);
            }
        }
    }
}

/// Whether all of the log is in the database now, and the log empty.
fn fold_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, i64>(0)).map(|busy| busy == 0)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the file is there without even the head that SQLite gives it (100 bytes): SQLite would take it for a new database.
fn is_hollow(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|file| file.len() < 100)
}
