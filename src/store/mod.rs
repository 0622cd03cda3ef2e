//! The database: SQL lives here and nowhere else.
//!
//! One public method is one use of the database and one transaction; domain types go in and come out. One connection writes,
//! behind a lock, off the asynchronous threads; readers have their own. No lock is held across anything but SQL.

pub mod apply;
pub mod assessments;
pub mod backup;
pub mod check;
pub mod daemon;
pub mod deliveries;
pub mod editions;
pub mod export;
pub mod items;
pub mod jobs;
mod keyed;
pub mod migrate;
pub mod quarantine;
pub mod retention;
pub mod rows;
pub mod runs;
pub mod search;
pub mod source_reliability;
pub mod sources;
pub mod stories;
pub mod subscribers;
pub mod vitals;

use crate::failpoint;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// What can go wrong with the database. No driver type shows.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such row.
    #[error("{0} not found")]
    NotFound(String),
    /// The row is there but not in the state that was asked for.
    #[error("{0}")]
    Conflict(String),
    /// What is stored cannot be understood.
    #[error("the database holds something unreadable: {0}; run `veille db check`, or restore a backup")]
    Corrupt(String),
    /// The database cannot be opened or is not ours.
    #[error("{0}")]
    Unusable(String),
    /// Another process holds the write lock, and did so for longer than we wait.
    #[error("another process is writing to the database and did not finish in {BUSY_SECONDS} s; nothing was written, try again")]
    Busy,
    /// There is no room left.
    #[error("the disk is full: nothing was written; make room and try again")]
    Full,
    /// SQLite said no.
    #[error("database: {0}")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            _ if error == rusqlite::Error::QueryReturnedNoRows => Self::NotFound("row".to_owned()),
            _ => Self::Backend(Box::new(error)),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl StoreError {
    /// Whether anything else would fail as well: it lies not in what was to be written.
    pub fn concerns_all(&self) -> bool {
        matches!(self, Self::Busy | Self::Full | Self::Unusable(_) | Self::Corrupt(_))
    }
}

/// How long a statement waits for another process to finish writing.
const BUSY_SECONDS: u64 = 10;

/// SQLite before 3.51.3 can corrupt a database in WAL mode when a checkpoint resets the log at the wrong moment.
const OLDEST_SQLITE: i32 = 3_051_003;

/// A database result.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    writer: Arc<Mutex<Connection>>,
    reader: Arc<Mutex<Connection>>,
    path: Arc<PathBuf>,
}

impl Store {
    /// Opens the file, creates it and its folder if needed, and brings the schema up to date.
    pub fn open(path: &Path) -> Result<Self> {
        refuse_old_sqlite(rusqlite::version_number())?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| StoreError::Unusable(format!("cannot create {}: {error}", folder.display())))?;
        }
        let mut writer = Connection::open(path).map_err(|error| unusable(path, &error))?;
        configure(&writer).map_err(|error| unusable(path, &error))?;
        migrate::run(&mut writer, path)?;
        let reader = open_to_read(path)?;
        Ok(Self { writer: Arc::new(Mutex::new(writer)), reader: Arc::new(Mutex::new(reader)), path: Arc::new(path.to_owned()) })
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Runs `work` in one immediate transaction: all of it is written, or nothing.
    async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let writer = Arc::clone(&self.writer);
        in_background(move || transact(&writer, work)).await
    }

    /// Runs `work` on the reading connection, in one consistent view.
    async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let reader = Arc::clone(&self.reader);
        in_background(move || {
            let mut connection = reader.lock().unwrap_or_else(PoisonError::into_inner);
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Deferred)?;
            work(&transaction)
        })
        .await
    }
}

/// All of `work` is written, or nothing.
fn transact<T>(writer: &Mutex<Connection>, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
    let mut connection = writer.lock().unwrap_or_else(PoisonError::into_inner);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    failpoint::reach("store.commit.before");
    transaction.commit()?;
    failpoint::reach("store.commit.after");
    Ok(value)
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::Backend(Box::new(error))),
    }
}

/// A connection that cannot write, for long reads that must not keep the others waiting.
fn open_to_read(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let reader = Connection::open_with_flags(path, flags).map_err(|error| unusable(path, &error))?;
    reader.busy_timeout(Duration::from_secs(BUSY_SECONDS))?;
    reader.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(reader)
}

/// Enough for every statement of a refresh, so that none is compiled twice.
const STATEMENTS: usize = 64;

/// WAL, so that readers never wait; FULL, because a state that was acknowledged must survive a power cut.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(Duration::from_secs(BUSY_SECONDS))?;
    // Bodies take 1 to 3 KB: on pages of 4 KB a third of the room would stay empty. Only a new file obeys.
    connection.pragma_update(None, "page_size", 8192)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

fn refuse_old_sqlite(version: i32) -> Result<()> {
    if version >= OLDEST_SQLITE {
        return Ok(());
    }
    let (major, minor, patch) = (version / 1_000_000, version / 1000 % 1000, version % 1000);
    Err(StoreError::Unusable(format!(
        "SQLite {major}.{minor}.{patch} can corrupt a database; build veille with its bundled SQLite, or use 3.51.3 or later"
    )))
}

fn unusable(path: &Path, error: &rusqlite::Error) -> StoreError {
    StoreError::Unusable(format!("cannot open the database {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::{Store, StoreError, refuse_old_sqlite};

    #[test]
    fn an_sqlite_that_corrupts_is_refused_by_name() {
        assert!(refuse_old_sqlite(rusqlite::version_number()).is_ok());
        assert!(refuse_old_sqlite(3_051_003).is_ok());
        let refusal = refuse_old_sqlite(3_040_001).unwrap_err().to_string();
        assert!(refusal.contains("3.40.1"), "{refusal}");
    }

    #[test]
    fn a_file_that_is_no_database_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        let notes = "not a database ".repeat(100);
        std::fs::write(&path, &notes).unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::Unusable(_) | StoreError::Corrupt(_))));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), notes);
    }
}
