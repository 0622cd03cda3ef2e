//! Feeds captured from real sites, served on loopback: all stored, or failed with a reason; asked once more, nothing is new.

use chrono::DateTime;
use std::{collections::BTreeSet, path::PathBuf};
use veille::{domain::document::Document, pipeline::parse::parse};
use veille_testbench::farm::{Farm, FarmFeed};

/// A document that breaks off vouches for nothing: it is asked for whole again.
fn breaks_off(feed: &FarmFeed) -> bool {
    let content_type = Some(feed.content_type.clone()).filter(|text| !text.is_empty());
    let document = Document { bytes: feed.body.to_vec(), content_type, url: None };
    parse(&document, DateTime::UNIX_EPOCH).is_ok_and(|feed| feed.truncated)
}

/// The captured feeds of the shared corpora, if they are there.
fn captured() -> Option<Vec<FarmFeed>> {
    let root = std::env::var_os("VEILLE_CORPORA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpora"), PathBuf::from);
    let manifest = std::fs::read_to_string(root.join("manifest.jsonl")).ok()?;
    let rows = manifest.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let real = rows.filter(|row| row["kind"] == "feed" && row["real"] == true && row["parse"] == "must");
    let feed = |row: serde_json::Value| FarmFeed {
        content_type: row["content_type"].as_str().unwrap_or_default().to_owned(),
        body: std::fs::read(root.join(row["file"].as_str().unwrap())).unwrap().into(),
    };
    Some(real.map(feed).collect())
}

#[test]
fn every_captured_feed_is_stored_or_says_why_and_nothing_comes_twice() {
    let Some(feeds) = captured() else {
        eprintln!("SKIPPED: no corpora beside the project (set VEILLE_CORPORA to their folder)");
        return;
    };
    let broken: BTreeSet<usize> =
        feeds.iter().enumerate().filter(|(_, feed)| breaks_off(feed)).map(|(number, _)| number).collect();
    let farm = Farm::serve(feeds);
    let home = farm.home();

    let first = home.json(&["refresh", "--all", "--json"]);
    let (fetched, failed) = (first["fetched"].as_u64().unwrap() as usize, first["failed"].as_u64().unwrap() as usize);
    assert_eq!(fetched + failed, farm.feeds(), "{first}");
    let reasons = first["failures"].as_array().unwrap();
    assert_eq!(reasons.len(), failed);
    assert!(reasons.iter().all(|failure| failure["reason"].as_str().is_some_and(|reason| reason.len() > 10)), "{first}");
    assert!(fetched * 100 >= farm.feeds() * 97, "too many failed: {first}");
    assert!(first["new_items"].as_u64().unwrap() > 500, "{first}");
    farm.take_asked();

    let second = home.json(&["refresh", "--all", "--json"]);
    assert_eq!((&second["new_items"], &second["updated_items"]), (&0.into(), &0.into()), "{second}");
    assert_eq!(second["not_modified"], fetched - broken.len(), "{second}");
    let failed: BTreeSet<String> = reasons.iter().map(|failure| failure["source"].as_str().unwrap().to_owned()).collect();
    for (number, asked) in farm.take_asked() {
        if !failed.contains(&format!("f{number}")) && !broken.contains(&number) {
            assert_eq!((asked.requests, asked.conditional), (1, 1), "feed {number} was not asked conditionally");
        }
    }
}
