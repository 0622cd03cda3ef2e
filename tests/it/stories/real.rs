//! Stories in feeds captured from real sites: nothing is labelled there, but a story that swallows a feed would show.

use chrono::{DateTime, Utc};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};
use url::Url;
use veille::{
    domain::{
        document::Document,
        slug::Slug,
        source::{Source, SourceKind},
        story::UngroupedItem,
    },
    pipeline::{
        familiar::Familiar,
        reading::Reading,
        stories::{Assignment, Fingerprint, StoryIndex},
        text::ItemWords,
    },
};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_600_800, 0).unwrap()
}

/// The documents of real feeds in the shared corpora, if they are there.
fn documents() -> Option<Vec<Document>> {
    let root = std::env::var_os("VEILLE_CORPORA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"), PathBuf::from);
    let manifest = std::fs::read_to_string(root.join("manifest.jsonl")).ok()?;
    let rows = manifest.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let real = rows.filter(|row| row["kind"] == "feed" && row["real"] == true && row["parse"] == "must");
    Some(real.map(|row| document(&root, &row)).collect())
}

fn document(root: &Path, row: &serde_json::Value) -> Document {
    let url = row["base"].as_str().or(row["url"].as_str()).and_then(|url| Url::parse(url).ok());
    Document {
        bytes: std::fs::read(root.join(row["file"].as_str().unwrap())).unwrap(),
        content_type: row["content_type"].as_str().map(str::to_owned),
        url,
    }
}

fn items(documents: &[Document]) -> Vec<UngroupedItem> {
    let mut all = Vec::new();
    for (number, document) in (1..).zip(documents) {
        let source = Source {
            slug: Slug::propose(&format!("feed {number}")),
            name: format!("Feed {number}"),
            kind: SourceKind::Feed,
            url: document.url.clone().unwrap_or_else(|| Url::parse("https://example.org/feed").unwrap()),
            language: None,
            themes: Vec::new(),
            publisher: None,
            paused: false,
        };
        let Ok(reading) = Reading::of(document, &source, &Familiar::nothing(&source), now()) else { continue };
        all.extend(reading.items.into_iter().map(|item| UngroupedItem {
            item: 0,
            source: number,
            at: item.published.map_or_else(now, |published| published.at),
            backlog: false,
            fingerprint: Some(Fingerprint::of_item(&item, &ItemWords::of(&item), now()).into_bytes()),
            url: item.url,
            title: item.title,
            summary: item.summary,
            identifiers: item.identifiers,
        }));
    }
    (1..).zip(&mut all).for_each(|(id, item)| item.item = id);
    all
}

#[test]
fn no_story_swallows_a_feed() {
    let Some(documents) = documents() else {
        eprintln!("SKIPPED: no corpora beside the project (set VEILLE_CORPORA to their folder)");
        return;
    };
    let items = items(&documents);
    let mut index = StoryIndex::new();
    let mut stories = BTreeMap::<i64, Vec<(&UngroupedItem, Assignment)>>::new();
    for item in &items {
        let assignment = index.assign(item);
        stories.entry(assignment.story).or_default().push((item, assignment));
    }
    let mut several: Vec<_> = stories.into_values().filter(|members| members.len() > 1).collect();
    several.sort_by_key(|members| std::cmp::Reverse(members.len()));
    println!("{} items of {} feeds; {} stories of several items", items.len(), documents.len(), several.len());
    for members in &several {
        println!("{} items", members.len());
        for (item, assignment) in members {
            println!("    {:>3} {} {:?} {:?}", item.source, item.at.date_naive(), item.title, assignment.tie);
        }
    }
    let largest = several.first().map_or(0, Vec::len);
    assert!(largest * 50 <= items.len(), "{largest} of {} items in one story", items.len());
}
