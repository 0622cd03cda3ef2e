//! Many servers that take their time: what counts is how many are waited for at once.

use std::time::Duration;
use veille_testbench::{crash, farm::Farm, measure::measure};

/// What each server takes for an answer.
const ANSWER: Duration = Duration::from_millis(200);
/// Items of a feed: the work itself is not the question.
const ITEMS: usize = 5;

/// A feed a host; prints how long a first refresh takes and one that brings nothing new, beside what waiting alone takes at least.
pub(crate) fn compare(hosts: usize) {
    println!("{hosts} feeds on {hosts} hosts that take {} ms for each answer; wall seconds", ANSWER.as_millis());
    for at_once in [64, 256] {
        let farm = Farm::on_hosts((0..hosts).map(|number| crash::feed(number, ITEMS)), hosts, ANSWER);
        let home = farm.home();
        for what in ["first refresh", "nothing new"] {
            let mut refresh = home.command(&["refresh", "--all", "--json"]);
            let used = measure(refresh.env_remove("VEILLE_NOW").env("VEILLE_FETCH_CONCURRENCY", at_once.to_string())).unwrap();
            let waiting = ANSWER.as_secs_f64() * hosts.div_ceil(at_once) as f64;
            println!(
                "{at_once:>4} at once, {what:<14} {:>6.2} s   waiting alone {waiting:>5.2} s   {:>5.2} s of processor",
                used.wall.as_secs_f64(),
                used.seconds,
            );
        }
    }
}
