//! G05, G06: under limits of the machine, and for a long time.

use veille_testbench::{
    chance::Chance,
    soak::{Size, soak},
};

/// A small week; `cargo bench --bench promises -- g06` lives it with a thousand sources.
#[test]
fn g06_a_week_with_restarts_and_kills_makes_each_edition_once_and_grows_nowhere() {
    let soaked =
        soak(&mut Chance::from_environment(20_261_126), Size { sources: 6, restarts: &[(7, 31)], refreshes: 1, people: 2 });
    assert!(soaked.faults.is_empty(), "{soaked}");
    println!("{soaked}");
}
