//! Chapter "colours": contrast in the light, the dark and the forced dark theme.

use super::{
    HtmlCheck,
    css::{
        cascade::{Theme, is_picture},
        colour::{self, Colour, Paint},
    },
    page::{El, Page},
    rule::{Findings, Rule, Scope},
};
use std::collections::HashSet;

/// WCAG 1.4.6, for text of any size.
const ENHANCED: f64 = 7.0;
/// WCAG 1.4.3, for what a client makes of our colours.
const MINIMUM: f64 = 4.5;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "colour.light",
            source: "WCAG 1.4.6 1.4.3, RGAA 3.2, EMC 7",
            scope: Scope::Html,
            says: ("contraste de 7 pour 1 dans le thème clair", "contrast of 7 to 1 in the light theme"),
            remedy: (
                "assombrir le texte, par exemple #1a1a1a ou #0b3d91 sur #ffffff",
                "darken the text, for instance #1a1a1a or #0b3d91 on #ffffff",
            ),
        },
        run: light,
    },
    HtmlCheck {
        rule: Rule {
            name: "colour.dark",
            source: "WCAG 1.4.6 1.4.3, RGAA 3.2",
            scope: Scope::Html,
            says: ("contraste de 7 pour 1 dans le thème sombre", "contrast of 7 to 1 in the dark theme"),
            remedy: (
                "éclaircir le texte dans le bloc sombre, par exemple #f2f2f2 ou #9ecbff sur #121212",
                "lighten the text in the dark block, for instance #f2f2f2 or #9ecbff on #121212",
            ),
        },
        run: dark,
    },
    HtmlCheck {
        rule: Rule {
            name: "colour.inverted",
            source: "WCAG 1.4.3 (Gmail, Outlook)",
            scope: Scope::Mail,
            says: ("contraste de 4,5 pour 1 après une inversion forcée", "contrast of 4.5 to 1 after a forced inversion"),
            remedy: (
                "choisir un texte presque noir sur un fond presque blanc, ou l'inverse",
                "choose nearly black text on a nearly white ground, or the reverse",
            ),
        },
        run: inverted,
    },
    HtmlCheck {
        rule: Rule {
            name: "colour.pair",
            source: "RGAA 10.5, WCAG F24",
            scope: Scope::Html,
            says: (
                "un style qui donne la couleur du texte donne aussi celle du fond",
                "a style that gives the text colour gives the background too",
            ),
            remedy: ("écrire color et background-color ensemble", "write color and background-color together"),
        },
        run: pair,
    },
    HtmlCheck {
        rule: Rule {
            name: "colour.inline",
            source: "RGAA 10.5, caniemail (La Poste)",
            scope: Scope::Mail,
            says: (
                "titres, liens et premier div portent leurs couleurs dans style",
                "headings, links and the first div carry their colours in style",
            ),
            remedy: (
                "ajouter color et background-color à l'attribut style",
                "add color and background-color to the style attribute",
            ),
        },
        run: inline,
    },
    HtmlCheck {
        rule: Rule {
            name: "colour.themes",
            source: "EMC 2025",
            scope: Scope::Mail,
            says: (
                "le document annonce les deux thèmes et a un style sombre",
                "the document announces both themes and has a dark style",
            ),
            remedy: (
                "écrire <meta name=\"color-scheme\" content=\"light dark\"> et un bloc @media (prefers-color-scheme: dark)",
                "write <meta name=\"color-scheme\" content=\"light dark\"> and a block @media (prefers-color-scheme: dark)",
            ),
        },
        run: themes,
    },
    HtmlCheck {
        rule: Rule {
            name: "colour.picture",
            source: "Orange, RGAA 3.2",
            scope: Scope::Html,
            says: ("ni image ni dégradé derrière du texte", "no image or gradient behind text"),
            remedy: ("donner un fond uni", "give a plain background"),
        },
        run: picture,
    },
    HtmlCheck {
        rule: Rule {
            name: "colour.forced",
            source: "WCAG 1.4.11",
            scope: Scope::Html,
            says: ("les couleurs imposées par le lecteur sont respectées", "colours forced by the reader are respected"),
            remedy: ("ôter forced-color-adjust", "take forced-color-adjust away"),
        },
        run: forced,
    },
];

