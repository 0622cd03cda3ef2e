//! Chapter "structure", continued: spacing, order, the frame of a letter.

use super::{
    HtmlCheck,
    page::{El, Page},
    rule::{Findings, Rule, Scope},
    words,
};
use regex::Regex;
use std::sync::LazyLock;

/// From here on a letter needs a summary.
const LONG_LETTER_WORDS: usize = 400;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "structure.summary",
            source: "AVH, Orange",
            scope: Scope::Mail,
            says: ("une lettre longue commence par un sommaire", "a long letter starts with a summary"),
            remedy: ("donner la liste des titres avant le premier thème", "list the titles before the first theme"),
        },
        run: summary,
    },
    HtmlCheck {
        rule: Rule {
            name: "structure.count",
            source: "Orange",
            scope: Scope::Mail,
            says: ("l'introduction annonce le nombre d'articles", "the introduction says how many items there are"),
            remedy: (
                "écrire après le h1 une phrase qui dit combien d'articles suivent",
                "write a sentence after the h1 that says how many items follow",
            ),
        },
        run: announced_count,
    },
    HtmlCheck {
        rule: Rule {
            name: "structure.end",
            source: "Orange",
            scope: Scope::Mail,
            says: ("une dernière ligne marque la fin", "a last line marks the end"),
            remedy: ("finir par « Fin de la lettre. »", "end with \"End of the letter.\""),
        },
        run: end_marker,
    },
    HtmlCheck {
        rule: Rule {
            name: "structure.order",
            source: "WCAG 1.3.2, RGAA 10.3",
            scope: Scope::Mail,
            says: ("l'ordre du code est l'ordre de lecture", "source order is reading order"),
            remedy: (
                "ôter position, float, order et sens inversés ; ranger le code dans l'ordre voulu",
                "take away position, float, order and reversed directions; put the code in the wanted order",
            ),
        },
        run: visual_order,
    },
    HtmlCheck {
        rule: Rule {
            name: "structure.spacing",
            source: "AcceDe I-C, RGAA 8.9",
            scope: Scope::Html,
            says: (
                "l'espace vient des marges, pas de sauts de ligne, de paragraphes vides ou d'espaces insécables",
                "space comes from margins, not from line breaks, empty paragraphs or no-break spaces",
            ),
            remedy: ("utiliser margin dans style", "use margin in style"),
        },
        run: spacing,
    },
    HtmlCheck {
        rule: Rule {
            name: "structure.presentation",
            source: "RGAA 8.9 10.1",
            scope: Scope::Html,
            says: ("aucun élément ni attribut de présentation", "no presentational element or attribute"),
            remedy: ("dire la présentation dans style", "state presentation in style"),
        },
        run: presentation,
    },
];

/// Whether a list stands between the h1 and the first theme: under the h1, or under a heading that says « Sommaire ».
fn has_summary(page: &Page) -> bool {
    static SUMMARY: LazyLock<Regex> = LazyLock::new(|| {
        words::pattern(
            r"(?i)sommaire|au menu|dans cette lettre|dans ce numéro|l'essentiel|summary|contents|in this (?:issue|letter)|at a glance",
        )
    });
    let headings = page.headings();
    let start = headings.first().map_or(0, |(_, heading)| heading.span().end);
    let named = |heading: &El| SUMMARY.is_match(&heading.line().replace('’', "'"));
    let last = headings.iter().take(6).rposition(|(_, heading)| named(heading)).map_or(1, |place| place + 1);
    let end = headings.get(last).map_or(page.text.len(), |(_, heading)| heading.span().start);
    page.named("li").any(|item| item.span().start >= start && item.span().end <= end && !item.line().is_empty())
}

/// Items are the h3 of a letter.
fn item_count(page: &Page) -> usize {
    page.named("h3").filter(El::is_shown).count()
}

fn summary(page: &Page, found: &mut Findings) {
    let long = words::count(&page.text) > LONG_LETTER_WORDS || page.headings().len() >= 8;
    if long && !has_summary(page) {
        found.near("<h1>", "lettre longue sans sommaire", "long letter without a summary");
    }
}

