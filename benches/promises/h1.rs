//! H1: 0 items lost, 0 doubled, over 1,000 kills at random points of a refresh.

use crate::{Run, Verdict};
use veille_testbench::crash;

pub(crate) fn run(run: &mut Run) -> Verdict {
    let kills = run.times(1_000);
    let found = crash::kill_refreshes(&mut run.chance, kills);
    Verdict { figure: found.to_string(), kept: found.sound() }
}
