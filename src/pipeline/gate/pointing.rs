//! Chapter "links", continued: how they are seen, reached and opened.

use super::{
    HtmlCheck,
    links::links,
    page::{El, Page},
    rule::{Findings, Rule, Scope},
};

/// WCAG 2.5.8, in pixels.
const SMALLEST_TARGET: f64 = 24.0;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "link.underline",
            source: "WCAG 1.4.1, RGAA 10.6, EMC 11",
            scope: Scope::Mail,
            says: ("un lien est souligné partout, par son propre style", "a link is underlined everywhere, by its own style"),
            remedy: ("ajouter text-decoration:underline au style du lien", "add text-decoration:underline to the link's style"),
        },
        run: underline,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.target",
            source: "RGAA 13.2, AcceDe, caniemail",
            scope: Scope::Html,
            says: ("un lien n'impose pas de fenêtre", "a link does not impose a window"),
            remedy: ("ôter l'attribut target", "take the target attribute away"),
        },
        run: target,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.size",
            source: "WCAG 2.5.8",
            scope: Scope::Mail,
            says: (
                "un lien seul sur sa ligne fait au moins 24 pixels de haut",
                "a link alone on its line is at least 24 pixels high",
            ),
            remedy: ("donner une hauteur de ligne de 1,5 à 16 pixels ou plus", "give a line height of 1.5 at 16 pixels or more"),
        },
        run: target_size,
    },
    HtmlCheck {
        rule: Rule {
            name: "focus.visible",
            source: "WCAG 2.4.7, RGAA 10.7",
            scope: Scope::Html,
            says: ("le cadre du focus n'est pas ôté", "the focus ring is not taken away"),
            remedy: ("ôter outline:none", "take outline:none away"),
        },
        run: outline,
    },
    HtmlCheck {
        rule: Rule {
            name: "focus.order",
            source: "WCAG 2.4.3, RGAA 12.8",
            scope: Scope::Html,
            says: ("ni tabindex, ni accesskey, ni autofocus", "no tabindex, accesskey or autofocus"),
            remedy: ("ôter l'attribut", "take the attribute away"),
        },
        run: focus_order,
    },
];

/// Web mails put their own sheet under ours: only the link's own style holds.
fn underline(page: &Page, found: &mut Findings) {
    for (link, _) in links(page) {
        let own = link.inline_value("text-decoration").or_else(|| link.inline_value("text-decoration-line"));
        if own.is_none_or(|value| !value.contains("underline")) || !link.light().underlined {
            found.at(link, "lien sans soulignement dans son style", "link without underline in its style");
        }
    }
    let undone = page.sheet.declarations().filter(|(rule, said)| {
        said.name.starts_with("text-decoration")
            && said.value.contains("none")
            && rule.prelude.split([' ', ',']).any(|part| part == "a" || part.starts_with("a:") || part.starts_with("a."))
    });
    for (rule, _) in undone {
        found.near(&rule.prelude, "une feuille de style ôte le soulignement", "a style sheet takes the underline away");
    }
}

fn target(page: &Page, found: &mut Findings) {
    for element in page.elements().filter(|element| element.is(&["a", "area", "form", "base"])) {
        if element.attr("target").is_some_and(|target| !matches!(target, "" | "_self")) {
            found.at(element, "attribut target", "target attribute");
        }
    }
}

/// The height of a line of the link, with its own padding.
fn height(link: El) -> f64 {
    let look = link.light();
    let line = look.line_height.0.unwrap_or(1.2) * look.font_size.0;
    let padding = |side: &str| link.inline_value(side).and_then(|value| value.strip_suffix("px")?.parse::<f64>().ok());
    let all = link.inline_value("padding").and_then(|value| value.split(' ').next()?.strip_suffix("px")?.parse::<f64>().ok());
    line + padding("padding-top").or(all).unwrap_or(0.0) + padding("padding-bottom").or(all).unwrap_or(0.0)
}

fn target_size(page: &Page, found: &mut Findings) {
    for (link, _) in links(page) {
        let line = link.line();
        let alone = link
            .ancestors()
            .find(El::is_block)
            .is_some_and(|block| !line.is_empty() && block.span().len() <= link.span().len() + 40 && block.line() == line);
        let height = height(link);
        if alone && height + 0.01 < SMALLEST_TARGET {
            found.at(link, format!("{height:.0} pixels de haut"), format!("{height:.0} pixels high"));
        }
    }
}

fn outline(page: &Page, found: &mut Findings) {
    let removes = |name: &str, value: &str| {
        matches!(name, "outline" | "outline-style" | "outline-width")
            && (value.starts_with("none") || matches!(value, "0" | "0px") || value.starts_with("0 "))
    };
    for element in page.elements().filter(|element| element.inline().iter().any(|said| removes(&said.name, &said.value))) {
        found.at(element, "outline ôté", "outline taken away");
    }
    for (rule, _) in page.sheet.declarations().filter(|(_, said)| removes(&said.name, &said.value)) {
        found.near(&rule.prelude, "outline ôté", "outline taken away");
    }
}

fn focus_order(page: &Page, found: &mut Findings) {
    for element in page.elements() {
        for name in ["tabindex", "accesskey", "autofocus"] {
            let skip_target = name == "tabindex" && element.attr(name) == Some("-1") && page.kind == super::page::Kind::WebPage;
            if element.attr(name).is_some() && !skip_target {
                found.at(element, format!("attribut {name}"), format!("{name} attribute"));
            }
        }
    }
}
