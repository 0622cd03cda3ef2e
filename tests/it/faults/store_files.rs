//! S03, S05, S06, S07, S10: what other programs and the disk do to the files of a database.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::support::outbox::{monday, new_subscription};
use rusqlite::Connection;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Output,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use veille::store::{Store, migrate::MIGRATIONS};
use veille_testbench::{
    chance::Chance,
    crash,
    disk::SmallDisk,
    farm::Farm,
    home::{Home, LOOPBACK},
    mutate,
    serving::{Serving, free_port},
};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

fn database(home: &Home) -> PathBuf {
    home.path().join("db/veille.sqlite3")
}

/// A home that collected a few feeds, with an address for the server.
fn collected() -> (Farm, Home) {
    let farm = Farm::serve((0..4).map(|number| crash::feed(number, 12)));
    let home = farm.home();
    fs::write(home.path().join("veille.toml"), format!("{LOOPBACK}[web]\nlisten = \"127.0.0.1:{}\"\n", free_port())).unwrap();
    let refreshed = home.run(&["--now", "2026-11-23T07:00:00Z", "refresh", "--all"]);
    assert!(refreshed.status.success(), "{}", said(&refreshed));
    (farm, home)
}

async fn subscribe(store: &Store, address: &str) -> veille::store::Result<()> {
    store.subscribe(vec![new_subscription(address)], monday()).await.map(|_| ())
}

fn subscribers(path: &Path) -> i64 {
    Connection::open(path).unwrap().query_row("select count(*) from subscription", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn s05_a_log_that_somebody_deletes_takes_nothing_with_it() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("v.sqlite3");
    let store = Store::open(&path).unwrap();
    subscribe(&store, "a@example.net").await.unwrap();
    for (count, address) in [(2, "b@example.net"), (3, "c@example.net")] {
        fs::remove_file(folder.path().join("v.sqlite3-wal")).unwrap();
        subscribe(&store, address).await.unwrap();
        assert_eq!(subscribers(&path), count, "what was written before and after is there for everybody");
    }
    drop(store);
    assert_eq!(subscribers(&path), 3);
}

#[tokio::test]
async fn s05_a_database_that_was_replaced_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let (path, other) = (folder.path().join("v.sqlite3"), folder.path().join("other.sqlite3"));
    drop(Store::open(&other).unwrap());
    let store = Store::open(&path).unwrap();
    subscribe(&store, "a@example.net").await.unwrap();
    fs::rename(&path, folder.path().join("moved.sqlite3")).unwrap();
    assert!(subscribe(&store, "b@example.net").await.unwrap_err().to_string().contains("replaced or removed"));
    assert!(!path.exists(), "nothing is made in its place");
    fs::rename(&other, &path).unwrap();
    let before = fs::read(&path).unwrap();
    let refusal = subscribe(&store, "b@example.net").await.unwrap_err().to_string();
    assert!(refusal.contains("replaced or removed") && refusal.contains("restart"), "{refusal}");
    assert!(store.jobs().await.is_err(), "what is read there is not ours either");
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), before, "not a byte of it changed");
    assert!(!folder.path().join("v.sqlite3-wal").exists(), "the log of the one before would be taken for its own");
    drop(Store::open(&path).unwrap());
    assert_eq!(subscribers(&path), 0);
}

#[test]
fn s05_a_server_whose_database_was_replaced_says_so_and_touches_neither() {
    const NOW: &str = "2026-11-23T08:00:00Z";
    let (_farm, home) = collected();
    let backup = home.path().join("backup.sqlite3");
    assert!(home.run(&["db", "backup", backup.to_str().unwrap()]).status.success());
    let mut serving = Serving::start(&home, NOW);
    serving.until_idle(NOW).unwrap();
    fs::rename(database(&home), home.path().join("aside.sqlite3")).unwrap();
    fs::rename(&backup, database(&home)).unwrap();
    let before = fs::read(database(&home)).unwrap();
    let (status, body) = serving.get("/readyz").unwrap();
    assert!(status == 503 && body.contains("replaced or removed"), "{status} {body}");
    serving.stop().unwrap();
    assert!(fs::read(database(&home)).unwrap() == before, "a file was written that is not ours");
    assert!(home.run(&["db", "check"]).status.success());
}

