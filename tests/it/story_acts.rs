//! What a person puts together or takes apart stays so.

use serde_json::Value;
use veille_testbench::{
    farm::{Farm, FarmFeed},
    home::{Home, LOOPBACK},
};

const NOW: &str = "2026-11-23T07:30:00Z";

fn feed(site: &str, titles: &[&str]) -> FarmFeed {
    let item = |(number, title): (usize, &&str)| {
        format!(
            "<item><title>{title}</title><link>https://{site}.example/{number}</link><guid>{site}{number}</guid>\
             <pubDate>Sun, 22 Nov 2026 0{number}:00:00 GMT</pubDate><description>{title}, as {site} tells it.</description></item>"
        )
    };
    let items: String = titles.iter().enumerate().map(item).collect();
    let body =
        format!("<rss version=\"2.0\"><channel><title>{site}</title><link>https://{site}.example/</link>{items}</channel></rss>");
    FarmFeed { content_type: "application/rss+xml".to_owned(), body: body.into() }
}

struct World {
    farm: Farm,
    home: Home,
}

impl World {
    fn of(feeds: Vec<FarmFeed>) -> Self {
        let farm = Farm::serve(feeds);
        let sources = std::fs::read_to_string(farm.home().path().join("sources.toml")).unwrap();
        let world = Self { farm, home: Home::with(sources, LOOPBACK) };
        world.refresh();
        world
    }

    fn refresh(&self) {
        assert!(self.home.run(&["--now", NOW, "refresh", "--all"]).status.success());
    }

    fn json(&self, arguments: &[&str]) -> Value {
        self.home.json(&[&["--now", NOW], arguments, &["--json"]].concat())
    }

    fn item(&self, title: &str) -> String {
        let items = self.json(&["items", "list", "--limit", "50"]);
        let found = items.as_array().unwrap().iter().find(|item| item["title"] == title).unwrap();
        found["id"].to_string()
    }

    /// The titles of the items in the story of that one.
    fn story(&self, title: &str) -> Vec<String> {
        let story = self.json(&["stories", "show", &self.item(title)]);
        let mut titles: Vec<String> =
            story["members"].as_array().unwrap().iter().map(|member| member["title"].as_str().unwrap().to_owned()).collect();
        titles.sort();
        titles
    }
}

const FINE: &str = "CNIL fines Example Labs 20 million euros over chat histories of minors";
const AGAIN: &str = "Example Labs fined 20 million euros by the CNIL over chat histories of minors";
const WEATHER: &str = "Storm closes the harbour of Brest for three days";

#[test]
fn a_person_splits_and_merges_and_it_stays_so() {
    let world = World::of(vec![feed("one", &[FINE]), feed("two", &[AGAIN]), feed("three", &[WEATHER])]);
    assert_eq!(world.story(FINE), [FINE, AGAIN], "grouped by their words");
    let split = world.json(&["stories", "split", &world.item(AGAIN), "--as", "Ada", "--reason", "another fine"]);
    assert_eq!(split.as_array().unwrap().len(), 2, "{split}");
    assert_eq!((world.story(FINE), world.story(AGAIN)), (vec![FINE.to_owned()], vec![AGAIN.to_owned()]));
    world.json(&["stories", "merge", &world.item(WEATHER), &world.item(AGAIN), "--as", "Ada"]);
    assert_eq!(world.story(WEATHER), [AGAIN, WEATHER]);
    // More of the same comes in: it joins one of the two, and neither is undone.
    world.farm.replace(
        0,
        feed("one", &[FINE, "CNIL: the fine of 20 million euros for Example Labs over chat histories of minors is appealed"]),
    );
    world.refresh();
    assert!(world.story(FINE).iter().all(|title| title != AGAIN), "{:?}", world.story(FINE));
    assert!(world.story(WEATHER).contains(&AGAIN.to_owned()));
    let shown = world.json(&["stories", "show", &world.item(AGAIN)]);
    assert_eq!((&shown["acts"][0]["kind"], &shown["acts"][1]["reason"]), (&"merge".into(), &"another fine".into()), "{shown}");
    assert!(shown["members"].as_array().unwrap().iter().any(|member| member["tie"]["kind"] == "person"), "{shown}");
    let checked = world.home.run(&["db", "check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn what_cannot_be_done_is_told_with_the_remedy() {
    let world = World::of(vec![feed("one", &[FINE]), feed("two", &[AGAIN])]);
    let (one, two) = (world.item(FINE), world.item(AGAIN));
    for (arguments, said) in [
        (vec!["stories", "merge", &one, &two], "one story already"),
        (vec!["stories", "split", &one, &two], "nothing would stay"),
        (vec!["stories", "split", "999"], "item 999"),
        (vec!["stories", "show", "999"], "item 999"),
    ] {
        let refused = world.home.run(&arguments);
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(refused.status.code() == Some(4) && error.contains(said), "{arguments:?}: {error}");
    }
    let shown = world.home.run(&["--lang", "fr", "items", "show", &two]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("(ouvre le sujet)") || shown.contains("(les mêmes mots"), "{shown}");
    assert!(shown.contains("\n\nMême fait :\n") && !shown.contains("\\u{a}"), "{shown}");
}
