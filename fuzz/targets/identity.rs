//! Two documents of one source, one after the other (a line `=====` between them): no two stored items share a key, nothing that
//! differs is dropped, and the same document once more brings nothing new.
#![no_main]

use chrono::DateTime;
use libfuzzer_sys::fuzz_target;
use std::collections::{HashMap, HashSet};
use veille::{
    domain::{
        document::Document,
        item::{ItemKey, NewItem},
        refresh::{KnownItem, KnownItems},
        slug::Slug,
        source::{Source, SourceKind},
    },
    pipeline::{
        identity::{Identity, identify, possible_keys},
        familiar::Familiar, reading::Reading,
    },
};

/// What a database would hold of one source.
#[derive(Default)]
struct Shelf {
    items: HashMap<i64, (ItemKey, KnownItem)>,
    listed: Vec<i64>,
}

impl Shelf {
    fn known(&self, items: &[NewItem]) -> KnownItems {
        let asked: HashSet<ItemKey> = possible_keys(items).into_iter().collect();
        let held = self.items.values().filter(|(key, _)| asked.contains(key)).cloned();
        let listed = self.listed.iter().map(|id| self.items[id].clone()).collect();
        KnownItems { by_key: held.collect(), listed, buried: HashSet::new() }
    }

    /// Takes a document in; gives how many items were new.
    fn take(&mut self, items: &[NewItem]) -> usize {
        let found = identify(items, &self.known(items));
        assert_eq!(found.len(), items.len());
        let (mut new, mut listed) = (0, Vec::new());
        for (item, identity) in items.iter().zip(found) {
            let (id, key) = match identity {
                Identity::New(key) => {
                    new += 1;
                    (self.items.len() as i64, key)
                }
                Identity::Known(before, key) => (before.id, key),
                Identity::Buried(key) => panic!("{key:?} was never removed"),
                Identity::Repeated => continue,
            };
            assert!(!listed.contains(&id), "two entries of one document became one item");
            listed.push(id);
            let known = KnownItem {
                id,
                content_hash: item.content_hash,
                url: item.url.clone(),
                title: item.title.clone(),
                published_at: item.published.map(|date| date.at),
                first_seen_at: DateTime::UNIX_EPOCH,
            };
            self.items.insert(id, (key, known));
        }
        let keys: HashSet<&ItemKey> = self.items.values().map(|(key, _)| key).collect();
        assert_eq!(keys.len(), self.items.len(), "two items under one key");
        self.listed = listed;
        new
    }
}

fuzz_target!(|text: &str| {
    let now = DateTime::from_timestamp(1_795_420_800, 0).unwrap_or_default();
    let Ok(slug) = Slug::parse("s") else { return };
    let Ok(url) = "https://s.example/feed".parse() else { return };
    let source = Source {
        slug,
        name: "S".to_owned(),
        kind: SourceKind::Feed,
        url,
        language: None,
        themes: Vec::new(),
        publisher: None,
        paused: false,
    };
    let mut shelf = Shelf::default();
    for text in text.split("=====\n").take(4) {
        let document = Document { bytes: text.into(), content_type: None, url: None };
        let Ok(reading) = Reading::of(&document, &source, &Familiar::nothing(&source), now) else { continue };
        shelf.take(&reading.items);
        assert_eq!(shelf.take(&reading.items), 0, "the same document once more brought something new");
        let again = Reading::of(&document, &source, &Familiar::nothing(&source), now).map(|again| again.items);
        assert_eq!(again, Ok(reading.items));
    }
});
