//! The table of faults is covered row by row: a test that covers a row begins its name with it (`f07_…`, `d02_d03_…`).

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// The families of the table and how many rows each has.
const FAMILIES: [(char, u32); 7] = [('f', 22), ('p', 13), ('s', 10), ('c', 9), ('m', 7), ('d', 17), ('g', 7)];
/// Rows that belong to the web application, which has a table of its own.
const ELSEWHERE: [&str; 1] = ["d13"];
/// Rows without a test yet. A row that gets one leaves this list; no other way leads out of it.
const MISSING: [&str; 0] = [];

fn rows() -> BTreeSet<String> {
    let all = FAMILIES.iter().flat_map(|(family, count)| (1..=*count).map(move |number| format!("{family}{number:02}")));
    all.filter(|row| !ELSEWHERE.contains(&row.as_str())).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs" || extension == "sh") {
            found.push(entry);
        }
    }
}

/// The rows that the names of tests begin with.
fn covered() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    ["tests", "src"].iter().for_each(|folder| sources(&root.join(folder), &mut files));
    let mut covered = BTreeSet::new();
    // A script is named by its row.
    covered.extend(files.iter().filter_map(|file| row(file.file_stem()?.to_str()?)));
    for text in files.iter().map(|file| fs::read_to_string(file).unwrap()) {
        for name in text.split("fn ").skip(1).map(|rest| rest.split('(').next().unwrap_or_default()) {
            covered.extend(name.split('_').map_while(row));
        }
    }
    covered
}

fn row(part: &str) -> Option<String> {
    let (family, number) = part.split_at_checked(1)?;
    let known = FAMILIES.iter().any(|(known, _)| family.starts_with(*known));
    (known && number.len() == 2 && number.bytes().all(|b| b.is_ascii_digit())).then(|| part.to_owned())
}

#[test]
fn every_row_has_a_test_or_is_known_to_lack_one() {
    let (rows, covered) = (rows(), covered());
    let without: Vec<&str> = rows.iter().filter(|row| !covered.contains(*row)).map(String::as_str).collect();
    assert_eq!(without, MISSING, "rows without a test, and the list of them");
    println!("{} of {} rows have a test", rows.len() - MISSING.len(), rows.len());
}
