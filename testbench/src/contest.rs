//! Many processes that all want to make and send the edition of the same period.

use crate::{farm::Farm, home::Home};
use std::{
    collections::BTreeMap,
    fmt::{Display, Formatter},
    process::{Child, Stdio},
};

const PROCESSES: usize = 8;
const PEOPLE: usize = 2;

/// What became of the periods.
#[derive(Debug, Default)]
pub struct Contest {
    pub periods: u64,
    pub faults: Vec<String>,
}

impl Display for Contest {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { periods, faults } = self;
        write!(f, "{PROCESSES} processes drafted and sent each of {periods} periods: {} faults", faults.len())?;
        faults.iter().take(5).try_for_each(|fault| write!(f, "\n    {fault}"))
    }
}

/// Has eight processes draft, and then send, the edition of each of so many days.
#[must_use]
pub fn contend(periods: u64) -> Contest {
    let home = Farm::serve([]).home();
    let path = home.path().join("sources.toml");
    let digest = "[[digest]]\nslug = \"daily\"\nschedule = \"0 8 * * *\"\ntime_zone = \"Europe/Paris\"\nsend_empty = true\n";
    std::fs::write(&path, std::fs::read_to_string(&path).unwrap() + digest).unwrap();
    for person in 0..PEOPLE {
        assert!(home.run(&["subscribers", "add", &format!("p{person}@example.net"), "daily"]).status.success());
    }
    let mut contest = Contest { periods, faults: Vec::new() };
    let mut now = Day { year: 2026, of_year: 0 };
    for number in 1..=periods {
        let (at, edition) = (now.at_nine(), number.to_string());
        all_at_once(&home, &["--now", &at, "edition", "draft", "daily"], &mut contest);
        let approved = home.run(&["--now", &at, "edition", "approve", &edition]);
        if !approved.status.success() {
            contest.faults.push(format!("{at}: approve: {}", String::from_utf8_lossy(&approved.stderr).trim()));
        }
        all_at_once(&home, &["--now", &at, "edition", "send", &edition], &mut contest);
        now.next();
    }
    judge(&home, &mut contest);
    contest
}

/// Who loses an election may be told so (4), and finds that letters are in other hands (3); nothing worse.
fn all_at_once(home: &Home, arguments: &[&str], contest: &mut Contest) {
    let start = |_| home.command(arguments).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let running: Vec<Child> = (0..PROCESSES).map(start).collect();
    let mut well = 0;
    for child in running {
        let output = child.wait_with_output().unwrap();
        well += usize::from(output.status.success());
        if !matches!(output.status.code(), Some(0 | 3 | 4)) {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            contest.faults.push(format!("{arguments:?}: {}: {said}", output.status));
        }
    }
    if well == 0 {
        contest.faults.push(format!("{arguments:?}: nobody did it"));
    }
}

fn judge(home: &Home, contest: &mut Contest) {
    let editions = home.json(&["edition", "list", "--json"]);
    let mut found: BTreeMap<&str, usize> = BTreeMap::new();
    for edition in editions.as_array().unwrap() {
        *found.entry(edition["period"].as_str().unwrap()).or_default() += 1;
        if edition["state"] != "sent" {
            contest.faults.push(format!("edition {} is {}", edition["number"], edition["state"]));
        }
    }
    contest
        .faults
        .extend(found.iter().filter(|(_, times)| **times != 1).map(|(key, times)| format!("{times} editions of {key}")));
    let wanted = usize::try_from(contest.periods).unwrap();
    if found.len() != wanted {
        contest.faults.push(format!("{} periods have an edition, of {wanted}", found.len()));
    }
    let mail =
        |entry: &std::io::Result<std::fs::DirEntry>| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "eml");
    let mails = std::fs::read_dir(home.path().join("outbox")).map_or(0, |files| files.filter(mail).count());
    if mails != wanted * PEOPLE {
        contest.faults.push(format!("{mails} mails in place of {}", wanted * PEOPLE));
    }
}

/// A day, counted without a calendar: each is 24 hours after the one before.
struct Day {
    year: u32,
    of_year: u32,
}

impl Day {
    fn at_nine(&self) -> String {
        let leap = self.year.is_multiple_of(4);
        let months = [31, if leap { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let (mut day, mut month) = (self.of_year, 0);
        while day >= months[month] {
            day -= months[month];
            month += 1;
        }
        format!("{}-{:02}-{:02}T09:00:00Z", self.year, month + 1, day + 1)
    }

    const fn next(&mut self) {
        self.of_year += 1;
        if self.of_year == if self.year.is_multiple_of(4) { 366 } else { 365 } {
            (self.year, self.of_year) = (self.year + 1, 0);
        }
    }
}
