//! The other half of the crash driver: dies at each named point in turn, before and after every commit, and asks each time whether
//! the next run finds everything. Only binaries with debug assertions have the points; a release binary ends by itself at once,
//! and the figure says so.

use crate::{
    chance::Chance,
    crash::{ITEMS, feed, feed_of, lost_and_doubled},
    farm::Farm,
    home::Home,
};
use std::{
    fmt::{Display, Formatter},
    path::Path,
    process::Stdio,
};

const FEEDS: usize = 5;
/// Dying there must never leave half of anything.
const POINTS: [&str; 4] = ["store.commit.before", "store.commit.after", "store.migrate.before", "store.migrate.after"];

/// What dying at the points of one command left.
#[derive(Debug, Default)]
pub struct Swept {
    /// How often it died, once at each point.
    pub deaths: u64,
    /// What was not as it should be, with the point.
    pub faults: Vec<String>,
}

impl Swept {
    fn add(&mut self, other: Self) {
        self.deaths += other.deaths;
        self.faults.extend(other.faults);
    }
}

impl Display for Swept {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        if self.deaths == 0 {
            return write!(f, "this binary has no failpoints (cargo bench --profile dev has them)");
        }
        write!(f, "died at {} failpoints, {} faults", self.deaths, self.faults.len())?;
        self.faults.iter().take(5).try_for_each(|fault| write!(f, "; {fault}"))
    }
}

/// A command, the home that it starts from, and what must hold after it died and was run again.
pub struct Case<'a> {
    pub name: &'a str,
    pub before: &'a Home,
    pub command: &'a [&'a str],
    /// What a person does after the death, one command after the other: the last one must end well. A doubt, for one, is first
    /// told, and resent when its time has come.
    pub again: &'a [&'a [&'a str]],
    pub holds: &'a dyn Fn(&Home) -> Vec<String>,
}

impl Case<'_> {
    /// Dies at each point in turn. With `sample`, at that many of them that chance decides.
    #[must_use]
    pub fn sweep(&self, chance: &mut Chance, sample: Option<u64>) -> Swept {
        let mut all = Swept::default();
        for point in POINTS {
            let last = self.times_reached(point);
            let chosen: Vec<u64> = match sample {
                Some(some) if last > some => (0..some).map(|_| 1 + chance.below(last)).collect(),
                _ => (1..=last).collect(),
            };
            chosen.into_iter().for_each(|time| all.add(self.die_at(point, time)));
        }
        all
    }

    /// How often an undisturbed run passes a point: the last time at which it can die there.
    fn times_reached(&self, point: &str) -> u64 {
        let dies = |time| self.start(&self.before.copy(), point, time).is_none();
        let mut last = 0;
        while dies(last + 1) {
            last += 1;
        }
        last
    }

    /// Whether it ended well; `None`: it died by its own hand.
    fn start(&self, home: &Home, point: &str, time: u64) -> Option<bool> {
        let mut command = home.command(self.command);
        command.env("VEILLE_FAILPOINT", format!("{point}:{time}")).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().unwrap().code().map(|code| code == 0)
    }

    fn die_at(&self, point: &str, time: u64) -> Swept {
        let home = self.before.copy();
        let mut faults = Vec::new();
        if let Some(well) = self.start(&home, point, time) {
            faults.push(format!("it ended by itself ({well})"));
        }
        let mut expect = |what: &str, arguments: &[&str]| {
            let output = home.run(arguments);
            if !output.status.success() {
                let said = [output.stdout, output.stderr].concat();
                faults.push(format!("{what}: {}", String::from_utf8_lossy(&said).trim()));
            }
        };
        if home.path().join("db/veille.sqlite3").exists() && !point.contains("migrate") {
            expect("after the death the check finds", &["db", "check"]);
        }
        if let Some((last, before)) = self.again.split_last() {
            before.iter().for_each(|command| drop(home.run(command)));
            expect("the next run says", last);
        }
        expect("after the next run the check finds", &["db", "check"]);
        faults.extend((self.holds)(&home));
        let named = faults.into_iter().map(|fault| format!("{} at {point}:{time}: {fault}", self.name));
        Swept { deaths: 1, faults: named.collect() }
    }
}

/// Every item that the farm lists is stored, once.
#[must_use]
pub fn each_item_once(farm: &Farm, home: &Home) -> Vec<String> {
    let (lost, doubled) = lost_and_doubled(farm, home);
    if lost + doubled == 0 { Vec::new() } else { vec![format!("{lost} lost, {doubled} doubled of {}", farm.urls().len())] }
}

const REFRESH: [&str; 2] = ["refresh", "--all"];

/// Refreshes: the first one, and one that finds changes.
#[must_use]
pub fn sweep_refreshes(chance: &mut Chance, sample: Option<u64>) -> Swept {
    let farm = Farm::serve((0..FEEDS).map(|number| feed(number, ITEMS)));
    let empty = farm.home();
    let all_there = |home: &Home| each_item_once(&farm, home);
    let refresh = |name, before| Case { name, before, command: &REFRESH, again: &[&REFRESH], holds: &all_there };
    let mut swept = refresh("first refresh", &empty).sweep(chance, sample);

    let known = empty.copy();
    assert!(known.run(&REFRESH).status.success());
    (0..FEEDS).for_each(|number| farm.replace(number, feed(number + FEEDS * (number % 2), ITEMS + 3)));
    swept.add(refresh("refresh with changes", &known).sweep(chance, sample));
    swept
}

