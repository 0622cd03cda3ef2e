//! Numbered migrations, embedded, each applied once in a transaction of its own.

use crate::{
    failpoint,
    store::{Result, StoreError},
};
use rusqlite::{Batch, Connection, TransactionBehavior, fallible_iterator::FallibleIterator};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// "VEIL" in ASCII: marks a file as ours.
pub(crate) const APPLICATION_ID: i32 = 0x5645_494C;

/// What takes longer is told.
const LONG: Duration = Duration::from_secs(1);

/// In order; a merged one is never edited.
pub const MIGRATIONS: &[(&str, &str)] = &[
    ("0001_init", include_str!("../../db/migrations/0001_init.sql")),
    ("0002_one_index_less", include_str!("../../db/migrations/0002_one_index_less.sql")),
    ("0003_further_pages", include_str!("../../db/migrations/0003_further_pages.sql")),
    ("0004_hubs", include_str!("../../db/migrations/0004_hubs.sql")),
    ("0005_room_for_the_index", include_str!("../../db/migrations/0005_room_for_the_index.sql")),
    ("0006_bounces", include_str!("../../db/migrations/0006_bounces.sql")),
    ("0007_declared", include_str!("../../db/migrations/0007_declared.sql")),
    ("0008_rest_began", include_str!("../../db/migrations/0008_rest_began.sql")),
    ("0009_editions_by_digest", include_str!("../../db/migrations/0009_editions_by_digest.sql")),
    ("0010_fewer_merges", include_str!("../../db/migrations/0010_fewer_merges.sql")),
    ("0011_errata", include_str!("../../db/migrations/0011_errata.sql")),
    ("0012_story_acts", include_str!("../../db/migrations/0012_story_acts.sql")),
    ("0013_familiar_entries", include_str!("../../db/migrations/0013_familiar_entries.sql")),
    ("0014_newest_first", include_str!("../../db/migrations/0014_newest_first.sql")),
];

/// The version of the schema that this program knows.
pub(crate) fn current() -> i32 {
    i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX)
}

/// Brings the schema up to date. A file that holds data is first copied beside itself.
pub(crate) fn run(connection: &mut Connection, path: &Path) -> Result<()> {
    apply(connection, path, MIGRATIONS)
}

/// Refuses a file that is not ours, or that a newer program wrote; else gives the version of its schema.
pub(crate) fn recognise(connection: &Connection, path: &Path, known: i32) -> Result<i32> {
    let (version, application): (i32, i32) = (pragma(connection, "user_version")?, pragma(connection, "application_id")?);
    let tables: i64 = connection.query_row("select count(*) from sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION_ID && (application != 0 || version != 0 || tables != 0) {
        return Err(StoreError::Foreign(format!(
            "{} is a database of another program; give another path in [storage]",
            path.display()
        )));
    }
    if version > known {
        return Err(StoreError::Foreign(format!(
            "{} was written by a newer veille (schema {version}, this one knows {known}); install the newer version",
            path.display()
        )));
    }
    Ok(version)
}

fn apply(connection: &mut Connection, path: &Path, migrations: &[(&str, &str)]) -> Result<()> {
    let version = recognise(connection, path, i32::try_from(migrations.len()).unwrap_or(i32::MAX))?;
    let pending = migrations.get(usize::try_from(version).unwrap_or_default()..).unwrap_or_default();
    if version > 0 && !pending.is_empty() {
        timed("the database was copied beside itself before its schema changes", || copy_beside(connection, path, version))?;
    }
    for (number, (_, sql)) in (version..).zip(pending) {
        timed("the schema was brought up by one version", || migrate(connection, number, sql))?;
    }
    Ok(())
}

fn migrate(connection: &mut Connection, number: i32, sql: &str) -> Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have applied it while we waited for the lock.
    if pragma::<i32>(&transaction, "user_version")? == number {
        let mut statements = Batch::new(&transaction, sql);
        while let Some(mut statement) = statements.next()? {
            statement.execute([])?;
            failpoint::reach("store.migrate.statement");
        }
        transaction.pragma_update(None, "user_version", number + 1)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        failpoint::reach("store.migrate.before");
        transaction.commit()?;
        failpoint::reach("store.migrate.after");
    }
    Ok(())
}

/// A large database takes its time: whoever waits is told what for.
fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let since = Instant::now();
    let done = work()?;
    if since.elapsed() >= LONG {
        tracing::warn!(seconds = since.elapsed().as_secs(), "{what}");
    }
    Ok(done)
}

