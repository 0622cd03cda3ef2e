//! `veille bench`: figures on labelled data, what is left out, and the sets that come with the project.

use assert_cmd::Command;
use serde_json::{Value, json};
use std::{fs, path::Path};
use tempfile::TempDir;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/data");

/// Runs `veille bench` in an empty home.
fn bench(home: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = Command::cargo_bin("veille").unwrap();
    let output = command.arg("--home").arg(home).args(["--now", "2026-11-25T08:00:00Z", "bench"]).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn figures(home: &Path, args: &[&str], status: i32) -> Value {
    let (code, out, error) = bench(home, &[args, &["--json"]].concat());
    assert_eq!(code, status, "{out}{error}");
    serde_json::from_str(&out).unwrap()
}

fn write(home: &Path, name: &str, rows: &[Value]) -> String {
    let path = home.join(name);
    fs::write(&path, rows.iter().map(|row| format!("{row}\n")).collect::<String>()).unwrap();
    path.display().to_string()
}

/// Those lines, and each for that reason.
fn are_left_out(found: &Value, expected: &[(u64, &str)]) {
    let skipped = found["skipped"].as_array().unwrap();
    assert_eq!(skipped.len(), expected.len(), "{skipped:?}");
    for (line, (number, says)) in skipped.iter().zip(expected) {
        assert!(line["line"] == *number && line["reason"].as_str().unwrap().contains(says), "{line}");
    }
}

#[test]
fn a_good_and_a_bad_text_are_told_apart_and_bad_lines_are_left_out_with_their_reason() {
    let home = TempDir::new().unwrap();
    fs::write(
        home.path().join("page.html"),
        "<!doctype html><html lang=fr><title>Un titre</title><main><h1>Un titre</h1><p>Par <a rel=author>Jane Doe</a>",
    )
    .unwrap();
    let data = write(
        home.path(),
        "rows.jsonl",
        &[
            json!({"label": 1, "title": "La décision est publiée", "author": "Jane Doe", "published": "2026-11-01", "publisher": "a"}),
            json!({"label": 0, "title": "VOUS N'ALLEZ PAS CROIRE ça !", "author": "admin", "published": null, "publisher": "b"}),
            json!({"label": true, "html_file": "page.html", "publisher": "c"}),
            json!({"label": 0.0, "html": "<title>CHOC !!!</title><p>Partagez !", "url": "https://d.example/1"}),
            json!({"label": 2, "title": "x"}),
            json!({"title": "x"}),
            json!({"label": 1}),
            json!({"label": 1, "html_file": "missing.html"}),
            json!(["no object"]),
        ],
    );
    let found = figures(home.path(), &["reliability", &data], 3);
    assert_eq!(
        (found["rows"].as_u64(), found["groups"].as_u64(), found["good"].as_u64()),
        (Some(4), Some(4), Some(2)),
        "{found}"
    );
    assert_eq!(found["auc"]["value"], 1.0, "{found}");
    assert_eq!(found["rules"], "2026.2");
    are_left_out(&found, &[(5, "`label`"), (6, "`label`"), (7, "neither"), (8, "missing.html"), (9, "no JSON object")]);
    let (_, french, _) = bench(home.path(), &["reliability", &data, "--signals"]);
    assert!(french.contains("AUC  1,000") && french.contains("5 lignes écartées") && french.contains("author"), "{french}");
}

#[test]
fn what_a_row_does_not_say_is_no_evidence() {
    let home = TempDir::new().unwrap();
    let signals = |row: Value| {
        let data = write(home.path(), "one.jsonl", &[row, json!({"label": 0, "title": "x"})]);
        let found = figures(home.path(), &["reliability", &data, "--signals"], 0);
        let kinds = found["signals"].as_array().unwrap();
        kinds.iter().map(|s| (s["kind"].as_str().unwrap().to_owned(), s["rows"].as_u64().unwrap())).collect::<Vec<_>>()
    };
    let silent = signals(json!({"label": 1, "title": "Un titre"}));
    assert!(silent.iter().all(|(kind, _)| kind != "author" && kind != "date"), "{silent:?}");
    let said = signals(json!({"label": 1, "title": "Un titre", "author": null, "published": ""}));
    assert!(said.contains(&("author".to_owned(), 1)) && said.contains(&("date".to_owned(), 1)), "{said:?}");
}

#[test]
fn the_same_seed_gives_the_same_interval_and_other_rules_other_figures() {
    let home = TempDir::new().unwrap();
    let data = format!("{SHIPPED}/reliability.jsonl");
    let run = |more: &[&str]| figures(home.path(), &[&["reliability", &data, "--rounds", "200"], more].concat(), 0);
    let (one, again, other) = (run(&[]), run(&[]), run(&["--seed", "2"]));
    assert_eq!(one, again);
    assert_ne!(one["spearman"]["low"], other["spearman"]["low"]);
    assert_eq!(one["auc"]["value"], other["auc"]["value"]);
    let titles = write(
        home.path(),
        "titles.jsonl",
        &[
            json!({"label": 1, "title": "La décision est publiée"}),
            json!({"label": 0, "title": "INCROYABLE : la décision est publiée !"}),
        ],
    );
    let rules = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/pipeline/reliability/rules.toml")).unwrap();
    let deaf = rules.replace("version = \"2026.2\"", "version = \"mine\"").replace(
        "\"title.tone\"        = { criterion = \"C3\", support = 0.85, weight = 1.5 }",
        "\"title.tone\" = { criterion = \"C3\", support = 0.85, weight = 0.0 }",
    );
    assert!(deaf.contains("weight = 0.0 }\n\"body.tone\""), "the test changes the rules");
    let path = home.path().join("mine.toml");
    fs::write(&path, deaf).unwrap();
    let path = path.display().to_string();
    let (shipped, mine) = (
        figures(home.path(), &["reliability", &titles], 0),
        figures(home.path(), &["reliability", &titles, "--rules", &path], 0),
    );
    assert_eq!((shipped["auc"]["value"].as_f64(), mine["auc"]["value"].as_f64()), (Some(1.0), Some(0.5)));
    assert_eq!(mine["rules"], "mine");
}

#[test]
fn refuses_what_cannot_be_measured() {
    let home = TempDir::new().unwrap();
    let empty = write(home.path(), "empty.jsonl", &[]);
    let half = write(home.path(), "half.jsonl", &[json!({"label": 1, "title": "Un titre"})]);
    let (code, _, error) = bench(home.path(), &["reliability", &empty]);
    assert!(code == 4 && error.contains("no line"), "{code} {error}");
    let (code, _, error) = bench(home.path(), &["stories", "nowhere.jsonl"]);
    assert!(code == 4 && error.contains("nowhere.jsonl"), "{code} {error}");
    let one_side = figures(home.path(), &["reliability", &half], 0);
    assert!(one_side["auc"].is_null() && one_side["spearman"].is_null(), "{one_side}");
    let (_, told, _) = bench(home.path(), &["reliability", &half]);
    assert!(told.contains("un seul côté"), "{told}");
}

#[test]
fn stories_are_compared_item_by_item() {
    let home = TempDir::new().unwrap();
    let item = |id: &str, story: &str, title: &str, day: &str| json!({"id": id, "story": story, "title": title, "text": title, "published": day, "publisher": id});
    let data = write(
        home.path(),
        "items.jsonl",
        &[
            item("a", "one", "Attackers exploit CVE-2026-21013 in mail servers", "2026-03-02"),
            item("b", "one", "Faille CVE-2026-21013 : les serveurs de messagerie attaqués", "2026-03-02"),
            item("c", "two", "Le conseil municipal vote son budget", "2026-03-02"),
            item("d", "two", "Une recette de tarte aux pommes", "2026-03-02"),
            json!({"story": "three", "title": "sans date"}),
            json!({"published": "2026-03-02", "title": "sans sujet"}),
        ],
    );
    let found = figures(home.path(), &["stories", &data], 3);
    // {a b} {c} {d} beside {a b} {c d}: precision 1, recall (1 + 1 + ½ + ½)/4.
    assert_eq!((found["precision"]["value"].as_f64(), found["recall"]["value"].as_f64()), (Some(1.0), Some(0.75)), "{found}");
    assert!((found["f1"]["value"].as_f64().unwrap() - 6.0 / 7.0).abs() < 1e-12);
    assert_eq!(found["torn"], json!([["c", "d"]]));
    assert_eq!(found["skipped"].as_array().unwrap().len(), 2);
}

/// Not proofs: alarms. The sets are ours, see `benches/data/README.md`.
#[test]
fn the_sets_of_the_project_stay_as_well_ranked_as_they_are() {
    let home = TempDir::new().unwrap();
    let scored = figures(home.path(), &["reliability", &format!("{SHIPPED}/reliability.jsonl")], 0);
    assert!(scored["rows"].as_u64().unwrap() >= 60 && scored["auc"]["value"].as_f64().unwrap() >= 0.95, "{scored}");
    let told = figures(home.path(), &["stories", &format!("{SHIPPED}/stories.jsonl")], 0);
    assert!(told["rows"].as_u64().unwrap() >= 40 && told["f1"]["value"].as_f64().unwrap() >= 0.85, "{told}");
}
