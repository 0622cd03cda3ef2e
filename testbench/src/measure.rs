//! Processor time and memory of a process with those that it started. Linux only: it reads `/proc`.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

/// USER_HZ on every Linux that Rust runs on.
const TICKS_A_SECOND: f64 = 100.0;

/// What a process took.
pub struct Used {
    /// Of processors, its ended children included.
    pub seconds: f64,
    /// Bytes that it held at most; its children's do not count.
    pub peak: u64,
    pub wall: Duration,
}

/// Runs a process to its end; the error tells how it failed. Its times are read while it is a zombie: finished, not yet collected.
///
/// # Panics
///
/// If it cannot be started, or `/proc` cannot be read.
///
/// # Errors
///
/// It ended with another status than 0.
pub fn measure(command: &mut Command) -> Result<Used, String> {
    let started = std::time::Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let proc = PathBuf::from(format!("/proc/{}", child.id()));
    let (mut peak, mut seconds);
    peak = 0;
    loop {
        let status = std::fs::read_to_string(proc.join("status")).unwrap();
        let high = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.split_whitespace().next());
        peak = peak.max(high.and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024);
        let stat = std::fs::read_to_string(proc.join("stat")).unwrap();
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        // User and system time, then the same of its children.
        seconds = fields[11..15].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS_A_SECOND;
        if fields[0] == "Z" {
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let wall = started.elapsed();
    let status = child.wait().unwrap();
    if status.success() { Ok(Used { seconds, peak, wall }) } else { Err(format!("{command:?}: {status}")) }
}
