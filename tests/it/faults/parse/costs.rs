//! What a document may cost: P01, P03, P04.

use super::{run, served};
use veille_testbench::{
    farm::Farm,
    generate::{self, Hostile},
    hostile::{End, Ran},
    origin::{self, Origin},
};

/// Each document ends as a feed that kept its good entries, or as a refusal, within the limits.
fn all_sound(documents: impl IntoIterator<Item = Hostile>) {
    let mut faults = Vec::new();
    for document in documents {
        let ran = run(&document.bytes());
        let kept = if ran.end == End::Typed { entries(&ran) } else { 0 };
        if !ran.is_sound() || kept < document.least {
            faults.push(format!("{}: {ran}; {kept} entries of {}", document.name, document.least));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn entries(ran: &Ran) -> usize {
    ran.json()["entries"].as_array().unwrap().len()
}

#[test]
fn p01_nesting_is_refused_by_the_guard_and_costs_only_its_entry() {
    let deepest =
        generate::nestings().filter(|document| document.name.contains("64 deep") || document.name.contains("3000 deep"));
    all_sound(deepest);
    // The deepest of all that fit into a document, once.
    let attack = generate::around(&format!("<item><title>x</title>{}</item>", generate::nested("media:content", 300_000)));
    let ran = run(attack.as_bytes());
    assert_eq!((&ran.end, entries(&ran)), (&End::Typed, 2), "{ran}");
    assert!(ran.json()["warnings"].to_string().contains("64"), "the refusal is said: {}", ran.json()["warnings"]);
}

#[test]
#[ignore = "long: every recursive name at every depth, half a minute: cargo nextest run --run-ignored only -E 'test(p01_)'"]
fn p01_every_name_at_every_depth() {
    all_sound(generate::nestings());
}

#[test]
fn p01_other_feeds_are_served_beside_the_attack() {
    let good = generate::around("<item><title>A release</title><link>https://site.example/r</link></item>");
    let attacks = generate::RECURSIVE.map(|name| generate::around(&format!("<item>{}</item>", generate::nested(name, 20_000))));
    let farm = Farm::serve([served(good.as_str())].into_iter().chain(attacks.map(served)).chain([served(good.as_str())]));
    let home = farm.home();
    let report = home.json(&["refresh", "--all", "--json"]);
    assert_eq!((&report["fetched"], &report["failed"]), (&18.into(), &0.into()), "{report}");
    // What is refused is kept with its reason; text elements in themselves (`category`, `description`) are repaired, not refused.
    let refused = report["quarantined"].as_i64().unwrap();
    assert!(refused >= 14, "{report}");
    // Three good items of each good feed; the two good items around each attack, and the attack where it could be read.
    assert_eq!(report["new_items"], 3 + 16 * 2 + 3 + (16 - refused), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn p03_entities_neither_expand_nor_load() {
    let canary = Origin::serve(|_| origin::feed(&[])).await;
    let documents = generate::entities(canary.url("").as_str().trim_end_matches('/'));
    let bodies: Vec<Vec<u8>> = documents.iter().map(Hostile::bytes).collect();
    tokio::task::spawn_blocking(move || {
        all_sound(documents);
        let farm = Farm::serve(bodies.into_iter().map(served));
        let home = farm.home();
        // The farm's own network may be reached: nothing but the product's own mind keeps it from the canary.
        let report = home.json(&["refresh", "--all", "--json"]);
        assert_eq!(report["failed"], 0, "{report}");
        let items = home.json(&["items", "list", "--limit", "1000", "--json"]);
        let titles: Vec<&str> = items.as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap()).collect();
        assert!(titles.iter().all(|title| title.len() < 200 && !title.contains("lollol")), "{titles:?}");
        let hostname = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
        let hostname = hostname.trim();
        assert!(hostname.is_empty() || !items.to_string().contains(hostname), "a file was read");
    })
    .await
    .unwrap();
    assert_eq!((canary.connections(), canary.asked().len()), (0, 0), "{:?}", canary.asked());
}

#[test]
fn p04_heaps_are_capped_and_cost_little() {
    // An unoptimised build reads the dearest half in the long test.
    let quick =
        ["800,000 attributes", "100,000 namespaces", "300,000 categories", "190,000 different categories", "200,000 items"];
    let quick = [
        &quick[..],
        &[
            "100 MB of text",
            "800,000 empty sections",
            "190,000 different authors",
            "9 MB of <",
            "a million document types",
            "JSON, 3 million empty items",
        ],
    ]
    .concat();
    all_sound(generate::heaps().into_iter().filter(|heap| quick.contains(&heap.name.as_str())));
}

#[test]
#[ignore = "long: all 45 heaps, minutes unoptimised: cargo nextest run --run-ignored only -E 'test(p04_)'"]
fn p04_every_heap() {
    all_sound(generate::heaps());
}
