//! What a person is told in the first hour, in French and in English: what happened, what it means, what to do next.

use chrono::{DateTime, TimeDelta, Utc};
use veille_testbench::{
    home::{Home, LOOPBACK},
    origin::{Asked, Origin, Reply, reply},
};

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_420_800, 0).unwrap() // 2026-11-23
}

const DEFINITIONS: &str =
    "[[theme]]\nslug = \"ia\"\nany = [\"model\"]\n[[digest]]\nslug = \"hebdo\"\nschedule = \"0 8 * * Mon\"\n";

async fn watch(items: &'static str) -> (Origin, Home) {
    let answer = move |_: &Asked| -> Reply {
        let body = format!("<rss version=\"2.0\"><channel><title>t</title>{items}</channel></rss>");
        reply("200 OK", &["Content-Type: application/rss+xml", "ETag: \"1\""], body)
    };
    let origin = Origin::serve(answer).await;
    let sources = format!("[[source]]\nslug = \"f\"\nurl = \"{}\"\n{DEFINITIONS}", origin.url("/"));
    (origin, Home::with(sources, LOOPBACK))
}

fn said(home: &Home, lang: &str, hours: i64, arguments: &[&str]) -> String {
    let now = (start() + TimeDelta::hours(hours)).to_rfc3339();
    let output = home.run(&[&["--lang", lang, "--now", &now], arguments].concat());
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

fn check(text: &str, expected: &[&str], unexpected: &[&str]) {
    let plain = text.replace('\u{a0}', " ");
    expected.iter().for_each(|part| assert!(plain.contains(part), "no {part:?} in:\n{text}"));
    unexpected.iter().for_each(|part| assert!(!plain.contains(part), "{part:?} in:\n{text}"));
}

const TWO: &str = "<item><title>A model law</title><link>https://a.example/1</link><pubDate>Mon, 16 Nov 2026 08:00:00 GMT</pubDate></item>\
                   <item><title>Another</title><link>https://a.example/2</link></item>";
const ONE: &str = "<item><title>A model law</title><link>https://a.example/1</link></item>";

#[tokio::test(flavor = "multi_thread")]
async fn a_first_refresh_says_what_backlog_is_and_one_with_nothing_due_says_when() {
    let (_origin, home) = watch(TWO).await;
    let first = said(&home, "fr", 0, &["refresh"]);
    check(
        &first,
        &["1 source interrogée : 1 lue", "2 articles nouveaux", "Dont 2 viennent de la première lecture", "--with-backlog"],
        &[],
    );
    let none = said(&home, "fr", 0, &["refresh"]);
    check(&none, &["Rien à lire pour l'instant", "f, le 2026-11-", "refresh --all"], &["0 source"]);
    check(&said(&home, "en", 0, &["refresh"]), &["Nothing is due yet", "f, on 2026-11-", "refresh --all"], &[]);
    assert_eq!(home.json(&["--now", &start().to_rfc3339(), "refresh", "--json"])["backlog_items"], 0);

    let (_origin, home) = watch(ONE).await;
    let first = said(&home, "en", 0, &["refresh"]);
    check(
        &first,
        &["1 source asked: 1 read", "1 new item,", "1 came with the first fetch of a source"],
        &["1 new items", "1 sources"],
    );
    let (_origin, home) = watch(ONE).await;
    let first = said(&home, "fr", 0, &["-v", "refresh"]);
    check(&first, &["f: 1 nouveau, 0 modifié, 0 refusé", "1 article nouveau,"], &["1 nouveaux", "1 articles"]);

    let empty = Home::with("", "");
    check(&said(&empty, "fr", 0, &["refresh"]), &["Aucune source à lire", "sources add"], &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_edition_leaves_out_is_counted_by_reason_and_listed_when_asked() {
    let (_origin, home) = watch(TWO).await;
    said(&home, "fr", 0, &["refresh"]);
    said(&home, "fr", 1, &["edition", "draft", "hebdo"]);
    let counted = said(&home, "fr", 1, &["edition", "show", "1"]);
    check(
        &counted,
        &["Écartées : 2", "1  venues avec la première lecture", "1  venues sans date", "show 1 --all"],
        &["A model law"],
    );
    let listed = said(&home, "fr", 1, &["edition", "show", "1", "--all"]);
    check(&listed, &["Écartées : 2", "(A model law): publiée le 2026-11-16", "(Another): sans date"], &["--all"]);
    check(&said(&home, "en", 1, &["edition", "show", "1"]), &["Left out: 2", "1  came with the first fetch", "--all"], &[]);
    let json = home.json(&["edition", "show", "1", "--json"]);
    assert_eq!(json["stories"].as_array().unwrap().len(), 2, "programs get every story");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_date_that_cannot_be_is_told_as_such() {
    const AHEAD: &str =
        "<item><title>A model law</title><link>https://a.example/1</link><pubDate>Fri, 01 Jan 2100 08:00:00 GMT</pubDate></item>";
    let (_origin, home) = watch(AHEAD).await;
    said(&home, "fr", 0, &["refresh"]);
    check(
        &said(&home, "fr", 0, &["items", "show", "1"]),
        &["illisible, ou à venir : « Fri, 01 Jan 2100", "le 2026-11-23"],
        &["Sans date"],
    );
    check(&said(&home, "en", 0, &["items", "show", "1"]), &["lies ahead: \"Fri, 01 Jan 2100"], &["Without a date"]);
    said(&home, "fr", 1, &["items", "keep", "1", "--as", "Ada"]);
    said(&home, "fr", 1, &["edition", "draft", "hebdo"]);
    let out = home.path().join("out");
    said(&home, "fr", 1, &["edition", "preview", "1", "--out", out.to_str().unwrap()]);
    let text = std::fs::read_to_string(out.join("edition.txt")).unwrap();
    check(&text.replace('\n', " "), &["illisible ou à venir"], &["Sans date"]);
    said(&home, "fr", 1, &["subscribers", "add", "ada@example.net", "hebdo"]);
    said(&home, "fr", 1, &["edition", "approve", "1", "--as", "Ada"]);
    check(&said(&home, "fr", 1, &["edition", "send", "1"]), &["1 en file, 1 parti, 0 remis"], &["1 partis"]);
    check(&said(&home, "fr", 1, &["edition", "show", "1"]), &["1 envoi : 1 parti, 0 en attente"], &["1 envois"]);
    check(&said(&home, "en", 1, &["edition", "show", "1"]), &["1 delivery: 1 sent"], &["1 deliveries"]);

    let (_origin, home) = watch(ONE).await;
    said(&home, "fr", 0, &["refresh"]);
    check(
        &said(&home, "fr", 0, &["items", "show", "1"]),
        &["Sans date ; vu pour la première fois le 2026-11-23"],
        &["illisible"],
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_with_two_feeds_lists_them_and_says_how_to_choose() {
    let origin = Origin::serve(|asked| match asked.path.as_str() {
        "/" => reply(
            "200 OK",
            &["Content-Type: text/html"],
            "<html><head><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/news\">\
             <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/comments\"></head></html>",
        ),
        "/news" | "/comments" => reply(
            "200 OK",
            &["Content-Type: application/rss+xml"],
            format!("<rss version=\"2.0\"><channel><title>{}</title>{ONE}</channel></rss>", asked.path),
        ),
        _ => reply("404 Not Found", &[], ""),
    })
    .await;
    let home = Home::with(DEFINITIONS, LOOPBACK);
    let (page, comments) = (origin.url("/").to_string(), format!("veille sources add {}", origin.url("/comments")));
    check(
        &said(&home, "fr", 0, &["sources", "add", &page, "--dry-run"]),
        &["2 flux trouvés, le premier est pris", &comments],
        &[],
    );
    check(&said(&home, "en", 0, &["sources", "add", &page]), &["2 feeds found, the first is taken", &comments], &[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_for_nothing_is_refused_with_the_way_to_leave_a_word_out() {
    let (_origin, home) = watch(TWO).await;
    said(&home, "fr", 0, &["refresh"]);
    let refused = home.run(&["items", "search", "--", "-model"]);
    assert_eq!(refused.status.code(), Some(2));
    check(&String::from_utf8_lossy(&refused.stderr), &["only says what must be absent", "law -- -draft"], &[]);
    assert_eq!(home.run(&["items", "search", "-model"]).status.code(), Some(2));
    check(&said(&home, "fr", 0, &["items", "search", "law", "--", "-another"]), &["A model law"], &[]);
    check(&said(&home, "fr", 0, &["items", "search", "law", "--", "-model"]), &["Aucun article"], &[]);
}
