//! A page as a whole: what is said once for machines and once for people, and pages that mean harm or nothing.

use super::{Page, read};
use crate::domain::page::{PageKind, PageReading};
use chrono::{DateTime, Utc};
use proptest::prelude::*;

fn now() -> DateTime<Utc> {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn reading(html: &str) -> PageReading {
    let url = "https://news.example/2026/un-article".parse().unwrap();
    read(&Page { html, url: Some(&url) }, now())
}

fn authors(html: &str) -> Vec<String> {
    reading(html).authors.into_iter().map(|author| author.name).collect()
}

const SENTENCE: &str = "Selon la CNIL, la société a conservé les données de ses clients pendant plus de dix ans sans le dire. ";

#[test]
fn finds_the_text_and_leaves_its_surroundings() {
    let paragraphs: String = (1..=6).map(|n| format!("<p>{n}. {SENTENCE}</p>")).collect();
    for article in [
        format!("<article><h1>Titre</h1>{paragraphs}</article>"),
        format!("<div class=layout><div class=sidebar-grid__content><h1>Titre</h1>{paragraphs}</div></div>"),
        format!("<table><tr><td class=c>{paragraphs}</td></tr></table>"),
        format!("<div itemprop=articleBody>{paragraphs}<div class=share-bar>Partager</div></div>"),
    ] {
        let html = format!(
            "<header><a href=/>Accueil</a> Le Journal</header><nav>Rubriques</nav>{article}<aside class=related><p>{SENTENCE}</p></aside>\
             <div class=newsletter-signup>Abonnez-vous à notre lettre, elle est gratuite et sans publicité.</div>\
             <div id=comments><p>Merci pour cet article, je le trouve excellent.</p></div><footer>Mentions légales</footer>"
        );
        let text = reading(&html).text;
        assert_eq!(text.lines().count(), 6, "{article}: {text}");
        assert!(text.starts_with("1. Selon") && text.contains("6. Selon"), "{text}");
    }
}

#[test]
fn tells_who_signs() {
    for (html, expected) in [
        ("<h1>T</h1><p>Par Jeanne Dupont et Paul Durand</p>", &["Jeanne Dupont", "Paul Durand"][..]),
        ("<h1>T</h1><span class=post-author>By <a href=/author/jane>Jane Doe</a></span>", &["Jane Doe"]),
        ("<meta name=author content='jane@news.example'><a rel=author href=/j>Jane Doe</a>", &["Jane Doe"]),
        ("<meta property='article:author' content='https://www.facebook.com/jane'>", &[]),
        (
            "<meta name=citation_author content='Doe, Jane'><meta name=citation_author content='Roe, John'>",
            &["Jane Doe", "John Roe"],
        ),
        ("<h1>T</h1><p>Jane Doe | 3 March 2020</p>", &["Jane Doe"]),
        ("<article><h1>T</h1><p>Par Jeanne Dupont, le 3 mai 2020</p><p>Un texte.</p></article>", &["Jeanne Dupont"]),
        ("<div class=comment><span class=author>Un Lecteur</span></div>", &[]),
        ("<meta name=author content=Admin>", &[]),
    ] {
        assert_eq!(authors(html), expected, "{html}");
    }
    assert_eq!(reading("<meta name=author content=Admin>").unnamed.unwrap().name, "Admin");
}

#[test]
fn tells_publication_from_change() {
    for (html, published, modified) in [
        ("<h1>T</h1><p>Publié le 3 mai 2020, mis à jour le 5 mai 2020</p>", Some("2020-05-03"), Some("2020-05-05")),
        ("<h1>T</h1><p>Updated May 5, 2020. Published May 3, 2020</p>", Some("2020-05-03"), Some("2020-05-05")),
        (
            "<meta property='article:published_time' content='2020-05-03T23:30:00Z'><h1>T</h1><p>4 mai 2020</p>",
            Some("2020-05-04"),
            None,
        ),
        ("<h1>T</h1><time datetime='2020-05-03T10:00:00+02:00'>hier</time>", Some("2020-05-03T10:00:00+02:00"), None),
        ("<meta name=citation_publication_date content='2020/05'><h1>T</h1>", None, None),
        ("<h1>T</h1><p>Rendez-vous le 3 mai 2031</p>", None, None),
        ("<p>rien", None, None),
    ] {
        let page = reading(html);
        let told = |date: &Option<crate::domain::page::PageDate>| date.as_ref().map(|date| date.rfc3339());
        assert_eq!((told(&page.published).as_deref(), told(&page.modified).as_deref()), (published, modified), "{html}");
    }
}

#[test]
fn a_headline_is_without_the_name_of_the_site() {
    for (html, expected) in [
        ("<title>Un titre - Le Journal</title><meta property='og:site_name' content='Le Journal'>", "Un titre"),
        ("<title>Le Journal | Un titre</title><meta property='og:site_name' content='Le Journal'>", "Un titre"),
        ("<title>Rubrique - Un titre assez long - Site</title><h1>Un titre assez long</h1>", "Un titre assez long"),
        ("<title>Un titre &amp;amp; un autre</title>", "Un titre & un autre"),
        ("<h1>Un<br>titre</h1>", "Un titre"),
    ] {
        assert_eq!(reading(html).title.as_deref(), Some(expected), "{html}");
    }
}

#[test]
fn what_says_nothing_is_read_as_nothing() {
    for html in ["", "<html></html>", "{\"json\": true}", "<script>var a = 1;</script>", "\u{feff}<!-- -->"] {
        let page = reading(html);
        assert!(page.title.is_none() && page.authors.is_empty() && page.published.is_none(), "{html}: {page:?}");
    }
    assert_eq!(reading("<script>var a = 1;</script>").kind, PageKind::Empty);
    assert!(
        reading("<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"isAccessibleForFree\":\"False\"}</script>")
            .paywalled
    );
}

/// Each of these is refused by nobody before it is read, and takes minutes if any step looks at everything for everything.
#[test]
fn size_costs_no_more_than_size() {
    for piece in [
        "<article><p class=date>3 mai 2020 ",
        "<div class='author title date meta'>Jane Doe ",
        "<a href=/author/x rel=author>Jane Doe</a>",
        "<meta name=author content='Jane Doe'>",
        "<time datetime=2020-05-03>x</time>",
        "<h1>Un titre</h1>",
    ] {
        let close = if piece.starts_with("<article") { "</article>" } else { "</div>" };
        let html = format!("{}{}", piece.repeat(200), close.repeat(200)).repeat(25);
        let _ = reading(&html);
    }
    let people = r#"{"@type":"Person","@id":"x","name":"Jane Doe"},"#.repeat(5_000);
    let _ = reading(&format!("<script type='application/ld+json'>{{\"@type\":\"Article\",\"author\":[{people}]}}</script>"));
}

proptest! {
    #[test]
    fn the_same_bytes_give_the_same_reading(
        html in "(<(p|div|article|h1|time|span|a|meta|script type='application/ld\\+json')( (class|name|content|datetime|itemprop)='[a-zA-Z0-9 :@{}-]{0,12}')?>|[a-zé0-9&;{}:, \"-]{1,8}|</(p|div|article)>|\\{\"@type\":\"Article\",){0,50}"
    ) {
        let page = reading(&html);
        prop_assert_eq!(&page, &reading(&html));
        prop_assert!(page.authors.iter().all(|author| !author.name.contains('@') && !author.name.contains("://")));
        prop_assert!(page.links.iter().all(|link| link.starts_with("http")));
    }
}
