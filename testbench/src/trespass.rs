//! The attempt to make the binary connect where it must not: every spelling of `forbidden`, at every door by which an address
//! comes in, directly, by redirect, and by a name that rebinds.
//!
//! Only the origin's own loopback address is excepted. Canaries sit at others, on a usual port and on the port of the origin. Where no canary can sit, the refusal itself is what counts.

use crate::{
    canary::Canary,
    chance::Chance,
    dns::{Dns, Question, Says},
    forbidden::{self, Spelling},
    home::Home,
    origin::{Asked, Origin, Reply, feed, redirect, reply},
};
use std::{
    fmt::{Display, Formatter, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex},
};
use tokio::runtime::Runtime;

/// Links on one page; more would not be followed.
const LINKS: usize = 8;
/// A port at which every public address may be asked.
const USUAL: u16 = 8080;
/// Names that lead to a server that may be asked, and the next time to a forbidden address.
const REBINDING: &str = "rebinding.test";

/// How an address is reached from the one that is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Direct,
    Redirect,
    Rebinding,
}

const WAYS: [Way; 3] = [Way::Direct, Way::Redirect, Way::Rebinding];

/// What came of it.
#[derive(Debug, Default)]
pub struct Trespass {
    /// Spelling, door and way: how many were tried.
    pub cases: usize,
    /// Connections that a canary saw.
    pub hits: u64,
    /// Cases that ended otherwise than by a refusal that says why.
    pub unrefused: Vec<String>,
}

impl Trespass {
    /// Whether nothing was connected to, and every refusal said why.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.hits == 0 && self.unrefused.is_empty()
    }
}

impl Display for Trespass {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { cases, hits, unrefused } = self;
        write!(f, "{cases} attempts, {hits} connections to a canary, {} not refused by name", unrefused.len())?;
        unrefused.iter().take(5).try_for_each(|case| write!(f, "\n    {case}"))
    }
}

/// The stage: an origin that may be asked, a DNS server that lies, canaries.
struct Stage {
    spellings: Vec<Spelling>,
    origin: Origin,
    targets: Arc<Mutex<Vec<String>>>,
    dns: Dns,
    canaries: Vec<Canary>,
    /// Connections that were allowed, to prove that they are seen.
    expected: u64,
    found: Trespass,
    _runtime: Runtime,
}

/// Tries all spellings at the doors that take many at once; at those that need a process each, `sample` of them where given.
///
/// # Panics
///
/// If the canaries are deaf.
#[must_use]
pub fn attempt(chance: &mut Chance, sample: Option<usize>) -> Trespass {
    let mut stage = Stage::set(chance);
    stage.prove_canaries_hear();
    for way in WAYS {
        stage.by_sources(way);
        stage.by_import(way);
        stage.by_moved_sources(way);
        let mut chosen: Vec<usize> = (0..stage.spellings.len()).collect();
        while chosen.len() > sample.unwrap_or(usize::MAX) {
            chosen.swap_remove(usize::try_from(chance.below(chosen.len() as u64)).unwrap());
        }
        stage.by_links(way, &chosen);
        stage.by_adding(way, &chosen);
    }
    stage.found.hits = stage.canaries.iter().map(Canary::hits).sum::<u64>() - stage.expected;
    stage.found
}

