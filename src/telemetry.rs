//! Logs that an operator can read: one line an event on standard error.
#![expect(clippy::print_stderr, reason = "this is the one door to standard error")]

mod timings;

pub use timings::{STAGES, Stage, Timings};

use std::{fmt::Write, io::IsTerminal, process::ExitCode, sync::OnceLock};
use tracing_subscriber::{EnvFilter, Layer, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// What [`start`] was asked to add up.
static TIMINGS: OnceLock<Timings> = OnceLock::new();

/// The sums so far; `None` when nobody asked for them.
pub fn timings() -> Option<&'static Timings> {
    TIMINGS.get()
}

/// Starts logging to standard error: warnings, what happens with `-v` (and with `serve`), details with `-vv`; `VEILLE_LOG` takes filters such as `info,veille::fetch=debug`.
/// With `timed`, the stages of the work are added up for [`timings`].
pub fn start(verbose: u8, timed: bool) {
    let level = match verbose {
        // What our libraries find remarkable about a hostile page is not for an operator.
        0 => "error,veille=warn",
        1 => "error,veille=info",
        _ => "warn,veille=debug",
    };
    let filter = EnvFilter::try_from_env("VEILLE_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let lines = fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // Whoever read our logs may be gone: that must not stop a server.
        .log_internal_errors(false)
        .with_filter(filter);
    let stages = timed.then(|| TIMINGS.get_or_init(Timings::default).clone());
    let stages = stages.map(|stages| stages.with_filter(Targets::new().with_target(STAGES, tracing::Level::TRACE)));
    let _already_started = tracing_subscriber::registry().with(lines).with(stages).try_init();
}

/// Prints an error, one line a cause, and gives its exit status.
pub fn fatal(error: &anyhow::Error, status: u8) -> ExitCode {
    let mut text = format!("veille: {error}");
    for cause in error.chain().skip(1) {
        let _infallible = write!(text, "\n  because {cause}");
    }
    eprintln!("{text}");
    ExitCode::from(status)
}
