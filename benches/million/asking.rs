//! Searches and lists, in this process.

use crate::{
    making::{database, now, ranks, title},
    refreshes::slug,
    stopwatch::{Times, heading},
};
use chrono::TimeDelta;
use std::path::Path;
use veille::{
    domain::{
        decision::Verdict,
        listing::{ItemFilter, ItemState, SearchOrder},
    },
    pipeline::search::parse_query,
    store::Store,
};

/// Queries of each kind.
const QUERIES: usize = 100;
/// As the command asks for.
const LIMIT: u32 = 20;

pub(crate) async fn search(home: &Path) {
    let store = Store::open(&database(home)).unwrap();
    let pairs = |one: (usize, usize), other: (usize, usize)| {
        ranks(one.0, one.1, QUERIES).zip(ranks(other.0, other.1, QUERIES)).map(|(a, b)| format!("{a} {b}")).collect()
    };
    let quoted = |n: usize| {
        let title = title(n * 97);
        let words: Vec<&str> = title.split(' ').collect();
        format!("\"{} {}\"", words[3], words[4])
    };
    let beginnings = |letters: usize| {
        let cut = |word: String| format!("{}*", word.chars().take(letters).collect::<String>());
        ranks(40, 3_000, QUERIES).map(cut).collect()
    };
    let kinds: [(&str, Vec<String>); 10] = [
        ("a common word", ranks(1, 60, QUERIES).collect()),
        ("a middling word", ranks(300, 1_000, QUERIES).collect()),
        ("a rare word", ranks(15_000, 30_000, QUERIES).collect()),
        ("two common words", pairs((1, 30), (31, 60))),
        ("a common word and a rare one", pairs((1, 60), (15_000, 30_000))),
        ("two rare words", pairs((5_000, 10_000), (10_000, 15_000))),
        ("two words together, as in some title", (0..QUERIES).map(quoted).collect()),
        ("a beginning of two letters", beginnings(2)),
        ("a beginning of four letters", beginnings(4)),
        (
            "a common word without another",
            ranks(1, 30, QUERIES).zip(ranks(31, 60, QUERIES)).map(|(a, b)| format!("{a} -{b}")).collect(),
        ),
    ];
    for (name, order) in [("search, newest first", SearchOrder::Newest), ("search, best first", SearchOrder::Best)] {
        heading(name);
        for (kind, queries) in &kinds {
            let (mut times, mut found) = (Times::default(), 0);
            for query in queries {
                found += times.take(store.search(parse_query(query), order, LIMIT)).await.unwrap().len();
            }
            times.tell(kind, &format!("{} found", found / queries.len()));
        }
    }
}

pub(crate) async fn list(home: &Path) {
    let store = Store::open(&database(home)).unwrap();
    let all = ItemFilter { limit: 50, ..ItemFilter::default() };
    let theme = |name: &str| ItemFilter { theme: Some(slug(name)), ..all.clone() };
    let state = |state: ItemState| ItemFilter { state: Some(state), ..all.clone() };
    let since = |days: i64| ItemFilter { since: Some(now() - TimeDelta::days(days)), ..all.clone() };
    let source = ItemFilter { source: Some(slug("f7")), ..all.clone() };
    let kinds: [(&str, ItemFilter); 15] = [
        ("all", all.clone()),
        ("--theme, one item in three", theme("ai")),
        ("--theme, one item in 5,000", theme("quantum")),
        ("--theme that no item answers", theme("nothing")),
        ("--source", source.clone()),
        ("--since of a day", since(1)),
        ("--since after the last", since(-1)),
        ("--state new", state(ItemState::New)),
        ("--state backlog", state(ItemState::Backlog)),
        ("--state keep", state(ItemState::Decided(Verdict::Keep))),
        ("--state later", state(ItemState::Decided(Verdict::Later))),
        ("--state published", state(ItemState::Published)),
        ("--source --theme", ItemFilter { theme: Some(slug("data")), ..source.clone() }),
        ("--theme rare --state keep", ItemFilter { state: Some(ItemState::Decided(Verdict::Keep)), ..theme("quantum") }),
        ("--source --state published", ItemFilter { state: Some(ItemState::Published), ..source }),
    ];
    heading("items list");
    for (kind, filter) in kinds {
        let (mut times, mut found) = (Times::default(), 0);
        for _ in 0..5 {
            found = times.take(store.items(filter.clone())).await.unwrap().len();
        }
        times.tell(kind, &format!("{found} found"));
    }
}
