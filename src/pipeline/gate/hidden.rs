//! Chapter "hidden things and ARIA".

use super::{
    HtmlCheck,
    css::length::{Base, pixels},
    page::{El, Page, squash},
    rule::{Findings, Rule, Scope},
    signs,
};

use std::collections::HashSet;

/// Longer than what a client shows next to the subject.
const LONGEST_PREHEADER: usize = 150;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "hidden.content",
            source: "RGAA 10.8, EMC (preview text)",
            scope: Scope::Mail,
            says: (
                "rien n'est caché, sauf un court préambule en tête du premier div",
                "nothing is hidden, except one short preheader first in the first div",
            ),
            remedy: ("montrer le texte ou l'ôter", "show the text or take it away"),
        },
        run: content,
    },
    HtmlCheck {
        rule: Rule {
            name: "hidden.by-trick",
            source: "RGAA 10.8, WCAG 1.3.2",
            scope: Scope::Mail,
            says: (
                "aucun texte n'est rendu invisible par sa taille, sa place, sa couleur ou son opacité",
                "no text is made invisible by size, place, colour or opacity",
            ),
            remedy: ("montrer le texte ou l'ôter", "show the text or take it away"),
        },
        run: tricks,
    },
    HtmlCheck {
        rule: Rule {
            name: "aria.attribute",
            source: "caniemail (Gmail, Outlook, Yahoo, Orange)",
            scope: Scope::Mail,
            says: ("ni role ni aria-… : les clients les ôtent ou les cassent", "no role or aria-…: clients drop or break them"),
            remedy: ("employer l'élément qui a ce sens : h1, p, ul, a", "use the element that has this meaning: h1, p, ul, a"),
        },
        run: aria,
    },
    HtmlCheck {
        rule: Rule {
            name: "aria.landmark",
            source: "caniemail (Gmail, Outlook, Orange, Yahoo)",
            scope: Scope::Mail,
            says: ("ni main, ni nav, ni section : les clients les ôtent", "no main, nav or section: clients drop them"),
            remedy: ("écrire des div, et s'appuyer sur les titres", "write div, and rely on headings"),
        },
        run: landmarks,
    },
    HtmlCheck {
        rule: Rule {
            name: "page.landmarks",
            source: "RGAA 12.6 9.2",
            scope: Scope::WebPage,
            says: ("une page web a un main et un seul", "a web page has one main"),
            remedy: ("mettre le contenu dans un main", "put the content into one main"),
        },
        run: page_landmarks,
    },
    HtmlCheck {
        rule: Rule {
            name: "page.skip-link",
            source: "RGAA 12.7, WCAG 2.4.1",
            scope: Scope::WebPage,
            says: ("le premier lien d'une page mène au contenu", "the first link of a page leads to the content"),
            remedy: (
                "commencer par <a href=\"#contenu\">Aller au contenu</a>",
                "start with <a href=\"#content\">Skip to content</a>",
            ),
        },
        run: skip_link,
    },
];

/// The one hidden text that may stay: first in the wrapper, short, in clear words.
fn is_preheader(page: &Page, element: El, text: &str) -> bool {
    let wrapper = page.first("body").and_then(|body| body.children().next());
    let first = wrapper.and_then(|wrapper| wrapper.children().next());
    let place = first.is_some_and(|first| first.index == element.index);
    place && text.trim().chars().count() <= LONGEST_PREHEADER && signs::filler(text).is_none() && !text.contains("\u{a0}\u{a0}")
}

fn content(page: &Page, found: &mut Findings) {
    for (element, text) in page.unseen.iter().map(|(index, text)| (page.element(*index), text)) {
        if !is_preheader(page, element, text) {
            found.at(element, format!("texte caché : {}", squash(text)), format!("hidden text: {}", squash(text)));
        }
    }
    let told: HashSet<usize> = page.unseen.iter().map(|(index, _)| *index).collect();
    for element in
        page.elements().filter(|element| element.attr("hidden").is_some() || element.inline_value("mso-hide").is_some())
    {
        if !told.contains(&element.index) {
            found.at(element, "attribut hidden ou mso-hide", "hidden attribute or mso-hide");
        }
    }
}

fn is_tricked(element: El) -> bool {
    let look = element.light();
    let value = |name: &str| element.inline_value(name);
    let length = |name: &str| value(name).and_then(|value| pixels(value, Base { em: look.font_size.0, whole: 1000.0 }));
    let faint = value("opacity").and_then(|value| value.parse::<f64>().ok()).is_some_and(|opacity| opacity < 0.9);
    let flat = ["max-height", "height", "max-width", "width"].iter().any(|name| length(name).is_some_and(|size| size < 2.0));
    let away =
        ["text-indent", "left", "top", "margin-left"].iter().any(|name| length(name).is_some_and(|offset| offset < -100.0));
    faint || flat || away || look.font_size.0 < 2.0 || value("clip").is_some() || value("clip-path").is_some()
}

fn tricks(page: &Page, found: &mut Findings) {
    for element in page.elements().filter(|element| element.is_shown() && !element.text().trim().is_empty()) {
        let inherited = element.parent().is_some_and(|above| above.light().font_size.0 < 2.0) && element.inline().is_empty();
        if !inherited && is_tricked(element) {
            found.at(element, "texte rendu invisible", "text made invisible");
        }
    }
    for (element, text) in page.pieces() {
        let look = element.light();
        if look.ink.zip(look.ground).is_some_and(|(ink, ground)| ink.over(ground).contrast(ground) < 1.1) {
            found.at(
                element,
                format!("texte de la couleur du fond : {text}"),
                format!("text in the colour of its ground: {text}"),
            );
        }
    }
}

fn aria(page: &Page, found: &mut Findings) {
    for element in page.elements() {
        let names: Vec<&str> =
            element.attrs().map(|(name, _)| name).filter(|name| *name == "role" || name.starts_with("aria-")).collect();
        if !names.is_empty() {
            found.at(element, format!("attributs {}", names.join(", ")), format!("attributes {}", names.join(", ")));
        }
    }
}

fn landmarks(page: &Page, found: &mut Findings) {
    for element in page
        .elements()
        .filter(|element| element.is(&["main", "nav", "section", "article", "aside", "header", "footer", "search"]))
    {
        let name = element.name();
        found.at(element, format!("élément {name}"), format!("{name} element"));
    }
}

fn page_landmarks(page: &Page, found: &mut Findings) {
    let mut mains = page.named("main").filter(El::is_shown);
    if mains.next().is_none() {
        found.near("<body>", "page sans main", "page without main");
    }
    for extra in mains {
        found.at(extra, "un deuxième main", "a second main");
    }
}

fn skip_link(page: &Page, found: &mut Findings) {
    let first = page.named("a").find(|link| link.attr("href").is_some());
    let target = first.and_then(|link| link.attr("href")?.strip_prefix('#'));
    let leads =
        target.is_some_and(|target| !target.is_empty() && page.elements().any(|element| element.attr("id") == Some(target)));
    if !leads && page.first("nav").is_some() {
        found.near("<body>", "le premier lien ne mène pas au contenu", "the first link does not lead to the content");
    }
}
