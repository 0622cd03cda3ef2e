//! The one binary: parse arguments, run, exit status.

use clap::Parser;
use std::process::ExitCode;
use veille::{cli, telemetry};

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    telemetry::start(cli.verbosity(), cli.timed());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().max_blocking_threads(blocking_threads()).build()
    {
        Ok(runtime) => runtime,
        Err(error) => return telemetry::fatal(&error.into(), 1),
    };
    match runtime.block_on(cli::run(cli)) {
        Ok(exit) => ExitCode::from(exit.status()),
        Err(error) => {
            let status = cli::status_of(&error);
            telemetry::fatal(&error.into(), status)
        }
    }
}

/// Threads for work that blocks: one a processor for reading documents, and a few for the database. More would wait for the same
/// locks, each with memory of its own.
fn blocking_threads() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get) + 4
}
