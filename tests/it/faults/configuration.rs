//! Configuration and operation: mistakes are told, secrets are not, a stop and a change of mind cost nothing.

mod advisories;
mod mistakes;
mod printing;
mod secrets;
mod signals;
mod stopping;

use std::process::Output;

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}
