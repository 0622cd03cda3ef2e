//! Chapter "message", continued: the text part says everything, in a shape that can be listened to.

use super::{
    links::{links, name_of},
    message::{Mail, MessageCheck},
    page::{Page, squash},
    rule::{Findings, Rule, Scope},
    words,
};
use std::collections::HashSet;

/// How many blocks may stand between a title and its address.
const NEAR: usize = 3;

/// Whether a reader may join the lines (RFC 3676).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Fixed,
    Flowed,
}

/// A text part.
pub(super) struct PlainText<'t> {
    pub(super) text: &'t str,
    pub(super) flow: Flow,
    blocks: Vec<Block>,
}

/// Lines that stand together.
struct Block {
    blanks_before: usize,
    /// In one line.
    line: String,
    /// As [`words::fold`], without a number in front.
    folded: String,
    numbered: bool,
}

impl<'t> PlainText<'t> {
    pub(super) fn read(text: &'t str, flow: Flow) -> Self {
        let mut blocks = Vec::new();
        let mut lines: Vec<&str> = Vec::new();
        let (mut blanks, mut before) = (usize::MAX, usize::MAX);
        for line in text.lines().map(str::trim).chain([""]) {
            match (line.is_empty(), lines.is_empty()) {
                (true, true) => blanks = blanks.saturating_add(1),
                (true, false) => {
                    blocks.push(Block::new(&lines, before));
                    lines.clear();
                    blanks = 1;
                }
                (false, first) => {
                    if first {
                        before = blanks;
                    }
                    lines.push(line);
                }
            }
        }
        Self { text, flow, blocks }
    }
}

impl Block {
    fn new(lines: &[&str], blanks_before: usize) -> Self {
        let line = squash(&lines.join(" "));
        let bare = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let numbered = bare.len() < line.len() && bare.starts_with(". ");
        let folded = words::fold(if numbered { bare } else { &line });
        Self { blanks_before, line, folded, numbered }
    }
}

pub(super) const CHAPTER: &[MessageCheck] = &[
    MessageCheck {
        rule: Rule {
            name: "plain.present",
            source: "RFC 2046, RGAA 13.4",
            scope: Scope::Message,
            says: ("le message a une partie texte et une partie HTML", "the message has a text part and an HTML part"),
            remedy: ("composer les deux parties à partir des mêmes données", "compose both parts from the same data"),
        },
        run: present,
    },
    MessageCheck {
        rule: Rule {
            name: "plain.words",
            source: "RGAA 13.4",
            scope: Scope::Message,
            says: ("la partie texte dit chaque mot de la partie HTML", "the text part says every word of the HTML part"),
            remedy: ("ajouter les mots à la partie texte", "add the words to the text part"),
        },
        run: same_words,
    },
    MessageCheck {
        rule: Rule {
            name: "plain.links",
            source: "RGAA 13.4, TEN, AVH",
            scope: Scope::Message,
            says: (
                "chaque adresse est dans la partie texte, près de son titre",
                "every address is in the text part, next to its title",
            ),
            remedy: ("écrire l'adresse en entier sous le titre", "write the address in full under the title"),
        },
        run: same_links,
    },
    MessageCheck {
        rule: Rule {
            name: "plain.headings",
            source: "W3C T1 T3",
            scope: Scope::Message,
            says: (
                "chaque titre est seul, deux lignes vides avant, une après",
                "every heading stands alone, two blank lines before, one after",
            ),
            remedy: (
                "mettre deux lignes vides avant le titre et une après",
                "put two blank lines before the heading and one after",
            ),
        },
        run: headings,
    },
    MessageCheck {
        rule: Rule {
            name: "plain.numbers",
            source: "W3C T2",
            scope: Scope::Message,
            says: ("les articles sont numérotés « 1. »", "items are numbered \"1.\""),
            remedy: (
                "écrire le numéro, un point et une espace devant le titre",
                "write the number, a dot and a space before the title",
            ),
        },
        run: numbers,
    },
];

