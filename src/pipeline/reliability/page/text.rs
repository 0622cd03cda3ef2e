//! A page's main text and its links.

use super::{select, text_of};
use crate::pipeline::reliability::fold::folded;
use scraper::{ElementRef, Html, Node};
use url::Url;

/// Not the text that the author wrote.
const ASIDE: [&str; 11] =
    ["script", "style", "nav", "header", "footer", "aside", "form", "noscript", "template", "svg", "button"];
/// Elements that start a line.
const BLOCKS: [&str; 16] =
    ["p", "div", "li", "br", "tr", "blockquote", "section", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dd", "dt"];

/// The text of the article, and the absolute addresses it links to, without repeats.
pub(super) fn main(document: &Html, base: Option<&Url>) -> (String, Vec<String>) {
    let root = ["article", "main, [role='main']", "body"].iter().find_map(|css| select(document, css).first().copied());
    let Some(root) = root else { return (String::new(), Vec::new()) };
    let (mut text, mut links) = (String::new(), Vec::new());
    for node in root.descendants() {
        let aside = node.ancestors().any(|above| above.value().as_element().is_some_and(|e| ASIDE.contains(&e.name())));
        match node.value() {
            _ if aside => {}
            Node::Text(piece) => text.push_str(piece),
            Node::Element(element) if BLOCKS.contains(&element.name()) => text.push('\n'),
            Node::Element(element) if element.name() == "a" => {
                links.extend(element.attr("href").and_then(|href| absolute(href, base)))
            }
            _ => {}
        }
    }
    let mut seen = std::collections::HashSet::new();
    links.retain(|link| seen.insert(link.clone()));
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).filter(|line| !line.is_empty());
    (lines.collect::<Vec<_>>().join("\n"), links)
}

fn absolute(href: &str, base: Option<&Url>) -> Option<String> {
    let url = match base {
        Some(base) => base.join(href.trim()).ok()?,
        None => Url::parse(href.trim()).ok()?,
    };
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

/// A link of the page with what it says.
pub(super) struct Labelled {
    pub(super) label: String,
    folded: String,
}

impl Labelled {
    pub(super) fn matches(&self, words: &str) -> bool {
        format!(" {} ", self.folded).contains(&format!(" {words} "))
    }
}

/// All links with short labels, those of header and footer included.
pub(super) fn labelled_links(document: &Html) -> Vec<Labelled> {
    let labelled = |link: ElementRef<'_>| {
        let label = text_of(link);
        (!label.is_empty() && label.len() <= 80).then(|| Labelled { folded: folded(&label), label })
    };
    select(document, "a[href]").into_iter().filter_map(labelled).collect()
}
