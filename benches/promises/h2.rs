//! H2: 1,000 kills of whoever sends: nothing lost, and what may be there twice is counted, bounded and listed.

use crate::{Run, Verdict};
use veille_testbench::sending;

pub(crate) fn run(run: &mut Run) -> Verdict {
    let kills = run.times(1_000);
    let found = sending::kill_senders(&mut run.chance, kills);
    let swept = sending::sweep(&mut run.chance, (run.scale < 100).then_some(3));
    let named = match swept.kills {
        0 => "this binary has no failpoints (cargo bench --profile dev has them)".to_owned(),
        _ => swept.to_string(),
    };
    Verdict { figure: format!("{found}; at named points: {named}"), kept: found.sound() && swept.sound() }
}
