//! The crash driver of deliveries: kills whoever sends at points that chance decides, lets it go on later, and compares what the
//! relay took with what veille says about it.

use crate::{
    chance::Chance,
    crash::feed,
    farm::Farm,
    home::Home,
    smtp::{Act, Setup, SmtpServer, Step, read_log},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{Display, Formatter},
    path::PathBuf,
    process::{Child, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

const MONDAY: &str = "2026-11-16T09:00:00Z";
/// Kills before a fresh home begins, at most.
const KILLS_OF_A_HOME: u64 = 20;
/// People of a home: some are left after so many kills.
const PEOPLE: usize = 150;
/// A doubt waits a minute before it is resent; each run begins that much later than the one before.
const BETWEEN_RUNS: u64 = 3;
/// Runs to the end, undisturbed: the first tells the doubts, the next resends them.
const LAST_RUNS: u64 = 3;

/// What is left after the kills and some runs to the end.
#[derive(Debug, Default)]
pub struct Delivered {
    /// How often it was killed.
    pub kills: u64,
    /// Those who were to receive something.
    pub people: usize,
    /// Of those, the ones who got nothing and of whom veille says nothing.
    pub lost: Vec<String>,
    /// Message-IDs that the relay took more than once.
    pub doubled: usize,
    /// Of those, the ones that veille does not list.
    pub unlisted: Vec<String>,
    /// How often an answer was lost, as veille lists it.
    pub doubts: u64,
    /// How often it may have been: conversations that a kill broke off.
    pub most_doubts: u64,
    /// What else was not as it should be.
    pub faults: Vec<String>,
}

impl Delivered {
    /// Whether the promise held.
    #[must_use]
    pub fn sound(&self) -> bool {
        self.lost.is_empty() && self.unlisted.is_empty() && self.faults.is_empty() && self.doubts <= self.most_doubts
    }

    fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.people += other.people;
        self.lost.extend(other.lost);
        self.doubled += other.doubled;
        self.unlisted.extend(other.unlisted);
        self.doubts += other.doubts;
        self.most_doubts += other.most_doubts;
        self.faults.extend(other.faults);
    }
}

impl Display for Delivered {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { kills, people, lost, doubled, unlisted, doubts, most_doubts, faults } = self;
        let words = if self.sound() {
            "0 lost; duplicates only where the relay's answer was lost, at most one per session per crash, all listed".to_owned()
        } else {
            format!("{} LOST, {} duplicates NOT LISTED, faults: {faults:?}", lost.len(), unlisted.len())
        };
        write!(
            f,
            "{words} ({kills} kills, {people} deliveries, {doubts} lost answers listed of at most {most_doubts}, {doubled} duplicates)"
        )
    }
}

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Command,
    Daemon,
}

/// A home whose edition is approved, and the relay that it sends to.
pub struct Sending {
    pub home: Home,
    pub relay: SmtpServer,
    log: PathBuf,
    people: usize,
    connections: u64,
    _farm: Farm,
    _runtime: Runtime,
}

/// Kills so many senders, some time after they began to send. A command sends in one home, a daemon in the next; the relay
/// takes groups of commands in one, single ones in the next.
#[must_use]
pub fn kill_senders(chance: &mut Chance, kills: u64) -> Delivered {
    let mut all = Delivered::default();
    let (mut homes, of_a_home) = (0, kills.div_ceil(2).clamp(1, KILLS_OF_A_HOME));
    while all.kills < kills {
        let by = if homes % 2 == 0 { By::Command } else { By::Daemon };
        let sending = Sending::prepare(chance, PEOPLE, 1 + homes / 2 % 3, homes / 2 % 2 == 0);
        all.add(sending.kill_often(chance, by, (kills - all.kills).min(of_a_home)));
        homes += 1;
    }
    all
}

impl Sending {
    /// One approved edition for so many people, and a relay that answers a little late.
    #[must_use]
    pub fn prepare(chance: &mut Chance, people: usize, connections: u64, pipelining: bool) -> Self {
        let runtime = Runtime::new().unwrap();
        let farm = Farm::serve((0..3).map(|number| feed(number, 5)));
        let home = farm.home();
        let log = home.path().join("relay.log");
        let extensions = if pipelining { vec!["PIPELINING", "8BITMIME"] } else { vec!["8BITMIME"] };
        let setup = Setup { extensions, log: Some(log.clone()), ..Setup::default() };
        let lateness = Mutex::new(Chance::new(chance.next()));
        let relay = runtime.block_on(SmtpServer::set_up(setup, move |heard| match heard.step {
            Step::Dot => Act::Delay(Duration::from_micros(lateness.lock().unwrap().below(4_000))),
            _ => Act::Normal,
        }));
        let sending = Self { home, relay, log, people, connections, _farm: farm, _runtime: runtime };
        sending.approve();
        sending
    }

