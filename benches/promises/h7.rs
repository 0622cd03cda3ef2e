//! H7: every break point of a conversation with a relay × every class of reply ends in the tabled state.

use crate::{Run, Verdict};
use veille_testbench::break_points;

/// Each cell, each time with other bytes.
const TIMES: u64 = 3;
/// So many cases make a hundredth of the table.
const CASES: u64 = 1_000;

pub(crate) fn run(run: &mut Run) -> Verdict {
    let sample = (run.scale < 100).then(|| run.times(CASES));
    let held = break_points::hold(&mut run.chance, TIMES * run.scale.max(100) / 100, sample);
    Verdict { figure: held.to_string(), kept: held.wrong.is_empty() }
}
