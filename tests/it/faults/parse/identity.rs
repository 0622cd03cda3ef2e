//! Which item an entry is, when publishers break the rules: P09, P10.

use super::{rss, served};
use veille_testbench::farm::Farm;

/// An item, its parts empty where it lacks them.
fn item(guid: &str, title: &str, link: &str, day: u32) -> String {
    let part = |name: &str, value: &str| if value.is_empty() { String::new() } else { format!("<{name}>{value}</{name}>") };
    let date = if day == 0 { String::new() } else { format!("Mon, {day:02} Nov 2026 08:00:00 GMT") };
    let guid = if guid.is_empty() { String::new() } else { format!("<guid isPermaLink=\"false\">{guid}</guid>") };
    format!("<item>{guid}{}{}{}</item>", part("title", title), part("link", link), part("pubDate", &date))
}

/// What the binary makes of one document after the other: new items at each fetch, and how many are stored in the end.
fn fetches(documents: &[String]) -> (Vec<i64>, usize) {
    let farm = Farm::serve([served(documents[0].as_str())]);
    let home = farm.home();
    let mut new = Vec::new();
    for (round, document) in documents.iter().enumerate() {
        // The ETag of the farm is made of the length: each answer is a new one.
        farm.replace(0, served(format!("{document}<!--{}-->", "x".repeat(round))));
        let report = home.json(&["refresh", "f0", "--json"]);
        assert_eq!(report["failed"], 0, "{report}");
        new.push(report["new_items"].as_i64().unwrap());
    }
    let stored = home.json(&["items", "list", "--limit", "1000", "--json"]).as_array().unwrap().len();
    (new, stored)
}

fn feed(items: impl IntoIterator<Item = String>) -> String {
    rss(&items.into_iter().collect::<String>())
}

#[test]
fn p09_volatile_links_without_guid_bring_nothing_new() {
    for day in [0, 16] {
        let fetch = |token: &str| {
            feed((0..10).map(|n| {
                let link = format!("https://site.example/a?article={n}&amp;session={token}{n}");
                item("", &format!("Title {n}"), &link, if day == 0 { 0 } else { day + n % 10 })
            }))
        };
        assert_eq!(fetches(&[fetch("x"), fetch("yy"), fetch("zzz")]), (vec![10, 0, 0], 10), "dated from {day}");
    }
}

#[test]
fn p09_a_volatile_path_without_guid_brings_nothing_new_beside_what_is() {
    let fetch = |token: &str, count: u32| {
        feed((0..count).rev().map(|n| item("", &format!("Title {n}"), &format!("https://site.example/{token}/{n}"), 0)))
    };
    assert_eq!(fetches(&[fetch("a", 10), fetch("bb", 11), fetch("ccc", 12)]), (vec![10, 1, 1], 12));
}

#[test]
fn p09_no_guid_and_no_link_bring_nothing_new() {
    let titled = feed((0..10).map(|n| item("", &format!("Title {n}"), "", 0)));
    let dated = feed((0..10).map(|n| item("", "Bulletin", "", 1 + n)));
    let bare = feed((0..10).map(|n| format!("<item><description>Only a text, number {n}.</description></item>")));
    for document in [titled, dated, bare] {
        assert_eq!(fetches(&[document.clone(), document.clone(), document]), (vec![10, 0, 0], 10));
    }
    // In another order, and with one more on top.
    let numbered = |numbers: &[u32]| feed(numbers.iter().map(|n| item("", &format!("Title {n}"), "", 0)));
    assert_eq!(fetches(&[numbered(&[3, 2, 1]), numbered(&[1, 3, 2]), numbered(&[4, 3, 2, 1])]), (vec![3, 0, 1], 4));
}

#[test]
fn p10_the_same_guid_twice_drops_nothing() {
    let two = feed([item("same", "First", "https://site.example/1", 16), item("same", "Second", "https://site.example/2", 17)]);
    assert_eq!(fetches(&[two.clone(), two]), (vec![2, 0], 2));
    let all = feed((0..20).map(|n| item("0", &format!("Title {n}"), &format!("https://site.example/{n}"), 0)));
    assert_eq!(fetches(&[all.clone(), all]), (vec![20, 0], 20));
}

#[test]
fn p10_a_guid_used_again_is_another_item() {
    let before = feed([item("1", "Old", "https://site.example/old", 10), item("2", "Kept", "https://site.example/kept", 11)]);
    let after = feed([item("1", "Fresh", "https://site.example/fresh", 17), item("2", "Kept", "https://site.example/kept", 11)]);
    assert_eq!(fetches(&[before, after.clone(), after]), (vec![2, 1, 0], 3));
}

/// An item comes back under the guid that another, forgotten by the publisher, still has in the store: found by fuzzing.
#[test]
fn p10_a_guid_that_wanders_to_another_known_item_is_no_conflict() {
    let a = |guid: &str| item(guid, "A", "https://site.example/a", 10);
    let b = |guid: &str| item(guid, "B", "https://site.example/b", 11);
    let (first, second) = (feed([a("k"), b("l")]), feed([b("k")]));
    assert_eq!(fetches(&[first.clone(), second.clone(), second.clone(), first, second]), (vec![2, 0, 0, 0, 0], 2));
    let (first, second) = (feed([a("k"), b("l")]), feed([b("k"), a("l")]));
    assert_eq!(fetches(&[first.clone(), second.clone(), first, second]), (vec![2, 0, 0, 0], 2));
}

#[test]
fn p10_https_is_no_other_address() {
    let fetch = |scheme: &str| {
        feed((0..12).map(|n| {
            let address = format!("{scheme}://site.example/{n}");
            item(&address, &format!("Title {n}"), &address, 0)
        }))
    };
    assert_eq!(fetches(&[fetch("http"), fetch("https"), fetch("http")]), (vec![12, 0, 0], 12));
    let bare = |scheme: &str| feed((0..12).map(|n| item("", &format!("Title {n}"), &format!("{scheme}://site.example/{n}"), 0)));
    assert_eq!(fetches(&[bare("http"), bare("https")]), (vec![12, 0], 12));
}

/// More than half of a known feed turns new while titles and dates match: those are the items that we know.
#[test]
fn p10_when_all_identifiers_change_the_items_are_the_same() {
    for (dated, moved) in [(true, false), (true, true), (false, false), (false, true)] {
        let fetch = |generation: u32, count: u32| {
            feed((0..count).rev().map(|n| {
                let host = if moved { format!("www{generation}.site.example") } else { "site.example".to_owned() };
                let guid = format!("tag:{generation}:{n}");
                item(&guid, &format!("Title {n}"), &format!("https://{host}/{n}"), if dated { 1 + n } else { 0 })
            }))
        };
        let found = fetches(&[fetch(1, 12), fetch(2, 12), fetch(3, 15), fetch(3, 15)]);
        assert_eq!(found, (vec![12, 0, 3, 0], 15), "dated {dated}, moved {moved}");
    }
}

#[test]
fn p10_a_new_week_is_no_change_of_identifiers() {
    // Nothing of the old document is left, and the titles are those of any week.
    let week = |first: u32| {
        feed((first..first + 6).map(|n| item(&format!("g{n}"), "Weekly bulletin", &format!("https://site.example/{n}"), n)))
    };
    assert_eq!(fetches(&[week(1), week(8), week(15)]), (vec![6, 6, 6], 18));
}
