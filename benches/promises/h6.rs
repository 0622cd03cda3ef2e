//! H6: 64 spellings of forbidden addresses, at every door, directly, by redirect and by rebinding: nothing is connected to.

use crate::{Run, Verdict};
use veille_testbench::trespass;

/// A scale below 100 takes a sample at the doors that need a process each.
pub(crate) fn run(run: &mut Run) -> Verdict {
    let sample = (run.scale < 100).then(|| usize::try_from(run.times(64)).unwrap_or(64));
    let found = trespass::attempt(&mut run.chance, sample);
    Verdict { figure: found.to_string(), kept: found.is_sound() }
}