/// Each pair of colours once, at the first text that has it.
fn contrasts(page: &Page, found: &mut Findings, theme: Theme, least: f64, seen_as: fn(Colour) -> Colour) {
    let mut known = HashSet::new();
    for (element, text) in page.pieces().filter(|(_, text)| text.chars().any(|c| !c.is_whitespace())) {
        let look = element.looks(theme);
        match (look.ink, look.ground) {
            (Some(ink), Some(ground)) => {
                let (ink, ground) = (seen_as(ink.over(ground)), seen_as(ground));
                let ratio = ink.contrast(ground);
                if ratio < least && known.insert((ink.hex(), ground.hex())) {
                    let (a, b) = (ink.hex(), ground.hex());
                    found.at(element, format!("{a} sur {b} : {ratio:.2} pour 1"), format!("{a} on {b}: {ratio:.2} to 1"));
                }
            }
            _ if known.insert((String::new(), text.to_owned())) => {
                found.at(element, "couleur que seul un navigateur connaît", "colour that only a browser knows");
            }
            _ => {}
        }
    }
}

fn light(page: &Page, found: &mut Findings) {
    contrasts(page, found, Theme::Light, ENHANCED, |colour| colour);
}

fn dark(page: &Page, found: &mut Findings) {
    contrasts(page, found, Theme::Dark, ENHANCED, |colour| colour);
}

fn inverted(page: &Page, found: &mut Findings) {
    contrasts(page, found, Theme::Light, MINIMUM, Colour::inverted);
}

fn sets_ground(name: &str, value: &str) -> bool {
    match name {
        "background-color" => colour::read(value).is_some_and(|paint| paint != Paint::Colour(Colour::CLEAR)),
        "background" => {
            value.split(' ').any(|part| matches!(colour::read(part), Some(Paint::Colour(colour)) if colour.alpha > 0.0))
        }
        _ => false,
    }
}

/// One without the other leaves the reader's own colours behind or before ours.
fn pair(page: &Page, found: &mut Findings) {
    let half = |said: &[super::css::Declaration]| {
        let ink = said.iter().any(|said| said.name == "color" && !matches!(said.value.as_str(), "inherit" | "currentcolor"));
        let ground = said.iter().any(|said| sets_ground(&said.name, &said.value));
        match (ink, ground) {
            (true, false) => Some(("color sans background-color", "color without background-color")),
            (false, true) => Some(("background-color sans color", "background-color without color")),
            _ => None,
        }
    };
    for element in page.elements() {
        if let Some((fr, en)) = half(element.inline()) {
            found.at(element, fr, en);
        }
    }
    for rule in &page.sheet.rules {
        if let Some((fr, en)) = half(&rule.declarations) {
            found.near(&rule.prelude, fr, en);
        }
    }
}

/// What clients repaint must say its own colours.
fn inline(page: &Page, found: &mut Findings) {
    let wrappers = page.first("body").into_iter().flat_map(|body| body.children().collect::<Vec<_>>());
    let painted = |element: &El| {
        element.inline_value("color").is_some() && element.inline().iter().any(|said| sets_ground(&said.name, &said.value))
    };
    let repainted = page
        .elements()
        .filter(|element| element.heading_level().is_some() || (element.name() == "a" && element.attr("href").is_some()));
    for element in wrappers.into_iter().chain(repainted).filter(|element| element.is_shown() && !painted(element)) {
        found.at(element, "sans color et background-color dans style", "without color and background-color in style");
    }
}

fn themes(page: &Page, found: &mut Findings) {
    let announced = page.named("meta").any(|meta| {
        meta.attr("name").is_some_and(|name| name.eq_ignore_ascii_case("color-scheme"))
            && meta.attr("content").is_some_and(|content| content.contains("light") && content.contains("dark"))
    });
    if !announced {
        found.near("<head>", "pas de meta color-scheme « light dark »", "no meta color-scheme \"light dark\"");
    }
    if !page.sheet.has_dark() {
        found.near("<style>", "pas de style pour le thème sombre", "no style for the dark theme");
    }
}

fn picture(page: &Page, found: &mut Findings) {
    for element in page.elements() {
        let inline = element.inline().iter().any(|said| said.name.starts_with("background") && is_picture(&said.value));
        if inline || element.attr("background").is_some() {
            found.at(element, "image ou dégradé en fond", "image or gradient as background");
        }
    }
    for (rule, _) in page.sheet.declarations().filter(|(_, said)| said.name.starts_with("background") && is_picture(&said.value))
    {
        found.near(&rule.prelude, "image ou dégradé en fond", "image or gradient as background");
    }
}

fn forced(page: &Page, found: &mut Findings) {
    for element in
        page.elements().filter(|element| element.inline_value("forced-color-adjust").is_some_and(|value| value == "none"))
    {
        found.at(element, "forced-color-adjust : none", "forced-color-adjust: none");
    }
    for (rule, _) in page.sheet.declarations().filter(|(_, said)| said.name == "forced-color-adjust" && said.value == "none") {
        found.near(&rule.prelude, "forced-color-adjust : none", "forced-color-adjust: none");
    }
}
