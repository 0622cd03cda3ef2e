//! What people say about trust, from outside: contested scores, qualified sources, and a chain that shows what was touched.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use rusqlite::Connection;
use serde_json::{Value, json};
use std::process::Output;
use veille_testbench::{
    farm::{Farm, FarmFeed},
    home::Home,
};

const WHY: &str = "vérifié auprès de l'autrice, rapport annuel page 12";

/// Four subjects that nobody takes for one story; each answers the theme.
const SUBJECTS: [[(&str, &str); 2]; 2] = [
    [
        (
            "Law on fishing quotas in the northern harbours",
            "The ministry sets the tonnage of herring for each harbour and each month.",
        ),
        (
            "Release of the telescope's first pictures of Saturn",
            "Astronomers explain the colour of the rings and the shadow of a moon.",
        ),
    ],
    [
        ("A model railway wins the prize of the carpenters", "The jury praised the wooden bridges and the tunnel of six metres."),
        (
            "Tax law: bakers may deduct flour bought abroad",
            "An inspector told the guild which receipts to keep, and for how long.",
        ),
    ],
];

fn feed(source: usize) -> FarmFeed {
    let entry = |number: usize| {
        let (title, summary) = SUBJECTS[source][number - 1];
        format!(
            "<entry><title>{title}</title><id>urn:x:{source}:{number}</id>\
             <link href=\"https://site{source}.example/{number}\"/><author><name>Ada Byron</name></author>\
             <published>2026-11-2{number}T08:00:00Z</published><updated>2026-11-2{number}T08:00:00Z</updated>\
             <summary>{summary}</summary></entry>"
        )
    };
    let body = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>F{source}</title><id>urn:f{source}</id><updated>2026-11-24T00:00:00Z</updated>{}{}</feed>",
        entry(1),
        entry(2)
    );
    FarmFeed { content_type: "application/atom+xml".to_owned(), body: body.into() }
}

/// Two sources of two items each, and a digest.
fn filled() -> (Farm, Home) {
    let farm = Farm::serve([feed(0), feed(1)]);
    let home = farm.home();
    let sources = home.path().join("sources.toml");
    let text = std::fs::read_to_string(&sources).unwrap();
    let digest = "[[digest]]\nslug = \"hebdo\"\ntitle = { fr = \"Hebdo\" }\nschedule = \"0 8 * * Mon\"\nlanguage = \"fr\"\n";
    std::fs::write(&sources, format!("{text}{digest}")).unwrap();
    assert_eq!(at(&home, "2026-11-25", &["refresh", "--all", "--json"])["new_items"], 4);
    (farm, home)
}

fn run_at(home: &Home, day: &str, arguments: &[&str]) -> Output {
    let now = format!("{day}T10:00:00Z");
    home.command(&[&["--now", &now], arguments].concat()).output().unwrap()
}

