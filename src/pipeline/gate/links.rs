//! Chapter "links": what they say and where they lead.

use super::{
    HtmlCheck,
    page::{El, Page, squash},
    rule::{Findings, Rule, Scope},
    words,
};
use regex::Regex;
use std::{collections::HashMap, sync::LazyLock};

pub(super) const CHAPTER: &[HtmlCheck] = &[
    HtmlCheck {
        rule: Rule {
            name: "link.vague",
            source: "WCAG 2.4.4 2.4.9, RGAA 6.1, AcceDe, EMC 5 10",
            scope: Scope::Html,
            says: ("le texte d'un lien dit, à lui seul, où il mène", "the text of a link says, by itself, where it leads"),
            remedy: (
                "faire du titre le lien ; ne pas écrire « lire la suite » ni « ici »",
                "make the title the link; do not write \"read more\" or \"here\"",
            ),
        },
        run: vague,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.href",
            source: "RGAA 6.2, caniemail",
            scope: Scope::Html,
            says: ("un lien a une adresse complète", "a link has a full address"),
            remedy: ("donner une adresse https complète, ou mailto", "give a full https address, or mailto"),
        },
        run: address,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.ambiguous",
            source: "WCAG 2.4.9, MA/MO",
            scope: Scope::Html,
            says: ("un même texte mène toujours au même endroit", "the same text always leads to the same place"),
            remedy: (
                "ajouter au texte ce qui distingue la destination, par exemple la source",
                "add what tells the destination apart, such as the source",
            ),
        },
        run: ambiguous,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.repeated",
            source: "WCAG 2.4.9, MA/MO",
            scope: Scope::Mail,
            says: ("chaque lien n'est donné qu'une fois", "each link is given once"),
            remedy: ("garder un seul des deux liens", "keep one of the two links"),
        },
        run: repeated,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.neighbours",
            source: "WCAG H2",
            scope: Scope::Html,
            says: ("deux liens voisins ne mènent pas à la même adresse", "two neighbouring links do not lead to one address"),
            remedy: ("les réunir en un seul lien", "join them into one link"),
        },
        run: neighbours,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.address",
            source: "AVH, RGAA 6.1, CA",
            scope: Scope::Html,
            says: ("aucune adresse web n'est écrite comme texte", "no web address is written as text"),
            remedy: ("écrire le nom de la page à la place de l'adresse", "write the name of the page instead of its address"),
        },
        run: bare_address,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.file",
            source: "RGAA 13.3, AcceDe",
            scope: Scope::Html,
            says: ("un lien vers un fichier dit son format et son poids", "a link to a file states its format and size"),
            remedy: (
                "ajouter au lien « (PDF, 240 Ko) », ou « (PDF, poids inconnu) »",
                "add \"(PDF, 240 kB)\" to the link, or \"(PDF, size unknown)\"",
            ),
        },
        run: file,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.title",
            source: "RGAA 6.1",
            scope: Scope::Html,
            says: ("pas d'attribut title sur les liens et les images", "no title attribute on links and images"),
            remedy: ("mettre l'information dans le texte du lien", "put the information into the link's text"),
        },
        run: title_attribute,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.anchor",
            source: "caniemail (14 clients)",
            scope: Scope::Mail,
            says: ("pas d'ancre interne dans un courriel", "no in-page anchor in an e-mail"),
            remedy: ("ôter le lien ; garder les ancres pour la copie web", "take the link away; keep anchors for the web copy"),
        },
        run: anchor,
    },
    HtmlCheck {
        rule: Rule {
            name: "link.tracking",
            source: "TEN, RGPD",
            scope: Scope::Html,
            says: ("aucun paramètre de suivi dans une adresse", "no tracking parameter in an address"),
            remedy: ("ôter utm_… et les autres paramètres de suivi", "take away utm_… and other tracking parameters"),
        },
        run: tracking,
    },
];

/// What a link is called: its text and the alternatives of its images.
pub(super) fn name_of(link: El) -> String {
    let images = link.descendants().filter(|inner| inner.name() == "img").filter_map(|image| image.attr("alt"));
    squash(&images.fold(link.line(), |name, alt| name + " " + alt))
}

/// Links with an address, shown.
pub(super) fn links<'p>(page: &'p Page) -> impl Iterator<Item = (El<'p>, &'p str)> {
    page.named("a").filter(El::is_shown).filter_map(|link| Some((link, link.attr("href")?.trim())))
}

fn vague(page: &Page, found: &mut Findings) {
    for (link, _) in links(page) {
        let name = name_of(link);
        if !name.chars().any(char::is_alphanumeric) {
            found.at(link, "lien sans texte", "link without text");
        } else if words::is_vague(&name) {
            found.at(
                link,
                format!("« {name} » ne dit pas où mène le lien"),
                format!("\"{name}\" does not say where the link leads"),
            );
        }
    }
}

fn address(page: &Page, found: &mut Findings) {
    for link in page.named("a").filter(El::is_shown) {
        let address = link.attr("href").map(|href| href.trim().to_ascii_lowercase());
        let complete = |href: &str| {
            ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| href.len() > scheme.len() && href.starts_with(scheme))
        };
        match address.as_deref() {
            None => found.at(link, "a sans href", "a without href"),
            Some("" | "#") => found.at(link, "lien sans adresse", "link without an address"),
            Some(href) if href.starts_with('#') || complete(href) => {}
            Some(href) if page.kind == super::page::Kind::WebPage && !href.starts_with("javascript:") => {}
            Some(_) => found.at(link, "adresse incomplète ou non permise", "incomplete or forbidden address"),
        }
    }
}

