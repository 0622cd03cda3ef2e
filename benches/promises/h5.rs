//! H5: no public feed, no mutant and no hostile document kills the process, reaches another server, acts in any output or costs
//! more than it may.
//!
//! Each document is read by a process of its own (`veille parse -`), so that a death is seen as one. Then they go through the whole
//! product: served by a farm, collected, exported, composed into an edition.

use crate::{Run, Verdict};
use serde_json::Value;
use std::{
    fmt::{Display, Formatter},
    path::Path,
};
use veille_testbench::{
    canary::Canary,
    chance::Chance,
    corpora::Corpora,
    farm::FarmFeed,
    generate::{self, Hostile},
    hostile::{self, End, Limits, Ran},
    inert,
    week::Week,
};

/// What was tried, and what went wrong.
#[derive(Default)]
struct Tally {
    public: usize,
    mutants: usize,
    hostile: usize,
    /// Documents that went through the whole product as well.
    collected: usize,
    typed: usize,
    refused: usize,
    deaths: Vec<String>,
    over: Vec<String>,
    active: Vec<String>,
    lost: Vec<String>,
    hits: u64,
}

impl Tally {
    fn is_clean(&self) -> bool {
        self.hits == 0 && [&self.deaths, &self.over, &self.active, &self.lost].iter().all(|faults| faults.is_empty())
    }
}

impl Display for Tally {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { public, mutants, hostile, collected, typed, refused, .. } = self;
        write!(
            f,
            "{public} public feeds, {mutants} mutants, {hostile} hand-made; {typed} read, {refused} refused; {collected} collected; "
        )?;
        let (deaths, over) = (self.deaths.len(), self.over.len());
        let (active, lost) = (self.active.len(), self.lost.len());
        write!(
            f,
            "{deaths} deaths, {} canary hits, {active} with active content, {over} over a limit, {lost} good entries lost",
            self.hits
        )?;
        let faults = [&self.deaths, &self.over, &self.active, &self.lost];
        faults.into_iter().flatten().take(20).try_for_each(|fault| write!(f, "\n    {fault}"))
    }
}

pub(crate) fn run(run: &mut Run) -> Verdict {
    let canary = Canary::listen();
    let mut tally = Tally::default();
    let public = public(run);
    for (name, document) in &public {
        tally.public += 1;
        judge(&mut tally, name, document);
    }
    mutants(run, &public, &mut tally);
    let hand_made: Vec<Hostile> =
        generate::nestings().chain(generate::entities(&canary.url())).chain(generate::heaps()).collect();
    for document in &hand_made {
        tally.hostile += 1;
        let kept = judge(&mut tally, &document.name, &document.bytes());
        if kept < document.least {
            tally.lost.push(format!("{}: {kept} entries of {}", document.name, document.least));
        }
    }
    collect(&mut tally, public.into_iter().map(|(_, document)| document).collect());
    for some in hand_made.chunks(8) {
        collect(&mut tally, some.iter().map(Hostile::bytes).collect());
    }
    attacks(&mut tally);
    tally.hits = canary.hits();
    Verdict { figure: tally.to_string(), kept: tally.is_clean() }
}

/// The public feeds, or the share of them that a trial takes; where there are none, a feed of our own.
fn public(run: &Run) -> Vec<(String, Vec<u8>)> {
    let feeds = Corpora::find().map(|corpora| corpora.feeds()).unwrap_or_default();
    let count = usize::try_from(run.times(feeds.len() as u64)).unwrap_or(usize::MAX);
    let step = (feeds.len() / count.max(1)).max(1);
    let mut public: Vec<_> = feeds.into_iter().step_by(step).take(count).map(|feed| (feed.name, feed.bytes)).collect();
    public.push(("a feed of our own".to_owned(), generate::around("").into_bytes()));
    public
}

fn mutants(run: &mut Run, public: &[(String, Vec<u8>)], tally: &mut Tally) {
    let seeds: Vec<&(String, Vec<u8>)> = public.iter().filter(|(_, document)| document.len() < 200_000).collect();
    let count = run.times(10_000);
    let mut kept = Vec::new();
    for number in 0..count {
        let ((name, one), (_, other)) = (pick(&mut run.chance, &seeds), pick(&mut run.chance, &seeds));
        let mutant = generate::mutant(&mut run.chance, one, other);
        tally.mutants += 1;
        judge(tally, &format!("mutant {number} of {name}"), &mutant);
        if number % 10 == 0 {
            kept.push(mutant);
        }
    }
    kept.chunks(500).for_each(|some| collect(tally, some.to_vec()));
}

