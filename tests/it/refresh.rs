//! `veille refresh` from outside: what it reports, what it leaves alone.

use serde_json::json;
use veille_testbench::{
    farm::{Farm, FarmFeed},
    home::{Home, LOOPBACK},
    origin::{Origin, feed, reply},
};

fn rss(items: &[&str]) -> FarmFeed {
    let items: String = items
        .iter()
        .map(|title| {
            format!(
                "<item><title>{title}</title><link>https://site.example/{title}</link><guid isPermaLink=\"false\">{title}</guid>\
                 <pubDate>Mon, 16 Nov 2026 08:00:00 GMT</pubDate><description>A law about the model {title}.</description></item>"
            )
        })
        .collect();
    let body = format!("<rss version=\"2.0\"><channel><title>F</title><link>https://site.example/</link>{items}</channel></rss>");
    FarmFeed { content_type: "application/rss+xml".to_owned(), body: body.into() }
}

fn no_feed() -> FarmFeed {
    FarmFeed { content_type: "text/html".to_owned(), body: "<!doctype html><title>Log in</title><form></form>".into() }
}

#[test]
fn one_failing_source_is_one_line_of_the_report() {
    let farm = Farm::serve([rss(&["one", "two"]), no_feed(), rss(&["three"])]);
    let home = farm.home();
    let output = home.run(&["refresh", "--json"]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&report["sources"], &report["fetched"], &report["failed"], &report["new_items"]),
        (&json!(3), &json!(2), &json!(1), &json!(3))
    );
    assert_eq!(report["failures"][0]["source"], "f1");
    assert!(report["failures"][0]["reason"].as_str().unwrap().contains("f1"), "{report}");
    let quarantine = home.json(&["items", "quarantine", "--json"]);
    assert_eq!((&quarantine[0]["source"], quarantine.as_array().unwrap().len()), (&json!("f1"), 1));

    let due = home.json(&["refresh", "--json"]);
    assert_eq!(due["sources"], 0, "nobody is asked again before its time: {due}");
    assert_eq!(farm.take_asked().values().map(|asked| asked.requests).sum::<usize>(), 3);
}

#[test]
fn a_first_fetch_is_backlog_and_what_follows_is_new() {
    let farm = Farm::serve([rss(&["one", "two"])]);
    let home = farm.home();
    assert_eq!(home.json(&["refresh", "--all", "--json"])["new_items"], 2);
    farm.replace(0, rss(&["three", "one", "two"]));
    let report = home.json(&["refresh", "f0", "--json"]);
    assert_eq!((&report["new_items"], &report["updated_items"]), (&json!(1), &json!(0)), "{report}");
    let titles = |state: &str| -> Vec<String> {
        let rows = home.json(&["items", "list", "--state", state, "--json"]);
        rows.as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles("new"), ["three"]);
    assert_eq!(titles("backlog").len(), 2);
}

#[test]
fn what_makes_no_sense_is_refused_with_its_name() {
    let farm = Farm::serve([rss(&["one"])]);
    let home = farm.home();
    for (arguments, status, named) in [
        (&["refresh", "nobody"][..], 4, "nobody"),
        (&["refresh", "Not A Slug"], 2, "Not A Slug"),
        (&["refresh", "--all", "f0"], 2, "--all"),
        (&["items", "show", "42"], 4, "42"),
        (&["items", "keep", "42", "--as", "ada"], 4, "42"),
        (&["items", "list", "--since", "yesterday"], 2, "yesterday"),
        (&["items", "list", "--state", "odd"], 2, "odd"),
        (&["items", "list", "--theme", "nothing"], 4, "nothing"),
    ] {
        let output = home.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {said}");
        assert!(said.contains(named), "{arguments:?}: {said}");
    }
}

#[test]
fn timings_tell_where_the_time_went() {
    let farm = Farm::serve([rss(&["one", "two"]), rss(&["three"])]);
    let home = farm.home();
    let report = home.json(&["refresh", "--all", "--timings", "--json"]);
    let times = |stage: &str| {
        let rows = report["timings"].as_array().unwrap();
        rows.iter().find(|row| row["stage"] == stage).map(|row| row["times"].as_u64().unwrap())
    };
    assert_eq!((times("ask"), times("read"), times("assess"), times("group")), (Some(2), Some(2), Some(2), Some(1)), "{report}");
    let table = String::from_utf8(home.run(&["--lang", "en", "refresh", "--all", "--timings"]).stdout).unwrap();
    assert!(table.contains("ask the sources") && table.contains("group into stories"), "{table}");
    assert!(home.json(&["refresh", "--all", "--json"]).get("timings").is_none(), "only when asked for");
}

#[tokio::test]
async fn f07_a_resting_host_is_left_alone_and_its_sources_do_not_fail() {
    let origin = Origin::serve(|asked| match asked.path.as_str() {
        "/busy" => reply("429 Too Many Requests", &["Retry-After: 86400"], ""),
        _ => feed(&[]),
    })
    .await;
    let source = |slug: &str| format!("[[source]]\nslug = \"{slug}\"\nurl = \"{}\"\n", origin.url(&format!("/{slug}")));
    let home = Home::with(source("busy") + &source("one") + &source("two"), format!("{LOOPBACK}concurrency = 1\n"));
    let refresh = |arguments: &'static [&'static str]| {
        let mut command = home.command(arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap())
    };
    let first = refresh(&["refresh", "busy", "--json"]).await.unwrap();
    assert_eq!(first.status.code(), Some(3), "the one that was refused has failed");
    let second = refresh(&["refresh", "--all", "--json"]).await.unwrap();
    let report: serde_json::Value = serde_json::from_slice(&second.stdout).unwrap();
    assert_eq!((&report["sources"], &report["resting"], &report["failed"]), (&json!(0), &json!(3), &json!(0)), "{report}");
    assert_eq!(second.status.code(), Some(0), "rest is no failure");
    assert_eq!(origin.asked().len(), 1, "nobody of that host was asked again");
    let listed = refresh(&["sources", "list", "--json"]).await.unwrap();
    let rows: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let failing: Vec<_> =
        rows.as_array().unwrap().iter().filter(|row| row["state"] == "failing").map(|row| &row["slug"]).collect();
    assert_eq!(failing, [&json!("busy")]);
}

#[tokio::test]
async fn f07_sources_that_wait_for_their_turn_when_the_host_begins_to_rest_do_not_fail() {
    let origin = Origin::serve(|_| reply("429 Too Many Requests", &["Retry-After: 3600"], "")).await;
    let source = |number: usize| format!("[[source]]\nslug = \"s{number}\"\nurl = \"{}\"\n", origin.url(&format!("/{number}")));
    let home = Home::with((0..8).map(source).collect::<String>(), LOOPBACK);
    let report = tokio::task::spawn_blocking(move || home.json(&["refresh", "--all", "--json"])).await.unwrap();
    assert_eq!((&report["failed"], &report["resting"], origin.asked().len()), (&json!(1), &json!(7), 1), "{report}");
}
