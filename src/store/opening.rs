//! How a database is opened: to write, to read, after a stop that was not clean, and who else has it open.

use crate::store::{Result, StoreError, lock_file, log, migrate, unusable};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long a statement waits for another process to finish writing, before that is told.
const BUSY: Duration = Duration::from_secs(5);
/// Bytes of a database that takes a person's time to look through.
const LARGE: u64 = 200 << 20;
/// A look at the whole file that takes longer is told.
const LONG_LOOK: Duration = Duration::from_secs(2);
/// Enough for every statement of a refresh, so that none is compiled twice.
const STATEMENTS: usize = 64;
/// Bytes that the log keeps once its content is in the database; more is given back to the disk.
const LOG_KEPT: i64 = 16 << 20;

/// The connection that writes. What was asked of it is in force, or there is none: a disk that cannot have a log (a network share)
/// silently keeps the older ways.
pub(super) fn open_to_write(path: &Path) -> Result<Connection> {
    let open = || {
        let connection = Connection::open(path)?;
        configure(&connection)?;
        Ok(connection)
    };
    let connection = open().map_err(|error: rusqlite::Error| {
        if takes_nothing(path) { StoreError::ReadOnly(path.display().to_string()) } else { unusable(path, error) }
    })?;
    refuse_less(&connection, path)?;
    Ok(connection)
}

/// A state that was acknowledged survives a power cut only if each commit waits for the disk (2 is FULL).
fn refuse_less(connection: &Connection, path: &Path) -> Result<()> {
    let mode: String = migrate::pragma(connection, "journal_mode")?;
    let synchronous: i64 = migrate::pragma(connection, "synchronous")?;
    if mode == "wal" && synchronous == 2 {
        return Ok(());
    }
    Err(StoreError::Unusable(format!(
        "{} is where SQLite cannot keep what it acknowledged (journal_mode {mode}, synchronous {synchronous}); put it on a local disk",
        path.display()
    )))
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
    connection.pragma_update(None, "wal_autocheckpoint", 0)?; // each commit sees to it, after a look at the file
    // What is deleted is overwritten where the page is written anyway; erasing a person does the rest.
    connection.query_row("pragma secure_delete = fast", [], |_| Ok(()))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(())
}

/// After a stop that was not clean: reads the whole file, which takes seconds for each gigabyte, and says so. By a connection that
/// cannot write: whoever closes a damaged pair of file and log would fold the one into the other.
pub(super) fn look_through(path: &Path) -> Result<()> {
    let (since, bytes) = (Instant::now(), fs::metadata(path).map_or(0, |file| file.len()));
    if bytes > LARGE {
        tracing::warn!(megabytes = bytes >> 20, "the last stop was not clean: the whole database is read once to be sure of it");
    }
    quick_check(&open_to_read(path)?)?;
    if since.elapsed() > LONG_LOOK {
        tracing::warn!(seconds = since.elapsed().as_secs(), megabytes = bytes >> 20, "the database is sound");
    }
    Ok(())
}

/// SQLite's own check of the whole file.
pub(super) fn quick_check(connection: &Connection) -> Result<()> {
    let first: String = connection.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
    if first == "ok" { Ok(()) } else { Err(StoreError::Corrupt(first)) }
}

/// The file that says who has the database open, and whether nobody else has. None where nothing can be written: then nothing
/// can be mended either.
pub(super) fn lock_in_use(path: &Path) -> (Option<File>, bool) {
    lock_file::try_alone(&path.with_extension("open.lock")).map_or((None, false), |(file, alone)| (Some(file), alone))
}

/// Whether no process has the database open: only then are its files as the last one left them.
pub(super) fn nobody_has_it_open(path: &Path) -> bool {
    match File::options().append(true).open(path.with_extension("open.lock")) {
        Ok(file) => file.try_lock().is_ok(),
        Err(_) => true, // it was never opened by a program that tells
    }
}

#[cfg(test)]
mod tests {
    use super::{open_to_write, refuse_less};

    #[test]
    fn s03_a_connection_whose_commits_do_not_wait_for_the_disk_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.sqlite3");
        let connection = open_to_write(&path).unwrap();
        for (setting, back) in [("synchronous = normal", "synchronous = full"), ("journal_mode = delete", "journal_mode = wal")] {
            connection.execute_batch(&format!("pragma {setting}")).unwrap();
            assert!(refuse_less(&connection, &path).unwrap_err().to_string().contains("local disk"), "{setting}");
            connection.execute_batch(&format!("pragma {back}")).unwrap();
            refuse_less(&connection, &path).unwrap();
        }
    }
}
