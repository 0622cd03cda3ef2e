//! S01–S10: the database survives kills, full and read-only disks, other programs, damage, and its own migrations.

use std::time::{Duration, Instant};
use veille_testbench::{
    backups,
    chance::Chance,
    crash,
    disk::SmallDisk,
    failpoints,
    farm::Farm,
    home::LOOPBACK,
    serving::{Serving, free_port},
};

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

/// Backups taken while another process writes: each is whole, equals its source, and restores into a database that is sound.
#[test]
fn s09_a_backup_taken_under_load_restores_whole() {
    let restored = backups::under_load(&mut Chance::from_environment(20_261_129), 5);
    assert!(restored.faults.is_empty() && restored.refreshes > 0, "{restored}");
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

/// The server whose disk fills says so, writes nothing half, and goes on by itself once there is room.
#[test]
fn s04_a_server_whose_disk_is_full_says_so_and_goes_on_without_a_restart_once_there_is_room() {
    const NOW: &str = "2026-11-23T08:00:00Z";
    let farm = Farm::serve((0..20).map(|number| crash::feed(number, 30)));
    let home = farm.home();
    let Some(disk) = SmallDisk::of(1_400) else {
        println!("s04 not run: this user may not mount a file system");
        return;
    };
    let storage = format!("[storage]\npath = \"{}\"\n", disk.path().join("veille.sqlite3").display());
    let settings = format!("{LOOPBACK}{storage}[web]\nlisten = \"127.0.0.1:{}\"\n", free_port());
    std::fs::write(home.path().join("veille.toml"), settings).unwrap();
    let serving = Serving::start(&home, NOW);
    let log = || std::fs::read_to_string(home.path().join("serve.log")).unwrap_or_default();
    let until_ready_says = |serving: &Serving, status: u16, word: &str| {
        let begun = Instant::now();
        while !serving.get("/readyz").is_some_and(|(found, body)| found == status && body.contains(word)) {
            assert!(begun.elapsed() < Duration::from_secs(100), "{status} {word}: {:?}: {}", serving.get("/readyz"), log());
            std::thread::sleep(Duration::from_millis(50));
        }
    };
    until_ready_says(&serving, 503, "the disk is full");
    assert_eq!(serving.get("/healthz").unwrap().0, 200, "it lives");
    disk.grow(50_000);
    serving.signal("-HUP"); // a ring would come within the minute
    until_ready_says(&serving, 200, "ready");
    assert_eq!(failpoints::each_item_once(&farm, &home), Vec::<String>::new(), "{}", log());
    serving.stop().unwrap();
    assert!(home.run(&["db", "check"]).status.success());
}

/// Two processes: the second is refused while the first lives, and takes its place at once when that was killed.
#[test]
fn s08_a_second_server_is_refused_and_a_dead_one_blocks_nobody() {
    const NOW: &str = "2026-11-23T08:00:00Z";
    let farm = Farm::serve((0..3).map(|number| crash::feed(number, 3)));
    let home = farm.home();
    let listen =
        |port| std::fs::write(home.path().join("veille.toml"), format!("{LOOPBACK}[web]\nlisten = \"127.0.0.1:{port}\"\n"));
    listen(free_port()).unwrap();
    let mut first = Serving::start(&home, NOW);
    first.until_idle(NOW).unwrap();
    for (lang, word) in [("en", "another `veille serve` runs"), ("fr", "veille serve")] {
        listen(free_port()).unwrap(); // not even the address is in its way
        let second = home.run(&["--now", NOW, "--lang", lang, "serve"]);
        let said = String::from_utf8_lossy(&[second.stdout, second.stderr].concat()).into_owned();
        assert!(second.status.code() == Some(4) && said.contains(word), "{}: {said}", second.status);
    }
    let restored = home.run(&["db", "restore", home.path().join("db/veille.sqlite3").to_str().unwrap()]);
    assert!(!restored.status.success(), "nor is the database changed under it");
    assert_eq!(first.get("/readyz").unwrap().0, 200, "the first one goes on");
    first.kill();
    let mut next = Serving::start(&home, NOW);
    next.until_idle(NOW).unwrap();
    next.stop().unwrap();
    assert_eq!(crash::lost_and_doubled(&farm, &home), (0, 0));
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