/// Named after the version that it holds; a copy that was cut off by a kill never has that name.
fn copy_beside(connection: &Connection, path: &Path, version: i32) -> Result<()> {
    let copy = path.with_extension(format!("schema-{version:04}.sqlite3"));
    let partial = path.with_extension(format!("schema-{version:04}.partial"));
    if partial.exists() {
        std::fs::remove_file(&partial).map_err(|error| cannot_copy(&partial, &error))?;
    }
    connection.execute("vacuum into ?1", [partial.to_string_lossy()])?;
    std::fs::rename(&partial, &copy).map_err(|error| cannot_copy(&copy, &error))
}

fn cannot_copy(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unusable(format!("cannot copy the database to {} before changing its schema: {error}", path.display()))
}

pub(crate) fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<T> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

#[cfg(test)]
mod tests {
    use super::{MIGRATIONS, apply};
    use rusqlite::Connection;
    use std::path::Path;

    const THREE: &[(&str, &str)] = &[
        ("0001", "create table a (x integer) strict; insert into a values (1);"),
        ("0002", "alter table a add column y text; update a set y = 'old';"),
        ("0003", "create table b (z integer) strict; insert into b select x from a;"),
    ];

    fn dump(connection: &Connection) -> Vec<String> {
        let mut statement = connection
            .prepare("select coalesce(sql, name) from sqlite_schema where name not like 'sqlite_%' order by 1")
            .unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
    }

    /// The files exactly as a `kill -9` leaves them: copied while the transaction is open and its pages are in the log.
    fn killed_after(statements: usize, sql: &str, path: &Path, into: &Path) {
        let connection = Connection::open(path).unwrap();
        connection
            .execute_batch("pragma journal_mode = wal; pragma cache_size = 1; pragma wal_autocheckpoint = 0; begin immediate")
            .unwrap();
        for statement in split(sql).into_iter().take(statements) {
            connection.execute_batch(&statement).unwrap();
        }
        for suffix in ["", "-wal"] {
            let name = format!("{}{suffix}", path.file_name().unwrap().to_str().unwrap());
            if path.with_file_name(&name).exists() {
                std::fs::copy(path.with_file_name(&name), into.join(&name)).unwrap();
            }
        }
    }

    fn split(sql: &str) -> Vec<String> {
        let bare: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
        bare.join("\n").split_inclusive(';').map(str::to_owned).filter(|s| s.trim().len() > 1).collect()
    }

    #[test]
    fn a_migration_killed_at_any_statement_resumes() {
        for list in [THREE, MIGRATIONS] {
            let folder = tempfile::tempdir().unwrap();
            let whole = folder.path().join("whole.sqlite3");
            let mut connection = Connection::open(&whole).unwrap();
            apply(&mut connection, &whole, list).unwrap();
            let expected = dump(&connection);
            for (done, (_, sql)) in list.iter().enumerate() {
                for statements in 0..=split(sql).len() {
                    let (before, after) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
                    let path = before.path().join("db.sqlite3");
                    apply(&mut Connection::open(&path).unwrap(), &path, &list[..done]).unwrap();
                    killed_after(statements, sql, &path, after.path());
                    let path = after.path().join("db.sqlite3");
                    let mut resumed = Connection::open(&path).unwrap();
                    apply(&mut resumed, &path, list).unwrap();
                    assert_eq!(dump(&resumed), expected, "migration {done}, statement {statements}");
                    assert_eq!(path.with_extension(format!("schema-{done:04}.sqlite3")).exists(), done > 0);
                }
            }
        }
    }

    #[test]
    fn running_twice_changes_nothing() {
        let mut connection = Connection::open_in_memory().unwrap();
        for _ in 0..2 {
            apply(&mut connection, Path::new("unused"), THREE).unwrap();
            assert_eq!(connection.query_row("select count(*) from b", [], |row| row.get::<_, i64>(0)).unwrap(), 1);
        }
    }

    #[test]
    fn other_programs_and_newer_versions_are_refused() {
        for (sql, why) in [
            ("create table theirs (x)", "another program"),
            ("pragma user_version = 3", "another program"),
            ("pragma application_id = 7", "another program"),
            ("pragma application_id = 0x5645494C; pragma user_version = 999", "newer veille"),
        ] {
            let mut connection = Connection::open_in_memory().unwrap();
            connection.execute_batch(sql).unwrap();
            let refusal = apply(&mut connection, Path::new("x.sqlite3"), THREE).unwrap_err().to_string();
            assert!(refusal.contains(why), "{sql}: {refusal}");
        }
    }
}
