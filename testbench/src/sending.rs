//! The crash driver of deliveries: kills whoever sends at points that chance decides, lets it go on later, and compares what the
//! relay took with what veille says about it.

use crate::{
    approved::{self, address},
    chance::Chance,
    farm::Farm,
    home::Home,
    smtp::{Act, Setup, SmtpServer, Step, read_log},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{Display, Formatter},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;

/// Kills before a fresh home begins, at most.
const KILLS_OF_A_HOME: u64 = 20;
/// People of a home: some are left after so many kills.
const PEOPLE: usize = 150;
/// A doubt waits a minute before it is resent; each run begins that much later than the one before.
const BETWEEN_RUNS: u64 = 3;
/// Runs to the end, undisturbed: the first tells the doubts, the next resends them.
const LAST_RUNS: u64 = 3;
/// How long the relay holds a sender that is to be stopped.
const HELD: Duration = Duration::from_secs(2);
/// A sender that has not begun by then never will.
const PATIENCE: Duration = Duration::from_secs(60);
/// The run before which every lease of an earlier one has ended.
const LEASES_END: u64 = 10;
/// People of a home in which one of two senders fails.
const SLEEPERS_PEOPLE: usize = 60;

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
pub enum By {
    /// `veille edition send`
    Command,
    /// `veille serve`
    Daemon,
}

/// A home whose edition is approved, and the relay that it sends to.
pub struct Sending {
    pub home: Home,
    pub relay: SmtpServer,
    log: PathBuf,
    people: usize,
    connections: u64,
    /// The relay lets a sender wait there, at that time: a step, and how often it was reached before.
    held: Arc<Mutex<Option<(Step, usize)>>>,
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

/// One sender is stopped in the middle (SIGSTOP), while the relay has its message or is about to, and sleeps through its lease;
/// another one does its work; then the first goes on as if nothing had happened.
#[must_use]
pub fn freeze_sender(chance: &mut Chance, by: By, at: Step) -> Delivered {
    let pipelining = chance.below(2) == 0;
    let sending = Sending::prepare(chance, SLEEPERS_PEOPLE, 1, pipelining);
    let some = 4 + usize::try_from(chance.below(12)).unwrap();
    *sending.held.lock().unwrap() = Some((at, some));
    let mut sleeper = sending.start(&sending.by(by, 0));
    let begun = Instant::now();
    while sending.relay.times(at) <= some && alive(&mut sleeper) && begun.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(HELD / 10); // what was owed is written down: it holds the database no more
    signal(&sleeper, "-STOP");
    let _tells_a_doubt = sending.home.run(&as_words(&sending.send(LEASES_END)));
    let before = sending.relay.kept().len();
    signal(&sleeper, "-CONT");
    if by == By::Daemon {
        std::thread::sleep(HELD * 3 / 2); // it hears the answer that it waited for, and goes on with what it held
        signal(&sleeper, "-TERM");
    }
    sleeper.wait().unwrap();
    let after = sending.relay.kept().len();
    let mut found = sending.end(LEASES_END + 1);
    if before < SLEEPERS_PEOPLE - 1 {
        found.faults.push(format!("the other one brought only {before} of {SLEEPERS_PEOPLE} to their end"));
    }
    if after > before + 1 {
        found.faults.push(format!("who slept sent {} more when it woke", after - before));
    }
    found
}

/// Two send at once; one is killed, and what it held stays held until its leases end.
#[must_use]
pub fn kill_one_of_two(chance: &mut Chance) -> Delivered {
    let pipelining = chance.below(2) == 0;
    let sending = Sending::prepare(chance, SLEEPERS_PEOPLE, 2, pipelining);
    let mut senders = [sending.start(&sending.send(0)), sending.start(&sending.send(0))];
    sending.wait_for_more(&mut senders[0], chance);
    let [mut killed, mut other] = senders;
    killed.kill().unwrap();
    killed.wait().unwrap();
    other.wait().unwrap();
    let mut found = sending.end(LEASES_END);
    found.kills = 1;
    found
}

/// Where a sender may die by its own hand, in a build with debug assertions.
const POINTS: [&str; 4] = ["mail.dot.before", "mail.dot.after", "store.commit.before", "store.commit.after"];
/// People of a home whose sender dies at each point in turn.
const FEW: usize = 3;

/// Dies at each named point of sending in turn: just before a final dot leaves, after its answer came, before and after each commit.
/// With `sample`: at one of the first so many times at each point, which chance picks.
#[must_use]
pub fn sweep(chance: &mut Chance, sample: Option<u64>) -> Delivered {
    let sending = Sending::prepare(chance, FEW, 1, true);
    let mut all = Delivered::default();
    for point in POINTS {
        let first = sample.map_or(1, |some| 1 + chance.below(some));
        for time in first.. {
            let Some(found) = sending.die_at(&format!("{point}:{time}")) else { break };
            all.add(found);
            if sample.is_some() {
                break;
            }
        }
    }
    all
}

fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

impl Sending {
    /// One approved edition for so many people, and a relay that answers a little late.
    #[must_use]
    pub fn prepare(chance: &mut Chance, people: usize, connections: u64, pipelining: bool) -> Self {
        let runtime = Runtime::new().unwrap();
        let (home, farm) = approved::home(people);
        let log = home.path().join("relay.log");
        let extensions = if pipelining { vec!["PIPELINING", "8BITMIME"] } else { vec!["8BITMIME"] };
        let setup = Setup { extensions, log: Some(log.clone()), ..Setup::default() };
        let lateness = Mutex::new(Chance::new(chance.next()));
        let held: Arc<Mutex<Option<(Step, usize)>>> = Arc::default();
        let hold = Arc::clone(&held);
        let relay = runtime.block_on(SmtpServer::set_up(setup, move |heard| match heard.step {
            step if *hold.lock().unwrap() == Some((step, heard.times)) => Act::Delay(HELD),
            Step::Dot => Act::Delay(Duration::from_micros(lateness.lock().unwrap().below(4_000))),
            _ => Act::Normal,
        }));
        approved::set_mail(&home, &format!("url = \"smtp://127.0.0.1:{}\"\nconnections = {connections}", relay.port));
        Self { home, relay, log, people, connections, held, _farm: farm, _runtime: runtime }
    }

    /// What is left; `None`: it did not come by there so often.
    fn die_at(&self, point: &str) -> Option<Delivered> {
        let (home, before) = (self.home.copy(), self.relay.kept().len());
        let send = |run| self.send(run);
        let mut command = home.command(&as_words(&send(0)));
        command.env("VEILLE_FAILPOINT", point).stdout(Stdio::null()).stderr(Stdio::null());
        if command.status().unwrap().code().is_some() {
            return None;
        }
        for run in 1..=LAST_RUNS {
            let _some_are_in_doubt = home.run(&as_words(&send(run)));
        }
        let taken = self.relay.kept()[before..].iter().map(|kept| (kept.to.clone(), kept.message_id.clone())).collect();
        let mut found = Delivered { kills: 1, most_doubts: 1, ..Delivered::default() };
        judge(&home, self.people, taken, &mut found);
        found.faults.iter_mut().for_each(|fault| *fault = format!("{point}: {fault}"));
        Some(found)
    }

    fn start(&self, arguments: &[String]) -> Child {
        let mut command = self.home.command(&as_words(arguments));
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Until some more messages were announced, and a moment longer.
    fn wait_for_more(&self, sender: &mut Child, chance: &mut Chance) {
        let some = self.relay.times(Step::Mail) + 4 + usize::try_from(chance.below(12)).unwrap();
        let begun = Instant::now();
        while self.relay.times(Step::Mail) < some && alive(sender) && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(chance.below(5_000)));
    }

    /// Some undisturbed runs, and what is left; at most one doubt a conversation of whoever was disturbed.
    fn end(&self, from: u64) -> Delivered {
        for last in 0..LAST_RUNS {
            let _some_are_in_doubt = self.home.run(&as_words(&self.send(from + last)));
        }
        let mut found = Delivered { most_doubts: self.connections, ..Delivered::default() };
        judge(&self.home, self.people, read_log(&self.log), &mut found);
        found
    }

    fn kill_often(&self, chance: &mut Chance, by: By, kills: u64) -> Delivered {
        let (mut found, mut run) = (Delivered::default(), 0);
        while found.kills < kills && !self.ended() {
            found.kills += u64::from(self.kill(chance, &self.by(by, run)));
            run += 1;
        }
        found.add(self.end(run));
        found.most_doubts = found.kills * self.connections;
        found
    }

    fn by(&self, by: By, run: u64) -> Vec<String> {
        match by {
            By::Command => self.send(run),
            By::Daemon => ["--now", &time(run), "serve"].map(str::to_owned).to_vec(),
        }
    }

    fn send(&self, run: u64) -> Vec<String> {
        ["--now", &time(run), "edition", "send", "1"].map(str::to_owned).to_vec()
    }

    /// Kills it some time after it spoke with the relay; whether it was still alive.
    fn kill(&self, chance: &mut Chance, arguments: &[String]) -> bool {
        let before = self.relay.times(Step::Mail);
        let mut child = self.start(arguments);
        let begun = Instant::now();
        while self.relay.times(Step::Mail) == before && alive(&mut child) && begun.elapsed() < PATIENCE {
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
}

/// Compares what the relay took (recipient and Message-ID of each message) with what veille says.
fn judge(home: &Home, people: usize, taken: Vec<(String, String)>, found: &mut Delivered) {
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let mut reached = BTreeSet::new();
    for (to, id) in taken {
        *times.entry(id).or_default() += 1;
        reached.insert(to);
    }
    let shown = home.json(&["edition", "show", "1", "--json"]);
    let rows = |name: &str| shown["deliveries"][name].as_array().cloned().unwrap_or_default();
    let text = |row: &serde_json::Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let (doubts, problems) = (rows("doubts"), rows("problems"));
    let told: BTreeSet<String> = problems.iter().chain(&doubts).map(|row| text(row, "email")).collect();
    let listed: BTreeSet<String> = doubts.iter().map(|row| text(row, "message_id")).collect();
    found.people += people;
    found.lost.extend((0..people).map(address).filter(|person| !reached.contains(person) && !told.contains(person)));
    let doubled: Vec<&String> = times.iter().filter(|(_, times)| **times > 1).map(|(id, _)| id).collect();
    found.doubled += doubled.len();
    found.unlisted.extend(doubled.into_iter().filter(|id| !listed.contains(*id)).cloned());
    found.doubts += doubts.iter().map(|row| row["times"].as_u64().unwrap_or_default()).sum::<u64>();
    let check = home.run(&["db", "check"]);
    if !check.status.success() {
        found.faults.push(String::from_utf8_lossy(&check.stdout).trim().to_owned());
    }
    if shown["deliveries"]["waiting"] != 0 {
        found.faults.push(format!("{} still wait", shown["deliveries"]["waiting"]));
    }
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