fn at(home: &Home, day: &str, arguments: &[&str]) -> Value {
    let output = run_at(home, day, arguments);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn words(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn contest(home: &Home, what: &[&str]) -> Value {
    at(home, "2026-11-25", &[what, &["--reason", WHY, "--by", "Camille", "--review-by", "2027-02-01", "--json"]].concat())
}

/// The row of an item in the list of a day.
fn item(home: &Home, day: &str, id: &str) -> Value {
    let rows = at(home, day, &["items", "list", "--json"]);
    let id: i64 = id.parse().unwrap();
    rows.as_array().unwrap().iter().find(|row| row["id"] == id).unwrap().clone()
}

fn sql(home: &Home) -> Connection {
    Connection::open(home.path().join("db/veille.sqlite3")).unwrap()
}

#[test]
fn a_pin_shows_everywhere_beside_the_computed_score_until_its_day() {
    let (_farm, home) = filled();
    let before = item(&home, "2026-11-25", "1");
    assert_eq!(before["judged"], Value::Null);
    let row = contest(&home, &["items", "contest", "1", "--pin", "80"]);
    assert_eq!(
        (&row["kind"], &row["score"], &row["state"], &row["actor"]),
        (&json!("pin"), &json!(80), &json!("in_force"), &json!("Camille"))
    );
    let pinned = item(&home, "2026-11-25", "1");
    assert_eq!((&pinned["reliability"]["score"], &pinned["reliability"]["level"]), (&json!(80.0), &json!("reliable")));
    assert_eq!(pinned["judged"]["computed"], before["reliability"]);
    assert_eq!(pinned["judged"]["overrides"][0]["reason"], WHY);
    let shown = at(&home, "2026-11-25", &["items", "show", "1", "--json"]);
    assert_eq!(shown["ledger"]["reliability"]["caps"], json!(["curator.pinned"]));
    let people = words(&run_at(&home, "2026-11-25", &["items", "show", "1"]));
    let computed = before["reliability"]["score"].as_f64().unwrap().round();
    for said in ["fixé à 80 par Camille jusqu'au 2027-02-01", WHY, &format!("calculé sans personne\u{a0}: {computed}")] {
        assert!(people.contains(said), "{said}: {people}");
    }
    // The last day before, and the day itself.
    assert_eq!(item(&home, "2027-01-31", "1")["reliability"]["score"], 80.0);
    assert_eq!(item(&home, "2027-02-01", "1"), before);
    assert_eq!(at(&home, "2027-02-01", &["overrides", "list", "--to-review", "--json"])[0]["state"], "to_review");
    assert_eq!(at(&home, "2027-01-31", &["overrides", "list", "--to-review", "--json"]), json!([]));
    let doctor = words(&run_at(&home, "2027-02-01", &["doctor"]));
    assert!(doctor.contains("overrides list --to-review"), "{doctor}");
}

#[test]
fn evidence_counts_and_a_withdrawal_takes_it_back() {
    let (_farm, home) = filled();
    let before = item(&home, "2026-11-25", "1");
    contest(&home, &["items", "contest", "1", "--evidence", "C2=1", "--weight", "8"]);
    let more = item(&home, "2026-11-25", "1");
    let score = |row: &Value| row["reliability"]["score"].as_f64().unwrap();
    assert!(score(&more) > score(&before) + 5.0, "{more}");
    assert_eq!(more["judged"]["computed"], before["reliability"]);
    let ledger = at(&home, "2026-11-25", &["items", "show", "1", "--json"])["ledger"].clone();
    let line =
        ledger["lines"].as_array().unwrap().iter().find(|line| line["evidence"]["provenance"] == "curator").unwrap().clone();
    assert!(line["contribution"].as_f64().unwrap() > 5.0 && line["evidence"]["excerpt"].as_str().unwrap().contains("Camille"));
    let gone = |number: &str, of: &[&str]| {
        run_at(
            &home,
            "2026-11-26",
            &[of, &["--withdraw", number, "--reason", "je me suis trompée de page", "--by", "Dominique"]].concat(),
        )
    };
    for (number, of, status) in [
        ("1", ["items", "contest", "2"], 4),
        ("7", ["items", "contest", "1"], 4),
        ("1", ["items", "contest", "1"], 0),
        ("1", ["items", "contest", "1"], 4),
    ] {
        assert_eq!(gone(number, &of).status.code(), Some(status), "{number} {of:?}");
    }
    assert_eq!(item(&home, "2026-11-26", "1"), before);
    let rows = at(&home, "2026-11-26", &["overrides", "list", "--json"]);
    assert_eq!((&rows[0]["state"], &rows[0]["withdrawn_by"]), (&json!("withdrawn"), &json!(2)));
}

#[test]
fn a_word_about_a_source_reaches_its_items_and_no_others() {
    let (_farm, home) = filled();
    let before = at(&home, "2026-11-25", &["items", "list", "--json"]);
    contest(&home, &["sources", "contest", "f0", "--pin", "5"]);
    let sources = at(&home, "2026-11-25", &["sources", "list", "--json"]);
    assert_eq!((&sources[0]["reliability"]["score"], &sources[1]["judged"]), (&json!(5.0), &Value::Null));
    assert!(sources[0]["judged"]["computed"]["score"].as_f64().unwrap() > 30.0);
    let after = at(&home, "2026-11-25", &["items", "list", "--json"]);
    for (before, after) in before.as_array().unwrap().iter().zip(after.as_array().unwrap()) {
        let score = |row: &Value| row["reliability"]["score"].as_f64().unwrap();
        assert_eq!(score(after) < score(before) - 5.0, after["source"] == "f0", "{before} {after}");
    }
    let found = at(&home, "2026-11-25", &["items", "search", "law", "--json"]);
    assert!(found.as_array().unwrap().iter().any(|row| row["judged"] != Value::Null), "search tells it too");
}

#[test]
fn an_edition_ranks_by_the_pin_says_so_and_leaves_out_what_is_blocked() {
    let (_farm, home) = filled();
    let draft = || at(&home, "2026-11-25", &["edition", "draft", "hebdo", "--with-backlog", "--json"]);
    let told = |draft: &Value| -> Vec<Value> {
        let sections = draft["content"]["sections"].as_array().unwrap();
        sections.iter().flat_map(|section| section["items"].as_array().unwrap()).map(|item| item["item"].clone()).collect()
    };
    let first = draft();
    assert_eq!(told(&first).len(), 4, "{first}");
    let last = told(&first)[3].to_string();
    contest(&home, &["items", "contest", &last, "--pin", "99"]);
    let second = draft();
    assert_eq!(told(&second)[0].to_string(), last, "what a person trusts stands first");
    let pinned = &second["content"]["sections"][0]["items"][0]["reliability"];
    assert_eq!((&pinned["score"], &pinned["low"]), (&json!(99), &json!(99)));
    assert!(pinned["computed"].as_u64().unwrap() < 90);
    let number = second["number"].to_string();
    let folder = home.path().join("preview");
    assert!(run_at(&home, "2026-11-25", &["edition", "preview", &number, "--out", folder.to_str().unwrap()]).status.success());
    let letter = std::fs::read_to_string(folder.join("edition.html")).unwrap();
    assert!(letter.contains("fixée par une personne") && !letter.contains("Camille"), "the letter names no curator");
    contest(&home, &["items", "contest", &last, "--block"]);
    let stale = run_at(&home, "2026-11-25", &["edition", "approve", &number]);
    assert_eq!(stale.status.code(), Some(4), "{}", words(&stale));
    assert!(words(&stale).contains("which Camille blocked"), "a draft from before the block does not leave: {}", words(&stale));
    contest(&home, &["sources", "contest", "f1", "--block"]);
    let third = draft();
    assert!(told(&third).len() <= 2, "{third}");
    let blocked = third["stories"].as_array().unwrap().iter().filter(|story| story["because"] == "blocked_by").count();
    assert!(blocked >= 2, "{third}");
    let shown = words(&run_at(&home, "2026-11-25", &["edition", "show", &number, "--all"]));
    assert!(shown.contains("bloquée par Camille"), "{shown}");
    assert_eq!(at(&home, "2026-11-25", &["edition", "replay", &number, "--json"])["identical"], true);
    // After its day a block holds no longer.
    assert_eq!(item(&home, "2027-02-01", &last)["judged"], Value::Null);
}

#[test]
fn what_makes_no_sense_is_refused_and_nothing_is_written() {
    let (_farm, home) = filled();
    let until = ["--review-by", "2027-02-01"];
    let refused = |arguments: &[&str], status, says: &str| {
        let by: &[&str] = if arguments.len() > 3 { &["--by", "Camille"] } else { &[] };
        let output = run_at(&home, "2026-11-25", &[arguments, by].concat());
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {}", words(&output));
        assert!(words(&output).contains(says), "{arguments:?}: {}", words(&output));
    };
    let pin = ["items", "contest", "1", "--pin"];
    refused(&[&pin[..], &["80", "--reason", "trop court"], &until].concat(), 2, "15 characters");
    refused(&[&pin[..], &["101", "--reason", WHY], &until].concat(), 2, "101");
    refused(&[&pin[..], &["80", "--reason", WHY, "--review-by", "2026-11-25"]].concat(), 2, "lie ahead");
    refused(&[&pin[..], &["80", "--reason", WHY, "--review-by", "demain"]].concat(), 2, "no day");
    refused(&[&pin[..], &["80", "--reason", WHY]].concat(), 2, "--review-by");
    refused(&[&pin[..], &["80", "--block", "--reason", WHY], &until].concat(), 2, "--block");
    refused(&[&["items", "contest", "1", "--reason", WHY], &until[..]].concat(), 2, "--pin");
    for (evidence, says) in [("C7=1", "C1=0.9"), ("C1=2", "0 to 1"), ("C1=NaN", "0 to 1"), ("C1", "C1=0.9")] {
        let evidence = ["items", "contest", "1", "--evidence", evidence, "--weight", "1", "--reason", WHY];
        refused(&[&evidence[..], &until].concat(), 2, says);
    }
    refused(&[&["items", "contest", "99", "--block", "--reason", WHY], &until[..]].concat(), 4, "item 99");
    refused(&[&["sources", "contest", "f7", "--block", "--reason", WHY], &until[..]].concat(), 4, "no source");
    refused(&["sources", "qualify", "f0", "--accept"], 2, "--reason");
    refused(&["sources", "qualify", "f0", "--answer", "C1=peut-être"], 2, "no answer");
    refused(&["sources", "qualify", "f0", "--answer", "X=yes"], 2, "no criterion");
    refused(&["sources", "qualify", "f0", "--trial-until", "2026-11-01"], 2, "lie ahead");
    refused(&["sources", "qualify", "f9"], 4, "no source");
    assert_eq!(stored(&sql(&home)), []);
}

/// Three records: of an item, of a source, of a sheet.
fn with_three_records() -> (Farm, Home) {
    let (farm, home) = filled();
    contest(&home, &["items", "contest", "1", "--pin", "80"]);
    contest(&home, &["sources", "contest", "f0", "--evidence", "C1=0.9", "--weight", "2"]);
    at(&home, "2026-11-25", &["sources", "qualify", "f1", "--refuse", "--reason", "publicité", "--by", "Camille", "--json"]);
    assert_eq!(at(&home, "2026-11-25", &["db", "check", "--json"]), json!({"ok": true, "problems": []}));
    (farm, home)
}

fn stored(sql: &Connection) -> Vec<(i64, String, String)> {
    let mut select = sql.prepare("select number, record, hash from trust_record order by number").unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// `db check` names that record as the first that is not what it was.
fn is_found(home: &Home, number: i64) {
    let found = at(home, "2026-11-25", &["db", "check", "--json"]);
    let named = format!("record {number} of the trust chain");
    assert!(found["problems"].as_array().unwrap().iter().any(|line| line.as_str().unwrap().contains(&named)), "{found}");
}

/// Every byte is tried where the chain is verified (`domain::trust`); here a few of each record, through the file.
#[test]
fn a_changed_byte_of_any_record_in_the_database_is_found_and_named() {
    let (_farm, home) = with_three_records();
    let sql = sql(&home);
    for (number, record, hash) in stored(&sql) {
        for place in [0, record.len() / 3, record.len() / 2, record.len() - 1] {
            let plain = |place: &usize| record.is_char_boundary(*place) && record.as_bytes()[*place].is_ascii();
            let mut bytes = record.clone().into_bytes();
            let place = (place..record.len()).find(plain).unwrap();
            bytes[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
            let changed = String::from_utf8(bytes).unwrap();
            sql.execute("update trust_record set record = ?2 where number = ?1", (number, changed)).unwrap();
            is_found(&home, number);
        }
        sql.execute("update trust_record set record = ?2, hash = upper(hash) where number = ?1", (number, record)).unwrap();
        is_found(&home, number);
        sql.execute("update trust_record set hash = ?2 where number = ?1", (number, hash)).unwrap();
    }
    sql.execute("update trust_record set item_id = 2 where number = 1", []).unwrap();
    is_found(&home, 1);
}

#[test]
fn a_broken_chain_takes_no_record_and_stops_nothing_else() {
    let (_farm, home) = with_three_records();
    let sql = sql(&home);
    let (number, record, hash) = stored(&sql).pop().unwrap();
    sql.execute("delete from trust_record where number = 3", []).unwrap();
    is_found(&home, 3);
    let block = ["items", "contest", "2", "--block", "--reason", WHY, "--by", "C", "--review-by", "2027-02-01"];
    for refused in [&["overrides", "list"][..], &block] {
        let told = run_at(&home, "2026-11-25", refused);
        assert_eq!(told.status.code(), Some(4), "{}", words(&told));
    }
    assert!(run_at(&home, "2026-11-25", &["refresh", "--all"]).status.success());
    assert!(words(&run_at(&home, "2026-11-25", &["doctor"])).contains("rompue"));
    sql.execute("insert into trust_record (number, record, hash) values (?1, ?2, ?3)", (number, record, hash)).unwrap();
    assert_eq!(at(&home, "2026-11-25", &["db", "check", "--json"])["ok"], true);
}

#[test]
fn a_death_between_record_and_head_leaves_neither() {
    let (_farm, home) = filled();
    contest(&home, &["items", "contest", "1", "--pin", "80"]);
    let arguments = [
        "--now",
        "2026-11-25T10:00:00Z",
        "items",
        "contest",
        "2",
        "--block",
        "--reason",
        WHY,
        "--by",
        "C",
        "--review-by",
        "2027-02-01",
    ];
    for point in ["store.trust.between", "store.commit.before"] {
        let died = home.command(&arguments).env("VEILLE_FAILPOINT", point).output().unwrap();
        assert!(!died.status.success(), "{point} was not reached");
        assert_eq!(at(&home, "2026-11-25", &["db", "check", "--json"])["ok"], true, "{point}");
        assert_eq!(at(&home, "2026-11-25", &["overrides", "list", "--json"]).as_array().unwrap().len(), 1, "{point}");
    }
    assert!(home.run(&arguments).status.success());
    assert_eq!(at(&home, "2026-11-25", &["overrides", "list", "--json"]).as_array().unwrap().len(), 2);
}

#[test]
fn a_contested_item_and_its_chain_survive_backup_restore_export_and_retention() {
    let (_farm, home) = filled();
    contest(&home, &["items", "contest", "1", "--pin", "80"]);
    let file = home.path().join("backup.sqlite3");
    assert!(home.run(&["db", "backup", file.to_str().unwrap()]).status.success());
    contest(&home, &["items", "contest", "2", "--block"]);
    assert!(home.run(&["db", "restore", file.to_str().unwrap()]).status.success());
    assert_eq!(at(&home, "2026-11-25", &["overrides", "list", "--json"]).as_array().unwrap().len(), 1);
    assert_eq!(at(&home, "2026-11-25", &["db", "check", "--json"])["ok"], true);
    let folder = home.path().join("export");
    assert_eq!(home.json(&["db", "export", folder.to_str().unwrap(), "--json"])["trust"], 1);
    let line = std::fs::read_to_string(folder.join("trust.jsonl")).unwrap();
    let row: Value = serde_json::from_str(line.trim()).unwrap();
    let digest = ring::digest::digest(&ring::digest::SHA256, row["record"].as_str().unwrap().as_bytes());
    let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(row["hash"], hex, "an auditor can redo it from the export");
}

#[test]
fn a_refused_source_is_not_asked_and_everything_says_so() {
    let (farm, home) = filled();
    farm.take_asked();
    let refuse = ["sources", "qualify", "f0", "--refuse", "--reason", "recopie ses dépêches", "--by", "Camille", "--json"];
    let sheet = at(&home, "2026-11-25", &refuse);
    assert_eq!((&sheet["sheet"]["state"], &sheet["sheet"]["decided_by"]), (&json!("refused"), &json!("Camille")));
    assert_eq!(at(&home, "2026-11-26", &["refresh", "--all", "--json"])["sources"], 1);
    for verb in [["refresh", "f0"], ["sources", "check"]] {
        let output = run_at(&home, "2026-11-26", &verb);
        assert!(
            !output.status.success() && words(&output).contains("refused by Camille (recopie ses dépêches)"),
            "{}",
            words(&output)
        );
    }
    assert_eq!(farm.take_asked().keys().copied().collect::<Vec<_>>(), [1], "nobody asked it");
    let rows = at(&home, "2026-11-26", &["sources", "list", "--json"]);
    assert_eq!((&rows[0]["state"], &rows[0]["qualification"]["state"]), (&json!("refused"), &json!("refused")));
    let people = words(&run_at(&home, "2026-11-26", &["sources", "list"]));
    assert!(people.contains("refusée") && people.contains("par Camille : recopie ses dépêches"), "{people}");
    let items = at(&home, "2026-11-26", &["items", "list", "--source", "f0", "--json"]);
    assert!(items.as_array().unwrap().iter().all(|row| row["judged"]["qualification"] == "refused"), "{items}");
    let draft = at(&home, "2026-11-26", &["edition", "draft", "hebdo", "--with-backlog", "--json"]);
    assert!(!draft["content"].to_string().contains("site0.example"), "what it brought before is not told either: {draft}");
    at(
        &home,
        "2026-11-27",
        &["sources", "qualify", "f0", "--propose", "--reason", "nouvelle équipe", "--by", "Dominique", "--json"],
    );
    assert_eq!(at(&home, "2026-11-27", &["refresh", "--all", "--json"])["sources"], 2);
    let history = at(&home, "2026-11-27", &["sources", "qualify", "f0", "--json"])["sheet"]["history"].clone();
    assert_eq!(history.as_array().unwrap().len(), 2, "nothing is forgotten: {history}");
}

#[test]
fn a_trial_ends_a_review_comes_and_answers_weigh_less_then() {
    let (_farm, home) = filled();
    let score = |day: &str| at(&home, day, &["sources", "list", "--json"])[0]["reliability"]["score"].as_f64().unwrap();
    let before = score("2026-11-25");
    let answer = ["--answer", "C1=yes", "--answer", "C2=yes", "--note", "C2=autrice reconnue", "--answer", "C6=partly"];
    let trial = [&["sources", "qualify", "f0", "--trial-until", "2026-12-10", "--by", "Camille", "--json"], &answer[..]].concat();
    let sheet = at(&home, "2026-11-25", &trial);
    assert_eq!(sheet["criteria"][1]["answer"]["met"], "yes");
    assert!(sheet["criteria"][1]["score"].is_number() && sheet["criteria"][0]["evidence"].is_array());
    assert!(score("2026-12-10") > before + 3.0, "{} {before}", score("2026-12-10"));
    let due = |day: &str| at(&home, day, &["sources", "list", "--review-due", "--json"]).as_array().unwrap().len();
    assert_eq!((due("2026-12-10"), due("2026-12-11")), (0, 1));
    assert!(score("2026-12-11") < score("2026-12-10") - 0.5, "an overdue trial weighs less");
    assert!(words(&run_at(&home, "2026-12-11", &["doctor"])).contains("sources list --review-due"));
    let accept = ["sources", "qualify", "f0", "--accept", "--reason", "rien à redire", "--by", "Camille", "--json"];
    let accepted = at(&home, "2026-12-11", &accept);
    assert_eq!((&accepted["sheet"]["state"], &accepted["sheet"]["next_review"]), (&json!("accepted"), &json!("2027-12-11")));
    assert_eq!(due("2027-12-11") + due("2027-12-12"), 1);
}

#[test]
fn the_sheet_for_the_auditor_passes_the_gate_in_both_languages() {
    let (_farm, home) = filled();
    contest(&home, &["sources", "contest", "f0", "--pin", "70"]);
    let answers = ["--answer", "C1=yes", "--note", "C1=signe chaque article", "--answer", "C3=no"];
    at(
        &home,
        "2026-11-25",
        &[&["sources", "qualify", "f0", "--trial-until", "2026-12-10", "--by", "Camille", "--json"], &answers[..]].concat(),
    );
    for (lang, title) in [("fr", "Fiche de qualification"), ("en", "Qualification sheet")] {
        let file = home.path().join(format!("fiche-{lang}.html"));
        let written = run_at(&home, "2026-11-25", &["--lang", lang, "sources", "qualify", "f0", "--out", file.to_str().unwrap()]);
        assert!(written.status.success(), "{}", words(&written));
        let checked = home.run(&["check", file.to_str().unwrap()]);
        assert!(checked.status.success(), "{}", words(&checked));
        assert!(std::fs::read_to_string(&file).unwrap().contains(title));
        let text = words(&run_at(&home, "2026-11-25", &["--lang", lang, "sources", "qualify", "f0"]));
        assert!(text.contains(title) && text.contains("signe chaque article"), "{text}");
    }
}

#[test]
fn stored_scores_come_out_again_to_the_bit_and_other_rules_say_what_they_change() {
    let (_farm, home) = filled();
    let again = at(&home, "2026-12-25", &["assess", "--stored", "--json"]);
    assert_eq!((&again["items"]["all"], &again["items"]["identical"]), (&json!(4), &json!(4)), "{again}");
    assert_eq!((&again["sources"]["all"], &again["sources"]["identical"]), (&json!(2), &json!(2)), "{again}");
    let rules = home.path().join("rules.toml");
    let shipped = include_str!("../../src/pipeline/reliability/rules.toml");
    let version = shipped.lines().find(|line| line.starts_with("version")).unwrap();
    let other = shipped.replace("C1 = 15.0", "C1 = 20.0").replace("C2 = 25.0", "C2 = 20.0");
    assert_ne!(other, shipped);
    std::fs::write(&rules, other.replace(version, "version = \"essai\"")).unwrap();
    let tried = at(&home, "2026-11-25", &["assess", "--stored", "--rules", rules.to_str().unwrap(), "--json"]);
    assert_eq!((&tried["items"]["changed_by_rules"], &tried["items"]["unexplained"]), (&json!(4), &json!(0)), "{tried}");
    assert!(tried["changes"][0]["after"].as_f64() > tried["changes"][0]["before"].as_f64(), "the author counts more: {tried}");
    // The same version with other figures explains nothing.
    std::fs::write(&rules, &other).unwrap();
    let lied = run_at(&home, "2026-11-25", &["assess", "--stored", "--rules", rules.to_str().unwrap()]);
    assert_eq!(lied.status.code(), Some(4), "{}", words(&lied));
    sql(&home).execute("update assessment set score = score + 1e-12 where item_id = 1", []).unwrap();
    let touched = at(&home, "2026-11-25", &["assess", "--stored", "--json"]);
    assert_eq!((&touched["items"]["identical"], &touched["items"]["unexplained"]), (&json!(3), &json!(1)), "{touched}");
    std::fs::write(&rules, "version = \"x\"\n").unwrap();
    let wrong = run_at(&home, "2026-11-25", &["assess", "--stored", "--rules", rules.to_str().unwrap()]);
    assert_eq!(wrong.status.code(), Some(2), "{}", words(&wrong));
    let page = home.path().join("page.html");
    std::fs::write(&page, "<html lang=fr><title>Un titre</title><meta name=author content='Ada Byron'><p>Texte").unwrap();
    std::fs::write(&rules, other.replace(version, "version = \"essai\"")).unwrap();
    let assessed = at(&home, "2026-11-25", &["assess", page.to_str().unwrap(), "--rules", rules.to_str().unwrap(), "--json"]);
    assert!(assessed["compared"]["difference"].as_f64().unwrap() > 0.5, "{assessed}");
}

#[test]
fn publishers_are_listed_shown_and_checked() {
    let (_farm, home) = filled();
    let all = at(&home, "2026-11-25", &["publishers", "list", "--json"]);
    assert!(all.as_array().unwrap().len() >= 180, "{}", all.as_array().unwrap().len());
    let ico = at(&home, "2026-11-25", &["publishers", "show", "ico", "--json", "--lang", "en"]);
    assert_eq!((&ico["licence"]["slug"], &ico["overdue"]), (&json!("ogl-3"), &json!(false)));
    assert_eq!(at(&home, "2028-01-01", &["publishers", "show", "ico", "--json"])["overdue"], true);
    let unknown = words(&run_at(&home, "2026-11-25", &["publishers", "show", "openai"]));
    assert!(unknown.contains("non connue") && unknown.contains("L. 122-5"), "{unknown}");
    assert_eq!(run_at(&home, "2026-11-25", &["publishers", "show", "opneai"]).status.code(), Some(4));
    // The farm's sources are nobody's.
    let checked = run_at(&home, "2026-11-25", &["publishers", "check", "--json"]);
    assert_eq!(checked.status.code(), Some(3));
    assert_eq!(serde_json::from_slice::<Value>(&checked.stdout).unwrap().as_array().unwrap().len(), 2);
}
