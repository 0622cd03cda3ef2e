//! Copies of the whole database: made while others write, checked before they count, put back only when they are sound.

use crate::store::{Result, StoreError, check, daemon, mark, migrate, open_to_read, unusable};
use chrono::{DateTime, Utc};
use ring::digest::{Context, SHA256};
use rusqlite::{Connection, OpenFlags, backup::Backup, types::ValueRef};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    time::Duration,
};

/// A copy that was made and found equal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Its tables.
    pub tables: usize,
    /// Rows in all of them.
    pub rows: u64,
    /// Size of the file.
    pub bytes: u64,
}

/// Pages copied at a time; the lock on the copy's source is one of a reader, so nobody waits.
const PAGES: i32 = 4_096;

/// Copies the database at `from` to `to`, as it stands at this instant, whoever writes meanwhile; then checks the copy and
/// compares every row. An earlier backup at `to` is replaced at the very end. Any other file there is left alone.
pub fn backup(from: &Path, to: &Path) -> Result<Copied> {
    if same_file(from, to) {
        return Err(StoreError::Conflict(format!("{} is the database itself; give another file", to.display())));
    }
    if to.exists() && inspect(to).is_err() {
        return Err(StoreError::Conflict(format!(
            "{} exists and is no backup of veille; remove it or give another file",
            to.display()
        )));
    }
    let source = open_to_read(from)?;
    // The transaction pins what is copied and what it is compared with to one instant.
    source.execute_batch("begin; select count(*) from sqlite_schema")?;
    let partial = beside(to, "partial");
    let copied = copy(&source, &partial)?;
    rename(&partial, to)?;
    Ok(copied)
}

/// Puts a backup in the place of `database`. The backup must be sound and ours; no daemon may run. What was there before stays
/// beside it, under the name that is given back.
pub fn restore(backup: &Path, database: &Path, now: DateTime<Utc>) -> Result<(Copied, Option<PathBuf>)> {
    if same_file(backup, database) {
        return Err(StoreError::Conflict(format!("{} is the database itself", backup.display())));
    }
    let source = inspect(backup)?;
    if let Some(folder) = database.parent() {
        fs::create_dir_all(folder).map_err(|error| cannot("create", folder, &error))?;
    }
    let _no_daemon = daemon::claim(database)?;
    let partial = beside(database, "restoring");
    let copied = copy(&source, &partial)?;
    let kept = if database.exists() { Some(set_aside(database, now)?) } else { None };
    rename(&partial, database)?;
    Ok((copied, kept))
}

/// What restoring `backup` would bring: its tables and rows. Refused for the reasons for which restoring would be; nothing is
/// written.
pub fn try_restore(backup: &Path, database: &Path) -> Result<Copied> {
    if same_file(backup, database) {
        return Err(StoreError::Conflict(format!("{} is the database itself", backup.display())));
    }
    let source = inspect(backup)?;
    if database.exists() {
        let _no_daemon = daemon::claim(database)?;
    }
    let bytes = fs::metadata(backup).map_err(|error| cannot("read", backup, &error))?.len();
    let found = contents(&source)?;
    Ok(Copied { tables: found.len(), rows: found.values().map(|(rows, _)| rows).sum(), bytes })
}

/// A sound database of ours, opened to read; refused otherwise, with the first reason.
fn inspect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if !path.is_file() {
        return Err(StoreError::NotFound(format!("{}: file", path.display())));
    }
    let connection = Connection::open_with_flags(path, flags).map_err(|error| unusable(path, error))?;
    let version = migrate::recognise(&connection, path, migrate::current()).map_err(|error| match error {
        StoreError::Foreign(_) | StoreError::Unusable(_) => error,
        other => StoreError::Conflict(format!("{} is no sound database: {other}", path.display())),
    })?;
    if version == 0 {
        return Err(StoreError::Conflict(format!("{} is empty: there is nothing to restore", path.display())));
    }
    match check::file_problems(&connection)?.first() {
        Some(problem) => Err(StoreError::Conflict(format!("{} is damaged: {problem}", path.display()))),
        None => Ok(connection),
    }
}

