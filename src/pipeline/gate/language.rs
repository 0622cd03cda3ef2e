//! Chapter "language": every word can be read aloud with the right voice.

use super::{
    HtmlCheck,
    page::{El, Page, primary_tag},
    rule::{Findings, Rule, Scope},
    words::{self, LANGUAGES},
};
use crate::pipeline::language::FRENCH_OR_ENGLISH;
use lingua::Language;

/// Blocks shorter than this say too little to tell their language.
const FEWEST_WORDS: usize = 8;
/// Blocks that are looked at; an edition has about a hundred.
const MOST_BLOCKS: usize = 600;

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "lang.html",
            source: "WCAG 3.1.1, RGAA 8.3 8.4, EMC 6",
            scope: Scope::Html,
            says: ("html dit la langue du document", "html states the language of the document"),
            remedy: ("écrire <html lang=\"fr\" dir=\"ltr\">", "write <html lang=\"en\" dir=\"ltr\">"),
        },
        run: html_language,
    },
    HtmlCheck {
        rule: Rule {
            name: "lang.dir",
            source: "RGAA 8.10, EMC 6",
            scope: Scope::Mail,
            says: ("html dit le sens de lecture", "html states the reading direction"),
            remedy: ("ajouter dir=\"ltr\" à html", "add dir=\"ltr\" to html"),
        },
        run: html_direction,
    },
    HtmlCheck {
        rule: Rule {
            name: "lang.wrapper",
            source: "EMC 1 2, caniemail",
            scope: Scope::Mail,
            says: (
                "chaque enfant direct de body est un div qui répète lang et dir",
                "every direct child of body is a div that repeats lang and dir",
            ),
            remedy: (
                "mettre tout le contenu dans un div avec lang et dir, juste sous body",
                "put all content into one div with lang and dir, right under body",
            ),
        },
        run: wrapper,
    },
    HtmlCheck {
        rule: Rule {
            name: "lang.table",
            source: "caniemail (Yahoo, Orange)",
            scope: Scope::Mail,
            says: ("lang et dir ne sont pas portés par un tableau ou une cellule", "no table or cell carries lang or dir"),
            remedy: ("porter lang et dir sur un div ou un paragraphe", "put lang and dir on a div or a paragraph"),
        },
        run: language_on_tables,
    },
    HtmlCheck {
        rule: Rule {
            name: "lang.valid",
            source: "WCAG 3.1.1 3.1.2, RGAA 8.4 8.8",
            scope: Scope::Html,
            says: ("chaque attribut lang est un code de langue", "every lang attribute is a language tag"),
            remedy: ("écrire un code BCP 47, par exemple fr, en ou pt-BR", "write a BCP 47 tag, such as fr, en or pt-BR"),
        },
        run: valid_tags,
    },
    HtmlCheck {
        rule: Rule {
            name: "lang.part",
            source: "WCAG 3.1.2, RGAA 8.7 8.8",
            scope: Scope::Html,
            says: ("un passage dans une autre langue porte cette langue", "a passage in another language is marked with it"),
            remedy: (
                "ajouter lang=\"…\" au plus petit élément qui contient le passage",
                "add lang=\"…\" to the smallest element around the passage",
            ),
        },
        run: parts,
    },
    HtmlCheck {
        rule: Rule {
            name: "lang.words",
            source: "WCAG 3.1.2, caniemail (Orange)",
            scope: Scope::Mail,
            says: (
                "un titre en langue étrangère est annoncé en toutes lettres",
                "a title in a foreign language is announced in words",
            ),
            remedy: (
                "écrire « En anglais » (ou la langue) près du titre",
                "write \"In French\" (or the language) next to the title",
            ),
        },
        run: announced_in_words,
    },
];

/// `html` has a usable `lang`.
fn html_language(page: &Page, found: &mut Findings) {
    match page.root().attr("lang") {
        Some(tag) if is_tag(tag) => {}
        Some(tag) => found.at(
            page.root(),
            format!("lang=\"{tag}\" n'est pas un code de langue"),
            format!("lang=\"{tag}\" is no language tag"),
        ),
        None => found.at(page.root(), "html n'a pas d'attribut lang", "html has no lang attribute"),
    }
}

/// `html` has `dir`.
fn html_direction(page: &Page, found: &mut Findings) {
    if !has_direction(page.root()) {
        found.at(page.root(), "html n'a pas d'attribut dir", "html has no dir attribute");
    }
}

fn has_direction(element: El) -> bool {
    element.attr("dir").is_some_and(|dir| matches!(dir.to_ascii_lowercase().as_str(), "ltr" | "rtl"))
}

