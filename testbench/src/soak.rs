//! A week of virtual time in an hour or a minute of ours: feeds that publish every day, a server that is restarted and killed
//! every day, refreshes by hand between; what it needs and holds is measured each evening.
//!
//! The clock is `--now`: each life of the server starts at an hour of that week, and does at once what is due.

use crate::{
    chance::Chance,
    crash::lost_and_doubled,
    farm::{Farm, FarmFeed},
    home::{Home, LOOPBACK},
    serving::Serving,
};
use rusqlite::Connection;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{Display, Formatter, Write},
    time::Duration,
};

/// Days that are lived: from the first Monday to the next.
const DAYS: u64 = 8;
/// The first of them: a Monday.
const FIRST_DAY: u64 = 16;
/// Items that a feed lists.
const WINDOW: u64 = 8;
/// Days that what is no longer listed is kept: so few that a week shows whether it goes.
const KEPT_DAYS: u64 = 2;
/// From this evening on the store has all it will ever have, but for what it keeps for good.
const STEADY: usize = 5;
/// Tables of what was done: one row for each edition, letter, choice and refresh. Editions and what became of their letters are
/// kept for good; choices go with their items, and of refreshes older than a month one a day stays.
const ARCHIVE: [&str; 6] = ["edition", "edition_item", "edition_choice", "delivery", "delivery_event", "refresh_run"];
/// Bytes of log that may stay behind a job. The product promises 16 MiB.
const LOG: u64 = 17 << 20;

/// How large a week is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub sources: usize,
    /// Hour and minute (UTC) at which the server is started, each day, and stopped once it has done what was due. The last one
    /// comes after 07:30, when every edition of the day is due.
    pub restarts: &'static [(u64, u64)],
    /// Refreshes by hand a day, besides the lives of the server.
    pub refreshes: u64,
    pub people: usize,
}

/// One evening.
#[derive(Debug, Default)]
struct Evening {
    rows: BTreeMap<String, i64>,
    database: u64,
}

/// What a week left.
#[derive(Debug, Default)]
pub struct Soaked {
    pub lives: u64,
    pub kills: u64,
    pub editions: usize,
    pub mails: usize,
    /// Resident memory at its highest, of each life that was not killed. KiB.
    peaks: Vec<u64>,
    /// The largest log that a job left. Bytes.
    log: u64,
    evenings: Vec<Evening>,
    pub faults: Vec<String>,
}

impl Display for Soaked {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { lives, kills, editions, mails, log, evenings, faults, .. } = self;
        let (first, last) = self.memory();
        let databases: Vec<u64> = evenings.iter().map(|evening| evening.database >> 10).collect();
        write!(
            f,
            "{lives} lives of the server ({kills} killed), {editions} editions, each period one, {mails} mails; memory at its peak \
             {first} KiB in the first half, {last} in the second; log at most {} KiB; database {databases:?} KiB by evening; {} faults",
            log >> 10,
            faults.len()
        )?;
        faults.iter().take(10).try_for_each(|fault| write!(f, "\n    {fault}"))
    }
}

impl Soaked {
    /// The highest peak of the first half of the lives, and of the second.
    fn memory(&self) -> (u64, u64) {
        let (first, second) = self.peaks.split_at(self.peaks.len() / 2);
        let highest = |peaks: &[u64]| peaks.iter().max().copied().unwrap_or_default();
        (highest(first), highest(second))
    }
}

struct Soak {
    chance: Chance,
    size: Size,
    farm: Farm,
    home: Home,
    found: Soaked,
}

/// Lives the week.
#[must_use]
pub fn soak(chance: &mut Chance, size: Size) -> Soaked {
    let farm = Farm::serve((0..size.sources).map(|number| feed(number, 0)));
    let home = farm.home();
    prepare(&home, size);
    let mut soak = Soak { chance: Chance::new(chance.next()), size, farm, home, found: Soaked::default() };
    (0..DAYS).for_each(|day| soak.live(day));
    soak.settle();
    soak.judge();
    soak.found
}

const DIGESTS: [(&str, &str, &str); 3] =
    [("daily", "0 8 * * *", "automatic"), ("weekly", "0 8 * * Mon", "automatic"), ("asked", "30 8 * * *", "required")];

