//! The database: SQL lives here and nowhere else.
//!
//! One public method is one use of the database and one transaction; domain types go in and come out. One connection writes,
//! behind a lock, off the asynchronous threads; readers have their own. No lock is held across anything but SQL.

pub mod apply;
pub mod assessments;
pub mod backup;
pub mod bounces;
pub mod check;
mod compression;
mod connections;
pub mod daemon;
pub mod deliveries;
pub mod editions;
pub mod export;
pub mod familiar;
mod files;
pub mod further_pages;
pub mod hubs;
pub mod items;
pub mod jobs;
mod keyed;
mod lock_file;
mod log;
mod mark;
pub mod migrate;
mod opening;
pub mod quarantine;
pub mod retention;
pub mod rows;
pub mod runs;
pub mod search;
pub mod source_reliability;
pub mod sources;
mod stamp;
pub mod stories;
pub mod story_acts;
pub mod subscribers;
mod suppressions;
mod traces;
pub mod trust;
pub mod vitals;

use connections::{Connections, PATIENCE};
use opening::open_to_read;
use rusqlite::{ErrorCode, Transaction};
use std::{path::Path, sync::Arc, time::Duration};

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
    /// The database cannot be opened.
    #[error("{0}")]
    Unusable(String),
    /// The file is there and sound, and not for this program.
    #[error("{0}")]
    Foreign(String),
    /// The file at the path is not the one that was opened, or not what it was.
    #[error(
        "{0} was replaced or removed, or another program wrote over it, while veille had it open: nothing was written; put it back, or restart veille to use what is there now"
    )]
    Replaced(String),
    /// Another process holds the write lock, and did so for longer than we wait.
    #[error("another process is writing to the database and has not finished; nothing was written, try again")]
    Busy,
    /// Nothing can be written beside the database: no log, no lock.
    #[error(
        "nothing can be written beside the database {0}: mount its file system for writing, or give veille the right to; `veille db check` and `veille db backup` work meanwhile"
    )]
    ReadOnly(String),
    /// There is no room left.
    #[error("the disk is full: nothing was written; make room and try again")]
    Full,
    /// The disk takes nothing: read-only, a limit, a fault of the medium.
    #[error(
        "the disk does not take what is written ({0}): nothing was written; check that it is mounted for writing, its quota, the limit of file sizes (ulimit -f) and its health"
    )]
    Unwritable(String),
    /// SQLite said no.
    #[error("database: {0}")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::SystemIoFailure) => Self::Unwritable(error.to_string()),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            // Damage of the search index has the code of a wrong statement; only its words tell.
            _ if error.to_string().starts_with("invalid fts5 file format") => Self::Corrupt(error.to_string()),
            _ => match error {
                rusqlite::Error::QueryReturnedNoRows => Self::NotFound("row".to_owned()),
                // Our statements fit our schema, and every table is strict: only damage makes a statement wrong, or puts a value
                // there that is none of its column.
                rusqlite::Error::SqlInputError { .. }
                | rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::Utf8Error(..) => Self::Corrupt(error.to_string()),
                _ => Self::Backend(Box::new(error)),
            },
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        Self::Corrupt(error.to_string())
    }
}

impl StoreError {
    /// The same once more, for each of those who waited for one transaction.
    pub fn echo(&self) -> Self {
        match self {
            Self::NotFound(what) => Self::NotFound(what.clone()),
            Self::Conflict(what) => Self::Conflict(what.clone()),
            Self::Corrupt(what) => Self::Corrupt(what.clone()),
            Self::Unusable(what) => Self::Unusable(what.clone()),
            Self::Foreign(what) => Self::Foreign(what.clone()),
            Self::Replaced(what) => Self::Replaced(what.clone()),
            Self::Busy => Self::Busy,
            Self::Full => Self::Full,
            Self::Unwritable(what) => Self::Unwritable(what.clone()),
            Self::ReadOnly(what) => Self::ReadOnly(what.clone()),
            Self::Backend(error) => Self::Backend(error.to_string().into()),
        }
    }

    /// Whether anything else would fail as well: it lies not in what was to be written.
    pub fn concerns_all(&self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::Full
                | Self::Unwritable(_)
                | Self::ReadOnly(_)
                | Self::Replaced(_)
                | Self::Unusable(_)
                | Self::Foreign(_)
                | Self::Corrupt(_)
        )
    }
}

/// SQLite before 3.51.3 can corrupt a database in WAL mode when a checkpoint resets the log at the wrong moment.
const OLDEST_SQLITE: i32 = 3_051_003;

/// A database result.
pub type Result<T> = std::result::Result<T, StoreError>;

/// The database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    connections: Arc<Connections>,
}

impl Store {
    /// Opens the file, creates it and its folder if needed, and brings the schema up to date.
    pub fn open(path: &Path) -> Result<Self> {
        refuse_old_sqlite(rusqlite::version_number())?;
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|error| StoreError::Unusable(format!("cannot create {}: {error}", folder.display())))?;
        }
        Ok(Self { connections: Arc::new(Connections::open(path)?) })
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        self.connections.path()
    }

    /// Folds the log into the database, so that it does not grow for ever. To be called when a job has ended.
    pub async fn checkpoint(&self) -> Result<()> {
        let connections = Arc::clone(&self.connections);
        in_background(move || connections.checkpoint()).await
    }

    /// Takes a text that no row holds any more out of the database's files: see [`Store::erase`]. False: it is still there.
    pub async fn scrub(&self, text: &str) -> Result<bool> {
        let (connections, text) = (Arc::clone(&self.connections), text.to_owned());
        in_background(move || connections.scrub(&text)).await
    }

    /// Since how long another process keeps a write of this one waiting; `None` when none does.
    pub fn kept_waiting(&self) -> Option<Duration> {
        self.connections.kept_waiting()
    }

    /// Runs `work` in one immediate transaction: all of it is written, or nothing.
    async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        self.write_within(PATIENCE, work).await
    }

    /// The same by somebody who waits so long for another process.
    async fn write_within<T, F>(&self, patience: Duration, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let connections = Arc::clone(&self.connections);
        in_background(move || connections.transact(patience, work)).await
    }

    /// Runs `work` on the reading connection, in one consistent view.
    async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction<'_>) -> Result<T> + Send + 'static,
    {
        let connections = Arc::clone(&self.connections);
        in_background(move || connections.view(work)).await
    }
}

async fn in_background<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StoreError::Backend(Box::new(error))),
    }
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

/// A database that cannot be opened, named; with the kind of fault where that has a remedy of its own.
fn unusable(path: &Path, error: rusqlite::Error) -> StoreError {
    match StoreError::from(error) {
        StoreError::Corrupt(why) => StoreError::Corrupt(format!("{}: {why}", path.display())),
        StoreError::Backend(why) => StoreError::Unusable(format!("cannot open the database {}: {why}", path.display())),
        other => other,
    }
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
