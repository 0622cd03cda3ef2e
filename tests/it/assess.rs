//! Reliability from outside: the ledger of a document, and what a refresh makes of a source.

use assert_cmd::Command;
use axum::{Router, routing::get};
use chrono::{DateTime, Utc};
use serde_json::Value;
use std::{fs, path::Path, sync::Arc};
use tempfile::TempDir;
use veille::{
    app::{App, refresh::Selection},
    clock::Clock,
    domain::{
        evidence::{Criterion, Level},
        slug::Slug,
    },
};
use veille_testbench::home::LOOPBACK;

const NOW: &str = "2026-11-25T08:00:00Z";

const FEED: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Un flux</title><link>https://news.example/</link>
<item><title>La CNIL publie ses lignes directrices</title><link>https://news.example/1</link><guid>1</guid>
  <dc:creator>Par Jane Doe</dc:creator><pubDate>Tue, 24 Nov 2026 10:00:00 +0100</pubDate></item>
<item><title>12 astuces incroyables !</title><link>https://news.example/2</link><guid>2</guid>
  <dc:creator>admin</dc:creator><pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate></item>
<item><title>Un troisième</title><link>https://news.example/3</link><guid>3</guid></item>
</channel></rss>"#;

const PAGE: &str = r#"<!DOCTYPE html><html lang="fr"><head><title>Un article</title>
<meta property="article:published_time" content="2026-11-24T10:00:00+01:00"><meta name="author" content="Jane Doe"></head>
<body><main><h1>Un article</h1><p>Un.</p><p>Deux.</p></main></body></html>"#;

