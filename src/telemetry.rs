//! Logs that an operator can read: one line an event on standard error.
#![expect(clippy::print_stderr, reason = "this is the one door to standard error")]

mod timings;

pub use timings::{STAGES, Stage, Timings};

use std::{borrow::Cow, io::IsTerminal, sync::OnceLock};
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

/// A text as a terminal may get it: what would move its cursor, paint it, turn its lines around or hide in it is shown as an
/// escape. Line feeds and tabs stay.
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, |c| acts(c) && !matches!(c, '\n' | '\t'))
}

/// The same for what must stay one line: a record of a log, a cell, an error. A line feed from outside would begin a forged one.
pub fn one_line(text: &str) -> Cow<'_, str> {
    escaped(text, acts)
}

/// Controls (C0, C1, DEL), line and paragraph separators, marks and overrides of direction, and what cannot be seen at all.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn escaped(text: &str, refused: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&refused) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if refused(c) { c.escape_unicode().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(shown).collect())
}

/// Prints why the command failed, each line as one line.
pub fn complain(lines: &[String]) {
    for line in lines {
        eprintln!("{}", one_line(line));
    }
}