fn copy(source: &Connection, to: &Path) -> Result<Copied> {
    remove_if_there(to)?;
    let mut copy = Connection::open(to).map_err(|error| unusable(to, error))?;
    Backup::new(source, &mut copy)?.run_to_completion(PAGES, Duration::ZERO, None)?;
    // One file, that needs no log beside it.
    copy.pragma_update(None, "journal_mode", "delete")?;
    if let Some(problem) = check::file_problems(&copy)?.first() {
        return Err(StoreError::Corrupt(format!("the copy at {}: {problem}", to.display())));
    }
    let (expected, found) = (contents(source)?, contents(&copy)?);
    if expected != found {
        let differing: Vec<_> = expected.keys().filter(|table| expected.get(*table) != found.get(*table)).cloned().collect();
        return Err(StoreError::Corrupt(format!("the copy at {} differs in {}", to.display(), differing.join(", "))));
    }
    drop(copy);
    let file = File::open(to).and_then(|file| file.sync_all().map(|()| file)).map_err(|error| cannot("write", to, &error))?;
    let bytes = file.metadata().map_err(|error| cannot("read", to, &error))?.len();
    Ok(Copied { tables: found.len(), rows: found.values().map(|(rows, _)| rows).sum(), bytes })
}

/// Rows and SHA-256 of every table, the parts of the full-text index included.
fn contents(connection: &Connection) -> Result<BTreeMap<String, (u64, Vec<u8>)>> {
    let mut names = connection.prepare("select name from sqlite_schema where type = 'table' and rootpage > 0")?;
    let names: Vec<String> = names.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    names.into_iter().map(|name| Ok((name.clone(), content(connection, &name)?))).collect()
}

fn content(connection: &Connection, table: &str) -> Result<(u64, Vec<u8>)> {
    let mut statement = connection.prepare(&format!("select * from \"{table}\""))?;
    let columns = statement.column_count();
    let (mut rows, mut count, mut hash) = (statement.query([])?, 0, Context::new(&SHA256));
    while let Some(row) = rows.next()? {
        count += 1;
        for column in 0..columns {
            absorb(&mut hash, row.get_ref(column)?);
        }
    }
    Ok((count, hash.finish().as_ref().to_vec()))
}

fn absorb(hash: &mut Context, value: ValueRef<'_>) {
    let (kind, bytes) = match value {
        ValueRef::Null => (0, Vec::new()),
        ValueRef::Integer(number) => (1, number.to_le_bytes().to_vec()),
        ValueRef::Real(number) => (2, number.to_le_bytes().to_vec()),
        ValueRef::Text(bytes) => (3, bytes.to_vec()),
        ValueRef::Blob(bytes) => (4, bytes.to_vec()),
    };
    hash.update(&[kind]);
    hash.update(&bytes.len().to_le_bytes());
    hash.update(&bytes);
}

/// Moves a database away with its log, so that nothing of it can be taken for the new one's.
fn set_aside(database: &Path, now: DateTime<Utc>) -> Result<PathBuf> {
    let kept = database.with_extension(format!("before-restore-{}.sqlite3", now.format("%Y%m%dT%H%M%SZ")));
    if kept.exists() {
        return Err(StoreError::Conflict(format!("{} exists; move it away first", kept.display())));
    }
    for suffix in ["", "-wal", "-shm"] {
        let (from, to) = (with_suffix(database, suffix), with_suffix(&kept, suffix));
        if from.exists() {
            fs::rename(&from, &to).map_err(|error| cannot("move", &from, &error))?;
        }
    }
    mark::forget(database).map_err(|error| cannot("remove the note beside", database, &error))?;
    Ok(kept)
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| cannot("write", to, &error))?;
    // The new name is durable once the folder is; where folders cannot be opened there is nothing to wait for.
    if let Some(folder) = to.parent().and_then(|folder| File::open(folder).ok()) {
        folder.sync_all().map_err(|error| cannot("write", to, &error))?;
    }
    Ok(())
}

fn remove_if_there(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(cannot("replace", path, &error)),
        _ => Ok(()),
    }
}

fn same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    with_suffix(path, &format!(".{extension}"))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unusable(format!("cannot {what} {}: {error}", path.display()))
}
