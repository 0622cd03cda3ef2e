//! The one binary: parse arguments, run, exit status.

use clap::Parser;
use std::process::ExitCode;
use veille::{cli, telemetry};

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    telemetry::start(cli.verbosity());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
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