/// Runs `veille` in an empty home.
fn veille(home: &Path, args: &[&str], input: &str) -> (i32, String, String) {
    let mut command = Command::cargo_bin("veille").unwrap();
    command.arg("--home").arg(home).args(["--now", NOW]).args(args).write_stdin(input);
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn ledger(args: &[&str], input: &str) -> Value {
    let home = TempDir::new().unwrap();
    let (status, out, error) = veille(home.path(), &[&["assess", "-", "--json"], args].concat(), input);
    assert_eq!(status, 0, "{error}");
    serde_json::from_str(&out).unwrap()
}

fn signals(ledger: &Value) -> Vec<&str> {
    ledger["evidence"].as_array().unwrap().iter().map(|line| line["signal"].as_str().unwrap()).collect()
}

#[test]
fn the_ledger_of_a_feed_and_of_a_page_as_json() {
    for input in [FEED, PAGE] {
        let ledger = ledger(&[], input);
        let (score, low, high) =
            (ledger["score"].as_f64().unwrap(), ledger["low"].as_f64().unwrap(), ledger["high"].as_f64().unwrap());
        assert!(0.0 < low && low < score && score < high && high < 100.0, "{ledger}");
        assert!((0.0..=1.0).contains(&ledger["confidence"].as_f64().unwrap()));
        assert!(ledger["level"].is_string());
        let criteria: Vec<&str> = ledger["criteria"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap()).collect();
        assert_eq!(criteria, ["C1", "C2", "C3", "C4", "C5", "C6"]);
        for line in ledger["evidence"].as_array().unwrap() {
            for number in ["support", "weight", "contribution"] {
                assert!(line[number].is_f64(), "{line}");
            }
            assert!(line["criterion"].is_string() && !line["message"].as_str().unwrap().is_empty());
        }
        assert!(ledger["missing"].as_array().unwrap().iter().all(|missing| missing["up_to"].as_f64().unwrap() >= 0.0));
        assert_eq!(ledger["rules"], "2026.2");
    }
    assert!(signals(&ledger(&[], FEED)).contains(&"author.generic"));
    assert!(signals(&ledger(&[], PAGE)).contains(&"structure.page"));
}

#[test]
fn the_address_tells_the_publisher() {
    let known = ledger(&["--url", "https://www.cnil.fr/fr/rss.xml"], FEED);
    let unknown = ledger(&[], FEED);
    assert!(signals(&known).contains(&"registry.authority"), "{known}");
    assert!(!signals(&unknown).iter().any(|signal| signal.starts_with("registry.")));
    assert!(known["score"].as_f64() > unknown["score"].as_f64());
}

#[test]
fn people_read_it_in_their_language_and_twice_the_same() {
    let home = TempDir::new().unwrap();
    let (_, french, _) = veille(home.path(), &["assess", "-"], PAGE);
    let (_, again, _) = veille(home.path(), &["assess", "-"], PAGE);
    let (_, english, _) = veille(home.path(), &["--lang", "en", "assess", "-"], PAGE);
    assert_eq!(french, again);
    for words in ["Auteur identifié\u{a0}: Jane Doe (meta author), C1", "Ce qui manque", "sur 100", "L'auteur est identifié"] {
        assert!(french.contains(words), "{words}\n{french}");
    }
    assert!(
        english.contains("Author identified: Jane Doe (meta author), C1") && english.contains("What is missing"),
        "{english}"
    );
}

#[test]
fn mistakes_are_told_with_the_right_status() {
    let home = TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        let path = home.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let (bad, shipped) = (file("bad.toml", "version = 3"), include_str!("../../src/pipeline/reliability/rules.toml"));
    let other = file("other.toml", &shipped.replace("version = \"2026.2\"", "version = \"ours\""));
    for (args, input, status, says) in [
        (vec!["assess", "-"], "neither one nor the other", 4, "neither a feed nor a web page"),
        (vec!["assess", "nowhere.xml"], "", 4, "nowhere.xml"),
        (vec!["assess", "-", "--rules", bad.as_str()], PAGE, 2, "bad.toml"),
        (vec!["assess", "-", "--url", "nonsense"], PAGE, 2, "nonsense"),
    ] {
        let (code, out, error) = veille(home.path(), &args, input);
        assert_eq!((code, out.as_str()), (status, ""), "{args:?}: {error}");
        assert!(error.contains(says), "{args:?}: {error}");
    }
    let (code, out, _) = veille(home.path(), &["assess", "-", "--json", "--rules", &other], PAGE);
    assert_eq!((code, serde_json::from_str::<Value>(&out).unwrap()["rules"].as_str()), (0, Some("ours")));
}

#[tokio::test]
async fn a_source_is_judged_by_its_items_after_a_refresh() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = tokio::spawn(async move { axum::serve(listener, Router::new().route("/feed", get(|| async { FEED }))).await });
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("veille.toml"), LOOPBACK).unwrap();
    let source =
        format!("[[source]]\nslug = \"local\"\nname = \"Local\"\nurl = \"http://127.0.0.1:{port}/feed\"\npublisher = \"cnil\"\n");
    fs::write(home.path().join("sources.toml"), source).unwrap();
    let now: DateTime<Utc> = NOW.parse().unwrap();
    let app = App::open(home.path(), Clock::Fixed(now)).await.unwrap();
    let report = app.refresh(Selection::All, Arc::new(|_| ())).await.unwrap();
    assert_eq!(report.new_items, 3, "{report:?}");

    let slug = Slug::parse("local").unwrap();
    let stored = app.store.source_state(slug.clone()).await.unwrap().reliability.unwrap();
    let account = app.source_ledger(&slug).await.unwrap();
    assert_eq!(account.reliability, stored, "shown as it was computed");
    assert!(account.lines.iter().any(|line| line.evidence.signal == "registry.authority"));
    assert!(account.lines.iter().filter(|line| line.evidence.criterion == Criterion::C3).count() >= 2);
    assert_ne!(stored.level, Level::Insufficient);

    let folder = home.path().to_owned();
    let show = move |args: &[&str]| veille(&folder, &[&["sources", "show", "local"], args].concat(), "");
    let ((code, out, error), people) = tokio::task::spawn_blocking(move || (show(&["--json"]), show(&[]))).await.unwrap();
    assert_eq!(code, 0, "{error}");
    let shown: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((shown["slug"].as_str(), shown["ledger"]["rules"].as_str()), (Some("local"), Some("2026.2")));
    assert!((shown["ledger"]["score"].as_f64().unwrap() - stored.score).abs() < 0.001);
    assert!(people.1.contains("Autorité publique (registre des éditeurs)\u{a0}: CNIL, C2"), "{}", people.1);

    let item = app.item_detail(1).await.unwrap().ledger.unwrap();
    assert!(!item.lines.is_empty());
    app.reassess_sources(Vec::new()).await.unwrap();
    assert!(app.source_ledger(&Slug::parse("unknown").unwrap()).await.is_err());
    server.abort();
}

