//! How results reach standard output: one JSON document, or lines for people.

use crate::{
    app::{Error, Result},
    telemetry::{InertJson, one_line},
};
use serde::Serialize;
use std::io::Write;

/// One JSON document and a line feed, nothing else.
pub fn json(value: &impl Serialize) -> Result<()> {
    let mut out = InertJson(std::io::stdout().lock());
    let written = serde_json::to_writer_pretty(&mut out, value).map_err(std::io::Error::from).and_then(|()| out.write_all(b"\n"));
    quiet_on_closed_pipe(written)
}

/// A line for people: one, whatever others wrote into it.
pub fn line(text: impl AsRef<str>) {
    let _closed_pipe_is_fine = writeln!(std::io::stdout().lock(), "{}", one_line(text.as_ref()));
}

/// Lines for people, of a text that is ours.
pub fn lines(text: impl AsRef<str>) {
    text.as_ref().lines().for_each(line);
}

/// A line on standard error: progress, which is no result.
pub fn note(text: impl AsRef<str>) {
    let _closed_pipe_is_fine = writeln!(std::io::stderr().lock(), "{}", one_line(text.as_ref()));
}

/// Raw bytes: scripts, exports.
pub fn bytes(bytes: &[u8]) -> Result<()> {
    quiet_on_closed_pipe(std::io::stdout().lock().write_all(bytes))
}

/// Whoever reads us through `head` has seen enough: that is no failure.
fn quiet_on_closed_pipe(written: std::io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::Internal(error.into())),
        _ => Ok(()),
    }
}
