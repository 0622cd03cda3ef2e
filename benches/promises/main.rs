//! The promises, each by one command: `cargo bench --bench promises -- h1 [--seed N] [--scale N]`.
//!
//! A promise runs against the binary from outside, says its figure in one line, and the bench adds what makes the figure worth
//! something: seed, commit, version, machine. `--seed` has the same run again, `--scale` makes it larger or smaller (100 is what
//! the README quotes, 1 is a trial). Exit status 1 when a promise is broken.
#![expect(clippy::print_stdout, reason = "a bench speaks to a terminal")]

mod c09;
mod g06;
mod h1;
mod h10;
mod h2;
mod h3;
mod h4;
mod h5;
mod h6;
mod h7;
mod h9;

use std::process::{Command, ExitCode};
use veille_testbench::chance::Chance;

/// What a run found.
pub(crate) struct Verdict {
    /// The figure, in one line: what was done how often, and what came of it.
    pub figure: String,
    /// Whether the promise held.
    pub kept: bool,
}

/// How the figure begins of what could not be found out from here: neither kept nor broken, and no failure of the run.
pub(crate) const NOT_KNOWN: &str = "not known: ";

impl Verdict {
    fn word(&self) -> &'static str {
        match self.kept {
            true => "kept",
            false if self.is_known() => "BROKEN",
            false => "NOT FOUND OUT",
        }
    }

    fn is_known(&self) -> bool {
        !self.figure.starts_with(NOT_KNOWN)
    }
}

/// How a promise is run.
pub(crate) struct Run {
    /// Where all chance comes from.
    pub chance: Chance,
    /// Percent of the published size.
    pub scale: u64,
}

impl Run {
    /// So many, at the published size; at least one at any.
    pub(crate) fn times(&self, published: u64) -> u64 {
        (published * self.scale / 100).max(1)
    }
}

/// Name, what it promises, how it is run.
type Promise = (&'static str, &'static str, fn(&mut Run) -> Verdict);

const PROMISES: &[Promise] = &[
    ("c09", "10,000 schedules due at once: each edition once, p99 of the start lag within 5 s", c09::run),
    ("g06", "a week of 1,000 sources, restarts and kills: memory, log and tables bounded, each period one edition", g06::run),
    ("h1", "0 items lost, 0 doubled, over 1,000 kill -9 at random points", h1::run),
    ("h2", "no digest lost, over 1,000 kill -9 while sending", h2::run),
    ("h3", "one edition a period: 11 years of minutes in 21 zones, and 8 processes that compete for each", h3::run),
    ("h4", "a perfect score on every column of the feed-reader behaviour project, over 30 virtual days of 1,000 feeds", h4::run),
    ("h5", "0 deaths, 0 canary hits, 0 active content, 0 limits exceeded by public, damaged and hostile feeds", h5::run),
    ("h7", "every break point of SMTP × every class of reply ends in the right state", h7::run),
    ("h6", "0 forbidden connections, for 64 spellings at every door, directly, by redirect and by rebinding", h6::run),
    ("h9", "100 of 100 backups taken under load restore, pass the check and equal their source", h9::run),
    ("h10", "0 known flaws in dependencies without an exception that has its reason and its date", h10::run),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |flag: &str| {
        let place = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(place + 1)?.parse::<u64>().ok()
    };
    let (seed, scale) = (number("--seed").unwrap_or(20_261_125), number("--scale").unwrap_or(100));
    let chosen: Vec<&Promise> = PROMISES.iter().filter(|(name, ..)| arguments.iter().any(|argument| argument == name)).collect();
    if chosen.is_empty() {
        println!("usage: cargo bench --bench promises -- NAME… [--seed N] [--scale PERCENT]");
        PROMISES.iter().for_each(|(name, what, _)| println!("  {name:<4} {what}"));
        return ExitCode::SUCCESS;
    }
    let mut all_kept = true;
    for (name, what, run) in chosen {
        let started = std::time::Instant::now();
        let verdict = run(&mut Run { chance: Chance::new(seed), scale });
        println!(
            "{name}: {what}\n  {}: {}\n  {}; {:.0} s",
            verdict.word(),
            verdict.figure,
            provenance(seed, scale),
            started.elapsed().as_secs_f64()
        );
        all_kept &= verdict.kept || !verdict.is_known();
    }
    if all_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn provenance(seed: u64, scale: u64) -> String {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
    };
    let commit = said("git", &["describe", "--always", "--dirty"]);
    let program = veille_testbench::home::program();
    let version = said(&program.to_string_lossy(), &["--version"]);
    let named = if program == std::path::Path::new(env!("CARGO_BIN_EXE_veille")) { "" } else { " (named by VEILLE_BINARY)" };
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("seed {seed}, scale {scale} %, commit {commit}, {version}{named}, {}, {cores} cores", std::env::consts::OS)
}