/// `cp` over it: the same inode, another content. A backup, and a copy that has a log's mark in its head.
#[test]
fn s05_a_server_whose_database_was_written_over_says_so_and_leaves_it_as_it_is() {
    const NOW: &str = "2026-11-23T08:00:00Z";
    for raw in [false, true] {
        let (farm, home) = collected();
        let copy = home.path().join("copy.sqlite3");
        if raw {
            fs::copy(database(&home), &copy).unwrap();
        } else {
            assert!(home.run(&["db", "backup", copy.to_str().unwrap()]).status.success());
        }
        (0..4).for_each(|number| farm.replace(number, crash::feed(number, 20)));
        assert!(home.run(&["--now", "2026-11-23T07:30:00Z", "refresh", "--all"]).status.success());
        let mut serving = Serving::start(&home, NOW);
        serving.until_idle(NOW).unwrap();
        fs::copy(&copy, database(&home)).unwrap();
        let (status, body) = serving.get("/readyz").unwrap();
        assert!(status == 503 && body.contains("wrote over it") && body.contains("restart"), "{raw}: {status} {body}");
        fs::copy(&copy, database(&home)).unwrap();
        assert_eq!(serving.get("/readyz").unwrap().0, 503, "what SQLite remembers of it stays wrong");
        serving.stop().unwrap();
        assert!(fs::read(database(&home)).unwrap() == fs::read(&copy).unwrap(), "{raw}: something was written into it");
        let checked = home.run(&["db", "check"]);
        assert!(checked.status.success(), "{raw}: {}", said(&checked));
        let items = home.json(&["items", "list", "--json", "--limit", "1000"]);
        assert_eq!(items.as_array().unwrap().len(), 48, "{raw}: what was put there is what is read from now on");
    }
}

/// Its log was folded and is still there: left beside the new file, it would be folded into that.
#[tokio::test]
async fn s05_the_log_of_a_database_that_was_written_over_is_not_folded_into_the_new_one() {
    let folder = TempDir::new().unwrap();
    let (path, copy) = (folder.path().join("v.sqlite3"), folder.path().join("copy.sqlite3"));
    let store = Store::open(&path).unwrap();
    subscribe(&store, "a@example.net").await.unwrap();
    store.checkpoint().await.unwrap();
    fs::copy(&path, &copy).unwrap();
    for address in ["b@example.net", "c@example.net"] {
        subscribe(&store, address).await.unwrap();
    }
    let fold = "pragma wal_checkpoint(passive)";
    Connection::open(&path).unwrap().query_row(fold, [], |_| Ok(())).unwrap();
    store.jobs().await.unwrap(); // what was folded is seen
    fs::copy(&copy, &path).unwrap();
    assert!(subscribe(&store, "d@example.net").await.unwrap_err().to_string().contains("wrote over it"));
    drop(store);
    assert!(fs::read(&path).unwrap() == fs::read(&copy).unwrap(), "not a byte of it changed");
    drop(Store::open(&path).unwrap());
    assert_eq!(subscribers(&path), 1, "nothing of the one before");
    assert!(folder.path().join("v.sqlite3-wal.of-the-replaced").exists(), "which is kept beside it");
}

/// What other processes of ours write and fold, and what an operator's sqlite3 folds, is no stranger's work.
#[tokio::test]
async fn s05_what_others_rightly_write_and_fold_is_no_alarm() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("v.sqlite3");
    let store = Store::open(&path).unwrap();
    let other = Connection::open(&path).unwrap();
    other.busy_timeout(Duration::from_secs(5)).unwrap();
    for (round, mode) in ["passive", "full", "restart", "truncate"].into_iter().cycle().take(40).enumerate() {
        subscribe(&store, &format!("a{round}@example.net")).await.unwrap();
        other
            .execute("insert or replace into meta (key, value) values ('other', ?1)", [round.to_string().repeat(2_000)])
            .unwrap();
        if round % 3 > 0 {
            other.query_row(&format!("pragma wal_checkpoint({mode})"), [], |_| Ok(())).unwrap();
        }
        if round % 5 == 0 {
            let second = Store::open(&path).unwrap();
            subscribe(&second, &format!("b{round}@example.net")).await.unwrap();
            second.checkpoint().await.unwrap();
        }
        if round % 2 == 0 {
            store.jobs().await.unwrap();
        } else if round % 7 == 0 {
            store.checkpoint().await.unwrap();
        }
    }
    assert_eq!(subscribers(&path), 48);
}