fn prepare(home: &Home, size: Size) {
    let path = home.path().join("sources.toml");
    let mut sources = std::fs::read_to_string(&path).unwrap();
    for (slug, schedule, approval) in DIGESTS {
        let _infallible = write!(
            sources,
            "[[digest]]\nslug = \"{slug}\"\nschedule = \"{schedule}\"\ntime_zone = \"Europe/Paris\"\napproval = \"{approval}\"\n\
             send_empty = true\n"
        );
    }
    std::fs::write(path, sources).unwrap();
    let settings = format!(
        "{LOOPBACK}[storage]\nkeep_items_days = {KEPT_DAYS}\nkeep_deliveries_days = {KEPT_DAYS}\n[web]\nlisten = \"127.0.0.1:{}\"\n",
        crate::serving::free_port()
    );
    std::fs::write(home.path().join("veille.toml"), settings).unwrap();
    for person in 0..size.people {
        for (slug, ..) in DIGESTS {
            let address = format!("p{person}@example.net");
            let added = home.run(&["--now", &instant(0, 0, 0), "subscribers", "add", &address, slug]);
            assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
        }
    }
}

/// An instant of the week, in UTC.
fn instant(day: u64, hour: u64, minute: u64) -> String {
    format!("2026-11-{:02}T{hour:02}:{minute:02}:07Z", FIRST_DAY + day)
}

impl Soak {
    /// A day: the server is killed around the hour at which editions are due, and started and stopped; refreshes by hand besides.
    fn live(&mut self, day: u64) {
        if day > 0 {
            self.publish(day);
        }
        let (killed, restarts) = (6 + self.chance.below(2), self.size.restarts);
        restarts.iter().filter(|(hour, _)| *hour < killed).for_each(|(hour, minute)| self.serve(&instant(day, *hour, *minute)));
        self.kill(&instant(day, killed, 1));
        restarts.iter().filter(|(hour, _)| *hour >= killed).for_each(|(hour, minute)| self.serve(&instant(day, *hour, *minute)));
        for refresh in 0..self.size.refreshes {
            self.must(&["--now", &instant(day, 22, 2 * refresh), "refresh"]);
        }
        let evening = self.measure();
        self.found.evenings.push(evening);
    }

    /// Each feed lists one to three items more and as many less; one in ten nothing new.
    fn publish(&mut self, day: u64) {
        for number in 0..self.size.sources {
            if self.chance.below(10) > 0 {
                self.farm.replace(number, feed(number, day * 2 + self.chance.below(2)));
            }
        }
    }

    fn serve(&mut self, now: &str) {
        self.found.lives += 1;
        let mut serving = Serving::start(&self.home, now);
        if let Err(fault) = serving.until_idle(now) {
            self.found.faults.push(format!("{now}: {fault}"));
        }
        self.found.peaks.push(serving.peak_kib());
        self.found.log = self.found.log.max(self.file("veille.sqlite3-wal"));
        if let Err(fault) = serving.stop() {
            self.found.faults.push(format!("{now}: {fault}"));
        }
    }

    fn kill(&mut self, now: &str) {
        self.found.lives += 1;
        self.found.kills += 1;
        let serving = Serving::start(&self.home, now);
        std::thread::sleep(Duration::from_millis(20 + self.chance.below(700)));
        serving.kill();
    }

    /// What was in doubt after the last kill is told, and resent.
    fn settle(&mut self) {
        [30, 45].into_iter().for_each(|minute| self.serve(&instant(DAYS - 1, 23, minute)));
    }

    fn must(&mut self, arguments: &[&str]) {
        let output = self.home.run(arguments);
        if !output.status.success() {
            self.found.faults.push(format!("{arguments:?}: {}", String::from_utf8_lossy(&output.stderr).trim()));
        }
    }

    fn file(&self, name: &str) -> u64 {
        std::fs::metadata(self.home.path().join("db").join(name)).map_or(0, |file| file.len())
    }

    fn measure(&self) -> Evening {
        let sql = self.sql();
        let mut names = sql.prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'").unwrap();
        let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let count = |name: &str| sql.query_row(&format!("select count(*) from \"{name}\""), [], |row| row.get(0)).unwrap_or(0);
        let rows = names.iter().map(|name| (name.clone(), count(name))).collect();
        Evening { rows, database: self.file("veille.sqlite3") }
    }

    fn judge(&mut self) {
        let mut faults = Vec::new();
        faults.extend(self.periods());
        faults.extend(self.letters());
        faults.extend(growth(&self.found.evenings));
        let (first, last) = self.found.memory();
        if last > first + first / 4 + 8_192 {
            faults.push(format!("memory grew from {first} to {last} KiB"));
        }
        if self.found.log > LOG {
            faults.push(format!("the log has {} bytes", self.found.log));
        }
        let (lost, doubled) = lost_and_doubled(&self.farm, &self.home);
        if lost + doubled > 0 {
            faults.push(format!("{lost} items lost, {doubled} doubled"));
        }
        self.found.faults.extend(faults);
        self.must(&["db", "check"]);
    }

