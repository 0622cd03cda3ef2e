//! The runner of hostile documents: the binary in a process of its own for each, under limits of processor time, memory and
//! waiting; a death is seen as one.
//!
//! The limits are set by `ulimit` in a shell that becomes the program; memory and time are read from `/proc` while the process
//! lives and after it ended, before it is forgotten. So it needs Linux; the product does not.

use crate::home::program;
use std::{
    fmt::{Display, Formatter},
    fs::File,
    io::{Read, Seek, Write},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// What one document may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Processor time, user and system.
    pub cpu: Duration,
    /// The most memory in use at any time (peak resident set), in bytes.
    pub memory: u64,
    /// Time on the clock, for a program that waits for something that never comes.
    pub wall: Duration,
}

impl Limits {
    /// What the product promises of an optimised build: less than a second and less than 64 MiB.
    pub const PROMISED: Self = Self { cpu: Duration::from_secs(1), memory: 64 << 20, wall: Duration::from_secs(60) };

    /// The same for the build at hand: an unoptimised one gets 20 times the time, and a quarter more memory for its larger stacks
    /// and code.
    #[must_use]
    pub const fn of_this_build() -> Self {
        let promised = Self::PROMISED;
        if cfg!(debug_assertions) {
            Self { cpu: Duration::from_secs(20), memory: promised.memory * 5 / 4, wall: Duration::from_secs(120) }
        } else {
            promised
        }
    }
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Exit status 0, and something on standard output.
    Typed,
    /// Exit status 2, 3 or 4, and one line that says why.
    Refused(String),
    /// A signal, a panic, an exit status that is none of ours, a reason of no line or of many.
    Died(String),
    /// It took more than it may.
    OverLimit(String),
}

/// One document, and what came of it.
#[derive(Debug)]
pub struct Ran {
    /// How it ended.
    pub end: End,
    /// Processor time used, to 10 ms.
    pub cpu: Duration,
    /// Peak resident set, in bytes.
    pub memory: u64,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: String,
}

impl Ran {
    /// Whether the document was read or refused, within the limits.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        matches!(self.end, End::Typed | End::Refused(_))
    }

    /// The one JSON document on standard output.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

impl Display for Ran {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}, {} ms, {} KiB", self.end, self.cpu.as_millis(), self.memory >> 10)
    }
}

/// Runs `veille` with the document on its standard input.
#[must_use]
pub fn run(arguments: &[&str], document: &[u8], limits: Limits) -> Ran {
    let mut input = tempfile::tempfile().unwrap();
    input.write_all(document).unwrap();
    input.rewind().unwrap();
    let (mut stdout, mut stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    let mut child = limited(arguments, limits)
        .stdin(Stdio::from(input))
        .stdout(stdout.try_clone().unwrap())
        .stderr(stderr.try_clone().unwrap())
        .spawn()
        .unwrap();
    let used = watch(&mut child, limits);
    let status = child.wait().unwrap();
    let (stdout, stderr) = (read(&mut stdout), String::from_utf8_lossy(&read(&mut stderr)).into_owned());
    let end = used.over(limits).map_or_else(|| meaning(status, &stdout, &stderr), End::OverLimit);
    Ran { end, cpu: used.cpu, memory: used.memory, stdout, stderr }
}

/// Far limits that end the process whatever it does; the near ones are looked at.
fn limited(arguments: &[&str], limits: Limits) -> Command {
    let mut command = Command::new("sh");
    let script = format!("ulimit -t {}; ulimit -c 0; ulimit -v {}; exec \"$0\" \"$@\"", limits.cpu.as_secs() * 4 + 4, 4 << 20);
    command.args(["-c", &script]).arg(program()).args(arguments);
    command.env_remove("VEILLE_NOW").env_remove("VEILLE_HOME").current_dir(std::env::temp_dir());
    command
}

#[derive(Default)]
struct Used {
    cpu: Duration,
    memory: u64,
    wall: Duration,
}

impl Used {
    fn over(&self, limits: Limits) -> Option<String> {
        if self.wall > limits.wall {
            return Some(format!("still there after {} s", limits.wall.as_secs()));
        }
        if self.cpu > limits.cpu {
            return Some(format!("{} ms of processor time", self.cpu.as_millis()));
        }
        (self.memory > limits.memory).then(|| format!("{} KiB of memory", self.memory >> 10))
    }
}

/// Follows the process to its end; kills it when it waits too long.
fn watch(child: &mut Child, limits: Limits) -> Used {
    let (started, mut used) = (Instant::now(), Used::default());
    loop {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let is_ours = field("Name:").is_some_and(|name| name != "sh");
        let peak = field("VmHWM:").and_then(|text| text.trim_end_matches(" kB").trim().parse::<u64>().ok());
        used.memory = used.memory.max(peak.filter(|_| is_ours).unwrap_or(0) << 10);
        used.wall = started.elapsed();
        if field("State:").is_none_or(|state| state.starts_with('Z')) {
            used.cpu = processor_time(child.id());
            return used;
        }
        if used.wall > limits.wall {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_micros(500));
    }
}

/// User and system time of a process that ended and was not waited for (proc(5), fields 14 and 15, in hundredths of a second).
fn processor_time(process: u32) -> Duration {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let behind_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks: u64 = behind_name.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn read(file: &mut File) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.read_to_end(&mut bytes).unwrap();
    bytes
}

fn meaning(status: std::process::ExitStatus, stdout: &[u8], stderr: &str) -> End {
    let reason = stderr.trim_end();
    match status.code() {
        _ if stderr.contains("panicked at") || stderr.contains("overflowed its stack") => End::Died(reason.to_owned()),
        Some(0) if !stdout.is_empty() => End::Typed,
        Some(2..=4) if stdout.is_empty() && reason.lines().count() == 1 => End::Refused(reason.to_owned()),
        // Commands that print their findings and exit with 4.
        Some(3 | 4) if !stdout.is_empty() => End::Typed,
        _ => End::Died(format!("{status}: {reason}")),
    }
}
