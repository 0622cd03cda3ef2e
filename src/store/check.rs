//! Is the database sound, and does what it holds keep our promises?

use crate::{
    domain::edition::RenderedEdition,
    store::{
        Result, StoreError,
        compression::decompress,
        log, migrate, open_to_read, opening,
        rows::{self, ITEM_COLUMNS},
        trust,
    },
};
use rusqlite::{Connection, Row};
use std::path::Path;

/// Items that are named; the others are counted.
const NAMED: usize = 20;

/// What is wrong with the database at `path`, one line each; empty when nothing is. Only reads. A file that is damaged so far
/// that it cannot be read is a line as well; errors: it is another program's, or cannot be opened.
pub fn check(path: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    if opening::nobody_has_it_open(path) {
        problems.extend(log::damage(path));
    }
    match open_to_read(path).and_then(|connection| look(&connection, path, &mut problems)) {
        Ok(()) => Ok(problems),
        Err(StoreError::Corrupt(why)) => {
            problems.push(format!("{why}; restore a backup with `veille db restore`"));
            Ok(problems)
        }
        Err(error) => Err(error),
    }
}

fn look(connection: &Connection, path: &Path, problems: &mut Vec<String>) -> Result<()> {
    let version = migrate::recognise(connection, path, migrate::current())?;
    problems.extend(file_problems(connection)?);
    if version == migrate::current() {
        problems.extend(schema_problems(connection)?);
        problems.extend(promise_problems(connection)?);
        problems.extend(altered_items(connection)?);
        problems.extend(thawed_editions(connection)?);
        problems.extend(trust::chain_problems(connection)?);
    } else {
        problems.push(format!(
            "the schema is at version {version} of {}; any other command brings it up to date",
            migrate::current()
        ));
    }
    Ok(())
}

/// Pages, indexes, constraints and references; the full-text index included.
pub(crate) fn file_problems(connection: &Connection) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut integrity = connection.prepare("pragma integrity_check(20)")?;
    for line in integrity.query_map([], |row| row.get::<_, String>(0))? {
        problems.extend(Some(line?).filter(|line| line != "ok"));
    }
    let mut references = connection.prepare("pragma foreign_key_check")?;
    let dangling = references
        .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, String>(2)?)))?;
    for row in dangling.take(20) {
        let (table, id, parent) = row?;
        problems.push(format!("row {} of {table} refers to a row of {parent} that does not exist", id.unwrap_or_default()));
    }
    Ok(problems)
}

fn schema_problems(connection: &Connection) -> Result<Vec<String>> {
    let mut fresh = Connection::open_in_memory()?;
    migrate::run(&mut fresh, Path::new("memory"))?;
    let (expected, found) = (schema(&fresh)?, schema(connection)?);
    let missing = expected.iter().filter(|sql| !found.contains(sql)).map(|sql| ("lacks", sql));
    let strange = found.iter().filter(|sql| !expected.contains(sql)).map(|sql| ("has a strange", sql));
    Ok(missing
        .chain(strange)
        .map(|(what, sql)| format!("the schema {what} {}", sql.lines().next().unwrap_or_default()))
        .collect())
}

fn schema(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare("select sql from sqlite_schema where sql is not null and name not like 'sqlite_%'")?;
    Ok(statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// Each counts the rows that break a promise.
const PROMISES: [(&str, &str); 5] = [
    ("items cannot be found by search", "select count(*) from item where id not in (select id from item_search_docsize)"),
    ("search entries have no item", "select count(*) from item_search_docsize where id not in (select id from item)"),
    ("items were never assessed", "select count(*) from item where id not in (select item_id from assessment)"),
    (
        "sources have validators but never took a body in",
        "select count(*) from source where validators is not null and first_success_at is null",
    ),
    (
        "approved editions are not frozen",
        "select count(*) from edition where state in ('approved', 'sending', 'sent') and (rendered is null or hash is null)",
    ),
];

fn promise_problems(connection: &Connection) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for (what, sql) in PROMISES {
        let count: i64 = connection.query_row(sql, [], |row| row.get(0))?;
        if count > 0 {
            problems.push(format!("{count} {what}"));
        }
    }
    Ok(problems)
}

/// A letter that is another one inside a text leaves the file sound: the hash of each item tells, that was taken when it came in.
fn altered_items(connection: &Connection) -> Result<Vec<String>> {
    let mut statement = connection.prepare(&format!(
        "select {ITEM_COLUMNS}, item_body.html, item.id from item left join item_body on item_id = item.id order by item.id"
    ))?;
    let (mut rows, mut problems, mut more) = (statement.query([])?, Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let Some(problem) = altered(row).err() else { continue };
        if problems.len() < NAMED {
            problems.push(format!("item {}: {problem}", row.get::<_, i64>("id")?));
        } else {
            more += 1;
        }
    }
    problems.extend((more > 0).then(|| format!("and {more} more items")));
    Ok(problems)
}

/// The error: what is wrong with it.
fn altered(row: &Row<'_>) -> std::result::Result<(), String> {
    let read = || {
        let mut item = rows::item(row)?.content;
        item.content_html = row.get::<_, Option<Vec<u8>>>("html")?.map(|body| decompress(&body)).transpose()?;
        Ok(item)
    };
    match read() {
        Ok(item) if item.hash() == item.content_hash => Ok(()),
        Ok(_) => Err("what it says is not what came in; restore a backup with `veille db restore`".to_owned()),
        Err(StoreError::Corrupt(why)) => Err(why),
        Err(error) => Err(error.to_string()),
    }
}

/// What the approver saw is what leaves: the frozen bytes still have the hash that was taken of them.
fn thawed_editions(connection: &Connection) -> Result<Vec<String>> {
    let mut statement =
        connection.prepare("select number, rendered, hash from edition where rendered is not null and hash is not null")?;
    let mut rows = statement.query([])?;
    let mut problems = Vec::new();
    while let Some(row) = rows.next()? {
        let (number, rendered, hash): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let intact = serde_json::from_str::<RenderedEdition>(&rendered).is_ok_and(|rendered| rendered.hash() == hash);
        if !intact {
            problems
                .push(format!("edition {number} is not what was approved: its bytes no longer have the hash taken at approval"));
        }
    }
    Ok(problems)
}