fn announced_count(page: &Page, found: &mut Findings) {
    let headings = page.headings();
    let start = headings.first().map_or(0, |(_, heading)| heading.span().end);
    let end = headings.get(1).map_or(page.text.len(), |(_, heading)| heading.span().start);
    let announced = page.text.get(start..end).is_some_and(words::holds_number);
    if item_count(page) > 0 && !announced {
        found.near(
            "<h1>",
            "l'introduction ne dit pas combien d'articles suivent",
            "the introduction does not say how many items follow",
        );
    }
}

fn end_marker(page: &Page, found: &mut Findings) {
    static END: LazyLock<Regex> = LazyLock::new(|| words::pattern(r"(?i)\bfin (?:de|du|d')|\bend of\b"));
    let last: Vec<&str> = page.lines().collect();
    let marked = last.iter().rev().take(2).any(|line| END.is_match(&line.replace('’', "'")));
    if !marked {
        found.near(last.last().copied().unwrap_or_default(), "rien ne marque la fin", "nothing marks the end");
    }
}

fn visual_order(page: &Page, found: &mut Findings) {
    const MOVES: [(&str, &[&str]); 6] = [
        ("position", &["absolute", "fixed", "sticky"]),
        ("float", &["right", "left"]),
        ("flex-direction", &["row-reverse", "column-reverse"]),
        ("flex-flow", &["row-reverse", "column-reverse", "row wrap-reverse"]),
        ("direction", &["rtl"]),
        ("order", &[]),
    ];
    let moves = |name: &str, value: &str| {
        MOVES.iter().any(|(moved, values)| *moved == name && (values.is_empty() || values.contains(&value)))
    };
    for element in page.elements() {
        for said in element.inline().iter().filter(|said| moves(&said.name, &said.value)) {
            found.at(element, format!("{} : {}", said.name, said.value), format!("{}: {}", said.name, said.value));
        }
    }
    for (rule, said) in page.sheet.declarations().filter(|(_, said)| moves(&said.name, &said.value)) {
        found.near(&rule.prelude, format!("{} : {}", said.name, said.value), format!("{}: {}", said.name, said.value));
    }
}

fn spacing(page: &Page, found: &mut Findings) {
    for rest in page.named("br") {
        let follows = rest.following_break();
        if follows {
            found.at(rest, "deux sauts de ligne de suite", "two line breaks in a row");
        }
    }
    for element in page.elements().filter(|element| element.is(&["p", "li", "dd", "dt"]) && element.is_shown()) {
        let media =
            element.descendants().any(|inner| inner.is(&["img", "video", "svg", "input", "table", "canvas", "iframe", "br"]));
        if element.line().is_empty() && !media {
            found.at(element, "élément vide", "empty element");
        }
    }
    for (element, text) in page.pieces() {
        if text.contains("\u{a0}\u{a0}") || text.contains("\u{a0} \u{a0}") {
            found.at(element, "suite d'espaces insécables", "run of no-break spaces");
        }
    }
}

fn presentation(page: &Page, found: &mut Findings) {
    const ELEMENTS: [&str; 12] =
        ["font", "center", "big", "tt", "strike", "basefont", "blink", "u", "s", "nobr", "spacer", "multicol"];
    const ATTRIBUTES: [&str; 22] = [
        "align",
        "bgcolor",
        "background",
        "border",
        "cellpadding",
        "cellspacing",
        "valign",
        "alink",
        "link",
        "vlink",
        "text",
        "clear",
        "compact",
        "nowrap",
        "noshade",
        "hspace",
        "vspace",
        "color",
        "face",
        "frame",
        "rules",
        "marginwidth",
    ];
    for element in page.elements() {
        if element.is(&ELEMENTS) {
            found.at(element, "élément de présentation", "presentational element");
        }
        let sized =
            !element.is(&["img", "video", "canvas", "iframe", "svg", "object", "embed", "source", "input", "rect", "image"]);
        let names = element.attrs().map(|(name, _)| name);
        let bad: Vec<&str> =
            names.filter(|name| ATTRIBUTES.contains(name) || (sized && matches!(*name, "width" | "height"))).collect();
        if !bad.is_empty() && !element.ancestors().any(|above| above.is(&["svg", "math"])) && element.name() != "svg" {
            let bad = bad.join(", ");
            found.at(element, format!("attributs de présentation : {bad}"), format!("presentational attributes: {bad}"));
        }
    }
}