    fn approve(&self) {
        let (path, home) = (self.home.path(), &self.home);
        let append = |name: &str, text: &str| {
            let before = std::fs::read_to_string(path.join(name)).unwrap_or_default();
            std::fs::write(path.join(name), before + text).unwrap();
        };
        append(
            "sources.toml",
            "[[digest]]\nslug = \"hebdo\"\nschedule = \"0 8 * * Mon\"\ntime_zone = \"Europe/Paris\"\napproval = \"required\"\n",
        );
        append(
            "veille.toml",
            &format!(
                "[mail]\nurl = \"smtp://127.0.0.1:{}\"\nconnections = {}\n[web]\nlisten = \"127.0.0.1:0\"\n",
                self.relay.port, self.connections
            ),
        );
        let rows: String = (0..self.people).map(|person| format!("{},hebdo\n", address(person))).collect();
        std::fs::write(path.join("people.csv"), format!("email,digest\n{rows}")).unwrap();
        let people = path.join("people.csv");
        for arguments in [
            &["refresh", "--all"][..],
            &["subscribers", "import", people.to_str().unwrap()],
            &["edition", "draft", "hebdo", "--with-backlog"],
            &["edition", "approve", "1"],
        ] {
            let output = home.run(&[&["--now", MONDAY], arguments].concat());
            assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }

    fn kill_often(&self, chance: &mut Chance, by: By, kills: u64) -> Delivered {
        let mut found = Delivered { people: self.people, ..Delivered::default() };
        let mut run = 0;
        while found.kills < kills && !self.ended() {
            let command = match by {
                By::Command => self.send(run),
                By::Daemon => ["--now", &time(run), "serve"].map(str::to_owned).to_vec(),
            };
            found.kills += u64::from(self.kill(chance, &command));
            run += 1;
        }
        found.most_doubts = found.kills * self.connections;
        for last in 0..LAST_RUNS {
            let _some_are_in_doubt = self.home.run(&as_words(&self.send(run + last)));
        }
        self.judge(&mut found);
        found
    }

    fn send(&self, run: u64) -> Vec<String> {
        ["--now", &time(run), "edition", "send", "1"].map(str::to_owned).to_vec()
    }

    /// Kills it some time after it spoke with the relay; whether it was still alive.
    fn kill(&self, chance: &mut Chance, arguments: &[String]) -> bool {
        let before = self.relay.times(Step::Mail);
        let mut command = self.home.command(&as_words(arguments));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while self.relay.times(Step::Mail) == before && alive(&mut child) && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(chance.below(120_000)));
        let was_alive = alive(&mut child);
        child.kill().unwrap(); // SIGKILL
        child.wait().unwrap();
        was_alive
    }

    /// Whether every delivery came to its end.
    fn ended(&self) -> bool {
        self.home.json(&["edition", "show", "1", "--json"])["state"] == "sent"
    }

    /// Compares the log of the relay with what veille says.
    pub fn judge(&self, found: &mut Delivered) {
        let mut taken: BTreeMap<String, usize> = BTreeMap::new();
        let mut reached = BTreeSet::new();
        for (to, id) in read_log(&self.log) {
            *taken.entry(id).or_default() += 1;
            reached.insert(to);
        }
        let shown = self.home.json(&["edition", "show", "1", "--json"]);
        let rows = |name: &str| shown["deliveries"][name].as_array().cloned().unwrap_or_default();
        let text = |row: &serde_json::Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
        let (doubts, problems) = (rows("doubts"), rows("problems"));
        let told: BTreeSet<String> = problems.iter().chain(&doubts).map(|row| text(row, "email")).collect();
        let listed: BTreeSet<String> = doubts.iter().map(|row| text(row, "message_id")).collect();
        found.lost.extend((0..self.people).map(address).filter(|person| !reached.contains(person) && !told.contains(person)));
        let doubled: Vec<&String> = taken.iter().filter(|(_, times)| **times > 1).map(|(id, _)| id).collect();
        found.doubled += doubled.len();
        found.unlisted.extend(doubled.into_iter().filter(|id| !listed.contains(*id)).cloned());
        found.doubts += doubts.iter().map(|row| row["times"].as_u64().unwrap_or_default()).sum::<u64>();
        let check = self.home.run(&["db", "check"]);
        if !check.status.success() {
            found.faults.push(String::from_utf8_lossy(&check.stdout).trim().to_owned());
        }
        if shown["deliveries"]["waiting"] != 0 {
            found.faults.push(format!("{} still wait", shown["deliveries"]["waiting"]));
        }
    }
}

fn address(person: usize) -> String {
    format!("p{person}@example.net")
}

fn time(run: u64) -> String {
    let minutes = run * BETWEEN_RUNS;
    format!("2026-11-16T{:02}:{:02}:00Z", 10 + minutes / 60, minutes % 60)
}

fn alive(child: &mut Child) -> bool {
    child.try_wait().unwrap().is_none()
}

fn as_words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}