impl Stage {
    fn set(chance: &mut Chance) -> Self {
        let canary = forbidden::canary_address(chance);
        let spellings = forbidden::spellings(chance, canary);
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let targets: Arc<Mutex<Vec<String>>> = Arc::default();
        let script = Arc::clone(&targets);
        let [first, second, third, last] = canary.octets();
        let allowed = Ipv4Addr::new(first, second ^ 1, third, last);
        let serving = Origin::serve_at(SocketAddr::from((allowed, 0)), move |asked| answer(asked, &script.lock().unwrap()));
        let origin = runtime.block_on(serving).unwrap();
        let port = origin.address.port();
        let addresses: Vec<IpAddr> = spellings.iter().map(|spelling| spelling.address).collect();
        let dns = Dns::serve(move |question| resolve(question, (canary, allowed), &addresses));
        let (four, six) = (IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST));
        let places = [(canary.into(), USUAL), (canary.into(), port), (four, port), (six, port)];
        let canaries = places.map(|place| Canary::listen_at(SocketAddr::from(place))).into();
        Self { spellings, origin, targets, dns, canaries, expected: 0, found: Trespass::default(), _runtime: runtime }
    }

    fn settings(&self, allowed: &str) -> String {
        format!(
            "[fetch]\nallow_networks = [\"{allowed}\"]\nhost_interval_ms = 0\nconnect_timeout_s = 3\ntotal_timeout_s = 5\n{}",
            self.dns.setting()
        )
    }

    fn home(&self, sources: &str) -> Home {
        Home::with(sources, self.settings(&format!("{}/32", self.origin.address.ip())))
    }

    /// With the network allowed, the same attempt is heard: silence later means something.
    fn prove_canaries_hear(&mut self) {
        let source = format!("[[source]]\nslug = \"open\"\nurl = \"http://{}:{USUAL}/\"\n", forbidden::NAME);
        let open = Home::with(source, self.settings("127.0.0.0/8"));
        let _failed = open.run(&["refresh", "open"]);
        let heard = self.canaries.iter().map(Canary::hits).sum::<u64>();
        assert!(heard > 0, "the canary hears who may ask it");
        self.expected = heard;
    }

    /// The URL by which a spelling is reached.
    fn url(&self, number: usize, way: Way) -> String {
        let port = self.origin.address.port();
        let direct = format!("http://{}:{USUAL}/", self.spellings[number].host);
        match way {
            Way::Direct => direct,
            Way::Redirect => self.through_redirect(direct),
            Way::Rebinding => format!("http://s{number}.{REBINDING}:{port}/served"),
        }
    }

    /// An address of the origin that redirects there.
    fn through_redirect(&self, target: String) -> String {
        let mut targets = self.targets.lock().unwrap();
        targets.push(target);
        self.origin.url(&format!("/redirect/{}", targets.len() - 1)).into()
    }

    fn sources(&self, numbers: &[usize], url: impl Fn(usize) -> String) -> String {
        numbers.iter().fold(String::new(), |mut text, number| {
            let _infallible = writeln!(text, "[[source]]\nslug = \"s{number}\"\nurl = \"{}\"", url(*number));
            text
        })
    }

    /// Those that may stand in `sources.toml`: a name before the host is refused there already.
    fn writable(&self, way: Way) -> Vec<usize> {
        let is_plain = |number: &usize| way != Way::Direct || !self.spellings[*number].host.contains('@');
        (0..self.spellings.len()).filter(is_plain).collect()
    }

    /// `refresh` and `sources check`.
    fn by_sources(&mut self, way: Way) {
        let numbers = self.writable(way);
        let home = self.home(&self.sources(&numbers, |number| self.url(number, way)));
        self.refresh("refresh", &home, way, numbers.len());
        let tried = home.json(&["sources", "check", "--json"]);
        self.judge("sources check", way, tried.as_array().unwrap(), numbers.len());
    }

    /// Sources that an OPML file brought in, then `refresh`.
    fn by_import(&mut self, way: Way) {
        let numbers = self.writable(way);
        let outlines = numbers.iter().fold(String::new(), |mut text, number| {
            let _infallible = write!(text, "<outline type=\"rss\" text=\"s{number}\" xmlUrl=\"{}\"/>", self.url(*number, way));
            text
        });
        let home = self.home("");
        let list = home.path().join("list.opml");
        std::fs::write(&list, format!("<opml version=\"2.0\"><body>{outlines}</body></opml>")).unwrap();
        let imported = home.json(&["sources", "import", list.to_str().unwrap(), "--json"]);
        let added = imported["added"].as_array().unwrap().len();
        self.refresh("import", &home, way, added);
    }

    /// Sources that moved for good, to an address that is reached in one of the ways.
    fn by_moved_sources(&mut self, way: Way) {
        let numbers: Vec<usize> = (0..self.spellings.len()).collect();
        let home = self.home(&self.sources(&numbers, |number| self.through_redirect(self.url(number, way))));
        self.refresh("moved source", &home, way, numbers.len());
    }

    fn refresh(&mut self, door: &str, home: &Home, way: Way, cases: usize) {
        let report = home.json(&["refresh", "--all", "--json"]);
        self.judge(door, way, report["failures"].as_array().unwrap(), cases);
    }

    /// Pages that announce feeds there.
    fn by_links(&mut self, way: Way, numbers: &[usize]) {
        let home = self.home("");
        for numbers in numbers.chunks(LINKS) {
            let page = {
                let urls: Vec<String> = numbers.iter().map(|number| self.url(*number, way)).collect();
                let mut targets = self.targets.lock().unwrap();
                targets.push(urls.join("\n"));
                targets.len() - 1
            };
            let output = home.run(&["sources", "discover", self.origin.url(&format!("/page/{page}")).as_str(), "--json"]);
            self.found.cases += numbers.len();
            if way != Way::Rebinding && output.status.code() != Some(4) {
                self.found.unrefused.push(format!("link, {way:?}: {output:?}"));
            }
        }
    }

    /// `sources add`, a process each.
    fn by_adding(&mut self, way: Way, numbers: &[usize]) {
        let home = self.home("");
        for number in numbers {
            let url = self.url(*number, way);
            let output = home.run(&["sources", "add", &url, "--dry-run"]);
            self.found.cases += 1;
            let said = String::from_utf8_lossy(&output.stderr);
            if way != Way::Rebinding && !(output.status.code() == Some(4) && is_refusal(&said)) {
                self.found.unrefused.push(format!("add, {way:?}, {}: {said}", self.spellings[*number].kind));
            }
        }
    }

    /// Rows of a report: each must be a refusal. A name that rebinds may lead to the server that may be asked.
    fn judge(&mut self, door: &str, way: Way, rows: &[serde_json::Value], cases: usize) {
        self.found.cases += cases;
        let unrefused = rows.iter().filter(|row| {
            let reason = row["reason"].as_str().unwrap_or_default();
            !is_refusal(reason) && (way != Way::Rebinding || reason.contains("name resolution"))
        });
        self.found.unrefused.extend(unrefused.map(|row| format!("{door}, {way:?}: {row}")));
        if way != Way::Rebinding && rows.len() != cases {
            self.found.unrefused.push(format!("{door}, {way:?}: {} of {cases} are reported", rows.len()));
        }
    }
}

