//! Chapter "structure", continued: lists.

use super::{
    HtmlCheck,
    page::{El, Page},
    rule::{Findings, Rule, Scope},
    words::pattern,
};
use regex::Regex;
use std::sync::LazyLock;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "list.typed",
            source: "AVH, RGAA 9.3",
            scope: Scope::Html,
            says: (
                "une liste est un ul ou un ol, sans tirets, puces ni numéros tapés",
                "a list is ul or ol, without typed dashes, bullets or numbers",
            ),
            remedy: ("en faire une liste ul ou ol, un li par ligne", "make it a ul or ol list, one li a line"),
        },
        run: typed,
    },
    HtmlCheck {
        rule: Rule {
            name: "list.markup",
            source: "RGAA 9.3, WCAG 1.3.1",
            scope: Scope::Html,
            says: ("une liste ne contient que des li, un li est dans une liste", "a list holds only li, an li is in a list"),
            remedy: (
                "mettre chaque élément de la liste dans un li, et les li dans un ul ou un ol",
                "put every entry in an li, and every li in a ul or ol",
            ),
        },
        run: markup,
    },
];

/// The mark that a line starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Never anything but a bullet.
    Bullet,
    /// A dash may open a line of dialogue, a number a sentence: two in a row make a list.
    Dash,
    Number,
}

fn mark_of(line: &str) -> Option<Mark> {
    static NUMBER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\(?(?:\d{1,2}|[a-z])[.)]\s"));
    let line = line.trim_start();
    let mut signs = line.chars();
    match (signs.next()?, signs.next()) {
        ('•' | '◦' | '▪' | '‣' | '·' | '●' | '○' | '■' | '►' | '➤' | '✓' | '✔' | '⁃', _) => {
            Some(Mark::Bullet)
        }
        ('*', Some(' ')) => Some(Mark::Bullet),
        ('-' | '–' | '—', Some(' ' | '\u{a0}')) => Some(Mark::Dash),
        _ if NUMBER.is_match(line) => Some(Mark::Number),
        _ => None,
    }
}

/// Blocks and lines that start with a typed mark.
fn typed(page: &Page, found: &mut Findings) {
    let mut previous: Option<Mark> = None;
    let blocks = page.elements().filter(|element| {
        element.is(&["p", "div", "li", "td", "dd", "span", "h1", "h2", "h3", "h4", "h5", "h6"])
            && element.is_shown()
            && !element.descendants().any(|inner| inner.is_block())
            && !element.text().trim().is_empty()
            && !(element.name() == "span" && element.parent().is_some_and(|above| above.name() != "td" && above.name() != "div"))
    });
    for element in blocks {
        if element.heading_level().is_some() {
            previous = None;
            continue;
        }
        for line in element.text().lines() {
            let mark = mark_of(line);
            let in_list = element.name() == "li";
            let repeated = mark.is_some() && mark == previous;
            if mark == Some(Mark::Bullet) || repeated || (in_list && mark == Some(Mark::Dash)) {
                found.at(element, format!("marque de liste tapée : {line}"), format!("typed list mark: {line}"));
            }
            previous = mark;
        }
    }
}

fn markup(page: &Page, found: &mut Findings) {
    for list in page.elements().filter(|element| element.is(&["ul", "ol"]) && element.is_shown()) {
        if let Some(stray) = list.children().find(|child| !child.is(&["li", "script", "template"])) {
            found.at(stray, "dans une liste sans être un li", "in a list without being an li");
        }
        if !list.children().any(|child| child.name() == "li") {
            found.at(list, "liste vide", "empty list");
        }
        if page.runs_of(list).next().is_some() {
            found.at(list, "texte directement dans la liste", "text directly in the list");
        }
        if list.attr("role").is_some_and(|role| role != "list") {
            found.at(list, "un role efface la liste", "a role takes the list away");
        }
    }
    let listed = |item: El| item.parent().is_some_and(|parent| parent.is(&["ul", "ol", "menu"]));
    for item in page.named("li").filter(|item| !listed(*item)) {
        found.at(item, "li hors d'une liste", "li outside a list");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_marks_are_told_from_words() {
        let check = |line: &str, expected: Option<Mark>| assert_eq!(mark_of(line), expected, "{line}");
        check("• Un", Some(Mark::Bullet));
        check("* Un", Some(Mark::Bullet));
        check("- Un", Some(Mark::Dash));
        check("– Un", Some(Mark::Dash));
        check("1. Un", Some(Mark::Number));
        check("a) Un", Some(Mark::Number));
        check("1.95 est sorti", None);
        check("-5 degrés", None);
        check("A. Turing", None);
        check("Un - deux", None);
        check("", None);
    }
}