fn present(mail: &Mail, found: &mut Findings) {
    if mail.plain.as_ref().is_none_or(|plain| plain.text.trim().is_empty()) {
        found.near("text/plain", "partie texte absente ou vide", "text part missing or empty");
    }
    if mail.page.as_ref().is_none_or(|page| page.text.trim().is_empty()) {
        found.near("text/html", "partie HTML absente, vide ou illisible", "HTML part missing, empty or unreadable");
    }
}

fn both<'p>(mail: &'p Mail) -> Option<(&'p Page<'p>, &'p PlainText<'p>)> {
    mail.page.as_ref().zip(mail.plain.as_ref())
}

/// Words without signs, in lower case.
fn bag(text: &str) -> HashSet<String> {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn same_words(mail: &Mail, found: &mut Findings) {
    let Some((page, plain)) = both(mail) else { return };
    let said = bag(plain.text);
    let mut known = HashSet::new();
    for line in page.lines() {
        let mut missing: Vec<String> = bag(line).into_iter().filter(|word| !said.contains(word)).collect();
        missing.sort();
        missing.retain(|word| known.insert(word.clone()));
        if !missing.is_empty() {
            let list = missing.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
            found.near(
                line,
                format!("mots absents de la partie texte : {list}"),
                format!("words missing from the text part: {list}"),
            );
        }
    }
}

/// What stands in the text part for an address.
fn spoken(href: &str) -> &str {
    match href.strip_prefix("mailto:") {
        Some(address) => address.split('?').next().unwrap_or(address),
        None => href,
    }
}

fn same_links(mail: &Mail, found: &mut Findings) {
    let Some((page, plain)) = both(mail) else { return };
    for (link, href) in links(page).take(500) {
        let address = spoken(href);
        if !plain.text.contains(address) {
            found.at(
                link,
                format!("adresse absente de la partie texte : {address}"),
                format!("address missing from the text part: {address}"),
            );
            continue;
        }
        let name = words::fold(&name_of(link));
        let titled = |place: usize| {
            plain.blocks.iter().skip(place.saturating_sub(NEAR)).take(NEAR + 1).any(|block| block.folded.contains(&name))
        };
        let near =
            plain.blocks.iter().enumerate().filter(|(_, block)| block.line.contains(address)).any(|(place, _)| titled(place));
        if !near {
            found.at(
                link,
                "dans la partie texte, l'adresse est loin de son titre",
                "in the text part, the address is far from its title",
            );
        }
    }
}

fn headings(mail: &Mail, found: &mut Findings) {
    let Some((page, plain)) = both(mail) else { return };
    for (_, heading) in page.headings() {
        let folded = words::fold(heading.text());
        let mut alone = plain.blocks.iter().filter(|block| block.folded == folded).peekable();
        if folded.is_empty() {
            continue;
        }
        if alone.peek().is_none() {
            found.at(
                heading,
                "dans la partie texte, le titre manque ou n'est pas seul",
                "in the text part, the heading is missing or not alone",
            );
        } else if !alone.any(|block| block.blanks_before >= 2) {
            found.at(
                heading,
                "dans la partie texte, moins de deux lignes vides avant le titre",
                "in the text part, less than two blank lines before the heading",
            );
        }
    }
}

fn numbers(mail: &Mail, found: &mut Findings) {
    let Some((page, plain)) = both(mail) else { return };
    for heading in page.named("h3").filter(|heading| heading.descendants().any(|inner| inner.name() == "a")) {
        let folded = words::fold(heading.text());
        let stands = plain.blocks.iter().any(|block| block.folded == folded);
        if stands && !plain.blocks.iter().any(|block| block.folded == folded && block.numbered) {
            found.at(heading, "dans la partie texte, l'article n'est pas numéroté", "in the text part, the item is not numbered");
        }
    }
}
