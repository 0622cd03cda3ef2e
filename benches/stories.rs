//! What it costs to put an item into its story, beside cutting its words: at 1,000, 10,000 and 100,000 open items.
//!
//! `cargo bench --bench stories`. Generated text: a vocabulary whose words are as unequal as those of a language (Zipf), titles of ten
//! words, summaries of sixty, one item in four retelling an earlier one. Prints processor milliseconds an item and the ratio to
//! tokenising the same texts in the same run; the target is 0.2 ms an item at 100,000 open items.

#![expect(clippy::print_stdout, reason = "a bench speaks to a terminal")]

use chrono::{DateTime, TimeDelta};
use std::{
    hint::black_box,
    time::{Duration, Instant},
};
use veille::{
    domain::story::UngroupedItem,
    pipeline::{
        stories::{Fingerprint, StoryIndex, Text},
        text::ItemWords,
        text::Words,
    },
};

/// Items whose assignment is timed at each size.
const TIMED: u32 = 2_000;
const SECONDS_A_WEEK: u64 = 7 * 24 * 60 * 60;

fn main() {
    println!("{:>12} {:>12} {:>12} {:>12} {:>10}", "open items", "words ms", "print ms", "assign ms", "ratio");
    let mut index = StoryIndex::new();
    let mut generator = Generator { state: 1, told: Vec::new() };
    let mut id = 0;
    for open in [1_000, 10_000, 100_000] {
        while id < open {
            id += 1;
            index.assign(&with_fingerprint(generator.item(id)));
        }
        report(open, &mut index, &mut generator);
        id += i64::from(TIMED);
    }
}

fn report(open: i64, index: &mut StoryIndex, generator: &mut Generator) {
    let items: Vec<UngroupedItem> = (1..=i64::from(TIMED)).map(|number| generator.item(open + number)).collect();
    let mut words = Words::default();
    let tokenising = milliseconds(&items, |item| {
        words.read(&item.title);
        black_box(words.len());
        words.read(&item.summary);
        black_box(words.len());
    });
    let mut printed = Vec::with_capacity(items.len());
    let fingerprints = milliseconds(&items, |item| printed.push(with_fingerprint(item.clone())));
    let mut joined = 0;
    let assigning = milliseconds(&printed, |item| joined += u32::from(index.assign(item).story != item.item));
    let ratio = assigning / tokenising;
    println!(
        "{open:>12} {tokenising:>12.4} {fingerprints:>12.4} {assigning:>12.4} {ratio:>10.1}   ({joined} of {TIMED} joined a story)"
    );
}

fn milliseconds(items: &[UngroupedItem], mut work: impl FnMut(&UngroupedItem)) -> f64 {
    let (before, start) = (on_processor(), Instant::now());
    items.iter().for_each(&mut work);
    let spent = on_processor().zip(before).map_or_else(|| start.elapsed(), |(after, before)| after.saturating_sub(before));
    spent.as_secs_f64() * 1_000.0 / f64::from(TIMED)
}

/// Time that this thread has had a processor, where the system tells (Linux): a loaded machine then changes little.
fn on_processor() -> Option<Duration> {
    let spent = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    spent.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

fn with_fingerprint(mut item: UngroupedItem) -> UngroupedItem {
    let words = ItemWords::without_body(&item.title, &item.summary);
    let text = Text { title: &item.title, summary: &item.summary, url: item.url.as_deref(), identifiers: &[], at: item.at };
    item.fingerprint = Some(Fingerprint::of(&text, &words).into_bytes());
    item
}

/// The same items at each run.
struct Generator {
    state: u64,
    told: Vec<Vec<u64>>,
}

impl Generator {
    fn random(&mut self, below: u64) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % below
    }

    /// A word number, small ones far more often.
    fn rank(&mut self) -> u64 {
        let magnitude = self.random(17);
        self.random(1 << magnitude)
    }

    /// Twelve words that make a fact; one in four was told before.
    fn fact(&mut self) -> Vec<u64> {
        let known = u64::try_from(self.told.len()).unwrap_or_default();
        if known > 0 && self.random(4) == 0 {
            let recent = known - 1 - self.random(known.min(5_000));
            return self.told[usize::try_from(recent).unwrap_or_default()].clone();
        }
        let fact: Vec<u64> = (0..12).map(|_| self.rank()).collect();
        self.told.push(fact.clone());
        fact
    }

    fn text(&mut self, fact: &[u64], words: usize) -> String {
        let mut text = String::new();
        for _ in 0..words {
            let chosen = usize::try_from(self.random(24)).unwrap_or_default();
            let number = fact.get(chosen).copied().unwrap_or_else(|| self.rank());
            text.push_str(&word(number));
            text.push(' ');
        }
        text
    }

    fn item(&mut self, id: i64) -> UngroupedItem {
        let fact = self.fact();
        let seconds = i64::try_from(self.random(SECONDS_A_WEEK)).unwrap_or_default();
        UngroupedItem {
            item: id,
            source: id % 1_000,
            at: DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds),
            url: Some(format!("https://example.org/{id}")),
            backlog: false,
            title: self.text(&fact, 10),
            summary: self.text(&fact, 60),
            identifiers: Vec::new(),
            fingerprint: None,
        }
    }
}

/// Letters that read like a word: "bato", "rimelu".
fn word(mut number: u64) -> String {
    const SYLLABLES: [&str; 16] =
        ["ba", "ri", "to", "me", "lu", "na", "sol", "ker", "vi", "ta", "du", "fe", "gra", "pi", "mon", "zé"];
    let mut word = String::new();
    loop {
        word.push_str(SYLLABLES[usize::try_from(number % 16).unwrap_or_default()]);
        number /= 16;
        if number == 0 {
            return word + "t";
        }
    }
}
