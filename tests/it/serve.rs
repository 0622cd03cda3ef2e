//! The real process: it starts, answers, stops, and is killed.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use crate::support::outbox::Outbox;
use chrono::{DateTime, TimeDelta, Utc};
use std::{
    collections::HashMap,
    net::TcpListener,
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};
use veille::domain::delivery::DeliveryState::{Queued, Sent};
use veille_testbench::smtp::{Act, SmtpServer, Step};

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn command(outbox: &Outbox, now: DateTime<Utc>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veille"));
    command.arg("--home").arg(outbox.folder.path()).args(["--now", &now.to_rfc3339()]).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn settings(smtp_port: u16, connections: usize) -> String {
    format!(
        "[mail]\nurl = \"smtp://127.0.0.1:{smtp_port}\"\nconnections = {connections}\nphase_timeout_s = 2\n\n[web]\nlisten = \"127.0.0.1:{}\"\n",
        free_port()
    )
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

async fn until(what: &str, mut done: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(20), "waited too long for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_sends_at_the_first_ring_answers_probes_and_stops_cleanly() {
    let relay = SmtpServer::start(|_| Act::Normal).await;
    let outbox = Outbox::new(12).await;
    outbox.write_home(&settings(relay.port, 2));
    let probe = || command(&outbox, outbox.now, &["healthcheck"]).output().unwrap();
    assert_eq!(probe().status.code(), Some(4), "nobody serves yet");
    let mut serving = command(&outbox, outbox.now, &["serve"]).spawn().unwrap();
    until("the deliveries", || outbox.edition_state(1) == "sent").await;
    assert_eq!(relay.kept().len(), 12);
    let healthy = probe();
    assert!(healthy.status.success(), "{}", text(&healthy));
    assert!(text(&healthy).contains("\"status\":\"ok\""));
    let ready = command(&outbox, outbox.now, &["healthcheck", "--ready"]).output().unwrap();
    assert!(ready.status.success() && text(&ready).contains("deliveries"), "{}", text(&ready));
    let second = command(&outbox, outbox.now, &["serve"]).output().unwrap();
    assert_eq!(second.status.code(), Some(4), "a second daemon is refused: {}", text(&second));

    signal(&serving, "-TERM");
    until("the end", || serving.try_wait().unwrap().is_some()).await;
    let ended = serving.wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", text(&ended));
    let log = text(&ended);
    assert!(log.contains("deliveries dispatched") && log.contains("stopped"), "{log}");
    assert!(!log.contains("@example.net"), "no address in the log: {log}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn g03_sigterm_while_sending_leaves_no_doubt() {
    let relay = SmtpServer::start(|heard| match heard.step {
        Step::Dot => Act::Delay(Duration::from_millis(60)),
        Step::Data if heard.times == 8 => Act::Silence,
        _ => Act::Normal,
    })
    .await;
    let outbox = Outbox::new(60).await;
    outbox.write_home(&settings(relay.port, 3));
    let mut serving = command(&outbox, outbox.now, &["serve"]).spawn().unwrap();
    until("some deliveries", || relay.times(Step::Data) > 9).await;
    let begun = Instant::now();
    signal(&serving, "-TERM");
    until("the end", || serving.try_wait().unwrap().is_some()).await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    let states = outbox.states();
    assert!(states.iter().all(|state| matches!(state, Sent | Queued)), "{states:?}");
    assert_eq!(states.iter().filter(|state| **state == Sent).count(), relay.kept().len());
}

/// Killed again and again; nobody is lost, and whoever may have got it twice is listed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn d01_kill_9_loses_nobody_and_every_possible_double_is_listed() {
    const PEOPLE: usize = 80;
    const SESSIONS: usize = 2;
    let relay =
        SmtpServer::start(|heard| if heard.step == Step::Dot { Act::Delay(Duration::from_millis(8)) } else { Act::Normal }).await;
    let outbox = Outbox::new(PEOPLE).await;
    outbox.write_home(&settings(relay.port, SESSIONS));
    let (mut kills, mut now) = (0, outbox.now);
    while outbox.edition_state(1) != "sent" {
        now += TimeDelta::minutes(10); // each life is later: what was doubtful may be resent
        let mut serving = command(&outbox, now, &["serve"]).spawn().unwrap();
        let before = relay.kept().len();
        let more = 3 + kills * 5 % 13;
        if kills < 6 {
            until("a few deliveries", || relay.kept().len() >= before + more || outbox.edition_state(1) == "sent").await;
            serving.kill().unwrap();
            kills += 1;
        } else {
            let begun = Instant::now();
            while outbox.edition_state(1) != "sent" && begun.elapsed() < Duration::from_secs(5) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            signal(&serving, "-TERM");
        }
        serving.wait().unwrap();
    }
    let mut received: HashMap<String, usize> = HashMap::new();
    for kept in relay.kept() {
        *received.entry(kept.message_id).or_default() += 1;
    }
    assert_eq!(received.len(), PEOPLE, "0 lost");
    let sql = outbox.sql();
    let mut select = sql.prepare("select message_id from delivery where ambiguities > 0").unwrap();
    let doubtful: Vec<String> = select.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for (id, times) in &received {
        assert!(*times == 1 || (*times == 2 && doubtful.contains(id)), "{id} came {times} times");
    }
    assert!(doubtful.len() <= SESSIONS * kills, "{} doubts after {kills} kills", doubtful.len());
    let summary = outbox.summary().await;
    assert_eq!(summary.sent + summary.ambiguous, PEOPLE, "{summary:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doctor_tells_what_is_wrong_and_its_exit_status() {
    let relay = SmtpServer::start(|_| Act::Normal).await;
    let outbox = Outbox::new(0).await;
    outbox.write_home("");
    let run = |arguments: &[&str]| command(&outbox, outbox.now, arguments).output().unwrap();
    let findings = |output: &Output| -> HashMap<String, (String, String)> {
        let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).unwrap();
        let field = |row: &serde_json::Value, name: &str| row[name].as_str().unwrap().to_owned();
        rows.iter().map(|row| (field(row, "check"), (field(row, "health"), field(row, "message")))).collect()
    };
    let folder = findings(&run(&["doctor", "--json"]));
    for (check, health) in [
        ("database", "good"),
        ("sqlite", "good"),
        ("mail", "good"),
        ("spf", "skipped"),
        ("paused", "good"),
        ("time_zones", "good"),
    ] {
        assert_eq!(folder[check].0, health, "{check}: {folder:?}");
    }
    outbox.write_home(&settings(relay.port, 1));
    outbox.sql().execute("insert into digest_pause (digest, reason, since) values ('hebdo', '550 5.7.1 no', 0)", []).unwrap();
    let output = run(&["--lang", "en", "doctor", "--json"]);
    assert_eq!(output.status.code(), Some(3));
    let by_relay = findings(&output);
    assert!(by_relay["mail"].1.contains("answers as sim.example, not encrypted"), "{by_relay:?}");
    assert_eq!(by_relay["paused"].0, "bad");
    assert!(["bad", "unknown"].contains(&by_relay["dmarc"].0.as_str()), "{by_relay:?}");
    outbox.write_home(&settings(1, 1));
    let lost = run(&["doctor", "--json"]);
    assert_eq!(findings(&lost)["mail"].0, "bad");
    assert_eq!(run(&["doctor"]).status.code(), Some(3));
}
