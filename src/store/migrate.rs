//! Numbered migrations, embedded, each applied once in a transaction of its own.

use crate::store::{Result, StoreError};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// "VEIL" in ASCII: marks a file as ours.
const APPLICATION_ID: i32 = 0x5645_494C;

/// In order; a merged one is never edited.
pub const MIGRATIONS: &[(&str, &str)] = &[("0001_init", include_str!("../../db/migrations/0001_init.sql"))];

/// Brings the schema up to date. A file that holds data is first copied beside itself.
pub(crate) fn run(connection: &mut Connection, path: &Path) -> Result<()> {
    let (version, application): (i32, i32) = (pragma(connection, "user_version")?, pragma(connection, "application_id")?);
    let current = i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX);
    if version > 0 && application != APPLICATION_ID {
        return Err(StoreError::Unusable(format!(
            "{} is a database of another program; give another path in [storage]",
            path.display()
        )));
    }
    if version > current {
        return Err(StoreError::Unusable(format!(
            "{} was written by a newer veille (schema {version}, this one knows {current}); install the newer version",
            path.display()
        )));
    }
    if version > 0 && version < current {
        let copy = path.with_extension(format!("before-{current:04}.sqlite3"));
        connection.execute("vacuum into ?1", [copy.to_string_lossy()])?;
    }
    for number in version..current {
        let (_, sql) = MIGRATIONS[usize::try_from(number).unwrap_or_default()];
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if pragma::<i32>(&transaction, "user_version")? == number {
            transaction.execute_batch(sql)?;
            transaction.pragma_update(None, "user_version", number + 1)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.commit()?;
        }
    }
    Ok(())
}

fn pragma<T: rusqlite::types::FromSql>(connection: &Connection, name: &str) -> rusqlite::Result<T> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}