/// Mail clients keep neither `html` nor the attributes of `body`.
fn wrapper(page: &Page, found: &mut Findings) {
    let Some(body) = page.first("body") else { return };
    for child in body.children().filter(|child| !child.is(&["script", "style"])) {
        let missing: Vec<&str> = [("lang", child.attr("lang").is_some_and(is_tag)), ("dir", has_direction(child))]
            .iter()
            .filter(|(_, there)| !there)
            .map(|(name, _)| *name)
            .collect();
        if !missing.is_empty() || child.name() != "div" {
            let missing = if missing.is_empty() { "div".to_owned() } else { missing.join(", ") };
            found.at(child, format!("sous body sans {missing}"), format!("under body without {missing}"));
        }
    }
    for (element, text) in page.pieces().filter(|(element, _)| element.name() == "body") {
        found.at(element, format!("texte directement dans body : {text}"), format!("text directly in body: {text}"));
    }
}

/// Yahoo drops `lang` on cells, Orange drops `dir` on tables and cells.
fn language_on_tables(page: &Page, found: &mut Findings) {
    let parts = page.elements().filter(|element| element.is(&["table", "tbody", "thead", "tfoot", "tr", "td", "th"]));
    for element in parts.filter(|element| element.attr("lang").is_some() || element.attr("dir").is_some()) {
        found.at(element, "lang ou dir sur une partie de tableau", "lang or dir on a part of a table");
    }
}

/// Malformed tags are read with the wrong voice.
fn valid_tags(page: &Page, found: &mut Findings) {
    for element in page.elements().skip(1) {
        if let Some(tag) = element.attr("lang").filter(|tag| !is_tag(tag)) {
            found.at(element, format!("« {tag} » n'est pas un code de langue"), format!("\"{tag}\" is no language tag"));
        }
    }
}

/// The shape of BCP 47: two or three letters, then subtags of up to eight characters.
pub(super) fn is_tag(tag: &str) -> bool {
    let mut subtags = tag.split('-');
    let primary = subtags.next().unwrap_or_default();
    (2..=3).contains(&primary.len())
        && primary.bytes().all(|byte| byte.is_ascii_alphabetic())
        && subtags.all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Blocks whose words are plainly French in an English part, or the other way round.
fn parts(page: &Page, found: &mut Findings) {
    let blocks = page.elements().filter(|element| {
        element.is(&["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "dd", "dt", "blockquote", "a", "div", "span"])
            && !element.descendants().any(|inner| inner.is_block() || inner.attr("lang").is_some())
    });
    for element in blocks.take(MOST_BLOCKS) {
        let within_marked = element.name() != "a" && element.name() != "span";
        if !within_marked && element.attr("lang").is_none() && element.parent().is_some_and(|parent| parent.span().len() < 300) {
            continue;
        }
        let Some(declared) = element.language() else { continue };
        let text = element.text().split_whitespace().take(80).collect::<Vec<_>>().join(" ");
        if let Some(spoken) = plainly_in(&text)
            && matches!(declared.as_str(), "fr" | "en")
            && spoken != declared
        {
            let (fr, en) =
                (format!("texte en « {spoken} » marqué « {declared} »"), format!("text in \"{spoken}\" marked \"{declared}\""));
            found.at(element, fr, en);
        }
    }
}

/// "fr" or "en" when a text of eight words or more is plainly in it.
pub(super) fn plainly_in(text: &str) -> Option<&'static str> {
    let text: String = text.chars().take(400).collect();
    if words::count(&text) < FEWEST_WORDS {
        return None;
    }
    let french = FRENCH_OR_ENGLISH.compute_language_confidence(text.as_str(), Language::French);
    match french {
        _ if french > 0.95 => Some("fr"),
        _ if french < 0.05 => Some("en"),
        _ => None,
    }
}

/// Each heading in another language has that language's name in its part of the document.
fn announced_in_words(page: &Page, found: &mut Findings) {
    let Some(main) = page.language() else { return };
    let headings = page.headings();
    for (place, (_, heading)) in headings.iter().enumerate() {
        let Some(tag) = marked_language(*heading).filter(|tag| *tag != main) else { continue };
        let Some((_, fr, en)) = LANGUAGES.iter().find(|(known, ..)| *known == tag) else { continue };
        let name = if main == "fr" { fr } else { en };
        let end = headings.get(place + 1).map_or(page.text.len(), |(_, next)| next.span().start);
        let part = page.text.get(heading.span().start..end).unwrap_or_default().to_lowercase();
        if !part.contains(name) {
            found.at(
                *heading,
                format!("titre en « {tag} », sans le mot « {name} » après lui"),
                format!("heading in \"{tag}\", the word \"{name}\" does not follow"),
            );
        }
    }
}

/// The language of a heading: its own, that of an ancestor, or that of the only element in it.
fn marked_language(heading: El) -> Option<String> {
    let line = heading.line();
    let inner = heading.descendants().find(|inner| inner.attr("lang").is_some() && inner.line() == line);
    inner.and_then(|inner| inner.attr("lang")).and_then(primary_tag).or_else(|| heading.language())
}
