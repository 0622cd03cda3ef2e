//! Chapter "structure": headings, spacing, order, the frame of a letter.

use super::{
    HtmlCheck,
    page::{El, Page},
    rule::{Findings, Rule, Scope},
    words,
};
use regex::Regex;
use std::{collections::HashSet, sync::LazyLock};

/// A heading is a few words, read in one breath.
const LONGEST_HEADING: usize = 150;
/// AVH and WCAG 2.4.10 ask for headings in long texts.
const MOST_WORDS_WITHOUT_HEADING: usize = 400;
/// From here on a letter needs a summary.
const LONG_LETTER_WORDS: usize = 400;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "heading.h1",
            source: "EMC 4, RGAA 9.1",
            scope: Scope::Html,
            says: ("il y a un seul h1, et c'est le premier titre", "there is one h1, and it is the first heading"),
            remedy: (
                "donner le titre du document en h1, une fois, avant tout autre titre",
                "give the document's title as h1, once, before any other heading",
            ),
        },
        run: one_h1,
    },
    HtmlCheck {
        rule: Rule {
            name: "heading.order",
            source: "WCAG 1.3.1, RGAA 9.1",
            scope: Scope::Html,
            says: ("aucun niveau de titre n'est sauté", "no heading level is skipped"),
            remedy: ("descendre d'un niveau à la fois : h1, h2, h3", "go down one level at a time: h1, h2, h3"),
        },
        run: heading_order,
    },
    HtmlCheck {
        rule: Rule {
            name: "heading.text",
            source: "WCAG 2.4.6, RGAA 9.1",
            scope: Scope::Html,
            says: ("un titre n'est ni vide ni interminable", "a heading is neither empty nor endless"),
            remedy: (
                "écrire un titre de quelques mots (150 caractères au plus)",
                "write a heading of a few words (150 characters at most)",
            ),
        },
        run: heading_text,
    },
    HtmlCheck {
        rule: Rule {
            name: "heading.duplicate",
            source: "WCAG 2.4.6",
            scope: Scope::Mail,
            says: ("deux titres ne disent pas la même chose", "no two headings say the same"),
            remedy: (
                "ajouter au titre ce qui le distingue, par exemple la source",
                "add what tells it apart, such as the source",
            ),
        },
        run: heading_duplicate,
    },
    HtmlCheck {
        rule: Rule {
            name: "heading.gap",
            source: "WCAG 2.4.10, AVH",
            scope: Scope::Html,
            says: ("pas plus de 400 mots sans titre", "at most 400 words without a heading"),
            remedy: ("couper le texte par un titre", "divide the text with a heading"),
        },
        run: heading_gap,
    },
    HtmlCheck {
        rule: Rule {
            name: "heading.fake",
            source: "AVH, WCAG 1.3.1",
            scope: Scope::Html,
            says: (
                "un titre est un élément h1 à h6, pas un paragraphe en gras ou en grand",
                "a heading is h1 to h6, not a bold or large paragraph",
            ),
            remedy: (
                "en faire un titre du bon niveau, ou un paragraphe ordinaire",
                "make it a heading of the right level, or an ordinary paragraph",
            ),
        },
        run: heading_fake,
    },
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

fn one_h1(page: &Page, found: &mut Findings) {
    let headings = page.headings();
    let firsts: Vec<_> = headings.iter().filter(|(level, _)| *level == 1).collect();
    if firsts.is_empty() {
        found.near("<body>", "aucun titre h1", "no h1");
    }
    for (_, extra) in firsts.iter().skip(1) {
        found.at(*extra, "un deuxième h1", "a second h1");
    }
    if let Some((level, heading)) = headings.first().filter(|(level, _)| *level != 1) {
        found.at(*heading, format!("le premier titre est un h{level}"), format!("the first heading is an h{level}"));
    }
}

fn heading_order(page: &Page, found: &mut Findings) {
    let headings = page.headings();
    for pair in headings.windows(2) {
        if let [(before, _), (level, heading)] = pair
            && *level > before + 1
        {
            found.at(*heading, format!("h{level} après h{before}"), format!("h{level} after h{before}"));
        }
    }
}

