//! The server, run as a team runs it: started, asked how it is, stopped, killed.

use crate::home::Home;
use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Nothing that a test asks for takes longer.
const LONGEST: Duration = Duration::from_secs(300);

/// A port of this machine that nobody listens on.
#[must_use]
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A running `veille serve`; killed when it is dropped.
pub struct Serving {
    process: Child,
    address: String,
}

impl Serving {
    /// Starts it in a home whose `veille.toml` names an address to listen on, at that time of its clock.
    #[must_use]
    pub fn start(home: &Home, now: &str) -> Self {
        let settings = fs::read_to_string(home.path().join("veille.toml")).unwrap();
        let address = settings.split("listen = \"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let log = fs::File::options().create(true).append(true).open(home.path().join("serve.log")).unwrap();
        let process = home.command(&["--now", now, "serve"]).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        Self { process, address }
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// What a path of it answers: status and body; `None` while it does not listen.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    /// Waits until every job has run to its end since `now`. The error: it died, or says what is wrong.
    pub fn until_idle(&mut self, now: &str) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            if let Some(ended) = self.process.try_wait().unwrap() {
                return Err(format!("the server ended by itself: {ended}"));
            }
            let ready = self.get("/readyz");
            match &ready {
                Some((200, body)) if idle_since(body, now) => return Ok(()),
                Some((status, body)) if *status != 200 || begun.elapsed() > LONGEST => return Err(format!("{status}: {body}")),
                _ => assert!(begun.elapsed() < LONGEST, "the server does not answer"),
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The most memory that it had so far. KiB.
    #[must_use]
    pub fn peak_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or_default()
    }

    /// Sends it a signal: `-TERM`, `-STOP`, `-CONT`.
    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.id().to_string()]).status().unwrap().success());
    }

    /// Asks it to stop, and waits. The error: it did not end well.
    pub fn stop(mut self) -> Result<(), String> {
        self.signal("-TERM");
        let ended = self.process.wait().unwrap();
        if ended.success() { Ok(()) } else { Err(format!("it stopped with {ended}")) }
    }

    /// Kills it where it stands.
    pub fn kill(mut self) {
        let _gone_or_not = self.process.kill();
        let _status = self.process.wait();
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _gone_or_not = self.process.kill();
        let _status = self.process.wait();
    }
}

/// Whether each job that runs at every ring began at that time or later, and is over.
fn idle_since(readyz: &str, now: &str) -> bool {
    let Ok(answer) = serde_json::from_str::<serde_json::Value>(readyz) else { return false };
    let jobs = answer["jobs"].as_array().cloned().unwrap_or_default();
    let over = |name: &str| {
        let job = jobs.iter().find(|job| job["name"] == name);
        job.is_some_and(|job| job["started_at"].as_str().is_some_and(|at| at >= now) && job["ended_at"].is_string())
    };
    ["refresh", "editions", "deliveries"].into_iter().all(over)
}
