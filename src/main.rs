//! The one binary: parse arguments, run, exit status.

use clap::Parser;
use std::process::ExitCode;
use veille::{
    cli,
    limits::{self, Threads},
    telemetry,
};

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    telemetry::start(cli.verbosity(), cli.timed());
    let threads = match limits::settle(threads()) {
        Ok(threads) => threads,
        Err(why) => return telemetry::fatal(&anyhow::anyhow!(why), 1),
    };
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().worker_threads(threads.workers).max_blocking_threads(threads.blocking);
    let runtime = match runtime.build() {
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

/// To run: one a processor. For work that blocks: one a processor for reading documents, and a few for the database. More would wait
/// for the same locks, each with memory of its own.
fn threads() -> Threads {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Threads { workers: processors, blocking: processors + 4 }
}