#[test]
fn s05_on_a_disk_that_takes_nothing_veille_says_so_and_a_backup_can_be_taken() {
    let (_farm, home) = collected();
    let Some(disk) = SmallDisk::of(20_000) else {
        println!("s05 not run: this user may not mount a file system");
        return;
    };
    let path = disk.path().join("veille.sqlite3");
    fs::copy(database(&home), &path).unwrap();
    let storage = format!("{LOOPBACK}[storage]\npath = \"{}\"\n", path.display());
    fs::write(home.path().join("veille.toml"), storage).unwrap();
    disk.set_read_only();
    for command in [&["refresh"][..], &["serve"], &["items", "list"]] {
        let refused = home.run(command);
        assert!(!refused.status.success() && said(&refused).contains("mount its file system for writing"), "{}", said(&refused));
    }
    assert!(said(&home.run(&["doctor"])).contains("mount its file system for writing"));
    let checked = home.run(&["db", "check"]);
    assert!(checked.status.success(), "{}", said(&checked));
    let backup = home.path().join("rescued.sqlite3");
    let rescued = home.run(&["db", "backup", backup.to_str().unwrap()]);
    assert!(rescued.status.success(), "{}", said(&rescued));
    disk.set_writable();
    assert!(home.run(&["refresh"]).status.success());
}

