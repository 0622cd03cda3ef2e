//! Every migration, on a database that was lived in.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "helpers of tests; one variable asks for a file to be written"
)]

use rusqlite::Connection;
use std::{fs, path::PathBuf};
use tempfile::TempDir;
use veille::store::{Store, migrate::MIGRATIONS};

fn db() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("db")
}

/// Tables, indexes and virtual tables as SQLite keeps them; what FTS5 makes of its own is left out.
fn schema(connection: &Connection) -> String {
    let mut statement = connection
        .prepare("select sql from sqlite_schema where sql is not null and name not like 'sqlite_%' and name not like 'item_search_%' order by rowid")
        .unwrap();
    let all: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    format!(
        "-- Generated from db/migrations: do not edit. `VEILLE_WRITE_SCHEMA=1 cargo test --test it schema` writes it anew.\n\n{};\n",
        all.join(";\n\n")
    )
}

fn migrated(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("veille.sqlite3");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("pragma foreign_keys = on").unwrap();
    for (number, (name, sql)) in MIGRATIONS.iter().enumerate() {
        connection.execute_batch(&format!("begin; {sql}; pragma user_version = {}; commit", number + 1)).unwrap();
        let data = db().join("fixtures").join(format!("{name}.sql"));
        let data = fs::read_to_string(&data)
            .unwrap_or_else(|error| panic!("{}: {error}; every migration needs its data", data.display()));
        connection.execute_batch(&data).unwrap_or_else(|error| panic!("data of {name}: {error}"));
    }
    connection.execute_batch("pragma application_id = 0x5645494C").unwrap();
    path
}

#[test]
fn schema_sql_is_what_the_migrations_make() {
    let folder = TempDir::new().unwrap();
    let made = schema(&Connection::open(migrated(&folder)).unwrap());
    let path = db().join("schema.sql");
    if std::env::var_os("VEILLE_WRITE_SCHEMA").is_some() {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "db/schema.sql is out of date; VEILLE_WRITE_SCHEMA=1 cargo test --test it schema writes it anew");
}

#[tokio::test]
async fn a_database_that_was_lived_in_opens_and_is_sound() {
    let folder = TempDir::new().unwrap();
    let path = migrated(&folder);
    let fresh = {
        let other = TempDir::new().unwrap();
        Store::open(&other.path().join("v.sqlite3")).unwrap();
        schema(&Connection::open(other.path().join("v.sqlite3")).unwrap())
    };
    let store = Store::open(&path).unwrap();
    assert_eq!(schema(&Connection::open(&path).unwrap()), fresh, "migrating and starting afresh give the same schema");
    assert_eq!(veille::store::check::check(&path).unwrap(), Vec::<String>::new());
    assert_eq!(store.source_states().await.unwrap().len(), 3);
    let all = veille::domain::listing::ItemFilter { limit: 10, ..Default::default() };
    let rows = store.items(all).await.unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        let record = store.item(row.id).await.unwrap();
        assert_eq!(record.item.id, row.id);
    }
}

#[test]
fn every_table_has_a_row_in_the_data() {
    let folder = TempDir::new().unwrap();
    let connection = Connection::open(migrated(&folder)).unwrap();
    let mut statement = connection
        .prepare(
            "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' and name not like 'item_search_%'",
        )
        .unwrap();
    let tables: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    for table in tables {
        let rows: i64 = connection.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0)).unwrap();
        assert!(rows > 0, "db/fixtures has nothing for table {table}");
    }
}
