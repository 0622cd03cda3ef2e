//! Chapter "size and zoom".

use super::{
    HtmlCheck,
    css::{
        Declaration,
        length::{Base, pixels},
    },
    page::{El, Page},
    rule::{Findings, Rule, Scope},
};

/// Gmail cuts after about 102 kB, with the unsubscribe link.
const MOST_BYTES: usize = 102_000;
/// Gmail drops all styles beyond.
const MOST_STYLE_BYTES: usize = 16_000;
/// RFC 5322, section 2.1.1.
const LONGEST_LINE: usize = 998;
/// WCAG 1.4.10: 400 % of 1280 pixels.
const NARROWEST_WINDOW: f64 = 320.0;

/// Held against documents that the scanner refuses: nothing else can be said about them.
pub(super) static READABLE: Rule = Rule {
    name: "size.readable",
    source: "RGAA 8.2",
    scope: Scope::Html,
    says: ("le document peut être lu sans danger", "the document can be read safely"),
    remedy: ("alléger le document ; rien d'autre n'a été vérifié", "make the document lighter; nothing else was checked"),
};

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "size.html",
            source: "Gmail, caniemail",
            scope: Scope::Mail,
            says: ("moins de 102 Ko de HTML", "less than 102 kB of HTML"),
            remedy: ("raccourcir les résumés ou retenir moins d'articles", "shorten the summaries or keep fewer items"),
        },
        run: bytes,
    },
    HtmlCheck {
        rule: Rule {
            name: "size.style",
            source: "Gmail, caniemail",
            scope: Scope::Mail,
            says: ("moins de 16 Ko de feuilles de style", "less than 16 kB of style sheets"),
            remedy: ("ne garder que le thème sombre dans la feuille", "keep only the dark theme in the sheet"),
        },
        run: style_bytes,
    },
    HtmlCheck {
        rule: Rule {
            name: "size.line",
            source: "RFC 5322 2.1.1",
            scope: Scope::Mail,
            says: ("aucune ligne de plus de 998 octets", "no line over 998 bytes"),
            remedy: ("couper la ligne entre deux mots", "break the line between two words"),
        },
        run: line_bytes,
    },
    HtmlCheck {
        rule: Rule {
            name: "size.reflow",
            source: "WCAG 1.4.10, RGAA 10.11",
            scope: Scope::Mail,
            says: ("rien n'oblige à défiler de côté à 320 pixels", "nothing forces sideways scrolling at 320 pixels"),
            remedy: (
                "remplacer width et min-width par max-width, laisser les lignes se couper",
                "replace width and min-width by max-width, let lines wrap",
            ),
        },
        run: reflow,
    },
    HtmlCheck {
        rule: Rule {
            name: "size.text-spacing",
            source: "WCAG 1.4.12, RGAA 10.12",
            scope: Scope::Mail,
            says: ("le lecteur peut espacer le texte", "the reader can space the text"),
            remedy: (
                "ôter height, overflow et !important ; line-height sans unité",
                "take height, overflow and !important away; line-height without a unit",
            ),
        },
        run: text_spacing,
    },
];

fn bytes(page: &Page, found: &mut Findings) {
    let size = page.source.len();
    if size >= MOST_BYTES {
        found.near("<html>", format!("{size} octets"), format!("{size} bytes"));
    }
}

fn style_bytes(page: &Page, found: &mut Findings) {
    let size = page.sheet.bytes;
    if size >= MOST_STYLE_BYTES {
        found.near("<style>", format!("{size} octets de style"), format!("{size} bytes of style"));
    }
}

fn line_bytes(page: &Page, found: &mut Findings) {
    for (index, line) in page.source.split('\n').enumerate().filter(|(_, line)| line.len() > LONGEST_LINE) {
        let (number, size) = (index + 1, line.len());
        found.near(line, format!("ligne {number} : {size} octets"), format!("line {number}: {size} bytes"));
    }
}

fn wide(said: &Declaration, em: f64) -> bool {
    matches!(said.name.as_str(), "width" | "min-width")
        && !said.value.ends_with('%')
        && pixels(&said.value, Base { em, whole: 0.0 }).is_some_and(|width| width > NARROWEST_WINDOW)
}

fn reflow(page: &Page, found: &mut Findings) {
    for element in page.elements() {
        let em = element.light().font_size.0;
        if element.inline().iter().any(|said| wide(said, em)) {
            found.at(element, "largeur fixe de plus de 320 pixels", "fixed width over 320 pixels");
        }
        let attribute = element.attr("width").and_then(|width| width.trim_end_matches("px").parse::<f64>().ok());
        let fluid = element.inline().iter().any(|said| said.name == "max-width");
        if attribute.is_some_and(|width| width > NARROWEST_WINDOW) && !fluid {
            found.at(element, "attribut width de plus de 320", "width attribute over 320");
        }
    }
    for (rule, _) in page.sheet.declarations().filter(|(_, said)| wide(said, 16.0)) {
        found.near(&rule.prelude, "largeur fixe de plus de 320 pixels", "fixed width over 320 pixels");
    }
    for (element, text) in page.pieces().filter(|(element, _)| element.light().unwrapped) {
        if text.chars().count() > 25 {
            found.at(element, "texte qui ne se coupe pas", "text that does not wrap");
        }
    }
    for (element, text) in page.pieces() {
        if let Some(word) = text.split_whitespace().find(|word| word.chars().count() > 40)
            && !breaks_words(element)
        {
            found.at(
                element,
                format!("mot de {} caractères", word.chars().count()),
                format!("word of {} characters", word.chars().count()),
            );
        }
    }
}

fn breaks_words(element: El) -> bool {
    std::iter::once(element).chain(element.ancestors()).any(|above| {
        above.inline().iter().any(|said| match said.name.as_str() {
            "overflow-wrap" | "word-wrap" => matches!(said.value.as_str(), "anywhere" | "break-word"),
            "word-break" => matches!(said.value.as_str(), "break-all" | "break-word"),
            _ => false,
        })
    })
}

/// WCAG 1.4.12 sets line height, letter and word spacing from outside: nothing may resist or cut.
fn text_spacing(page: &Page, found: &mut Findings) {
    for element in page.elements().filter(|element| !element.text().trim().is_empty()) {
        let said = element.inline();
        let value = |name: &str| element.inline_value(name);
        let fixed = |name: &str| value(name).is_some_and(|value| value.ends_with("px") || value.ends_with("pt"));
        let cuts = value("overflow").or_else(|| value("overflow-y")).is_some_and(|value| value == "hidden");
        if (fixed("height") || fixed("max-height")) && !element.is(&["html", "body"]) {
            found.at(element, "hauteur fixe autour d'un texte", "fixed height around text");
        } else if cuts {
            found.at(element, "overflow : hidden autour d'un texte", "overflow: hidden around text");
        }
        if fixed("line-height") {
            found.at(element, "line-height en unité fixe", "line-height in a fixed unit");
        }
        let resists = |said: &&Declaration| {
            said.important && matches!(said.name.as_str(), "line-height" | "letter-spacing" | "word-spacing" | "font-size")
        };
        if let Some(said) = said.iter().find(resists) {
            found.at(element, format!("{} en !important", said.name), format!("{} with !important", said.name));
        }
    }
}
