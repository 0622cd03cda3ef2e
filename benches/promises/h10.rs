//! H10: no known flaw in a dependency without an exception that has its reason and its date.
//!
//! `tests/advisories/g07.sh` proves with made-up facts that a flaw and a withdrawal are found, then asks the real database. Where that
//! cannot be reached the figure is not known, and the run says so.

use crate::{NOT_KNOWN, Run, Verdict};
use std::process::Command;

/// The script's exit status when it could not ask.
const OUT_OF_REACH: i32 = 3;

pub(crate) fn run(_run: &mut Run) -> Verdict {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/advisories/g07.sh");
    let output = match Command::new(script).output() {
        Ok(output) => output,
        Err(error) => return Verdict { figure: format!("{script} cannot be run: {error}"), kept: false },
    };
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = said.lines().map(|line| line.trim_start_matches("g07: ")).collect();
    let found = lines.join("; ");
    match output.status.code() {
        Some(OUT_OF_REACH) => Verdict { figure: format!("{NOT_KNOWN}{found}"), kept: false },
        code => Verdict { figure: found, kept: code == Some(0) },
    }
}
