//! Killed at random points while it refreshes, then run once to the end: every item exactly once.

use veille_testbench::{chance::Chance, crash};

#[test]
fn s01_nothing_is_lost_and_nothing_is_doubled_when_it_is_killed() {
    let remains = crash::kill_refreshes(&mut Chance::from_environment(20_261_123), 12);
    assert!(remains.sound(), "{remains}");
}
