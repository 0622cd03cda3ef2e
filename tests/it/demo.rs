//! The demonstration is a week like any other: what it leaves behind passes the product's own checks.

use tempfile::TempDir;
use veille::app::{database, demo};

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

    let again = demo::run(&home).await.unwrap();
    assert_eq!(
        again.editions.iter().map(|edition| &edition.subject).collect::<Vec<_>>(),
        report.editions.iter().map(|edition| &edition.subject).collect::<Vec<_>>()
    );
}
