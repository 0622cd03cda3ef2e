//! Where a conversation with a relay can break, how, and the state in which the delivery must be left: one table, and whoever holds
//! the binary against it.

use crate::{
    approved,
    certificates::{Authority, Flaw},
    chance::Chance,
    home::Home,
    smtp::{Act, Setup, SmtpServer, Step},
};
use std::{
    fmt::{Display, Formatter},
    process::Stdio,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::runtime::Runtime;

/// What the relay does instead of its good reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Hangs up.
    Cut,
    /// Hangs up in the middle of its reply, at any byte.
    CutInReply,
    /// Says nothing.
    Silence,
    /// 4xx.
    Later,
    /// 421, and hangs up.
    Closing,
    /// 5xx, and blames the recipient.
    BadRecipient,
    /// 5xx, and blames the sender.
    BadSender,
    /// 5xx, and blames nobody.
    No,
    /// Bytes that are no reply.
    Garbled,
    /// Lines whose codes differ.
    Contradiction,
    /// A good code of another place.
    Unfit,
    /// The good reply in many lines.
    Lines,
    /// 1 MiB of reply.
    Endless,
    /// A good reply with a NUL in it.
    Nul,
}

/// What veille must make of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Tried again later; the relay has nothing.
    Queued,
    /// The same, and the digest waits for a person: the fault is ours.
    Paused,
    /// Never tried again; the relay has nothing.
    Failed,
    /// The relay may have it, and that is said.
    Ambiguous,
    /// The relay has it.
    Sent,
}

use Class::{
    BadRecipient, BadSender, Closing, Contradiction, Cut, CutInReply, Endless, Garbled, Later, Lines, No, Nul, Silence, Unfit,
};
use State::{Ambiguous, Failed, Paused, Queued, Sent};

/// Before anything is announced, a refusal is about us, whomever it blames.
const OPENING: &[(Class, State)] = &[
    (Cut, Queued),
    (CutInReply, Queued),
    (Silence, Queued),
    (Later, Queued),
    (Closing, Queued),
    (BadRecipient, Paused),
    (BadSender, Paused),
    (No, Paused),
    (Garbled, Queued),
    (Contradiction, Queued),
    (Unfit, Queued),
    (Lines, Sent),
    (Endless, Queued),
    (Nul, Queued),
];

/// Once the recipient is named, it may be the recipient.
const NAMED: &[(Class, State)] = &[
    (Cut, Queued),
    (CutInReply, Queued),
    (Silence, Queued),
    (Later, Queued),
    (Closing, Queued),
    (BadRecipient, Failed),
    (BadSender, Paused),
    (No, Failed),
    (Garbled, Queued),
    (Contradiction, Queued),
    (Unfit, Queued),
    (Lines, Sent),
    (Endless, Queued),
    (Nul, Queued),
];

/// A message of usual size is with the kernel whole, final dot included, before the relay does anything.
const BODY: &[(Class, State)] = &[
    (Cut, Ambiguous),
    (Silence, Ambiguous),
    (Later, Queued),
    (Closing, Queued),
    (BadRecipient, Failed),
    (BadSender, Paused),
    (No, Paused),
];

const DOT: &[(Class, State)] = &[
    (Cut, Ambiguous),
    (CutInReply, Ambiguous),
    (Silence, Ambiguous),
    (Later, Queued),
    (Closing, Queued),
    (BadRecipient, Failed),
    (BadSender, Paused),
    (No, Paused),
    (Garbled, Ambiguous),
    (Contradiction, Ambiguous),
    (Unfit, Ambiguous),
    (Lines, Sent),
    (Endless, Ambiguous),
    (Nul, Ambiguous),
];

/// The answer was written down before.
const GOODBYE: &[(Class, State)] = &[
    (Cut, Sent),
    (CutInReply, Sent),
    (Silence, Sent),
    (Later, Sent),
    (Closing, Sent),
    (BadRecipient, Sent),
    (BadSender, Sent),
    (No, Sent),
    (Garbled, Sent),
    (Contradiction, Sent),
    (Unfit, Sent),
    (Lines, Sent),
    (Endless, Sent),
    (Nul, Sent),
];