fn is_refusal(said: &str) -> bool {
    said.contains("allow_networks") || said.contains("user name or a password")
}

fn answer(asked: &Asked, targets: &[String]) -> Reply {
    let target = |path: &str| targets[path.parse::<usize>().unwrap()].as_str();
    if let Some(number) = asked.path.strip_prefix("/redirect/") {
        return redirect(308, target(number));
    }
    if asked.path == "/served" {
        return feed(&[]);
    }
    let Some(number) = asked.path.strip_prefix("/page/") else { return reply("404 Not Found", &[], "") };
    let links = target(number).lines().map(|url| format!("<link rel=\"alternate\" type=\"application/rss+xml\" href=\"{url}\">"));
    let page = format!("<!doctype html><html><head><title>t</title>{}</head></html>", links.collect::<String>());
    reply("200 OK", &["Content-Type: text/html"], page)
}

/// `sN.rebinding.test` is the origin and the forbidden address number N by turns, in either order and in one answer.
fn resolve(question: &Question, (canary, allowed): (Ipv4Addr, Ipv4Addr), addresses: &[IpAddr]) -> Says {
    let labels = question.name.split_once('.').unwrap_or(("", ""));
    match (question.name.as_str(), labels) {
        (forbidden::NAME | "localhost", _) => Says::address(canary),
        (_, (label, REBINDING)) => {
            let number: usize = label[1..].parse().unwrap();
            match (question.number + number) % 3 {
                0 => Says::address(allowed),
                1 => Says::address(addresses[number]),
                _ => Says::Addresses(vec![addresses[number], allowed.into()]),
            }
        }
        (_, (label, rest)) => match label.strip_prefix("alias").and_then(|left| left.parse::<u32>().ok()) {
            Some(0) => Says::Alias(rest.to_owned()),
            Some(left) => Says::Alias(format!("alias{}.{rest}", left - 1)),
            None => Says::NoSuchName,
        },
    }
}