/// A page in the manner of a French newspaper: everything is stated once for machines and once for people.
const ARTICLE: &str = r##"<!DOCTYPE html><html lang="fr"><head><title>La CNIL publie ses lignes - Le Journal</title>
<meta property="og:site_name" content="Le Journal"><link rel="canonical" href="/2026/11/24/cnil">
<script type="application/ld+json">{"@context":"https://schema.org","@graph":[
 {"@type":"NewsArticle","headline":"La CNIL publie ses lignes","author":{"@id":"#jd"},"datePublished":"2026-11-24T08:00:00+01:00",
  "dateModified":"2026-11-24T18:30:00+01:00","publisher":{"@type":"Organization","name":"Le Journal","correctionsPolicy":"/corrections"}},
 {"@type":"Person","@id":"#jd","name":"Jeanne Dupont","sameAs":"https://orcid.org/0000-0002-1825-0097"},]}</script></head>
<body><nav><a href="/">Accueil</a></nav><article><h1>La CNIL publie ses lignes</h1><p class="byline">Par Jeanne Dupont, journaliste</p>
<p>Selon la CNIL, la société a conservé les données de ses clients pendant dix ans, <a href="https://www.cnil.fr/x">dit le texte</a>.</p>
<p>La formation restreinte a tenu compte de la coopération de la société avec ses services.</p></article>
<footer><a href="/mentions">Mentions légales</a></footer></body></html>"##;

#[test]
fn a_page_is_read_with_its_fields() {
    let ledger = ledger(&["--url", "https://journal.example/2026/11/24/cnil?utm_source=x"], ARTICLE);
    let page = &ledger["page"];
    for (field, expected) in [
        ("kind", "article"),
        ("title", "La CNIL publie ses lignes"),
        ("publisher", "Le Journal"),
        ("published", "2026-11-24T08:00:00+01:00"),
        ("published_precision", "zoned"),
        ("modified", "2026-11-24T18:30:00+01:00"),
        ("language", "fr"),
        ("canonical", "https://journal.example/2026/11/24/cnil"),
    ] {
        assert_eq!(page[field], expected, "{field}: {page}");
    }
    assert_eq!(page["authors"], serde_json::json!(["Jeanne Dupont"]));
    assert_eq!(page["author_details"][0]["url"], "https://orcid.org/0000-0002-1825-0097");
    assert_eq!(page["published_from"]["place"], "JSON-LD datePublished");
    assert_eq!(page["links"], serde_json::json!(["https://www.cnil.fr/x"]));
    let text = page["text"].as_str().unwrap();
    assert!(text.starts_with("Selon la CNIL") && text.ends_with("ses services.\n"), "{text}");
    assert_eq!(page["words"].as_u64().unwrap(), text.split_whitespace().count() as u64);
    let subjects: Vec<&str> = page["statements"].as_array().unwrap().iter().map(|one| one["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects, ["legal", "policy"]);
    assert!(self::ledger(&[], FEED)["page"].is_null());
}

#[test]
fn a_page_is_read_for_people_too() {
    let home = TempDir::new().unwrap();
    let (status, out, _) = veille(home.path(), &["--lang", "fr", "assess", "-"], ARTICLE);
    assert_eq!(status, 0);
    for line in [
        "Titre      La CNIL publie ses lignes",
        "Auteurs    Jeanne Dupont",
        "Publié     2026-11-24T08:00:00+01:00 (JSON-LD datePublished",
    ] {
        assert!(out.contains(line), "{out}");
    }
}