    /// Each local day has one daily edition, each Monday one weekly one.
    fn periods(&mut self) -> Vec<String> {
        let editions = self.home.json(&["edition", "list", "--json"]);
        let mut found: BTreeMap<(String, String), u32> = BTreeMap::new();
        for edition in editions.as_array().unwrap() {
            let field = |name: &str| edition[name].as_str().unwrap().to_owned();
            *found.entry((field("digest"), field("period"))).or_default() += 1;
        }
        self.found.editions = editions.as_array().unwrap().len();
        let days =
            |slug: &str| (0..DAYS).map(|day| (slug.to_owned(), format!("2026-11-{:02}", FIRST_DAY + day))).collect::<Vec<_>>();
        let weeks = ["2026-W47", "2026-W48"].map(|week| ("weekly".to_owned(), week.to_owned()));
        let expected: BTreeSet<_> = days("daily").into_iter().chain(days("asked")).chain(weeks).collect();
        let wrong = |(key, times): (&(String, String), &u32)| (*times != 1).then(|| format!("{key:?} has {times} editions"));
        let mut faults: Vec<String> = found.iter().filter_map(wrong).collect();
        let found: BTreeSet<_> = found.into_keys().collect();
        faults.extend(expected.symmetric_difference(&found).map(|key| format!("{key:?} has no edition, or is no period")));
        faults
    }

    /// Each edition that asks nobody came to each person, once.
    fn letters(&mut self) -> Vec<String> {
        let sql = self.sql();
        let count = |what: &str| {
            let counted = sql.query_row(&format!("select count(*) from delivery where {what}"), [], |row| row.get::<_, u32>(0));
            counted.unwrap() as usize
        };
        let (sent, all) = (count("state = 'sent'"), count("true"));
        let mail = |entry: &std::io::Result<std::fs::DirEntry>| {
            entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "eml")
        };
        let files = std::fs::read_dir(self.home.path().join("outbox")).map_or(0, |files| files.filter(mail).count());
        self.found.mails = files;
        // the daily one on each day, the weekly one on two Mondays
        let wanted = (usize::try_from(DAYS).unwrap() + 2) * self.size.people;
        let expected = [("sent deliveries", sent), ("deliveries", all), ("mails", files)];
        let wrong = expected.into_iter().filter(|(_, count)| *count != wanted);
        wrong.map(|(what, count)| format!("{count} {what} in place of {wanted}")).collect()
    }

    fn sql(&self) -> Connection {
        Connection::open(self.home.path().join("db/veille.sqlite3")).unwrap()
    }
}

/// What grew although the feeds list no more than on the fifth day. An archive may; it is judged by what was published.
fn growth(evenings: &[Evening]) -> Vec<String> {
    let (steady, last) = (&evenings[STEADY - 1], &evenings[evenings.len() - 1]);
    let mut faults = Vec::new();
    for (table, rows) in &last.rows {
        let before = steady.rows.get(table).copied().unwrap_or_default();
        // A quarter more: chance decides how much a day brings.
        if *rows > before + before / 4 + 40 && !ARCHIVE.contains(&table.as_str()) && !table.starts_with("item_search") {
            faults.push(format!("table {table} grew from {before} rows to {rows}"));
        }
    }
    if last.database > steady.database + steady.database / 4 + (1 << 20) {
        faults.push(format!("the database grew from {} to {} bytes", steady.database, last.database));
    }
    faults
}

const SYLLABLES: [&str; 16] =
    ["ba", "cor", "di", "fen", "gal", "hu", "jor", "ki", "lam", "mi", "no", "pra", "que", "ris", "sto", "vel"];

/// Words that nothing else has, so that each item is a story of its own.
fn words(chance: &mut Chance) -> String {
    let mut word = || (0..4).map(|_| SYLLABLES[usize::try_from(chance.below(16)).unwrap()]).collect::<String>();
    (0..6).map(|_| word()).collect::<Vec<_>>().join(" ")
}

/// A feed that lists its items from this one on, each about something else.
fn feed(number: usize, first: u64) -> FarmFeed {
    let mut body = format!("<rss version=\"2.0\"><channel><title>Feed {number}</title><link>https://f{number}.example/</link>");
    for item in first..first + WINDOW {
        let mut chance = Chance::new(number as u64 * 1_000 + item);
        let (title, one, other) = (words(&mut chance), words(&mut chance), words(&mut chance));
        let _infallible = write!(
            body,
            "<item><title>{title}</title><link>https://f{number}.example/{item}</link><guid>f{number}-{item}</guid><description>\
             A law: {one}, {other}.</description></item>"
        );
    }
    body.push_str("</channel></rss>");
    FarmFeed { content_type: "application/rss+xml".to_owned(), body: body.into() }
}
