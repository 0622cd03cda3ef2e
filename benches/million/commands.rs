//! The binary, on that database: how long it takes to start, and what its commands hold in memory.

use crate::{farm::Farm, making::sources};
use std::{
    process::Command,
    time::{Duration, Instant},
};
use veille_testbench::{
    home::{Home, LOOPBACK},
    measure::measure,
    serving::{Serving, free_port},
};

const NOW: &str = "2026-11-23T07:30:00Z";

pub(crate) fn run(home: &Home) {
    let settings = format!("{LOOPBACK}[web]\nlisten = \"127.0.0.1:{}\"\n", free_port());
    std::fs::write(home.path().join("veille.toml"), settings).unwrap();
    println!("the binary{:<39} processor s      wall s    peak MB", "");
    show(home, "version", &["--version"]);
    show(home, "items list", &["items", "list"]);
    show(home, "items search, a common word", &["items", "search", "model"]);
    show(home, "edition draft", &["edition", "draft", "weekly"]);
    start(home, "the first start of serve");
    start(home, "serve after a clean end");
    start(home, "serve after a clean end, again");

    let farm = Farm::serve();
    std::fs::write(home.path().join("sources.toml"), sources(&farm.base)).unwrap();
    show(home, "refresh: 1,000 feeds, 35,000 new items", &["refresh", "--all"]);
    show(home, "refresh: nothing new", &["refresh", "--all"]);
    show(home, "refresh: nothing due", &["refresh"]);
}

fn show(home: &Home, what: &str, arguments: &[&str]) {
    let mut command: Command = home.command(&["--now", NOW]);
    match measure(command.args(arguments)) {
        Ok(used) => {
            println!("  {what:<46} {:>10.2} {:>11.2} {:>10}", used.seconds, used.wall.as_secs_f64(), used.peak / 1_000_000);
        }
        Err(why) => println!("  {what:<46} {why}"),
    }
}

/// Until `/healthz` answers, then to a clean end.
fn start(home: &Home, what: &str) {
    let began = Instant::now();
    let mut serving = Serving::start(home, NOW);
    while serving.get("/healthz").is_none_or(|(status, _)| status != 200) {
        assert!(began.elapsed() < Duration::from_secs(600), "the server does not answer");
        std::thread::sleep(Duration::from_millis(2));
    }
    let served = began.elapsed();
    let idle = serving.until_idle(NOW).err().unwrap_or_default();
    let peak = serving.peak_kib() / 1_000;
    let ended = serving.stop().err().unwrap_or_default();
    println!("  {what:<46} {:>10} {:>11.3} {peak:>10}   {idle}{ended}", "", served.as_secs_f64());
}
