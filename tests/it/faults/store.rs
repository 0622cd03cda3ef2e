//! S01–S10: the database survives kills, full and read-only disks, other programs, damage, and its own migrations.

use std::process::Stdio;
use veille_testbench::{chance::Chance, crash, disk::SmallDisk, failpoints, farm::Farm, home::LOOPBACK};

/// Killed at random points while it refreshes, then run once to the end: every item exactly once.
#[test]
fn s01_nothing_is_lost_and_nothing_is_doubled_when_it_is_killed() {
    let remains = crash::kill_refreshes(&mut Chance::from_environment(20_261_123), 12);
    assert!(remains.sound(), "{remains}");
}

#[test]
fn s02_a_refresh_that_dies_at_a_commit_is_taken_up() {
    let swept = failpoints::sweep_refreshes(&mut Chance::from_environment(20_261_124), Some(2));
    assert!(swept.deaths >= 6 && swept.faults.is_empty(), "{swept}");
}

#[test]
fn s02_a_clean_up_that_dies_at_a_commit_is_taken_up() {
    let swept = failpoints::sweep_retention(&mut Chance::from_environment(20_261_127), Some(2));
    assert!(swept.deaths >= 4 && swept.faults.is_empty(), "{swept}");
}

#[test]
fn s02_an_edition_whose_making_dies_at_a_commit_is_taken_up() {
    let swept = failpoints::sweep_editions(&mut Chance::from_environment(20_261_125), Some(2));
    assert!(swept.deaths >= 6 && swept.faults.is_empty(), "{swept}");
}

/// Backups taken while another process writes: each is whole, and restores into a database that a check finds sound.
#[test]
fn s09_a_backup_taken_under_load_restores_whole() {
    let farm = Farm::serve((0..20).map(|number| crash::feed(number, 30)));
    let home = farm.home();
    assert!(home.run(&["refresh", "f0"]).status.success());
    let mut writing = home.command(&["refresh", "--all"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut sizes = Vec::new();
    for number in 0..5 {
        let backup = home.path().join(format!("backup-{number}.sqlite3"));
        let taken = home.run(&["db", "backup", backup.to_str().unwrap()]);
        assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
        let elsewhere = Farm::serve([]).home();
        let restored = elsewhere.run(&["db", "restore", backup.to_str().unwrap()]);
        assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
        let checked = elsewhere.run(&["db", "check"]);
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
        let items = elsewhere.json(&["items", "list", "--limit", "100000", "--json"]);
        sizes.push(items.as_array().unwrap().len());
    }
    assert!(writing.wait().unwrap().success());
    assert!(sizes.iter().all(|size| size % 30 == 0), "a feed is in a backup whole or not at all: {sizes:?}");
    assert!(sizes.is_sorted() && sizes[0] >= 30, "{sizes:?}");
}

#[test]
fn s04_a_full_disk_is_told_and_once_there_is_room_nothing_is_missing() {
    let farm = Farm::serve((0..20).map(|number| crash::feed(number, 30)));
    let home = farm.home();
    for kilobytes in [300, 700, 1_500] {
        let Some(disk) = SmallDisk::of(kilobytes) else {
            println!("s04 not run: this user may not mount a file system");
            return;
        };
        let path = disk.path().join("veille.sqlite3");
        let settings = format!("{LOOPBACK}[storage]\npath = \"{}\"\n", path.display());
        std::fs::write(home.path().join("veille.toml"), settings).unwrap();
        let full = home.run(&["refresh", "--all"]);
        let said = String::from_utf8_lossy(&[full.stdout, full.stderr].concat()).into_owned();
        assert!(matches!(full.status.code(), Some(1 | 3)), "{kilobytes}: {said}");
        assert!(said.contains("full") || said.contains("no room"), "{kilobytes}: {said}");
        disk.grow(50_000);
        let after = home.json(&["refresh", "--all", "--json"]);
        assert_eq!(after["failed"], 0, "{kilobytes}: {after}");
        assert!(home.run(&["db", "check"]).status.success());
        assert_eq!(failpoints::each_item_once(&farm, &home), Vec::<String>::new(), "{kilobytes}");
    }
}

/// A log that is left behind makes the next start read the whole file: after a clean end there is none, and one file is all of it.
#[test]
fn s07_a_clean_end_leaves_no_log_to_be_looked_over() {
    let farm = Farm::serve((0..3).map(|number| crash::feed(number, 5)));
    let home = farm.home();
    let log = home.path().join("db/veille.sqlite3-wal");
    for arguments in [&["refresh", "--all"][..], &["items", "list"], &["db", "check"], &["doctor"]] {
        home.run(arguments);
        let left = std::fs::metadata(&log).map_or(0, |log| log.len());
        assert_eq!(left, 0, "{arguments:?} left that many bytes of log");
    }
}
