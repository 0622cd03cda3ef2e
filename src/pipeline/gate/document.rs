//! Chapter "document": what stands before the first word.

use super::{
    HtmlCheck,
    page::{Page, squash},
    rule::{Findings, Rule, Scope},
    words,
};
use crate::pipeline::markup::FaultKind;
use std::collections::HashSet;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "document.title",
            source: "WCAG 2.4.2, RGAA 8.5 8.6, EMC 9",
            scope: Scope::Html,
            says: ("title nomme le document", "title names the document"),
            remedy: ("écrire dans title l'objet du message", "write the subject of the message in title"),
        },
        run: title,
    },
    HtmlCheck {
        rule: Rule {
            name: "document.doctype",
            source: "RGAA 8.1",
            scope: Scope::Html,
            says: ("le document commence par <!doctype html>", "the document starts with <!doctype html>"),
            remedy: ("commencer par <!doctype html>", "start with <!doctype html>"),
        },
        run: doctype,
    },
    HtmlCheck {
        rule: Rule {
            name: "document.valid",
            source: "RGAA 8.2",
            scope: Scope::Html,
            says: ("le code HTML est valide", "the HTML is valid"),
            remedy: ("fermer chaque élément dans l'ordre où il a été ouvert", "close every element in the order it was opened"),
        },
        run: valid,
    },
    HtmlCheck {
        rule: Rule {
            name: "document.charset",
            source: "RGAA 8.2",
            scope: Scope::Html,
            says: ("le document se dit en utf-8", "the document says that it is utf-8"),
            remedy: ("écrire <meta charset=\"utf-8\"> en tête de head", "write <meta charset=\"utf-8\"> first in head"),
        },
        run: charset,
    },
    HtmlCheck {
        rule: Rule {
            name: "document.ids",
            source: "RGAA 8.2",
            scope: Scope::Html,
            says: ("un identifiant ne sert qu'une fois", "an id is used once"),
            remedy: ("rendre l'identifiant unique, ou l'ôter", "make the id unique, or take it away"),
        },
        run: unique_ids,
    },
    HtmlCheck {
        rule: Rule {
            name: "document.viewport",
            source: "WCAG 1.4.4 1.4.10, EMC (critical)",
            scope: Scope::Html,
            says: ("la fenêtre suit l'appareil, et le zoom reste libre", "the viewport follows the device, and zoom stays free"),
            remedy: (
                "écrire <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
                "write <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
            ),
        },
        run: viewport,
    },
];

/// Present, short enough to be read in a tab, and not a placeholder.
fn title(page: &Page, found: &mut Findings) {
    const PLACEHOLDERS: [&str; 16] = [
        "untitled",
        "untitled document",
        "document",
        "title",
        "titre",
        "sans titre",
        "newsletter",
        "email",
        "e-mail",
        "mail",
        "index",
        "html",
        "lettre",
        "home",
        "page",
        "html email",
    ];
    let Some(text) = title_text(page) else {
        return found.near(
            "<title>",
            "le document n'a pas de title, ou il est vide",
            "the document has no title, or an empty one",
        );
    };
    if PLACEHOLDERS.contains(&words::fold(&text).as_str()) || !text.chars().any(char::is_alphabetic) {
        found.near(&text, "title ne dit rien de ce document", "title says nothing of this document");
    } else if text.chars().count() > 150 {
        found.near(&text, "title a plus de 150 caractères", "title is longer than 150 characters");
    }
}

/// The text of `title`, in one line.
pub(super) fn title_text(page: &Page) -> Option<String> {
    Some(squash(&page.title)).filter(|title| !title.is_empty())
}

/// Without it browsers fall back to the habits of 1998.
fn doctype(page: &Page, found: &mut Findings) {
    if !page.has_doctype {
        let start: String = page.source.trim_start().chars().take(60).collect();
        found.near(
            &start,
            "<!doctype html> manque, ou c'est un ancien doctype",
            "<!doctype html> is missing, or it is an old doctype",
        );
    }
}

/// Tags that do not match, then whatever else the parser complained of.
fn valid(page: &Page, found: &mut Findings) {
    for fault in &page.faults {
        let (line, tag) = (fault.line, &fault.tag);
        let (fr, en) = match fault.kind {
            FaultKind::ClosesNothing => ("cette balise fermante ne ferme rien", "this end tag closes nothing"),
            FaultKind::NeverClosed => ("cet élément n'est pas fermé, ou trop tard", "this element is not closed, or too late"),
            FaultKind::RepeatedAttribute => ("cet attribut est écrit deux fois", "this attribute is written twice"),
        };
        found.near(&format!("<{tag}>"), format!("ligne {line} : {fr}"), format!("line {line}: {en}"));
    }
    if page.faults.is_empty() && page.has_doctype {
        for error in &page.errors {
            found.near(error, "erreur de syntaxe HTML", "HTML syntax error");
        }
    }
}

fn charset(page: &Page, found: &mut Findings) {
    let declared = page.named("meta").find_map(|meta| {
        let by_content = meta
            .attr("content")
            .filter(|_| meta.attr("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("content-type")));
        let charset = meta.attr("charset").or_else(|| by_content?.split("charset=").nth(1));
        charset.map(|charset| (meta, charset.trim().to_ascii_lowercase()))
    });
    match declared {
        Some((_, charset)) if charset == "utf-8" => {}
        Some((meta, charset)) => {
            found.at(meta, format!("le document se dit en {charset}"), format!("the document says that it is {charset}"))
        }
        None => found.near("<head>", "aucune déclaration de codage", "no declared encoding"),
    }
}

fn unique_ids(page: &Page, found: &mut Findings) {
    let mut seen = HashSet::new();
    for element in page.elements() {
        if let Some(id) = element.attr("id") {
            if id.is_empty() || id.contains(char::is_whitespace) {
                found.at(element, "identifiant vide ou avec une espace", "empty id, or with a space");
            } else if !seen.insert(id) {
                found.at(element, format!("l'identifiant « {id} » sert deux fois"), format!("the id \"{id}\" is used twice"));
            }
        }
    }
}

fn viewport(page: &Page, found: &mut Findings) {
    let Some(meta) = page.named("meta").find(|meta| meta.attr("name").is_some_and(|name| name.eq_ignore_ascii_case("viewport")))
    else {
        return found.near("<head>", "pas de meta viewport", "no viewport meta tag");
    };
    let content: String = meta.attr("content").unwrap_or_default().to_ascii_lowercase().replace(' ', "");
    let value = |name: &str| content.split([',', ';']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    if value("user-scalable").is_some_and(|value| matches!(value, "no" | "0")) {
        found.at(meta, "user-scalable=no interdit le zoom", "user-scalable=no forbids zoom");
    }
    if value("maximum-scale").and_then(|scale| scale.parse::<f64>().ok()).is_some_and(|scale| scale < 5.0) {
        found.at(meta, "maximum-scale limite le zoom à moins de 5", "maximum-scale limits zoom to less than 5");
    }
    if value("width").is_none_or(|width| width != "device-width") {
        found.at(meta, "width n'est pas device-width", "width is not device-width");
    }
}
