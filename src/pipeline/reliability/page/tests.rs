//! What a page says of itself, and what its markup shows.

use super::{checks, observe_page};
use crate::{
    domain::evidence::{Evidence, Provenance},
    pipeline::{page::Page, reliability::Rules},
};
use chrono::{DateTime, TimeZone, Utc};
use proptest::prelude::*;
use scraper::Html;

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 25, 8, 0, 0).unwrap()
}

fn evidence(html: &str) -> Vec<Evidence> {
    let url = "https://news.example/2026/one".parse().unwrap();
    observe_page(&Rules::shipped(), &Page { html, url: Some(&url) }, None, now()).evidence
}

fn line(html: &str, kind: &str) -> Option<(String, Option<String>)> {
    evidence(html).into_iter().find(|line| line.signal.starts_with(&format!("{kind}."))).map(|line| (line.signal, line.excerpt))
}

type Line = Option<(String, Option<String>)>;

fn found(signal: &str, excerpt: Option<&str>) -> Line {
    Some((signal.to_owned(), excerpt.map(str::to_owned)))
}

fn ld(json: &str) -> String {
    format!("<script type='application/ld+json'>{json}</script>")
}

#[test]
fn reads_who_signs_a_page() {
    for (html, kind, expected) in [
        (
            ld(r#"{"author":{"@type":"Person","name":"Jane Doe"}}"#),
            "author",
            found("author.person", Some("Jane Doe (JSON-LD author)")),
        ),
        (ld(r#"{"@graph":[{"author":["Jane Doe"]}]}"#), "author", found("author.person", Some("Jane Doe (JSON-LD author)"))),
        (ld("{not json"), "author", found("author.none", None)),
        ("<meta name=author content='Admin'>".to_owned(), "author", found("author.generic", Some("Admin (meta author)"))),
        ("<a rel=author href=/jane>Jane Doe</a>".to_owned(), "author", found("author.person", Some("Jane Doe (rel=author)"))),
        ("<p>Bonjour".to_owned(), "author", found("author.none", None)),
    ] {
        assert_eq!(line(&html, kind), expected, "{html}");
    }
}

#[test]
fn reads_what_a_page_says_of_its_publisher_and_date() {
    for (html, kind, expected) in [
        (
            ld(r#"{"author":{"name":"Jane Doe","sameAs":"https://orcid.org/0000-0002-1825-0097"}}"#),
            "profile",
            found("profile.competence", Some("ORCID 0000-0002-1825-0097")),
        ),
        ("<a rel=author href=/jane>Jane Doe</a>".to_owned(), "profile", found("profile.link", Some("https://news.example/jane"))),
        (ld(r#"{"publisher":{"name":"Le Journal"}}"#), "publisher", found("publisher.declared", Some("Le Journal"))),
        ("<a href=/m>Mentions légales</a>".to_owned(), "publisher", found("publisher.declared", Some("Mentions légales"))),
        ("<p>x".to_owned(), "publisher", None),
        ("<a href=/d>Charte de déontologie</a>".to_owned(), "policy", found("policy.linked", Some("Charte de déontologie"))),
        ("<p>x".to_owned(), "policy", found("policy.none", None)),
        (
            "<a href=/a>Accessibilité : non conforme</a>".to_owned(),
            "statement",
            found("statement.linked", Some("Accessibilité : non conforme")),
        ),
        ("<p>x".to_owned(), "statement", None),
        (ld(r#"{"datePublished":"2026-11-24T09:00:00+01:00"}"#), "date", found("date.zoned", Some("2026-11-24 08:00 UTC"))),
        ("<time datetime=2026-11-24>hier</time>".to_owned(), "date", found("date.day", Some("2026-11-24"))),
        (
            "<meta property='article:published_time' content='2031-01-01T00:00:00Z'>".to_owned(),
            "date",
            found("date.wrong", Some("2031-01-01")),
        ),
        ("<p>x".to_owned(), "date", found("date.first_seen", None)),
    ] {
        assert_eq!(line(&html, kind), expected, "{html}");
    }
    let page = evidence("<p>x");
    assert!(page.iter().all(|line| line.provenance == Provenance::Page));
}

#[test]
fn judges_the_article_and_not_its_surroundings() {
    let sentence = "<p>Selon la CNIL, la société a conservé les données de ses clients pendant dix ans. </p>";
    let article = format!(
        "<nav><a href=https://elsewhere.example/>Ailleurs</a></nav><article>{}<a href=https://www.cnil.fr/x>CNIL</a></article>",
        sentence.repeat(12)
    );
    let (_, cited) = line(&article, "links").unwrap();
    assert_eq!(cited.as_deref(), Some("cnil.fr"));
    let (_, verbs) = line(&article, "attribution").unwrap();
    assert_eq!(verbs.as_deref(), Some("selon ×12"));
}

#[test]
fn checks_structure_and_accessibility_by_name() {
    let failed =
        |checks: Vec<(&'static str, bool)>| checks.into_iter().filter(|(_, ok)| !ok).map(|(name, _)| name).collect::<Vec<_>>();
    let good = "<!doctype html><html lang=fr><head><title>T</title><meta name=description content=d>\
        <meta name=viewport content='width=device-width, initial-scale=1'></head><body><main><h1>T</h1><h2>U</h2><p>a</p><p>b</p>\
        <img src=x alt=''><a href=/>Accueil</a><label for=q>Mot</label><input id=q><button>OK</button>\
        <table><tr><th>A</th></tr></table><iframe title=carte></iframe></main></body></html>";
    let document = Html::parse_document(good);
    assert_eq!(failed(checks::structure(&document)), [""; 0]);
    assert_eq!(failed(checks::wcag(&document)), [""; 0]);
    for (html, name) in [
        ("<html><title>T</title>", "3.1.1 lang"),
        ("<html lang=fr>", "2.4.2 title"),
        ("<img src=x>", "1.1.1 alt"),
        ("<a href=/></a>", "2.4.4 a"),
        ("<button></button>", "4.1.2 button"),
        ("<iframe></iframe>", "4.1.2 iframe"),
        ("<input>", "1.3.1 label"),
        ("<table><tr><td>1</table>", "1.3.1 th"),
        ("<meta name=viewport content='user-scalable=no'>", "1.4.4 zoom"),
        ("<meta name=viewport content='maximum-scale=1.0'>", "1.4.4 zoom"),
    ] {
        assert!(failed(checks::wcag(&Html::parse_document(html))).contains(&name), "{html}");
    }
    for (html, name) in [
        ("<p>a<p>b", "title"),
        ("<h1>a</h1><h1>b</h1>", "h1"),
        ("<h1>a</h1><h3>b</h3>", "h1–h6"),
        ("<p>a", "main"),
        ("<main>a</main>", "p"),
        ("<main>a</main>", "meta"),
    ] {
        assert!(failed(checks::structure(&Html::parse_document(html))).contains(&name), "{html}");
    }
}

proptest! {
    #[test]
    fn never_panics(html in "(<[a-z/! =\"']{0,12}>|[a-zé&;{}\\[\\]\" ]|<script type='application/ld\\+json'>|\\{\"author\":){0,60}") {
        let lines = evidence(&html);
        prop_assert!(lines.iter().all(|line| (0.0..=1.0).contains(&line.support)));
    }
}
