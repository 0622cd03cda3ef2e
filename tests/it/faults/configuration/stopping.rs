//! G03: SIGTERM to the command `edition send`: what may have left comes to its end, nothing new begins, and whoever asked is told.

use serde_json::Value;
use std::{
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::runtime::Runtime;
use veille_testbench::{
    approved,
    farm::Farm,
    home::Home,
    smtp::{Act, Heard, SmtpServer, Step},
};

const PEOPLE: usize = 12;
/// After the edition was approved, and a minute later each.
const AT: [&str; 3] = ["2026-11-16T10:00:00Z", "2026-11-16T10:30:00Z", "2026-11-16T11:00:00Z"];

/// An approved edition and a relay with this script.
struct Stage {
    home: Home,
    relay: SmtpServer,
    _farm: Farm,
    _runtime: Runtime,
}

fn prepare(script: impl Fn(&Heard) -> Act + Send + Sync + 'static) -> Stage {
    let runtime = Runtime::new().unwrap();
    let relay = runtime.block_on(SmtpServer::start(script));
    let (home, farm) = approved::home(PEOPLE);
    approved::set_mail(&home, &format!("url = \"smtp://127.0.0.1:{}\"\nconnections = 1", relay.port));
    Stage { home, relay, _farm: farm, _runtime: runtime }
}

fn start(home: &Home, at: &str) -> Child {
    let mut command = home.command(&["--now", at, "--lang", "en", "edition", "send", "1", "--json"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn terminate(child: &Child) {
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(40), "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Its end, and how long it took after the signal.
fn stopped(child: Child) -> (Output, Duration) {
    let begun = Instant::now();
    terminate(&child);
    let output = child.wait_with_output().unwrap();
    (output, begun.elapsed())
}

fn deliveries(home: &Home) -> Value {
    home.json(&["edition", "show", "1", "--json"])["deliveries"].clone()
}

fn each_once(relay: &SmtpServer) {
    let mut ids: Vec<String> = relay.kept().into_iter().map(|kept| kept.message_id).collect();
    ids.sort();
    let all = ids.len();
    ids.dedup();
    assert_eq!((all, ids.len()), (PEOPLE, PEOPLE), "each once");
}

#[test]
fn g03_sigterm_to_a_command_that_sends_leaves_no_doubt_and_the_rest_for_the_next() {
    let Stage { home, relay, .. } = &prepare(|heard| match heard.step {
        Step::Dot => Act::Delay(Duration::from_millis(250)),
        _ => Act::Normal,
    });
    let sender = start(home, AT[0]);
    until("some messages", || relay.times(Step::Dot) >= 3);
    let (output, took) = stopped(sender);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "partly done, and it says so: {said}");
    assert!(said.contains("asked to stop"), "{said}");
    assert!(took < Duration::from_secs(5), "{took:?}");
    let (left, kept) = (deliveries(home), relay.kept().len());
    assert!((3..PEOPLE).contains(&kept), "{kept}");
    assert_eq!(
        (&left["sent"], &left["waiting"], &left["ambiguous"]),
        (&kept.into(), &(PEOPLE - kept).into(), &0.into()),
        "{left}"
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["sent"], kept, "{report}");
    let (output, left) = (start(home, AT[1]).wait_with_output().unwrap(), deliveries(home));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(left["sent"], PEOPLE, "{left}");
    each_once(relay);
}

/// The relay has the message and says nothing: a supervisor would kill after thirty seconds, so it is written down before.
#[test]
fn g03_sigterm_while_the_relay_keeps_its_answer_ends_within_thirty_seconds_with_the_doubt_listed() {
    let mute = Arc::new(AtomicBool::new(true));
    let still = Arc::clone(&mute);
    let Stage { home, relay, .. } = &prepare(move |heard| match heard.step {
        Step::Dot if heard.times == 2 && still.load(Ordering::SeqCst) => Act::Silence,
        _ => Act::Normal,
    });
    let sender = start(home, AT[0]);
    until("the silence", || relay.times(Step::Dot) == 3);
    let (output, took) = stopped(sender);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(took < Duration::from_secs(30), "{took:?}");
    let left = deliveries(home);
    assert_eq!((&left["sent"], left["doubts"].as_array().unwrap().len()), (&2.into(), 1), "{left}");
    assert!(left["doubts"][0].to_string().contains("example.net"), "by name: {left}");
    mute.store(false, Ordering::SeqCst);
    let codes: Vec<_> = AT[1..].iter().map(|at| start(home, at).wait_with_output().unwrap().status.code()).collect();
    let left = deliveries(home);
    assert_eq!(left["sent"], PEOPLE, "{codes:?} {left}");
    each_once(relay);
}
