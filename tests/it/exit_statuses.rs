//! What is not there is refused (4), wherever it is named; what is mistyped is usage (2).

use veille_testbench::home::Home;

#[test]
fn what_is_not_there_is_refused_by_name() {
    let home = Home::with("[[digest]]\nslug = \"hebdo\"\nschedule = \"0 8 * * Mon\"\n", "");
    for arguments in [
        &["parse", "nowhere.xml", "--json"][..],
        &["assess", "nowhere.html"],
        &["assess", "sources.toml", "--rules", "nowhere.toml"],
        &["check", "nowhere.html"],
        &["sources", "import", "nowhere.opml"],
        &["subscribers", "import", "nowhere.csv"],
        &["sources", "show", "nowhere"],
        &["items", "list", "--source", "nowhere"],
        &["items", "show", "99"],
        &["edition", "show", "99"],
        &["db", "restore", "nowhere.sqlite3"],
    ] {
        let output = home.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(4), "{arguments:?}: {said}");
        assert!(said.contains("nowhere") || said.contains("99"), "{arguments:?} names the thing: {said}");
    }
    assert_eq!(home.run(&["items", "list", "--limit", "many"]).status.code(), Some(2));
}
