//! The two connections, and the question whether the file behind them is still the one at the path.
//!
//! A database that another program replaces or removes leaves our handles on a file without a name: what is written there is
//! lost. So every transaction asks first, and is refused. A log that somebody deletes is another matter: our handle still has all
//! of it, so it is folded into the database and both connections are opened anew.

use crate::{
    failpoint,
    store::{Result, StoreError, lock_file, log, migrate, unusable},
};
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::{
    fs::{self, File},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long a statement waits for another process to finish writing, before that is told.
const BUSY: Duration = Duration::from_secs(5);
/// How long a write waits in all: what was fetched is not thrown away because somebody copies the file.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of a database that takes a person's time to look through.
const LARGE: u64 = 200 << 20;
/// A look at the whole file that takes longer is told.
const LONG_LOOK: Duration = Duration::from_secs(2);
/// Enough for every statement of a refresh, so that none is compiled twice.
const STATEMENTS: usize = 64;
/// Bytes that the log keeps once its content is in the database; more is given back to the disk.
const LOG_KEPT: i64 = 16 << 20;

/// One connection writes, one reads.
#[derive(Debug)]
pub(super) struct Connections {
    path: PathBuf,
    // Closed in this order: the last to close folds the log into the database and takes it away, which a reader cannot do. A log
    // that is left says that the stop was not clean, and the next start reads the whole file to be sure of it.
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
    opened: Mutex<Opened>,
    /// Since when a write waits for another process.
    waiting: Mutex<Option<Instant>>,
    /// Held shared for as long as this process has the database open; whoever gets it alone knows that nobody else has.
    _in_use: Option<File>,
}

/// Device and inode: what a name points to.
type FileId = (u64, u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Opened {
    database: Option<FileId>,
    log: Option<FileId>,
}

impl Connections {
    /// Opens the file, creates it if needed, and brings the schema up to date. After a stop that was not clean, the log and the
    /// database are looked over first.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let unclean = fs::metadata(log::path(path)).is_ok_and(|log| log.len() > 0);
        let (in_use, alone) = lock_in_use(path);
        if unclean && alone {
            log::look_over(path)?;
        }
        let mut writer = open_to_write(path)?;
        migrate::run(&mut writer, path)?;
        if unclean && alone {
            look_through(&writer, path)?;
        }
        let reader = open_to_read(path)?;
        // The log exists from the first read on.
        migrate::pragma::<i64>(&reader, "user_version")?;
        if let Some(file) = &in_use {
            file.lock_shared().map_err(|error| StoreError::Unusable(format!("cannot lock {}: {error}", path.display())))?;
        }
        Ok(Self {
            path: path.to_owned(),
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            opened: Mutex::new(identify(path)),
            waiting: Mutex::default(),
            _in_use: in_use,
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
        self.refuse_another_file()?;
        transaction.commit()?;
        failpoint::reach("store.commit.after");
        Ok(value)
    }

    /// Runs `work` on the reading connection, in one consistent view.
    pub(super) fn view<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let mut connection = lock(&self.reader);
        self.refuse_another_file()?;
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
        work(&transaction)
    }

    /// Folds the log into the database and empties it, if nobody reads just now.
    pub(super) fn checkpoint(&self) -> Result<()> {
        let mut connection = lock(&self.writer);
        self.mend_log(&mut connection)?;
        self.refuse_another_file()?;
        Ok(fold_log(&connection).map(|_| ())?)
    }

    /// SQLite's own check of the whole file.
    pub(super) fn quick_check(&self) -> Result<()> {
        quick_check(&lock(&self.reader))
    }

    /// One write lock for all processes: whoever finds it taken waits, and says so.
    fn begin<'c>(&self, connection: &'c Connection, patience: Duration) -> Result<Transaction<'c>> {
        let since = Instant::now();
        loop {
            self.refuse_another_file()?;
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

    fn refuse_another_file(&self) -> Result<()> {
        let (opened, now) = (*lock(&self.opened), identify(&self.path));
        let log_is_ours = now.log.is_none() || opened.log.is_none() || now.log == opened.log;
        if now.database == opened.database && log_is_ours {
            return Ok(());
        }
        let what = if now.database == opened.database { log::path(&self.path) } else { self.path.clone() };
        Err(StoreError::Replaced(what.display().to_string()))
    }

    /// After somebody deleted the log: our handle still has it.
    fn mend_log(&self, writer: &mut Connection) -> Result<()> {
        let (opened, now) = (*lock(&self.opened), identify(&self.path));
        if opened.log.is_none() || now.log.is_some() || now.database != opened.database {
            return Ok(());
        }
        let mut reader = lock(&self.reader);
        if !fold_log(writer)? {
            return Err(StoreError::Busy);
        }
        *reader = Connection::open_in_memory()?;
        *writer = Connection::open_in_memory()?; // both are closed before one is opened: the old log's index goes with the last
        *writer = open_to_write(&self.path)?;
        *reader = open_to_read(&self.path)?;
        migrate::pragma::<i64>(&reader, "user_version")?;
        *lock(&self.opened) = identify(&self.path);
        tracing::warn!(
            log = %log::path(&self.path).display(),
            "somebody deleted the database's log while it was in use; nothing is lost this time: leave -wal and -shm files alone"
        );
        Ok(())
    }
}

/// Whether all of the log is in the database now, and the log empty.
fn fold_log(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, i64>(0)).map(|busy| busy == 0)
}

/// After a stop that was not clean: reads the whole file, which takes seconds for each gigabyte, and says so.
fn look_through(connection: &Connection, path: &Path) -> Result<()> {
    let (since, bytes) = (Instant::now(), fs::metadata(path).map_or(0, |file| file.len()));
    if bytes > LARGE {
        tracing::warn!(megabytes = bytes >> 20, "the last stop was not clean: the whole database is read once to be sure of it");
    }
    quick_check(connection)?;
    if since.elapsed() > LONG_LOOK {
        tracing::warn!(seconds = since.elapsed().as_secs(), megabytes = bytes >> 20, "the database is sound");
    }
    Ok(())
}

fn quick_check(connection: &Connection) -> Result<()> {
    let first: String = connection.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
    if first == "ok" { Ok(()) } else { Err(StoreError::Corrupt(first)) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The file that says who has the database open, and whether nobody else has. None where nothing can be written: then nothing
/// can be mended either.
fn lock_in_use(path: &Path) -> (Option<File>, bool) {
    lock_file::try_alone(&path.with_extension("open.lock")).map_or((None, false), |(file, alone)| (Some(file), alone))
}

/// Whether no process has the database open: only then are its files as the last one left them.
pub(super) fn nobody_has_it_open(path: &Path) -> bool {
    match File::options().append(true).open(path.with_extension("open.lock")) {
        Ok(file) => file.try_lock().is_ok(),
        Err(_) => true, // it was never opened by a program that tells
    }
}

fn identify(path: &Path) -> Opened {
    let id = |path: &Path| fs::metadata(path).ok().map(|file| (file.dev(), file.ino()));
    Opened { database: id(path), log: id(&log::path(path)) }
}

fn open_to_write(path: &Path) -> Result<Connection> {
    let open = || {
        let connection = Connection::open(path)?;
        configure(&connection)?;
        Ok(connection)
    };
    open().map_err(|error: rusqlite::Error| {
        if takes_nothing(path) { StoreError::ReadOnly(path.display().to_string()) } else { unusable(path, error) }
    })
}

/// A connection that cannot write, for long reads that must not keep the others waiting.
///
/// On a disk that takes nothing SQLite cannot make the log's index, and reads nothing: there, a database that was closed well is read
/// as what it is, a file that nobody changes.
pub(super) fn open_to_read(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = |name: &Path, flags| -> rusqlite::Result<Connection> {
        let reader = Connection::open_with_flags(name, flags)?;
        reader.busy_timeout(BUSY)?;
        reader.set_prepared_statement_cache_capacity(STATEMENTS);
        migrate::pragma::<i64>(&reader, "user_version")?; // opens the file, and the log
        Ok(reader)
    };
    let closed_well = || fs::metadata(log::path(path)).map_or(true, |log| log.len() == 0);
    match open(path, flags) {
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::CannotOpen) && takes_nothing(path) && closed_well() => {
            open(&unchanging(path), flags | OpenFlags::SQLITE_OPEN_URI).map_err(|error| unusable(path, error))
        }
        opened => opened.map_err(|error| unusable(path, error)),
    }
}

/// Whether nothing can be written beside the database although it is there.
fn takes_nothing(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    path.is_file() && rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_err()
}

/// The address by which SQLite opens a file that it need not lock.
fn unchanging(path: &Path) -> PathBuf {
    let path = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    PathBuf::from(format!("file:{path}?immutable=1"))
}

/// WAL, so that readers never wait; FULL, because a state that was acknowledged must survive a power cut.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY)?;
    // Bodies take 1 to 3 KB: on pages of 4 KB a third of the room would stay empty. Only a new file obeys.
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "journal_size_limit", LOG_KEPT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}