/// Somebody copies the file for a while: the refresh waits, says so, and stores all that it fetched.
fn held(seconds: u64) {
    let (farm, home) = collected();
    (0..4).for_each(|number| farm.replace(number, crash::feed(number, 15)));
    let other = Connection::open(database(&home)).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let mut waiting = home.command(&["refresh", "--all"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    let listed = home.json(&["items", "list", "--json", "--limit", "1000"]);
    assert!(listed.as_array().unwrap().len() == 48 && begun.elapsed() < Duration::from_secs(5), "who reads waits for nobody");
    std::thread::sleep(Duration::from_secs(seconds).saturating_sub(begun.elapsed()));
    assert!(waiting.try_wait().unwrap().is_none(), "it waits");
    other.execute_batch("commit").unwrap();
    let output = waiting.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("another process is writing to the database"), "{}", said(&output));
    assert_eq!(crash::lost_and_doubled(&farm, &home), (0, 0));
}

#[test]
fn s06_what_was_fetched_waits_for_whoever_holds_the_write_lock() {
    held(7);
}

#[test]
#[ignore = "long: half a minute; cargo nextest run --run-ignored all -E 'test(/s06_half/)'"]
fn s06_half_a_minute_of_a_held_lock_loses_nothing() {
    held(31);
}

/// Flipped bytes, torn ends and garbage, in the file or in its log: a command reads what is right, or refuses with what to do.
/// Nothing dies, and nothing is found that was never stored.
fn mutants(count: u64) -> mutate::Tally {
    let mut chance = Chance::from_environment(20_261_128);
    let bed = mutate::Bed::new();
    let mut tally = mutate::Tally::default();
    (0..count).for_each(|_| bed.try_one(&mut chance, &mut tally));
    assert!(tally.faults.is_empty(), "{tally}");
    assert!(tally.refused > 0 && tally.clean > 0, "{tally}");
    assert!(tally.unseen <= 1 + count / 100, "{tally}");
    tally
}

#[test]
fn s07_sixty_damaged_files_are_refused_with_a_recipe_or_read_right() {
    println!("{}", mutants(60));
}

#[test]
#[ignore = "long: 1,000 mutants, some minutes; cargo nextest run --run-ignored all -E 'test(/s07_a_thousand/)'"]
fn s07_a_thousand_damaged_files() {
    println!("{}", mutants(1_000));
}

/// A letter that is another one inside a text: the file is sound for SQLite, and only the hash of the item tells.
#[test]
fn s07_another_letter_inside_a_text_is_told_with_its_item() {
    let (farm, home) = collected();
    (0..2).for_each(|number| farm.replace(number, crash::feed(number, 14)));
    assert!(home.run(&["--now", "2026-11-23T09:00:00Z", "refresh", "--all"]).status.success());
    let checked = home.run(&["db", "check"]);
    assert!(checked.status.success(), "{}", said(&checked));
    // In the file itself, wherever the text stands.
    let flipped = home.copy();
    let mut bytes = fs::read(database(&flipped)).unwrap();
    let title = b"Law 2 of model 7";
    let places: Vec<usize> =
        bytes.windows(title.len()).enumerate().filter(|(_, found)| found == title).map(|(at, _)| at).collect();
    assert!(!places.is_empty());
    places.iter().for_each(|at| bytes[at + 1] = b'i');
    fs::write(database(&flipped), bytes).unwrap();
    let id = home
        .json(&["items", "list", "--json", "--limit", "1000"])
        .as_array()
        .unwrap()
        .iter()
        .find_map(|item| (item["title"] == "Law 2 of model 7").then(|| item["id"].as_i64().unwrap()));
    let told = home.run(&["db", "check"]);
    assert!(told.status.success(), "{}", said(&told));
    let told = flipped.run(&["--lang", "en", "db", "check"]);
    assert_eq!(told.status.code(), Some(4), "{}", said(&told));
    assert!(
        said(&told).contains(&format!("item {}: what it says", id.unwrap())) && said(&told).contains("db restore"),
        "{}",
        said(&told)
    );
    // And in each part of an item that a reader sees.
    for change in [
        "summary = replace(summary, 'Release', 'Rebease')",
        "authors = '[[\"Eve\",\"dc:creator\",null]]'",
        "published_at = published_at + 1",
        "updated_at = 1",
    ] {
        let altered = home.copy();
        Connection::open(database(&altered)).unwrap().execute(&format!("update item set {change} where id = 9"), []).unwrap();
        let told = altered.run(&["db", "check"]);
        assert!(told.status.code() == Some(4) && said(&told).contains("item 9"), "{change}: {}", said(&told));
    }
}

/// A database of each earlier version, with data, whose migration dies after each statement and around each commit.
#[test]
fn s10_a_migration_that_dies_anywhere_is_taken_up_and_an_older_program_refuses_what_it_made() {
    for (version, (_, sql)) in MIGRATIONS.iter().enumerate() {
        // Each migration by its own statements; of the first, which has many alike, one in twenty.
        let statements = u64::try_from(sql.matches(';').count()).unwrap();
        for time in (1..=statements).step_by(if version == 0 { 20 } else { 1 }) {
            let died = dies_and_resumes(version, "store.migrate.statement", time);
            assert!(died || time > 1, "version {version} reaches no statement");
        }
        for point in ["store.migrate.before", "store.migrate.after"] {
            assert!(dies_and_resumes(version, point, 1), "version {version} never reaches {point}");
        }
    }
    let (_farm, home) = collected();
    let newer = format!("pragma user_version = {}", MIGRATIONS.len() + 1);
    Connection::open(database(&home)).unwrap().execute_batch(&newer).unwrap();
    let before = fs::read(database(&home)).unwrap();
    for command in [&["refresh"][..], &["items", "list"], &["serve"], &["db", "check"]] {
        let refused = home.run(command);
        assert!(refused.status.code() == Some(4) && said(&refused).contains("newer veille"), "{command:?}: {}", said(&refused));
    }
    assert!(fs::read(database(&home)).unwrap() == before, "an older program changed what it does not know");
}

/// Whether it died there; then the next run finds everything.
fn dies_and_resumes(version: usize, point: &str, time: u64) -> bool {
    let home = Home::with("", "");
    fs::create_dir_all(home.path().join("db")).unwrap();
    let rows = lived_in(&database(&home), version);
    let mut command = home.command(&["items", "list"]);
    command.env("VEILLE_FAILPOINT", format!("{point}:{time}"));
    if command.output().unwrap().status.code().is_some() {
        return false;
    }
    let next = home.run(&["items", "list"]);
    assert!(next.status.success(), "{version} {point}:{time}: {}", said(&next));
    let checked = home.run(&["db", "check"]);
    assert!(checked.status.success(), "{version} {point}:{time}: {}", said(&checked));
    let after = count(&Connection::open(database(&home)).unwrap());
    assert_eq!(after, rows, "{version} {point}:{time}: sources and items");
    true
}

/// Makes a database of a version, with the data of its fixtures; gives how many sources and items it holds.
fn lived_in(path: &Path, version: usize) -> (i64, i64) {
    if version == 0 {
        return (0, 0);
    }
    let connection = Connection::open(path).unwrap();
    connection.execute_batch("pragma foreign_keys = on; pragma application_id = 0x5645494C").unwrap();
    for (number, (name, sql)) in MIGRATIONS[..version].iter().enumerate() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("db/fixtures/{name}.sql"));
        connection.execute_batch(&format!("begin; {sql}; pragma user_version = {}; commit", number + 1)).unwrap();
        connection.execute_batch(&fs::read_to_string(data).unwrap()).unwrap();
    }
    count(&connection)
}

fn count(connection: &Connection) -> (i64, i64) {
    let count = |table| connection.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0)).unwrap();
    (count("source"), count("item"))
}
