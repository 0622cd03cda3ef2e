//! Chapter "message", in the HTML: the links that every letter owes its reader.

use super::{
    HtmlCheck,
    links::{links, name_of},
    page::Page,
    rule::{Findings, Rule, Scope},
    words::pattern,
};
use regex::Regex;
use std::sync::LazyLock;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "footer.unsubscribe",
            source: "RGPD, RGAA (statement)",
            scope: Scope::Mail,
            says: ("un lien visible permet de se désabonner", "a visible link lets one unsubscribe"),
            remedy: (
                "ajouter en fin de lettre un lien « Se désabonner de cette lettre »",
                "add at the end a link \"Unsubscribe from this letter\"",
            ),
        },
        run: unsubscribe,
    },
    HtmlCheck {
        rule: Rule {
            name: "footer.web-copy",
            source: "Litmus, caniemail",
            scope: Scope::Mail,
            says: ("une lettre qui a un site mène à sa copie web", "a letter with a web site links to its web copy"),
            remedy: (
                "ajouter en fin de lettre un lien « Lire cette lettre en ligne »",
                "add at the end a link \"Read this letter online\"",
            ),
        },
        run: web_copy,
    },
    HtmlCheck {
        rule: Rule {
            name: "footer.accessibility",
            source: "RGAA (statement)",
            scope: Scope::Mail,
            says: (
                "un lien visible permet de signaler un défaut d'accessibilité",
                "a visible link lets one report an accessibility problem",
            ),
            remedy: (
                "ajouter un lien « Signaler un problème d'accessibilité »",
                "add a link \"Report an accessibility problem\"",
            ),
        },
        run: accessibility,
    },
];

type Pattern = LazyLock<Regex>;

fn holds_link(page: &Page, pattern: &Pattern) -> bool {
    links(page).any(|(link, _)| pattern.is_match(&name_of(link).replace('’', "'")))
}

static LEAVING: Pattern =
    LazyLock::new(|| pattern(r"(?i)d[ée]sabonn|d[ée]sinscri|ne plus recevoir|unsubscribe|opt[ -]out|stop receiving"));

fn unsubscribe(page: &Page, found: &mut Findings) {
    if !holds_link(page, &LEAVING) {
        found.near("<body>", "aucun lien de désabonnement", "no unsubscribe link");
    }
}

/// A letter that takes unsubscriptions by mail alone has no web side: it is whole in itself.
fn web_copy(page: &Page, found: &mut Findings) {
    static PATTERN: Pattern = LazyLock::new(|| {
        pattern(
            r"(?i)en ligne|version web|copie web|sur le web|dans (?:le|votre) navigateur|online|web (?:version|copy)|on the web|in (?:the|your|a) browser",
        )
    });
    let has_site = links(page).any(|(link, href)| href.starts_with("http") && LEAVING.is_match(&name_of(link)));
    if has_site && !holds_link(page, &PATTERN) {
        found.near("<body>", "aucun lien vers la copie web", "no link to the web copy");
    }
}

fn accessibility(page: &Page, found: &mut Findings) {
    static PATTERN: Pattern = LazyLock::new(|| pattern(r"(?i)accessibilit"));
    if !holds_link(page, &PATTERN) {
        found.near("<body>", "aucun lien pour signaler un défaut d'accessibilité", "no link to report an accessibility problem");
    }
}
