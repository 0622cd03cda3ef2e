//! Chapter "motion and forbidden elements": what acts, moves or draws text.

use super::{
    HtmlCheck,
    css::Declaration,
    page::Page,
    rule::{Findings, Rule, Scope},
};

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "motion.none",
            source: "WCAG 2.2.2 2.3.3, RGAA 13.8",
            scope: Scope::Html,
            says: ("rien ne bouge, rien ne se recharge", "nothing moves, nothing reloads"),
            remedy: ("ôter l'animation", "take the animation away"),
        },
        run: motion,
    },
    HtmlCheck {
        rule: Rule {
            name: "active.element",
            source: "caniemail",
            scope: Scope::Mail,
            says: ("ni script, ni formulaire, ni cadre, ni média, ni svg, ni base", "no script, form, frame, media, svg or base"),
            remedy: (
                "ôter l'élément ; mener par un lien à une page qui le contient",
                "take the element away; link to a page that holds it",
            ),
        },
        run: elements,
    },
    HtmlCheck {
        rule: Rule {
            name: "active.handler",
            source: "caniemail",
            scope: Scope::Mail,
            says: ("aucun attribut n'exécute de code", "no attribute runs code"),
            remedy: ("ôter l'attribut on… ou l'adresse javascript:", "take the on… attribute or the javascript: address away"),
        },
        run: handlers,
    },
    HtmlCheck {
        rule: Rule {
            name: "css.drawn-text",
            source: "RGAA 10.2, WCAG F87",
            scope: Scope::Html,
            says: ("aucun texte n'est dessiné par le style", "no text is drawn by style"),
            remedy: ("écrire le texte dans le document", "write the text in the document"),
        },
        run: drawn_text,
    },
];

fn motion(page: &Page, found: &mut Findings) {
    for element in page.elements() {
        let moving = element.is(&["marquee", "blink", "bgsound"]);
        let refresh =
            element.name() == "meta" && element.attr("http-equiv").is_some_and(|name| name.eq_ignore_ascii_case("refresh"));
        let animated = element.name() == "img"
            && element
                .attr("src")
                .is_some_and(|source| source.to_ascii_lowercase().split('?').next().is_some_and(|path| path.ends_with(".gif")));
        if moving || refresh || animated || element.inline().iter().any(moves) {
            found.at(element, "mouvement ou rechargement", "motion or reload");
        }
    }
    for (rule, _) in page.sheet.declarations().filter(|(_, said)| moves(said)) {
        found.near(&rule.prelude, "mouvement mis par le style", "motion made by style");
    }
    for name in page.sheet.at_rules.iter().filter(|name| name.ends_with("keyframes")) {
        found.near(&format!("@{name}"), "mouvement mis par le style", "motion made by style");
    }
}

fn moves(said: &Declaration) -> bool {
    let name = said.name.trim_start_matches("-webkit-").trim_start_matches("-moz-");
    let set = !matches!(said.value.as_str(), "none" | "0s" | "initial" | "unset" | "inherit" | "auto");
    let moving = name == "animation"
        || name == "animation-name"
        || name == "transition"
        || name == "transition-property"
        || name == "scroll-behavior";
    let timed = name != "transition"
        || said
            .value
            .split(' ')
            .any(|part| part.ends_with('s') && part.starts_with(|c: char| c.is_ascii_digit() || c == '.') && part != "0s");
    moving && set && timed
}

fn elements(page: &Page, found: &mut Findings) {
    const FORBIDDEN: [&str; 28] = [
        "script", "noscript", "form", "input", "button", "select", "textarea", "iframe", "frame", "frameset", "object", "embed",
        "applet", "audio", "video", "source", "track", "svg", "math", "canvas", "base", "dialog", "template", "slot", "map",
        "area", "portal", "meter",
    ];
    for element in page.elements().filter(|element| element.is(&FORBIDDEN)) {
        let name = element.name();
        found.at(element, format!("élément {name}"), format!("{name} element"));
    }
}

fn handlers(page: &Page, found: &mut Findings) {
    for element in page.elements() {
        for (name, value) in element.attrs() {
            let handler = name.len() > 4 && name.starts_with("on") && name.bytes().all(|byte| byte.is_ascii_alphabetic());
            let scripted = matches!(name, "href" | "src" | "action" | "formaction")
                && value.trim_start().to_ascii_lowercase().starts_with("javascript:");
            if handler || scripted {
                found.at(element, format!("code dans l'attribut {name}"), format!("code in the {name} attribute"));
            }
        }
    }
}

fn drawn_text(page: &Page, found: &mut Findings) {
    for (rule, said) in page.sheet.declarations().filter(|(_, said)| said.name == "content") {
        if !matches!(said.value.as_str(), "none" | "normal" | "\"\"" | "''" | "\" \"" | "' '") {
            found.near(&rule.prelude, format!("content : {}", said.value), format!("content: {}", said.value));
        }
    }
}