fn pick<'s>(chance: &mut Chance, seeds: &[&'s (String, Vec<u8>)]) -> &'s (String, Vec<u8>) {
    let place = chance.below(seeds.len() as u64);
    seeds[usize::try_from(place).unwrap_or_default()]
}

/// Reads one document in a process of its own; gives how many entries it has.
fn judge(tally: &mut Tally, name: &str, document: &[u8]) -> usize {
    let ran = hostile::run(&["parse", "-", "--json"], document, Limits::of_this_build());
    match &ran.end {
        End::Typed => {
            tally.typed += 1;
            return entries(tally, name, &ran);
        }
        End::Refused(_) => tally.refused += 1,
        End::Died(how) => tally.deaths.push(format!("{name}: {how}")),
        End::OverLimit(what) => tally.over.push(format!("{name}: {what}")),
    }
    0
}

fn entries(tally: &mut Tally, name: &str, ran: &Ran) -> usize {
    let read = ran.json();
    let entries = read["entries"].as_array().map(Vec::as_slice).unwrap_or_default();
    for entry in entries {
        let html = entry["content_html"].as_str().unwrap_or_default();
        // A browser's own parser is quadratic on some of what is inert: the beginning tells.
        let found = inert::in_fragment(&html[..html.floor_char_boundary(100_000)]);
        let linked = ["link", "original_link"].iter().filter_map(|field| entry[field].as_str());
        let linked = linked.filter(|address| inert::acts(address)).map(str::to_owned);
        tally.active.extend(found.into_iter().chain(linked).map(|what| format!("{name}: {what}")));
    }
    entries.len()
}

/// Serves documents as so many sources, and takes them through the whole product.
fn collect(tally: &mut Tally, documents: Vec<Vec<u8>>) {
    tally.collected += documents.len();
    let feeds = documents.into_iter().map(|body| FarmFeed { content_type: "application/xml".to_owned(), body: body.into() });
    let week = Week::of(feeds);
    let refreshed = week.run(&["refresh", "--all"]);
    // 0 or 3: what is no feed is a failure of its source, and of nothing else.
    if !matches!(refreshed.status.code(), Some(0 | 3)) {
        tally.deaths.push(format!("refresh: {}: {}", refreshed.status, String::from_utf8_lossy(&refreshed.stderr)));
        return;
    }
    let folder = week.home.path().join("export");
    let exported = week.run(&["db", "export", &folder.to_string_lossy()]);
    if !exported.status.success() {
        tally.deaths.push(format!("export: {}", String::from_utf8_lossy(&exported.stderr)));
    }
    stored(tally, &folder.join("items.jsonl"));
    let edition = week.edition();
    tally.active.extend(inert::in_document(&edition.html).into_iter().map(|what| format!("edition: {what}")));
    tally.active.extend(inert::loads(&edition.html).into_iter().map(|what| format!("edition loads {what}")));
}

/// What the database holds, and every interface would give out.
fn stored(tally: &mut Tally, file: &Path) {
    for line in std::fs::read_to_string(file).unwrap_or_default().lines() {
        let Ok(item) = serde_json::from_str::<Value>(line) else { continue };
        let html = item["content_html"].as_str().unwrap_or_default();
        let found = inert::in_fragment(&html[..html.floor_char_boundary(100_000)]);
        tally.active.extend(found.into_iter().map(|what| format!("item {}: {what}", item["id"])));
    }
}

/// The public suites of sanitisers, as titles and bodies of feeds.
fn attacks(tally: &mut Tally) {
    let Some(corpora) = Corpora::find() else { return };
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let item = |(n, attack): (usize, &String)| {
        let attack = escaped(attack);
        format!(
            "<item><title>A law {n} {attack}</title><link>https://site.example/{n}?{attack}</link><author>{attack}</author>\
             <pubDate>Wed, 18 Nov 2026 08:00:00 GMT</pubDate><description>The model. {attack}</description></item>"
        )
    };
    let all = corpora.attacks();
    let items: Vec<String> = all.iter().enumerate().map(item).collect();
    // A hundred stories have room in an edition: so many in each week.
    for some in items.chunks(90) {
        collect(tally, vec![generate::around(&some.concat()).into_bytes()]);
    }
}
