//! H2: 1,000 kills of whoever sends: nothing lost, and what may be there twice is counted, bounded and listed.

use crate::{Run, Verdict};
use veille_testbench::sending;

pub(crate) fn run(run: &mut Run) -> Verdict {
    let kills = run.times(1_000);
    let found = sending::kill_senders(&mut run.chance, kills);
    Verdict { figure: found.to_string(), kept: found.sound() }
}
