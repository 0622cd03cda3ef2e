//! Taking feeds in, against a straight line: processor seconds of the whole process, in one run on one machine.
//!
//! `cargo bench --bench ingest [-- FEEDS]` serves a farm of generated feeds on loopback (RSS 2.0 and Atom, gzip, with an
//! ETag, entries of 1 to 5 KB of HTML) and measures, each as a process of its own: the straight line (get, inflate, parse with feed-rs, insert into
//! SQLite), then `veille refresh --all` cold, with nothing new, with one feed in ten changed, and with bytes unchanged but no
//! validators. `-- --peers [FEEDS]` has the feed readers that are installed do the same first three, `-- --slow [HOSTS]` asks as many hosts
//! that take 200 ms for each answer, `-- --farm` only serves, for a profiler. Linux only: it reads `/proc`.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench speaks to a terminal and stops at the first trouble")]

mod farm;
mod peers;
mod slow;
mod straight_line;

use farm::{Farm, ITEMS};
use std::{fmt::Write, path::Path, process::Command, sync::atomic::Ordering};
use veille_testbench::{
    home::LOOPBACK,
    measure::{Used, measure},
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, base, feeds, database] = arguments.as_slice()
        && flag == "--straight-line"
    {
        return straight_line::straight_line(base, feeds.parse().unwrap(), Path::new(database));
    }
    if arguments.first().is_some_and(|flag| flag == "--farm") {
        let farm = Farm::serve();
        println!("{}/0, /1, /2 …; the first line of input changes one feed in ten, its end stops the farm", farm.base);
        std::io::stdin().lines().for_each(|_| farm.state.generation.store(1, Ordering::SeqCst));
        return;
    }
    let feeds = arguments.iter().find_map(|text| text.parse().ok()).unwrap_or(1_000);
    if arguments.iter().any(|flag| flag == "--slow") {
        return slow::compare(feeds);
    }
    let straight = compare(feeds);
    if arguments.iter().any(|flag| flag == "--peers") {
        peers::compare(feeds, |what, used, stored| show(what, used, stored, straight));
    }
}

/// Gives the processor seconds of the straight line.
fn compare(feeds: usize) -> f64 {
    let farm = Farm::serve();
    let folder = tempfile::tempdir().unwrap();
    write_home(folder.path(), &farm.base, feeds);
    println!("{feeds} feeds of {ITEMS} entries; processor seconds of the process, peak memory, database");

    let line = folder.path().join("line.sqlite3");
    let straight = measure(
        Command::new(std::env::current_exe().unwrap()).args(["--straight-line", &farm.base, &feeds.to_string()]).arg(&line),
    )
    .unwrap();
    show("straight line: get, feed-rs, insert", &straight, size(&line), straight.seconds);
    let refresh = |what: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_veille"));
        let used = measure(command.arg("--home").arg(folder.path()).args(["refresh", "--all", "--json"])).unwrap();
        show(what, &used, size(&folder.path().join("db/veille.sqlite3")), straight.seconds);
    };
    refresh("cold");
    refresh("nothing new");
    farm.state.generation.store(1, Ordering::SeqCst);
    refresh("one in ten changed");
    farm.state.validators.store(false, Ordering::SeqCst);
    refresh("no validators, the same bytes");
    straight.seconds
}

fn show(what: &str, used: &Used, bytes: u64, straight: f64) {
    let megabytes = |bytes: u64| bytes / 1_000_000;
    println!(
        "{what:<36} {:>7.2} s   × {:>5.2}   {:>4} MB peak   {:>4} MB stored   {:>6.2} s wall",
        used.seconds,
        used.seconds / straight,
        megabytes(used.peak),
        megabytes(bytes),
        used.wall.as_secs_f64(),
    );
}

fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

fn write_home(home: &Path, base: &str, feeds: usize) {
    let mut sources = String::from(
        "[[theme]]\nslug = \"ai\"\nany = [\"artificial intelligence\", \"règlement\", \"model\", \"2024/1689\"]\n\
         [[theme]]\nslug = \"data\"\nany = [\"données personnelles\", \"personal data\", \"transfer\"]\n",
    );
    for number in 0..feeds {
        let _infallible = write!(sources, "[[source]]\nslug = \"f{number}\"\nurl = \"{base}/{number}\"\n");
    }
    std::fs::write(home.join("sources.toml"), sources).unwrap();
    std::fs::write(home.join("veille.toml"), LOOPBACK).unwrap();
}