/// Items that each feed stops listing, and that are old enough to go.
const OLD: usize = 12;

/// A refresh after which old items go: what is listed stays, once; what is not goes, but for what heads a story of others.
#[must_use]
pub fn sweep_retention(chance: &mut Chance, sample: Option<u64>) -> Swept {
    let farm = Farm::serve((0..FEEDS).map(|number| feed(number, ITEMS)));
    let home = farm.home();
    let settings = home.path().join("veille.toml");
    std::fs::write(&settings, std::fs::read_to_string(&settings).unwrap() + "[storage]\nkeep_items_days = 2\n").unwrap();
    let day = |day| ["--now", day, "refresh", "--all"];
    assert!(home.run(&day("2026-11-16T09:00:00Z")).status.success());
    (0..FEEDS).for_each(|number| farm.replace(number, feed_of(number, OLD..ITEMS + 3)));
    assert!(home.run(&day("2026-11-17T09:00:00Z")).status.success());
    let holds = |home: &Home| {
        let mut faults = each_item_once(&farm, home);
        let left = home.json(&["items", "list", "--limit", "100000", "--json"]).as_array().unwrap().len();
        let over = left - farm.urls().len();
        faults.extend((over > leads_of_others(home)).then(|| format!("{over} items are left that nobody lists")));
        faults
    };
    let refresh = day("2026-11-20T09:00:00Z");
    Case { name: "retention", before: &home, command: &refresh, again: &[&refresh], holds: &holds }.sweep(chance, sample)
}

/// Items that nobody lists any more, and that head a story in which there are others.
fn leads_of_others(home: &Home) -> usize {
    let sql = rusqlite::Connection::open(home.path().join("db/veille.sqlite3")).unwrap();
    let count = "select count(*) from item join source on source.id = source_id where item.last_listed_at < listed_at and exists
       (select 1 from story join story_member on story_id = story.id where lead_item = item.id and item_id <> item.id)";
    sql.query_row(count, [], |row| row.get::<_, u32>(0)).unwrap() as usize
}

const DIGEST: &str =
    "[[digest]]\nslug = \"hebdo\"\nschedule = \"0 8 * * Mon\"\ntime_zone = \"Europe/Paris\"\napproval = \"required\"\n";
const PEOPLE: usize = 3;
const SHOW: [&str; 3] = ["edition", "show", "1"];

/// Editions: drafting, approving, queueing and sending to a folder.
#[must_use]
pub fn sweep_editions(chance: &mut Chance, sample: Option<u64>) -> Swept {
    let farm = Farm::serve((0..FEEDS).map(|number| feed(number, ITEMS)));
    let home = farm.home();
    let sources = std::fs::read_to_string(home.path().join("sources.toml")).unwrap();
    std::fs::write(home.path().join("sources.toml"), sources + DIGEST).unwrap();
    let done = |home: &Home, arguments: &[&str]| {
        let output = home.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    const MONDAY: &str = "2026-11-16T09:00:00Z";
    done(&home, &["--now", MONDAY, "refresh", "--all"]);
    for person in 0..PEOPLE {
        done(&home, &["subscribers", "add", &format!("p{person}@example.net"), "hebdo"]);
    }
    let one = |home: &Home, state: &str| {
        let editions = home.json(&["edition", "list", "--json"]);
        let found: Vec<_> =
            editions.as_array().unwrap().iter().map(|edition| edition["state"].as_str().unwrap().to_owned()).collect();
        if found == [state] { Vec::new() } else { vec![format!("the editions are {found:?}, not one that is {state}")] }
    };
    let sent = |home: &Home| {
        let mails = std::fs::read_dir(home.path().join("outbox")).map_or(0, Iterator::count);
        let mut faults = one(home, "sent");
        faults.extend((mails != PEOPLE).then(|| format!("{mails} mails for {PEOPLE} people")));
        faults
    };
    let mut swept = Swept::default();
    let draft = ["--now", MONDAY, "edition", "draft", "hebdo", "--with-backlog"];
    let drafted = |home: &Home| one(home, "draft");
    swept.add(Case { name: "draft", before: &home, command: &draft, again: &[&draft], holds: &drafted }.sweep(chance, sample));
    done(&home, &draft);
    let approve = ["--now", MONDAY, "edition", "approve", "1"];
    // Whoever approves what was approved before the death is told so.
    let again: [&[&str]; 2] = [&approve, &SHOW];
    let approved = |home: &Home| one(home, "approved");
    swept.add(Case { name: "approve", before: &home, command: &approve, again: &again, holds: &approved }.sweep(chance, sample));
    done(&home, &approve);
    let send = |at| ["--now", at, "edition", "send", "1"];
    let (first, second, third) = (send("2026-11-16T12:00:00Z"), send("2026-11-16T12:10:00Z"), send("2026-11-16T12:20:00Z"));
    swept.add(
        Case { name: "send", before: &home, command: &first, again: &[&second, &third, &SHOW], holds: &sent }
            .sweep(chance, sample),
    );
    swept
}

impl Home {
    /// The same home once more: settings, sources and database, as they stand.
    #[must_use]
    pub fn copy(&self) -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        copy_folder(self.path(), folder.path());
        Self::new(folder)
    }
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
