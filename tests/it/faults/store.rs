//! S01–S10: the database survives kills, full and read-only disks, other programs, damage, and its own migrations.

use veille_testbench::{chance::Chance, crash, failpoints};

/// Killed at random points while it refreshes, then run once to the end: every item exactly once.
#[test]
fn s01_nothing_is_lost_and_nothing_is_doubled_when_it_is_killed() {
    let remains = crash::kill_refreshes(&mut Chance::from_environment(20_261_123), 12);
    assert!(remains.sound(), "{remains}");
}

#[test]
fn s02_a_refresh_that_dies_at_a_commit_is_taken_up() {
    let swept = failpoints::sweep_refreshes(&mut Chance::from_environment(20_261_124), Some(2));
    assert!(swept.deaths >= 8 && swept.faults.is_empty(), "{swept}");
}

#[test]
fn s02_an_edition_whose_making_dies_at_a_commit_is_taken_up() {
    let swept = failpoints::sweep_editions(&mut Chance::from_environment(20_261_125), Some(2));
    assert!(swept.deaths >= 8 && swept.faults.is_empty(), "{swept}");
}
