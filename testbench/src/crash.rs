//! The crash driver: kills the binary at points that chance decides, lets it recover, and compares what it holds with what the
//! origin served.

use crate::{
    chance::Chance,
    farm::{Farm, FarmFeed},
    home::Home,
};
use std::{
    collections::BTreeMap,
    fmt::{Display, Formatter, Write},
    ops::Range,
    process::Stdio,
    time::Duration,
};

const FEEDS: usize = 40;
/// Items of a feed.
pub(crate) const ITEMS: usize = 30;

/// What is left after the kills and one run to the end.
#[derive(Debug, Default)]
pub struct Remains {
    /// How often it was killed.
    pub kills: u64,
    /// Items that the origin served.
    pub served: usize,
    /// Of those, the ones that are not stored.
    pub lost: usize,
    /// Items stored more than once.
    pub doubled: usize,
    /// Whether `veille db check` found nothing wrong.
    pub intact: bool,
}

impl Remains {
    /// Whether nothing is lost, nothing doubled and nothing damaged.
    #[must_use]
    pub const fn sound(&self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.intact
    }
}

impl Display for Remains {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { kills, served, lost, doubled, intact } = self;
        let integrity = if *intact { "ok" } else { "DAMAGED" };
        write!(f, "{kills} kills, {served} items served, {lost} lost, {doubled} doubled, integrity {integrity}")
    }
}

/// Kills so many refreshes that were under way, at moments that chance decides within the time that one takes. Before each, every feed
/// has one more item, so that there is something to write; every 12 kills a fresh home begins, so that kills fall on first fetches too.
#[must_use]
pub fn kill_refreshes(chance: &mut Chance, kills: u64) -> Remains {
    let mut all = Remains { intact: true, ..Remains::default() };
    let mut within = Within(FIRST_GUESS);
    while all.kills < kills {
        let farm = Farm::serve((0..FEEDS).map(|number| feed(number, ITEMS)));
        let home = farm.home();
        let (round, mut killed) = ((kills - all.kills).min(12), 0);
        for more in 1..=2 * usize::try_from(round).unwrap() {
            killed += u64::from(kill_refresh(&home, &mut within, chance));
            (0..FEEDS).for_each(|number| farm.replace(number, feed(number, (ITEMS + more).min(MOST_ITEMS))));
            if killed == round {
                break;
            }
        }
        all.kills += killed;
        count(&farm, &home, &mut all);
    }
    all
}

/// The time after its start within which a refresh is killed: less after one that was over by then, more after one that was not.
struct Within(Duration);

const FIRST_GUESS: Duration = Duration::from_millis(400);
const SHORTEST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(4);
/// Minutes of an hour: the dates of items.
const MOST_ITEMS: usize = 59;

/// Whether it was under way.
fn kill_refresh(home: &Home, within: &mut Within, chance: &mut Chance) -> bool {
    let mut child = home.command(&["refresh", "--all"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let micros = u64::try_from(within.0.as_micros()).unwrap();
    std::thread::sleep(Duration::from_micros(1_000 + chance.below(micros)));
    let was_alive = child.try_wait().unwrap().is_none();
    child.kill().unwrap(); // SIGKILL
    child.wait().unwrap();
    within.0 = if was_alive { within.0 * 11 / 10 } else { within.0 * 3 / 4 }.clamp(SHORTEST, LONGEST);
    was_alive
}

fn count(farm: &Farm, home: &Home, all: &mut Remains) {
    let report = home.json(&["refresh", "--all", "--json"]);
    assert_eq!(report["failed"], 0, "{report}");
    all.intact &= home.run(&["db", "check"]).status.success();
    let (lost, doubled) = lost_and_doubled(farm, home);
    all.served += farm.urls().len();
    all.lost += lost;
    all.doubled += doubled;
}

/// Of the items that a farm lists, how many a home does not hold; and how many items it holds more than once.
#[must_use]
pub fn lost_and_doubled(farm: &Farm, home: &Home) -> (usize, usize) {
    let items = home.json(&["items", "list", "--limit", "100000", "--json"]);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for item in items.as_array().unwrap() {
        *seen.entry(item["url"].as_str().unwrap()).or_default() += 1;
    }
    let lost = farm.urls().iter().filter(|url| !seen.contains_key(url.as_str())).count();
    (lost, seen.values().filter(|times| **times > 1).count())
}

/// An RSS feed of so many items, all about laws and models, with addresses and ids that its number decides.
#[must_use]
pub fn feed(number: usize, items: usize) -> FarmFeed {
    feed_of(number, 0..items)
}

/// The same with these of its items.
#[must_use]
pub fn feed_of(number: usize, items: Range<usize>) -> FarmFeed {
    let mut body = format!("<rss version=\"2.0\"><channel><title>Feed {number}</title><link>https://f{number}.example/</link>");
    for item in items {
        let _infallible = write!(
            body,
            "<item><title>Law {number} of model {item}</title><link>https://f{number}.example/{item}</link><guid>f{number}-{item}</guid>\
             <pubDate>Mon, 16 Nov 2026 08:{item:02}:00 GMT</pubDate><description>Release {item} of the model, told by feed {number} at some length.</description></item>"
        );
    }
    body.push_str("</channel></rss>");
    FarmFeed { content_type: "application/rss+xml".to_owned(), body: body.into() }
}
