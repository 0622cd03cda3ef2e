//! The house's own rules, checked: who may import whom, where each library lives, how long a file may be.

#![expect(clippy::unwrap_used, reason = "a helper that cannot do its work fails the test")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// Who may use whom. Adding a line here is an architectural change: say why in `docs/decisions`.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("settings", &["domain"]),
    ("clock", &["domain"]),
    ("pipeline", &["domain", "templates"]),
    ("templates", &["domain", "pipeline"]),
    ("fetch", &["domain", "settings"]),
    ("store", &["domain", "settings", "failpoint"]),
    ("mail", &["domain", "settings", "failpoint"]),
    ("config", &["domain", "settings", "pipeline"]),
    ("app", &["domain", "settings", "failpoint", "clock", "pipeline", "templates", "fetch", "store", "mail", "config", "limits"]),
    ("schedule", &["app", "domain", "settings", "clock"]),
    ("cli", &["app", "domain", "settings", "clock", "config", "schedule", "templates", "pipeline", "telemetry"]),
    ("telemetry", &[]),
    ("failpoint", &[]),
    ("limits", &[]),
];

/// Each library has one home.
const HOME_OF: &[(&str, &[&str])] = &[
    ("rusqlite", &["store"]),
    ("reqwest", &["fetch"]),
    ("feed_rs", &["pipeline"]),
    ("handlebars", &["templates"]),
    ("lettre", &["mail"]),
    ("tokio_cron_scheduler", &["schedule"]),
    ("clap", &["cli", "main"]),
    ("hickory_resolver", &["app", "mail", "fetch"]),
];

const LONGEST_FILE: usize = 300;

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut folders) = (Vec::new(), vec![root]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&entry).unwrap();
                files.push((entry, text));
            }
        }
    }
    files
}

/// The part of a file that is product: what stands before its tests, without comments.
fn product(text: &str) -> String {
    let before_tests = text.split("\n#[cfg(test)]").next().unwrap_or(text);
    before_tests.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    inside.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// The first names of every `crate::…` path, in both the plain and the braced form.
fn imports(product: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in product.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(braced) => names.extend(first_names(braced)),
            None => names.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()),
        }
    }
    names
}

fn first_names(braced: &str) -> Vec<String> {
    let (mut depth, mut names, mut name) = (0, Vec::new(), String::new());
    for c in braced.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => names.push(std::mem::take(&mut name)),
            _ if depth == 0 => name.push(c),
            _ => {}
        }
    }
    names.push(name);
    names
        .into_iter()
        .map(|name| name.trim().split("::").next().unwrap_or_default().trim().to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn imports_follow_the_table() {
    let table: BTreeMap<_, _> = MAY_USE.iter().copied().collect();
    let mut broken = Vec::new();
    for (path, text) in sources() {
        let module = module_of(&path);
        let Some(allowed) = table.get(module.as_str()) else {
            assert!(matches!(module.as_str(), "main" | "lib"), "{module} is missing in the table");
            continue;
        };
        for name in imports(&product(&text)) {
            if table.contains_key(name.as_str()) && name != module && !allowed.contains(&name.as_str()) {
                broken.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn each_library_stays_at_home() {
    let mut strays = Vec::new();
    for (path, text) in sources() {
        let (module, product) = (module_of(&path), product(&text));
        for (library, homes) in HOME_OF {
            let used = product.contains(&format!("{library}::")) || product.contains(&format!("use {library}"));
            if used && !homes.contains(&module.as_str()) {
                strays.push(format!("{} uses {library}", path.display()));
            }
        }
        if module != "store"
            && ["select ", "insert into ", "update ", "delete from "].iter().any(|verb| product.contains(&format!("\"{verb}")))
        {
            strays.push(format!("{} holds SQL", path.display()));
        }
    }
    assert!(strays.is_empty(), "{}", strays.join("\n"));
}

#[test]
fn files_stay_short_and_say_what_they_are() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let lines = product(&text).lines().filter(|line| !line.trim().is_empty()).count();
        let is_test = path.file_name().is_some_and(|name| name == "tests.rs");
        if lines > LONGEST_FILE && !is_test {
            faults.push(format!("{}: {lines} lines of code, the budget is {LONGEST_FILE}", path.display()));
        }
        if !text.starts_with("//!") {
            faults.push(format!("{}: no module header", path.display()));
        }
        let name = path.file_stem().unwrap().to_string_lossy();
        if matches!(name.as_ref(), "utils" | "util" | "common" | "helpers" | "misc") {
            faults.push(format!("{}: a grab-bag; a helper lives with its only user until a second appears", path.display()));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_test_itself_sees_both_forms() {
    assert_eq!(
        imports("use crate::store::Store;\nuse crate::{app::{App, Error}, cli::Exit, mail};"),
        ["store", "app", "cli", "mail"]
    );
}