fn heading_text(page: &Page, found: &mut Findings) {
    for (_, heading) in page.headings() {
        let line = heading.line();
        let count = line.chars().count();
        let image = heading.descendants().any(|inner| inner.attr("alt").is_some_and(|alt| !alt.trim().is_empty()));
        if !line.chars().any(char::is_alphanumeric) && !image {
            found.at(heading, "titre vide", "empty heading");
        } else if count > LONGEST_HEADING {
            found.at(heading, format!("titre de {count} caractères"), format!("heading of {count} characters"));
        }
    }
}

fn heading_duplicate(page: &Page, found: &mut Findings) {
    let mut seen = HashSet::new();
    for (_, heading) in page.headings() {
        let folded = words::fold(heading.text());
        if !folded.is_empty() && !seen.insert(folded) {
            found.at(heading, "un autre titre dit la même chose", "another heading says the same");
        }
    }
}

fn heading_gap(page: &Page, found: &mut Findings) {
    let borders = page.headings();
    let starts = std::iter::once((0, None)).chain(borders.iter().map(|(_, heading)| (heading.span().end, Some(*heading))));
    let ends = borders.iter().map(|(_, heading)| heading.span().start).chain([page.text.len()]);
    for ((start, heading), end) in starts.zip(ends) {
        let count = page.text.get(start..end).map_or(0, words::count);
        if count > MOST_WORDS_WITHOUT_HEADING {
            let (fr, en) = (format!("{count} mots sans titre"), format!("{count} words without a heading"));
            match heading {
                Some(heading) => found.at(heading, fr, en),
                None => found.near("<body>", fr, en),
            }
        }
    }
}

/// A short block, all bold or plainly larger than the text around, which is no sentence.
fn heading_fake(page: &Page, found: &mut Findings) {
    for element in page.elements().filter(|element| element.is(&["p", "div", "td", "span", "center"]) && element.is_shown()) {
        if element.name() == "span"
            && element.parent().is_none_or(|parent| parent.is(&["p", "a", "li", "h1", "h2", "h3", "strong", "b"]))
        {
            continue;
        }
        let short = element.span().len() <= 300 && !element.descendants().any(|inner| inner.is_block());
        if short
            && element.ancestors().all(|above| above.heading_level().is_none() && above.name() != "a")
            && stands_as_heading(page, element)
        {
            found.at(element, "paragraphe mis en forme comme un titre", "paragraph dressed as a heading");
        }
    }
    for element in page.elements().filter(|element| element.attr("role") == Some("heading")) {
        found.at(element, "role=\"heading\" au lieu d'un vrai titre", "role=\"heading\" instead of a real heading");
    }
}

fn stands_as_heading(page: &Page, element: El) -> bool {
    let line = element.line();
    let letters = line.chars().filter(|c| c.is_alphabetic()).count();
    let count = line.chars().count();
    if letters < 3 || count > 100 || line.ends_with(['.', '!', '?', ';', ',', '…', ')']) || is_action(element) {
        return false;
    }
    let inner = std::iter::once(element).chain(element.descendants());
    let with_text: Vec<El> =
        inner.filter(|inner| page.runs_of(*inner).any(|text| text.chars().any(char::is_alphanumeric))).collect();
    let bold = with_text.iter().all(|inner| inner.light().bold);
    let large = with_text.iter().all(|inner| inner.light().font_size.0 >= 20.0);
    !with_text.is_empty() && (bold || large)
}

/// A single link is a button or a name, not a heading.
fn is_action(element: El) -> bool {
    let line = element.line();
    element.descendants().any(|inner| inner.is(&["a", "button"]) && inner.line() == line)
}

/// Whether a list stands between the h1 and the first theme: under the h1, or under a heading that says « Sommaire ».
fn has_summary(page: &Page) -> bool {
    static SUMMARY: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"(?i)sommaire|au menu|dans cette lettre|dans ce numéro|l'essentiel|summary|contents|in this (?:issue|letter)|at a glance").ok()
    });
    let headings = page.headings();
    let start = headings.first().map_or(0, |(_, heading)| heading.span().end);
    let named = |heading: &El| SUMMARY.as_ref().is_some_and(|pattern| pattern.is_match(&heading.line().replace('’', "'")));
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
    static END: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?i)\bfin (?:de|du|d')|\bend of\b").ok());
    let last: Vec<&str> = page.lines().collect();
    let marked = last.iter().rev().take(2).any(|line| END.as_ref().is_some_and(|end| end.is_match(&line.replace('’', "'"))));
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
