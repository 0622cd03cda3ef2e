//! Publishers break their keys in many ways; each case is two documents of one source.

use super::{Identity, base_key, identify, possible_keys};
use crate::domain::{
    fetching::{DatePrecision, StatedDate},
    item::{ItemKey, NewItem},
    refresh::{KnownItem, KnownItems},
    slug::Slug,
    source::{Source, SourceKind},
};
use chrono::DateTime;
use std::collections::{BTreeMap, HashSet};

fn source() -> Source {
    Source {
        slug: Slug::parse("s").unwrap(),
        name: "S".to_owned(),
        kind: SourceKind::Feed,
        url: "https://s.example/feed".parse().unwrap(),
        language: None,
        themes: Vec::new(),
        publisher: None,
        paused: false,
    }
}

/// "id|url|title|day|text", each part but the title possibly empty.
fn entry(line: &str) -> NewItem {
    let parts: Vec<&str> = line.split('|').collect();
    let part = |place: usize| parts.get(place).copied().filter(|part| !part.is_empty());
    let date = |day: &str| StatedDate {
        at: DateTime::from_timestamp(1_790_000_000 + day.parse::<i64>().unwrap() * 86_400, 0).unwrap(),
        precision: DatePrecision::Zoned,
    };
    let mut item = NewItem {
        key: ItemKey(String::new()),
        url: part(1).map(str::to_owned),
        title: part(2).unwrap_or_default().to_owned(),
        authors: Vec::new(),
        published: part(3).map(date),
        updated: None,
        unreadable_date: None,
        language: None,
        summary: part(4).unwrap_or_default().to_owned(),
        content_html: None,
        content_text: None,
        categories: Vec::new(),
        links: Vec::new(),
        identifiers: Vec::new(),
        content_hash: [0; 32],
    };
    let shown = format!("{}|{:?}|{}", item.title, item.published, item.summary);
    item.content_hash.copy_from_slice(ring::digest::digest(&ring::digest::SHA256, shown.as_bytes()).as_ref());
    item.key = base_key(part(0), &item, &source());
    item
}

/// A store as small as can be: items by row, those of the last document listed.
#[derive(Default)]
struct Shelf {
    items: BTreeMap<i64, (ItemKey, KnownItem)>,
    listed: HashSet<i64>,
    buried: HashSet<ItemKey>,
}

impl Shelf {
    /// Takes a document in; gives the number of new items and of rows that changed.
    fn take(&mut self, document: &[&str]) -> (usize, usize) {
        let items: Vec<NewItem> = document.iter().map(|line| entry(line)).collect();
        let asked: HashSet<ItemKey> = possible_keys(&items).into_iter().collect();
        let known = KnownItems {
            by_key: self.items.values().filter(|(key, _)| asked.contains(key)).cloned().collect(),
            listed: self.items.values().filter(|(_, known)| self.listed.contains(&known.id)).cloned().collect(),
            buried: self.buried.intersection(&asked).cloned().collect(),
        };
        let identities = identify(&items, &known);
        self.listed.clear();
        let (mut new, mut changed) = (0, 0);
        for (item, identity) in items.iter().zip(identities) {
            let (id, key) = match identity {
                Identity::New(key) => {
                    new += 1;
                    (i64::try_from(self.items.len()).unwrap() + 1, key)
                }
                Identity::Known(before, key) => {
                    changed += usize::from(before.content_hash != item.content_hash);
                    (before.id, key)
                }
                Identity::Buried(_) | Identity::Repeated => continue,
            };
            let row = KnownItem {
                id,
                content_hash: item.content_hash,
                url: item.url.clone(),
                title: item.title.clone(),
                published_at: item.published.map(|date| date.at),
                first_seen_at: DateTime::UNIX_EPOCH,
            };
            assert!(self.items.iter().all(|(other, (taken, _))| *other == id || *taken != key), "key {} twice", key.0);
            assert!(self.listed.insert(id), "row {id} claimed twice");
            self.items.insert(id, (key, row));
        }
        (new, changed)
    }
}

fn check(name: &str, steps: &[(&[&str], (usize, usize))]) {
    let mut shelf = Shelf::default();
    for (number, (document, expected)) in steps.iter().enumerate() {
        assert_eq!(shelf.take(document), *expected, "{name}, document {}", number + 1);
        let again = shelf.take(document);
        assert_eq!(again, (0, 0), "{name}, document {} once more", number + 1);
    }
}

