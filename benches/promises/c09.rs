//! C09: ten thousand schedules due at once: each edition once, and how late the last of them.

use crate::{Run, Verdict};
use veille_testbench::punctual;

pub(crate) fn run(run: &mut Run) -> Verdict {
    let punctual = punctual::many_due(usize::try_from(run.times(10_000)).unwrap_or(usize::MAX));
    Verdict { figure: punctual.to_string(), kept: punctual.faults.is_empty() }
}
