//! Logs that an operator can read: one line an event on standard error.
#![expect(clippy::print_stderr, reason = "this is the one door to standard error")]

mod inert;
mod timings;

pub use inert::{InertJson, one_line};
pub use timings::{STAGES, Stage, Timings};

use std::{env::VarError, error::Error, fmt::Debug, io::IsTerminal, panic::PanicHookInfo, sync::OnceLock};
use tracing::field::Field;
use tracing_subscriber::{
    EnvFilter, Layer,
    field::MakeExt,
    filter::{FromEnvError, Targets},
    fmt::{
        self,
        format::{Writer, debug_fn},
    },
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

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
    let filter = EnvFilter::try_from_env(FILTER).unwrap_or_else(|error| {
        tell_unless_unset(&error);
        EnvFilter::new(level)
    });
    let lines = fmt::layer()
        // What others wrote is in the values: a record stays one line, whatever they hold.
        .fmt_fields(debug_fn(field).delimited(" "))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // Whoever read our logs may be gone: that must not stop a server.
        .log_internal_errors(false)
        .with_filter(filter);
    let stages = timed.then(|| TIMINGS.get_or_init(Timings::default).clone());
    let stages = stages.map(|stages| stages.with_filter(Targets::new().with_target(STAGES, tracing::Level::TRACE)));
    let _already_started = tracing_subscriber::registry().with(lines).with(stages).try_init();
    std::panic::set_hook(Box::new(|panic| complain(&[panicked(panic)])));
}

/// The variable that says what is logged.
const FILTER: &str = "VEILLE_LOG";

fn tell_unless_unset(error: &FromEnvError) {
    let unset = error.source().and_then(|source| source.downcast_ref::<VarError>()) == Some(&VarError::NotPresent);
    if !unset {
        complain(&[format!("veille: {FILTER}: {error}; write it like info,veille::fetch=debug; the usual log is written")]);
    }
}

fn field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> std::fmt::Result {
    let text = format!("{value:?}");
    match field.name() {
        "message" => writer.write_str(&one_line(&text)),
        name if name.starts_with("log.") => Ok(()),
        name => write!(writer, "{name}={}", one_line(&text)),
    }
}

/// Longest message of a panic that is told: it may hold a document.
const LONGEST_PANIC: usize = 300;

/// One line: whoever reads the log sees it as what it is.
fn panicked(panic: &PanicHookInfo<'_>) -> String {
    let message = panic.payload_as_str().unwrap_or("no message");
    let message = &message[..message.floor_char_boundary(LONGEST_PANIC)];
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    format!("veille: a fault of veille itself, please report it: {message} ({place})")
}

/// Prints why the command failed, each line as one line.
pub fn complain(lines: &[String]) {
    for line in lines {
        eprintln!("{}", one_line(line));
    }
}
