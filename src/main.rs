//! The one binary: parse arguments, run, exit status.

use clap::Parser;
use std::{process::ExitCode, time::Duration};
use veille::{
    cli,
    limits::{self, Threads},
    telemetry,
};

fn main() -> ExitCode {
    let cli = match cli::Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => inert_usage().unwrap_or(error).exit(),
    };
    let locale = cli.lang;
    telemetry::start(cli.verbosity(), cli.timed());
    let threads = match limits::settle(threads(), cli.lasts()) {
        Ok(threads) => threads,
        Err(limit) => {
            let (french, english) = limit.told();
            telemetry::complain(&[format!("veille: {}", locale.pick(french, english))]);
            return ExitCode::FAILURE;
        }
    };
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().worker_threads(threads.workers).max_blocking_threads(threads.blocking).thread_stack_size(limits::STACK);
    let runtime = match runtime.build() {
        Ok(runtime) => runtime,
        Err(error) => {
            telemetry::complain(&[format!("veille: {error}")]);
            return ExitCode::FAILURE;
        }
    };
    let ended = runtime.block_on(async {
        if let Err(error) = limits::outlive_large_files() {
            tracing::debug!(%error, "a file that reaches its limit of size (ulimit -f) ends the process");
        }
        cli::run(cli).await
    });
    // A thread that still waits for a name or a disk must not hold the end: what counts is in the database, or is not.
    runtime.shutdown_timeout(LAST_THREADS);
    match ended {
        Ok(exit) => ExitCode::from(exit.status()),
        Err(error) => {
            telemetry::complain(&cli::told(&error, locale));
            ExitCode::from(cli::status_of(&error))
        }
    }
}

/// The same mistake of usage, of arguments that do nothing when they are repeated: a script may have taken them from elsewhere.
fn inert_usage() -> Option<clap::Error> {
    let arguments = std::env::args_os().map(|argument| telemetry::one_line(&argument.to_string_lossy()).into_owned());
    cli::Cli::try_parse_from(arguments).err()
}

const LAST_THREADS: Duration = Duration::from_secs(1);

/// To run: one a processor. For work that blocks: one a processor for reading documents, and a few for the database. More would wait
/// for the same locks, each with memory of its own.
fn threads() -> Threads {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Threads { workers: processors, blocking: processors + 4 }
}