fn ambiguous(page: &Page, found: &mut Findings) {
    let mut seen: HashMap<String, &str> = HashMap::new();
    for (link, href) in links(page) {
        let name = words::fold(&name_of(link));
        if name.is_empty() {
            continue;
        }
        let first = seen.entry(name).or_insert(href);
        if *first != href {
            found.at(
                link,
                format!("un autre lien de même texte mène à {first}"),
                format!("another link with the same text leads to {first}"),
            );
        }
    }
}

fn repeated(page: &Page, found: &mut Findings) {
    let mut seen: HashMap<(String, &str), usize> = HashMap::new();
    for (link, href) in links(page) {
        let count = seen.entry((words::fold(&name_of(link)), href)).or_default();
        *count += 1;
        if *count == 2 {
            found.at(link, "le même lien est donné deux fois", "the same link is given twice");
        }
    }
}

fn neighbours(page: &Page, found: &mut Findings) {
    let all: Vec<_> = links(page).collect();
    for pair in all.windows(2) {
        if let [(first, address), (second, other)] = pair
            && address == other
            && !page.between(*first, *second).chars().any(char::is_alphanumeric)
        {
            found.at(*second, "le lien précédent mène à la même adresse", "the link before leads to the same address");
        }
    }
}

/// Endless text is judged by its start: such a document is too large to pass anyway.
fn start_of(text: &str) -> &str {
    text.get(..text.floor_char_boundary(20_000)).unwrap_or(text)
}

/// Addresses in text, in links or out of them.
pub(super) fn holds_address(text: &str) -> bool {
    static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
        words::pattern(
            r"(?i)(?:https?|ftp)://|\bwww\.[a-z0-9-]+\.[a-z]{2}|(?:^|\s)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:fr|com|org|net|eu|io|gouv\.fr|html?)/\S",
        )
    });
    ADDRESS.is_match(text)
}

fn bare_address(page: &Page, found: &mut Findings) {
    for (element, text) in page.pieces().map(|(element, text)| (element, start_of(text))).filter(|(_, text)| holds_address(text))
    {
        found.at(
            element,
            format!("adresse web dans le texte : {}", squash(text)),
            format!("web address in the text: {}", squash(text)),
        );
    }
    for (link, href) in links(page) {
        let name = link.line();
        let host = href.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
        if !host.is_empty() && (name.eq_ignore_ascii_case(host) || name.eq_ignore_ascii_case(host.trim_start_matches("www."))) {
            found.at(link, "le texte du lien est une adresse", "the text of the link is an address");
        }
    }
}

fn file(page: &Page, found: &mut Findings) {
    const FORMATS: [&str; 24] = [
        "pdf", "doc", "docx", "odt", "rtf", "xls", "xlsx", "ods", "csv", "ppt", "pptx", "odp", "zip", "7z", "rar", "gz", "epub",
        "mp3", "mp4", "avi", "mov", "exe", "dmg", "ics",
    ];
    static WEIGHT: LazyLock<Regex> = LazyLock::new(|| {
        words::pattern(
            r"(?i)\d\s*(?:[kmg]?i?[ob]|octets|bytes)\b|(?:poids|taille) inconnue?|(?:size|weight) unknown|unknown size",
        )
    });
    for (link, href) in links(page).filter(|(_, href)| href.starts_with("http")) {
        let path = href.split(['?', '#']).next().unwrap_or_default();
        let Some((rest, format)) = path.rsplit_once('.') else { continue };
        let format = format.to_ascii_lowercase();
        // A host such as example.zip is no file.
        if !FORMATS.contains(&format.as_str()) || rest.matches('/').count() < 3 {
            continue;
        }
        let name = name_of(link).to_lowercase();
        let stated = name.contains(&format) && WEIGHT.is_match(&name);
        if !stated {
            found.at(
                link,
                format!("fichier {format} sans format ou sans poids"),
                format!("{format} file without its format or its size"),
            );
        }
    }
}

fn title_attribute(page: &Page, found: &mut Findings) {
    for element in page.elements().filter(|element| element.is(&["a", "img", "area"]) && element.attr("title").is_some()) {
        found.at(element, "attribut title", "title attribute");
    }
}

fn anchor(page: &Page, found: &mut Findings) {
    for (link, _) in links(page).filter(|(_, href)| href.starts_with('#') && href.len() > 1) {
        found.at(link, "ancre interne", "in-page anchor");
    }
}

/// The first tracking parameter of an address.
pub(super) fn tracking_parameter(address: &str) -> Option<&str> {
    const TRACKERS: [&str; 16] = [
        "fbclid",
        "gclid",
        "dclid",
        "msclkid",
        "yclid",
        "twclid",
        "igshid",
        "mc_cid",
        "mc_eid",
        "_hsenc",
        "_hsmi",
        "mkt_tok",
        "oly_enc_id",
        "vero_id",
        "wickedid",
        "xtor",
    ];
    let query = address.split_once('?')?.1.split('#').next()?;
    let names = query.split(['&', ';']).filter_map(|pair| pair.split('=').next());
    names.into_iter().find(|name| name.starts_with("utm_") || name.starts_with("at_campaign") || TRACKERS.contains(name))
}

fn tracking(page: &Page, found: &mut Findings) {
    for (link, href) in links(page) {
        if let Some(parameter) = tracking_parameter(href) {
            found.at(link, format!("paramètre de suivi {parameter}"), format!("tracking parameter {parameter}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_names() {
        for text in ["https://example.org", "voir www.cnil.fr pour", "sur cnil.fr/fr/guide"] {
            assert!(holds_address(text), "{text}");
        }
        for text in ["Node.js et ASP.NET", "la CNIL", "contact@example.org", "and/or", "v1.2/3", "Rust 1.95"] {
            assert!(!holds_address(text), "{text}");
        }
    }
}
