//! H1: 0 items lost, 0 doubled, over 1,000 kills at random points of a refresh and at every named failpoint.

use crate::{Run, Verdict};
use veille_testbench::{crash, failpoints};

pub(crate) fn run(run: &mut Run) -> Verdict {
    let kills = run.times(1_000);
    let sample = (run.scale < 100).then(|| run.times(100));
    let found = crash::kill_refreshes(&mut run.chance, kills);
    let refreshes = failpoints::sweep_refreshes(&mut run.chance, sample);
    let editions = failpoints::sweep_editions(&mut run.chance, sample);
    let retention = failpoints::sweep_retention(&mut run.chance, sample);
    let kept = found.sound() && refreshes.faults.is_empty() && retention.faults.is_empty() && editions.faults.is_empty();
    Verdict { figure: format!("{found}; refreshes: {refreshes}; editions: {editions}; clean-ups: {retention}"), kept }
}
