//! H9: a hundred backups taken while feeds come in restore, pass the check and equal what they were taken of.

use crate::{Run, Verdict};
use veille_testbench::backups;

pub(crate) fn run(run: &mut Run) -> Verdict {
    let count = run.times(100);
    let restored = backups::under_load(&mut run.chance, count);
    Verdict { figure: restored.to_string(), kept: restored.faults.is_empty() && restored.refreshes > 0 }
}
