//! How well stories are found, on items written and labelled for the purpose.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use veille::{
    domain::{
        identifier::{Identifier, Scheme},
        story::UngroupedItem,
    },
    pipeline::stories::StoryIndex,
};

const LABELLED: &str = include_str!("../../fixtures/stories/labelled.txt");

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_793_520_000, 0).unwrap()
}

/// The labelled items in an order of arrival (by day, then by a shuffle), with their labels.
fn labelled() -> Vec<(String, UngroupedItem)> {
    let mut items: Vec<_> = LABELLED.lines().filter(|line| !line.starts_with('#')).map(read).collect();
    let shuffled =
        |title: &str| title.bytes().fold(7_u64, |state, byte| state.wrapping_mul(31).wrapping_add(u64::from(byte)) % 10_007);
    items.sort_by_key(|(_, item)| (item.at, shuffled(&item.title)));
    let sources: BTreeSet<i64> = items.iter().map(|(_, item)| item.source).collect();
    assert!(items.len() >= 60 && sources.len() >= 10);
    for (id, (_, item)) in (1..).zip(&mut items) {
        item.item = id;
        item.url = Some(format!("https://example.org/{id}"));
    }
    items
}

fn read(line: &str) -> (String, UngroupedItem) {
    let fields: Vec<&str> = line.split('|').map(str::trim).collect();
    let [label, day, source, title, summary, identifiers] = fields[..] else { panic!("six fields: {line}") };
    let identifier = |text: &str| {
        let (scheme, value) = text.split_once(':').unwrap();
        let scheme: Scheme = serde_json::from_value(serde_json::Value::String(scheme.to_owned())).unwrap();
        Identifier { scheme, value: value.to_owned() }
    };
    let item = UngroupedItem {
        item: 0,
        source: source.bytes().fold(0, |state, byte| state * 31 % 1_000_003 + i64::from(byte)),
        at: start() + TimeDelta::days(day.parse().unwrap()),
        url: None,
        backlog: false,
        title: title.to_owned(),
        summary: summary.to_owned(),
        identifiers: identifiers.split(',').filter(|text| !text.is_empty()).map(identifier).collect(),
        fingerprint: None,
    };
    (label.to_owned(), item)
}

/// B-cubed precision, recall and F1 (Bagga and Baldwin, 1998).
fn b_cubed(labels: &[String], found: &[i64]) -> (f64, f64, f64) {
    let of = |same: &dyn Fn(usize, usize) -> bool, of: &dyn Fn(usize, usize) -> bool| {
        let share = |one: usize| {
            let together: Vec<usize> = (0..labels.len()).filter(|other| of(one, *other)).collect();
            let right = together.iter().filter(|other| same(one, **other)).count();
            f64::from(u32::try_from(right).unwrap()) / f64::from(u32::try_from(together.len()).unwrap())
        };
        (0..labels.len()).map(share).sum::<f64>() / f64::from(u32::try_from(labels.len()).unwrap())
    };
    let label = |one: usize, other: usize| labels[one] == labels[other];
    let story = |one: usize, other: usize| found[one] == found[other];
    let (precision, recall) = (of(&label, &story), of(&story, &label));
    (precision, recall, 2.0 * precision * recall / (precision + recall))
}

#[test]
fn finds_the_stories_of_a_labelled_week() {
    let items = labelled();
    let mut index = StoryIndex::new();
    let mut found = Vec::new();
    for (label, item) in &items {
        let assignment = index.assign(item);
        let seed = items.iter().find(|(_, other)| other.item == assignment.story).map(|(label, _)| label);
        if seed != Some(label) {
            println!("{label} went into {seed:?}: {} ({:?})", item.title, assignment.tie);
        }
        found.push(assignment.story);
    }
    let labels: Vec<String> = items.into_iter().map(|(label, _)| label).collect();
    let (precision, recall, f1) = b_cubed(&labels, &found);
    let stories = labels.iter().collect::<BTreeSet<_>>().len();
    let sizes = found.iter().fold(BTreeMap::new(), |mut sizes, story| {
        *sizes.entry(*story).or_insert(0) += 1;
        sizes
    });
    println!(
        "{} items, {stories} stories, {} found: B-cubed precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}",
        labels.len(),
        sizes.len()
    );
    assert!(f1 >= 0.8, "{f1}");
}

#[test]
fn the_same_items_give_the_same_stories() {
    let assign = || {
        let mut index = StoryIndex::new();
        labelled().iter().map(|(_, item)| index.assign(item)).collect::<Vec<_>>()
    };
    assert_eq!(assign(), assign());
}