/// A break point and its cells. `None`: nobody listens.
pub type Row = (Option<Step>, &'static [(Class, State)]);

/// Every break point.
pub const TABLE: &[Row] = &[
    (None, &[(Cut, Queued)]),
    (Some(Step::Greeting), OPENING),
    (Some(Step::Ehlo), OPENING),
    (Some(Step::StartTls), OPENING),
    (Some(Step::Auth), OPENING),
    (Some(Step::Mail), OPENING),
    (Some(Step::Rcpt), NAMED),
    (Some(Step::Data), NAMED),
    (Some(Step::Body), BODY),
    (Some(Step::Dot), DOT),
    (Some(Step::Quit), GOODBYE),
];

/// One cell of the table, made concrete by chance.
#[derive(Debug, Clone)]
struct Case {
    step: Option<Step>,
    class: Class,
    expected: State,
    act: Act,
    pipelining: bool,
    security: Security,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    Plain,
    StartTls,
    Tls,
}

/// How many cases were tried, and which ended in another state than the table's.
#[derive(Debug, Default)]
pub struct Held {
    pub cases: usize,
    pub wrong: Vec<String>,
}

impl Display for Held {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let right = self.cases - self.wrong.len();
        let percent = 100.0 * right as f64 / self.cases.max(1) as f64;
        write!(
            f,
            "{percent:.1} % of the table: {right} of {} cases end in the tabled state, groups of commands on and off",
            self.cases
        )?;
        self.wrong.iter().take(5).try_for_each(|wrong| write!(f, "; {wrong}"))
    }
}

/// Holds the binary against every cell, so many times each with other bytes, with groups of commands (RFC 2920) and without;
/// `sample`: only so many cases, which chance picks.
#[must_use]
pub fn hold(chance: &mut Chance, times: u64, sample: Option<u64>) -> Held {
    let mut cases: Vec<Case> = Vec::new();
    for _ in 0..times {
        for pipelining in [false, true] {
            for (step, row) in TABLE {
                cases.extend(row.iter().map(|cell| Case::new(chance, *step, *cell, pipelining)));
            }
        }
    }
    if let Some(some) = sample {
        cases = (0..some).map(|_| cases[usize::try_from(chance.below(cases.len() as u64)).unwrap()].clone()).collect();
    }
    let bench = Bench::new();
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    wrong.lock().unwrap().extend(bench.hold(case));
                }
            });
        }
    });
    Held { cases: cases.len(), wrong: wrong.into_inner().unwrap() }
}

impl Case {
    fn new(chance: &mut Chance, step: Option<Step>, (class, expected): (Class, State), pipelining: bool) -> Self {
        let security = match step {
            Some(Step::StartTls) => Security::StartTls,
            _ => [Security::Plain, Security::Plain, Security::StartTls, Security::Tls][usize::try_from(chance.below(4)).unwrap()],
        };
        Self { act: act(chance, step, class), step, class, expected, pipelining, security }
    }
}

fn pick<'a>(chance: &mut Chance, texts: &[&'a str]) -> &'a str {
    texts[usize::try_from(chance.below(texts.len() as u64)).unwrap()]
}

fn act(chance: &mut Chance, step: Option<Step>, class: Class) -> Act {
    let number = usize::try_from(chance.below(1 << 20)).unwrap();
    let good = match step {
        Some(Step::Greeting | Step::StartTls) => "220",
        Some(Step::Auth) => "235",
        Some(Step::Data) => "354",
        Some(Step::Quit) => "221",
        _ => "250",
    };
    let reply = |text: &str| Act::Reply(text.to_owned());
    match class {
        Cut if step == Some(Step::Body) => Act::CutAfter(number % 2_000),
        Cut if step == Some(Step::Dot) && number % 2 == 0 => Act::AcceptAndCut,
        Cut => Act::Cut,
        CutInReply => Act::CutReply(number),
        Silence if step == Some(Step::Dot) && number % 2 == 0 => Act::AcceptAndSilence,
        Silence => Act::Silence,
        Later => reply(pick(
            chance,
            &["450 4.2.0 greylisted", "451 busy", "452 4.3.1 no room", "454 4.7.0 slow", "451-a\r\n451 4.0.0 b"],
        )),
        Closing => reply(pick(chance, &["421 4.3.2 closing", "421 bye", "421-4.7.0 too\r\n421 4.7.0 many"])),
        BadRecipient => {
            reply(pick(chance, &["550 5.1.1 no such user", "552 5.2.2 mailbox full", "550-5.1.1 no\r\n550 5.1.1 one"]))
        }
        BadSender => {
            reply(pick(chance, &["550 5.7.1 refused", "550 5.7.26 unauthenticated", "553 5.1.8 bad sender", "554 5.7.515 no"]))
        }
        No => reply(pick(chance, &["550 no", "554 transaction failed", "502 what", "550"])),
        Garbled => Act::Raw(
            format!("{}\r\n", pick(chance, &["hello", "HTTP/1.1 400 Bad Request", "25", "2500 ok", "", "2 5 0 ok"])).into(),
        ),
        Contradiction => Act::Raw(format!("{good}-a\r\n{} b\r\n", if number % 2 == 0 { "451" } else { "252" }).into()),
        Unfit => Act::Raw(if step == Some(Step::Data) { "250 ok\r\n" } else { "354 go ahead\r\n" }.into()),
        Lines => Act::Lines(1 + number % 40),
        Endless if number % 2 == 0 => Act::Raw(format!("{good}-more\r\n").repeat((1 << 20) / 10).into()),
        Endless => Act::Raw(vec![b'2'; 1 << 20]),
        Nul => Act::Raw(format!("{good} 2.0.0 o\0k\r\n").into()),
    }
}

