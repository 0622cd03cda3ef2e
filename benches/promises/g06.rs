//! G06: a week in virtual time with a thousand sources and restarts and kills every day: memory, log and tables bounded, every
//! period exactly one edition.

use crate::{Run, Verdict};
use veille_testbench::soak::{Size, soak};

pub(crate) fn run(run: &mut Run) -> Verdict {
    let sources = usize::try_from(run.times(1_000)).unwrap_or(usize::MAX);
    let size = Size { sources, restarts: &[(0, 10), (5, 30), (7, 31), (12, 0), (21, 0)], refreshes: 4, people: 20 };
    let soaked = soak(&mut run.chance, size);
    Verdict { figure: format!("{sources} sources, {soaked}"), kept: soaked.faults.is_empty() }
}
