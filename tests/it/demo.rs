//! The demonstration is a week like any other: what it leaves behind passes the product's own checks.

use std::{path::Path, process::Command};
use tempfile::TempDir;
use veille::app::{database, demo};
use veille_testbench::home::program;

#[tokio::test(flavor = "multi_thread")]
async fn it_publishes_two_editions_keeps_what_it_refused_and_leaves_a_sound_database() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("week");
    let report = demo::run(&home).await.unwrap();

    assert_eq!((report.first_week.failed, report.second_week.failed), (0, 0));
    assert_eq!(report.first_week.new_items, 13);
    assert_eq!(report.editions.iter().map(|edition| edition.sent).collect::<Vec<_>>(), [2, 1]);
    assert!(report.editions.iter().all(|edition| edition.told == 12 && edition.folded > 4), "{:?}", report.editions);
    assert_eq!(report.quarantined.len(), 1, "the empty entry is kept with its reason: {:?}", report.quarantined);
    assert_eq!(database::check(home.join("db/veille.sqlite3")).await.unwrap(), Vec::<String>::new());
    assert_eq!(std::fs::read_dir(home.join("outbox")).unwrap().count(), 3);

    reads_well(&home);
    let again = demo::run(&home).await.unwrap();
    assert_eq!(
        again.editions.iter().map(|edition| &edition.subject).collect::<Vec<_>>(),
        report.editions.iter().map(|edition| &edition.subject).collect::<Vec<_>>()
    );
}

/// A line feed of ours inside a line would be shown as what it is elsewhere: somebody else's, made harmless.
fn reads_well(home: &Path) {
    let numbers: Vec<String> = (1..=36).map(|item| item.to_string()).collect();
    let shown = numbers.iter().map(|item| vec!["items", "show", item]);
    let others =
        ["sources list", "sources show cert", "sources check cert", "edition show 1 --all", "stories show 23", "overrides list"];
    for arguments in shown.chain(others.iter().map(|line| line.split(' ').collect())) {
        let output = Command::new(program()).arg("--home").arg(home).args(&arguments).env_remove("VEILLE_NOW").output().unwrap();
        let said = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned();
        assert!(!said.is_empty() && !said.contains("\\u{"), "{arguments:?}: {said}");
    }
}