/// What all cases share.
struct Bench {
    template: Home,
    authority: Authority,
    runtime: Runtime,
}

impl Bench {
    fn new() -> Self {
        let (template, _farm) = approved::home(1);
        Self { template, authority: Authority::new(), runtime: Runtime::new().unwrap() }
    }

    /// What is wrong after one case, if anything.
    fn hold(&self, case: &Case) -> Option<String> {
        let home = self.template.copy();
        let relay = self.relay(case);
        let port = if case.step.is_none() { closed_port() } else { relay.port };
        let scheme = match case.security {
            Security::Plain => "smtp",
            Security::StartTls => "smtp+starttls",
            Security::Tls => "smtps",
        };
        std::fs::write(home.path().join("ca.pem"), self.authority.pem()).unwrap();
        let url = format!("{scheme}://veille:secret@localhost:{port}");
        approved::set_mail(&home, &format!("url = \"{url}\"\nconnections = 1\nphase_timeout_s = 1\nca_file = \"ca.pem\""));
        let mut send = home.command(&["--now", "2026-11-16T10:00:00Z", "edition", "send", "1"]);
        let _told_by_its_state = send.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        let shown = home.json(&["edition", "show", "1", "--json"]);
        let (found, kept) = (state(&shown["deliveries"]), relay.kept().len());
        let right = found == Some(case.expected)
            && match case.expected {
                Queued | Paused | Failed => kept == 0,
                Ambiguous => kept <= 1,
                Sent => kept == 1,
            };
        let act: String = format!("{:?}", case.act).chars().take(60).collect();
        (!right).then(|| {
            let Case { step, class, expected, pipelining, security, .. } = case;
            format!(
                "{step:?} {class:?} ({act}, {security:?}, groups {pipelining}): {found:?} with {kept} kept, not {expected:?}: {}",
                shown["deliveries"]["problems"]
            )
        })
    }

    fn relay(&self, case: &Case) -> SmtpServer {
        let mut extensions = vec!["8BITMIME", "AUTH PLAIN LOGIN"];
        extensions.extend(case.pipelining.then_some("PIPELINING"));
        extensions.extend((case.security == Security::StartTls).then_some("STARTTLS"));
        let tls = (case.security != Security::Plain).then(|| self.authority.server("localhost", Flaw::None));
        let (step, act) = (case.step, case.act.clone());
        let script = move |heard: &crate::smtp::Heard| {
            if Some(heard.step) == step && heard.times == 0 { act.clone() } else { Act::Normal }
        };
        self.runtime.block_on(SmtpServer::set_up(Setup { extensions, tls, log: None }, script))
    }
}

fn closed_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn state(deliveries: &serde_json::Value) -> Option<State> {
    let is = |field: &str| deliveries[field] == 1;
    let states = [(is("sent"), Sent), (is("failed"), Failed), (is("ambiguous"), Ambiguous), (is("waiting"), Queued)];
    let mut found = states.into_iter().filter_map(|(yes, state)| yes.then_some(state));
    match (found.next(), found.next(), deliveries["paused"].is_null()) {
        (Some(Queued), None, false) => Some(Paused),
        (one, None, true) => one,
        _ => None,
    }
}
