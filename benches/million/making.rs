//! The home and its items, by the store's own writing: what refreshes decide, and what grouping decides, without the reading.

use crate::refreshes::{assessed, item, plan, slug};
use chrono::{DateTime, TimeDelta, Utc};
use std::{fmt::Write, path::Path, sync::mpsc, time::Instant};
use veille::{
    config,
    domain::{
        decision::{Decision, Verdict},
        fetching::{DatePrecision, StatedDate},
        item::NewItem,
        refresh::{AssessedItem, RefreshPlan},
        relevance::Relevance,
        story::{GroupingPlan, Membership, Story, Tie},
    },
    pipeline::{search::Indexer, stories::Fingerprint, text::ItemWords},
    store::Store,
};
use veille_testbench::words::{Words, word};

pub(crate) const SOURCES: usize = 1_000;
/// Items of one transaction.
const BATCH: usize = 5_000;
/// How long ago the first of them came in.
const YEARS: TimeDelta = TimeDelta::days(730);
/// In one in three, one in twenty, and one in five thousand of the items.
const THEMES: [(&str, usize); 3] = [("ai", 3), ("data", 20), ("quantum", 5_000)];

/// When the last came in: a Monday morning.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-23T07:00:00Z".parse().unwrap()
}

pub(crate) fn database(home: &Path) -> std::path::PathBuf {
    home.join("db/veille.sqlite3")
}

/// Nothing, when it is there.
pub(crate) fn make(home: &Path, items: usize) {
    if database(home).exists() {
        return println!("{} is there already", database(home).display());
    }
    let began = Instant::now();
    std::fs::write(home.join("sources.toml"), sources("https://127.0.0.1:9")).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(fill(home, items));
    let megabytes = std::fs::metadata(database(home)).unwrap().len() / 1_000_000;
    println!("{items} items, {megabytes} MB, written in {:.0} s", began.elapsed().as_secs_f64());
}

/// `sources.toml` with the feeds of a farm.
pub(crate) fn sources(base: &str) -> String {
    let mut text = String::new();
    for (theme, _) in THEMES {
        let _infallible = write!(text, "[[theme]]\nslug = \"{theme}\"\nany = [\"{theme} act\"]\n");
    }
    for number in 0..SOURCES {
        let _infallible = write!(text, "[[source]]\nslug = \"f{number}\"\nurl = \"{base}/{number}\"\n");
    }
    text.push_str("[[digest]]\nslug = \"weekly\"\nschedule = \"0 8 * * MON\"\ntime_zone = \"Europe/Paris\"\n");
    text
}

async fn fill(home: &Path, items: usize) {
    let definitions = config::parse_definitions(&sources("https://127.0.0.1:9"), Path::new("sources.toml")).unwrap();
    let store = Store::open(&database(home)).unwrap();
    store.sync_sources(definitions.sources.clone()).await.unwrap();
    let mut ids = Vec::new();
    for source in &definitions.sources {
        ids.push(store.source_state(source.slug.clone()).await.unwrap().id);
    }
    let (made, batches) = mpsc::sync_channel(2);
    let make = std::thread::spawn(move || {
        let mut indexer = Indexer::default();
        for first in (0..items).step_by(BATCH) {
            let batch: Vec<_> = (first..(first + BATCH).min(items)).map(|n| made_item(n, items, &mut indexer)).collect();
            made.send((first, batch)).unwrap();
        }
    });
    while let Ok((first, batch)) = batches.recv() {
        let at = came_in(first + batch.len(), items);
        let mut plans: Vec<RefreshPlan> =
            definitions.sources.iter().zip(&ids).map(|(source, id)| plan(*id, source, at)).collect();
        let times: Vec<_> = batch.iter().map(|item| item.item.published.unwrap().at).collect();
        batch.into_iter().enumerate().for_each(|(place, item)| plans[(first + place) % SOURCES].new.push(item));
        let mut new = store.apply_refreshes(plans).await.unwrap().new;
        new.sort_unstable();
        store.record_grouping(grouping(&new, &times)).await.unwrap();
        decide(&store, &new, at).await;
    }
    make.join().unwrap();
}

/// Item `n` came in so long after the first.
fn came_in(n: usize, items: usize) -> DateTime<Utc> {
    now() - YEARS + TimeDelta::seconds(YEARS.num_seconds() * n as i64 / items as i64)
}

/// A kilobyte: a title of nine words, a summary of forty, a body of a hundred.
fn made_item(n: usize, items: usize, indexer: &mut Indexer) -> AssessedItem {
    let mut words = Words::of(n as u64 + 1);
    let (title, summary, body) = (words.words(9), words.words(40), words.words(100));
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&(n as u64).to_le_bytes());
    let at = came_in(n, items) - TimeDelta::hours(3);
    let new = NewItem {
        title,
        summary,
        content_html: Some(format!("<p>{body}.</p>")),
        content_text: Some(body),
        published: Some(StatedDate { at, precision: DatePrecision::Zoned }),
        language: Some(if n.is_multiple_of(2) { "fr" } else { "en" }.to_owned()),
        content_hash: hash,
        ..item(&n.to_string(), "")
    };
    let read = ItemWords::of(&new);
    let (text, fingerprint) = (indexer.index(&read, new.language.as_deref()), Fingerprint::of_item(&new, &read, at).into_bytes());
    let sample = assessed(item("sample", "sample"));
    let about = |(theme, one_in): &(&str, usize)| {
        let score = 0.3 + 0.7 * (words.below(1_000) as f64 / 1_000.0);
        n.is_multiple_of(*one_in).then(|| Relevance { theme: slug(theme), score, ..sample.relevance[0].clone() })
    };
    let relevance = THEMES.iter().filter_map(about).collect();
    AssessedItem { item: new, text, fingerprint, relevance, backlog: n < items / 10, ..sample }
}

/// One item in ten tells what the one before it told.
fn grouping(items: &[i64], times: &[DateTime<Utc>]) -> GroupingPlan {
    let mut grouping = GroupingPlan::default();
    for (item, at) in items.iter().zip(times) {
        let joined = item % 10 == 1 && !grouping.stories.is_empty();
        if !joined {
            grouping.stories.push(Story { id: *item, lead: *item, opened_at: *at, last_at: *at, independent: 1, due_at: None });
        }
        let story = if joined { item - 1 } else { *item };
        grouping.memberships.push(Membership { story, item: *item, tie: Tie::Seed });
    }
    grouping
}

/// Three decisions a batch.
async fn decide(store: &Store, items: &[i64], decided_at: DateTime<Utc>) {
    for (item, verdict) in items.iter().step_by(1_000).zip([Verdict::Drop, Verdict::Keep, Verdict::Later]) {
        let decision = Decision { item: *item, verdict, actor: "ada".to_owned(), reason: None, decided_at };
        store.record_decision(decision).await.unwrap();
    }
}

/// Words as far apart in rank as those that people look for.
pub(crate) fn ranks(from: usize, to: usize, count: usize) -> impl Iterator<Item = String> {
    (0..count).map(move |n| word(from + (to - from) * n / count))
}

/// The title of an item that is there.
pub(crate) fn title(n: usize) -> String {
    Words::of(n as u64 + 1).words(9)
}
