//! Everything that people put in or would miss, as JSON lines and CSV.

use crate::store::{Result, StoreError, compression::decompress, open_to_read, rows};
use rusqlite::{Connection, Row, types::ValueRef};
use serde_json::{Map, Value};
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
};

/// One kind of thing: two files.
struct Table {
    name: &'static str,
    sql: &'static str,
    /// Columns that hold JSON text.
    json: &'static [&'static str],
}

/// Columns whose name ends in `_at` are instants; `content_html` is compressed.
const TABLES: [Table; 6] = [
    Table {
        name: "sources",
        sql: "select slug, name, url, condition, effective_url, next_check_at, last_checked_at, last_success_at, last_new_item_at,
                last_error, consecutive_failures, rhythm_hours, notices, reliability from source order by slug",
        json: &["notices", "reliability"],
    },
    Table {
        name: "items",
        sql: "select item.id, slug as source, key, item.url, title, authors, published_at, updated_at, language, summary, categories,
                links, identifiers, first_seen_at, changed_at, backlog, html as content_html,
                (select json_group_array(json_object('theme', theme, 'score', score, 'matches', json(matches), 'excluded_by', json(excluded_by)))
                   from item_theme where item_id = item.id) as themes,
                assessment.score, low, high, confidence, level, rules, evidence, story_id as story
              from item join source on source.id = item.source_id left join item_body on item_body.item_id = item.id
                left join assessment on assessment.item_id = item.id left join story_member on story_member.item_id = item.id
              order by item.id",
        json: &["authors", "categories", "links", "identifiers", "themes", "evidence"],
    },
    Table {
        name: "decisions",
        sql: "select item_id as item, verdict, actor, reason, decided_at from decision order by id",
        json: &[],
    },
    // The record as text: its bytes are what the hash is of.
    Table { name: "trust", sql: "select number, record, hash from trust_record order by number", json: &[] },
    Table {
        name: "editions",
        sql: "select number, digest, period, state, content, composed_at, approved_at, approved_by, rendered, hash, sent_at, cancelled_at
              from edition order by number",
        json: &["content", "rendered"],
    },
    Table {
        name: "subscribers",
        sql: "select email, digest, state, consent, created_at, changed_at from subscription order by email, digest",
        json: &[],
    },
];

/// Writes `NAME.jsonl` and `NAME.csv` for sources, items, decisions, what people say about trust, editions and subscribers into `folder`, all as they stand at
/// one instant. Gives each name with its number of rows.
pub fn export(database: &Path, folder: &Path) -> Result<Vec<(&'static str, u64)>> {
    let connection = open_to_read(database)?;
    connection.execute_batch("begin")?;
    fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
    TABLES.iter().map(|table| Ok((table.name, export_table(&connection, table, folder)?))).collect()
}

fn export_table(connection: &Connection, table: &Table, folder: &Path) -> Result<u64> {
    let (json_path, csv_path) = (folder.join(table.name).with_extension("jsonl"), folder.join(table.name).with_extension("csv"));
    let create = |path: &Path| File::create(path).map(BufWriter::new).map_err(|error| cannot(path, &error));
    let (mut lines, mut csv) = (create(&json_path)?, csv::Writer::from_writer(create(&csv_path)?));
    let mut statement = connection.prepare(table.sql)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    csv.write_record(&columns).map_err(|error| cannot(&csv_path, &error.into()))?;
    let (mut rows, mut count) = (statement.query([])?, 0);
    while let Some(row) = rows.next()? {
        let values =
            columns.iter().enumerate().map(|(place, column)| value(row, place, column, table)).collect::<Result<Vec<_>>>()?;
        csv.write_record(values.iter().map(cell)).map_err(|error| cannot(&csv_path, &error.into()))?;
        let object: Map<String, Value> = columns.iter().cloned().zip(values).collect();
        writeln!(lines, "{}", Value::Object(object)).map_err(|error| cannot(&json_path, &error))?;
        count += 1;
    }
    lines.flush().map_err(|error| cannot(&json_path, &error))?;
    csv.flush().map_err(|error| cannot(&csv_path, &error))?;
    Ok(count)
}

fn value(row: &Row<'_>, place: usize, column: &str, table: &Table) -> Result<Value> {
    Ok(match row.get_ref(place)? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(seconds) if column.ends_with("_at") => rows::instant(seconds)?.to_rfc3339().into(),
        ValueRef::Integer(number) if column == "backlog" => (number == 1).into(),
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Blob(bytes) => decompress(bytes)?.into(),
        ValueRef::Text(bytes) => {
            let text = String::from_utf8_lossy(bytes);
            if table.json.contains(&column) { rows::json(&text)? } else { text.into() }
        }
    })
}

/// By these signs at the beginning of a cell a table takes a text for a formula, and by the wide forms of them elsewhere (OWASP, CSV
/// injection).
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// A cell of CSV: plain values bare, the rest as JSON. An apostrophe before what would be a formula makes a text of it again; the JSON
/// lines have it as it is.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) if text.starts_with(FORMULA) => format!("'{text}"),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn cannot(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::Unusable(format!("cannot write {}: {error}", path.display()))
}