#[test]
fn keys_are_the_id_else_the_address_else_source_and_title() {
    for (line, key) in [
        ("tag:x,2026:1|https://a.example/1|T", "id:tag:x,2026:1"),
        (" guid-1 |https://a.example/1|T", "id:guid-1"),
        ("https://a.example/1?utm_source=x|https://a.example/2|T", "id:a.example/1"),
        ("http://a.example/1||T", "id:a.example/1"),
        ("|https://a.example/1|T", "url:a.example/1"),
    ] {
        assert_eq!(entry(line).key.0, key, "{line}");
    }
    assert!(entry("||T").key.0.starts_with("hash:"));
    assert_ne!(entry("||T").key, entry("||U").key);
    assert!(entry(&format!("{}||T", "x".repeat(5_000))).key.0.len() < 100);
}

#[test]
fn items_are_recognised_whatever_becomes_of_their_keys() {
    check(
        "plain",
        &[
            (&["1|https://a.example/1|One|1", "2|https://a.example/2|Two|2"], (2, 0)),
            (&["2|https://a.example/2|Two, corrected|2", "3|https://a.example/3|Three|3"], (1, 1)),
        ],
    );
    check(
        "ids turn from http to https",
        &[
            (&["http://a.example/1||One|1", "http://a.example/2||Two|2"], (2, 0)),
            (&["https://a.example/1||One|1", "https://a.example/2||Two|2"], (0, 0)),
        ],
    );
    check(
        "every id is a link with a token",
        &[
            (&["https://a.example/1?sid=aa||One|1", "https://a.example/2?sid=aa||Two|2"], (2, 0)),
            (
                &[
                    "https://a.example/1?sid=bb||One|1",
                    "https://a.example/2?sid=bb||Two|2",
                    "https://a.example/3?sid=bb||Three|3",
                ],
                (1, 0),
            ),
        ],
    );
    check(
        "no id, a volatile link, no date",
        &[
            (&["|https://a.example/1?t=1|One", "|https://a.example/2?t=1|Two"], (2, 0)),
            (&["|https://a.example/1?t=2|One", "|https://a.example/2?t=2|Two"], (0, 0)),
        ],
    );
    check(
        "neither id nor link",
        &[(&["||One||text", "||Two||text"], (2, 0)), (&["||One||another text", "||Two||text", "||Three||text"], (1, 1))],
    );
}

#[test]
fn reused_and_repeated_ids_lose_nothing() {
    check(
        "the same id twice in a document",
        &[
            (&["0|https://a.example/1|One|1", "0|https://a.example/2|Two|2"], (2, 0)),
            (&["0|https://a.example/1|One|1", "0|https://a.example/2|Two|2", "0|https://a.example/3|Three|3"], (1, 0)),
            (&["0|https://a.example/2|Two|2", "0|https://a.example/3|Three|3", "0|https://a.example/4|Four|4"], (1, 0)),
            (&["0|https://a.example/4|Four|4", "0|https://a.example/5|Five|5"], (1, 0)),
        ],
    );
    check(
        "an id reused for something else",
        &[
            (&["daily|https://a.example/1|Monday|1"], (1, 0)),
            (&["daily|https://a.example/2|Tuesday|2"], (1, 0)),
            (&["daily|https://a.example/3|Wednesday|3"], (1, 0)),
        ],
    );
}

#[test]
fn items_without_an_id_are_told_apart() {
    check(
        "one page for all, no id",
        &[
            (&["|https://a.example/log|v1|1", "|https://a.example/log|v2|2"], (2, 0)),
            (&["|https://a.example/log|v2|2", "|https://a.example/log|v3|3"], (1, 0)),
            (&["|https://a.example/log|v3|3", "|https://a.example/log|v4|4"], (1, 0)),
        ],
    );
    check("the same entry twice, word for word", &[(&["1||One|1", "1||One|1"], (1, 0))]);
    check(
        "two different items that look alike",
        &[(&["1|https://a.example/1|Weekly notes|1"], (1, 0)), (&["2|https://a.example/2|Weekly notes|8"], (1, 0))],
    );
}

#[test]
fn what_retention_removed_is_not_new_while_it_is_listed() {
    let mut shelf = Shelf { buried: HashSet::from([ItemKey("id:old".to_owned())]), ..Shelf::default() };
    assert_eq!(shelf.take(&["old|https://a.example/1|Old|1", "new|https://a.example/2|New|2"]), (1, 0));
}

#[test]
fn a_feed_that_changes_every_id_brings_nothing_new() {
    check(
        "all ids change at once, titles and dates stay",
        &[
            (&["a1||One|1", "a2||Two|2", "a3||Three|3"], (3, 0)),
            (&["b1||One|1", "b2||Two|2", "b3||Three, at last|3", "b4||Four|4"], (2, 0)),
        ],
    );
}
