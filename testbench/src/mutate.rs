//! A database whose files somebody damaged: flipped bytes, torn ends, garbage, in the file or in its log.

use crate::{chance::Chance, crash, farm::Farm, home::Home};
use std::{
    collections::BTreeSet,
    fmt::{Display, Formatter},
    fs,
    path::PathBuf,
    process::{Output, Stdio},
    time::Duration,
};

/// What damaged databases did to the commands that met them.
#[derive(Debug, Default)]
pub struct Tally {
    /// Read right: the damage touched nothing, or only what was never acknowledged.
    pub clean: u64,
    /// Refused, with what to do.
    pub refused: u64,
    /// A letter is another one inside a text: the file is sound, only a copy could tell.
    pub unseen: u64,
    /// Anything else, with what was damaged.
    pub faults: Vec<String>,
}

impl Display for Tally {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { clean, refused, unseen, faults } = self;
        write!(
            f,
            "{} damaged databases: {clean} read right, {refused} refused with a recipe, {unseen} with another letter in a text, {} faults",
            clean + refused + unseen + faults.len() as u64,
            faults.len()
        )?;
        faults.iter().take(10).try_for_each(|fault| write!(f, "\n    {fault}"))
    }
}

enum Judged {
    Right,
    Refused,
    AnotherLetter,
}

/// A home after a kill, its log full, and what it holds.
pub struct Bed {
    home: Home,
    rows: BTreeSet<String>,
}

impl Bed {
    /// Refreshes twice; the second time it is killed once everything is in the log.
    #[must_use]
    pub fn new() -> Self {
        let farm = Farm::serve((0..6).map(|number| crash::feed(number, 20)));
        let home = farm.home();
        assert!(home.run(&["refresh", "--all"]).status.success());
        (0..6).for_each(|number| farm.replace(number, crash::feed(number, 28)));
        // A reader keeps the log from being folded, as it would while a server runs.
        let reader = rusqlite::Connection::open(home.path().join("db/veille.sqlite3")).unwrap();
        reader.execute_batch("begin; select count(*) from item").unwrap();
        assert!(home.run(&["refresh", "--all"]).status.success());
        let copy = home.copy();
        drop(reader);
        assert!(fs::metadata(copy.path().join("db/veille.sqlite3-wal")).is_ok_and(|log| log.len() > 50_000));
        let rows = rows(&copy.copy()).unwrap();
        assert_eq!(rows.len(), 6 * 28);
        Self { home: copy, rows }
    }

    /// Damages a copy, and has it opened, checked and searched.
    pub fn try_one(&self, chance: &mut Chance, tally: &mut Tally) {
        let home = self.home.copy();
        let what = damage(chance, &home);
        match self.judge(&home) {
            Ok(Judged::Right) => tally.clean += 1,
            Ok(Judged::Refused) => tally.refused += 1,
            Ok(Judged::AnotherLetter) => tally.unseen += 1,
            Err(fault) => tally.faults.push(format!("{what}: {fault}")),
        }
    }

    /// The error is the fault.
    fn judge(&self, home: &Home) -> Result<Judged, String> {
        let listed = run(home, &["items", "list", "--json", "--limit", "100000"])?;
        if listed.status.code() == Some(4) {
            return recipe(&said(&listed)).map(|()| Judged::Refused);
        }
        if !listed.status.success() {
            return Err(format!("{}: {}", listed.status, said(&listed)));
        }
        let found = parse(&listed.stdout).ok_or("no JSON")?;
        let checked = run(home, &["db", "check"])?;
        match (found == self.rows, checked.status.code()) {
            (true, Some(0)) => Ok(Judged::Right),
            // What a start does not read (a body, an old page) the check finds.
            (_, Some(4)) => recipe(&said(&checked)).map(|()| Judged::Refused),
            (false, Some(0)) if found.difference(&self.rows).count() == 1 && found.len() == self.rows.len() => {
                Ok(Judged::AnotherLetter)
            }
            (same, code) => Err(format!("{} items, the same: {same}, check {code:?}: {}", found.len(), said(&checked))),
        }
    }
}

impl Default for Bed {
    fn default() -> Self {
        Self::new()
    }
}

/// What a person can do must be said.
fn recipe(text: &str) -> Result<(), String> {
    let told = ["restore", "move it away", "db check", "another path", "another program"].iter().any(|word| text.contains(word));
    if told { Ok(()) } else { Err(format!("refused without a recipe: {text}")) }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// The error: it died or hung.
fn run(home: &Home, arguments: &[&str]) -> Result<Output, String> {
    let mut child = home.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let id = child.id();
    let watch = std::thread::spawn(move || {
        std::thread::park_timeout(Duration::from_secs(60));
        id
    });
    let _stdin = child.stdin.take();
    let output = child.wait_with_output().unwrap();
    let in_time = !watch.is_finished();
    watch.thread().unpark();
    let text = said(&output);
    match output.status.code() {
        None => Err(format!("{arguments:?} died: {}: {text}", output.status)),
        Some(101) => Err(format!("{arguments:?} panicked: {text}")),
        _ if text.contains("panicked at") => Err(format!("{arguments:?} panicked: {text}")),
        _ if !in_time => Err(format!("{arguments:?} took more than a minute")),
        _ => Ok(output),
    }
}

fn rows(home: &Home) -> Option<BTreeSet<String>> {
    parse(&home.run(&["items", "list", "--json", "--limit", "100000"]).stdout)
}

/// Each item with its title and address, as told.
fn parse(json: &[u8]) -> Option<BTreeSet<String>> {
    let items: serde_json::Value = serde_json::from_slice(json).ok()?;
    Some(items.as_array()?.iter().map(|item| format!("{} {} {}", item["id"], item["title"], item["url"])).collect())
}

/// Damages one of the files; says how.
fn damage(chance: &mut Chance, home: &Home) -> String {
    let name = if chance.below(2) == 0 { "veille.sqlite3" } else { "veille.sqlite3-wal" };
    let path: PathBuf = home.path().join("db").join(name);
    let mut bytes = fs::read(&path).unwrap();
    let length = bytes.len() as u64;
    let place = |chance: &mut Chance| {
        // Headers are few bytes among many: one time in four it is them.
        let end = if chance.below(4) == 0 { 128 } else { length };
        usize::try_from(chance.below(end)).unwrap()
    };
    let what = match chance.below(4) {
        0 => {
            let at = place(chance);
            bytes[at] ^= 1 << chance.below(8);
            format!("a bit of byte {at}")
        }
        1 => {
            let count = 1 + chance.below(200);
            (0..count).for_each(|_| {
                let at = place(chance);
                bytes[at] = (chance.next() & 0xff) as u8;
            });
            format!("{count} bytes")
        }
        2 => {
            let at = place(chance);
            bytes.truncate(at);
            format!("cut off at {at}")
        }
        _ => {
            let (from, long) = (place(chance), usize::try_from(1 + chance.below(20_000)).unwrap());
            bytes.iter_mut().skip(from).take(long).for_each(|byte| *byte = (chance.next() & 0xff) as u8);
            format!("{long} bytes of garbage from {from}")
        }
    };
    fs::write(&path, bytes).unwrap();
    format!("{name} of {length} bytes: {what}")
}
