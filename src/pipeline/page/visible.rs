//! What a person reads on a page, line by line, in order: to find a byline or a date where the markup says nothing.

use super::tree::{is_inline, names_of, one_line};
use scraper::{ElementRef, Html, Node};

/// Elements whose text nobody reads.
const UNSEEN: [&str; 9] = ["script", "style", "noscript", "template", "svg", "head", "iframe", "object", "select"];
/// More lines than that are not looked at.
const MOST_LINES: usize = 3_000;
/// Names of what stands around an article and has dates and names of its own.
const AROUND: [&str; 20] = [
    "comment",
    "kommentar",
    "related",
    "sidebar",
    "footer",
    "recommend",
    "popular",
    "latest",
    "teaser",
    "trending",
    "newsletter",
    "most-read",
    "mostread",
    "widget",
    "navigation",
    "cookie",
    "breaking",
    "ticker",
    "read-more",
    "more-news",
];

/// One line, with the element it stands in.
pub(super) struct Line<'a> {
    pub(super) text: String,
    pub(super) element: ElementRef<'a>,
}

/// All lines of a page, and which of them is its title.
pub(super) struct Visible<'a> {
    pub(super) lines: Vec<Line<'a>>,
    pub(super) title: Option<usize>,
}

impl<'a> Visible<'a> {
    pub(super) fn of(document: &'a Html) -> Self {
        let mut lines = Vec::new();
        gather(document.root_element(), &mut lines);
        Self { lines, title: None }
    }

    /// Finds the line with the title; else the first heading.
    pub(super) fn find_title(&mut self, title: Option<&str>) {
        let lines = &self.lines;
        let heading = |line: &Line<'_>| line.element.value().name() == "h1" || within_h1(line.element);
        let same = |line: &Line<'_>| title.is_some_and(|title| line.text == title);
        self.title = lines
            .iter()
            .position(|line| heading(line) && same(line))
            .or_else(|| lines.iter().position(same))
            .or_else(|| lines.iter().position(heading));
    }

    /// The lines after the title, and then, from it upwards, those before: at most so many each.
    pub(super) fn around_title(&self, after: usize, before: usize) -> impl Iterator<Item = &Line<'a>> {
        let title = self.title.unwrap_or(0);
        let after = if self.title.is_some() { after } else { self.lines.len() };
        let below = self.lines.iter().skip(title).take(after);
        let above = self.lines.iter().take(title).rev().take(if self.title.is_some() { before } else { 0 });
        below.chain(above)
    }
}

fn within_h1(element: ElementRef<'_>) -> bool {
    element.ancestors().take(4).filter_map(ElementRef::wrap).any(|above| above.value().name() == "h1")
}

/// Whether an element stands in something around the article, by its name or that of what holds it.
pub(super) fn is_around(element: ElementRef<'_>) -> bool {
    super::tree::outwards(element).any(|above| {
        let tag = above.value().name();
        if matches!(tag, "body" | "html" | "main") {
            return false;
        }
        let names = names_of(above);
        matches!(tag, "nav" | "footer" | "aside") || (tag != "article" && AROUND.iter().any(|word| names.contains(word)))
    })
}

/// Block by block, without recursion: a page may be deep.
fn gather<'a>(root: ElementRef<'a>, lines: &mut Vec<Line<'a>>) {
    let mut waiting = vec![root];
    while let Some(element) = waiting.pop() {
        if lines.len() >= MOST_LINES {
            return;
        }
        let pieces: Vec<&str> = inline_text(element);
        let text = one_line(pieces.into_iter());
        if !text.is_empty() {
            lines.push(Line { text, element });
        }
        let mut blocks = Vec::new();
        inner_blocks(element, &mut blocks);
        blocks.reverse();
        waiting.extend(blocks);
    }
}

/// The text of an element without that of the blocks in it.
fn inline_text(element: ElementRef<'_>) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut waiting: Vec<_> = element.children().rev().collect();
    while let Some(node) = waiting.pop() {
        match node.value() {
            Node::Text(text) => pieces.push(&**text),
            Node::Element(inner) if inner.name() == "br" => pieces.push(" "),
            Node::Element(inner) if is_inline(inner.name()) => waiting.extend(node.children().rev()),
            _ => pieces.push(" "),
        }
    }
    pieces
}

/// The blocks in an element, those within its inline elements included.
fn inner_blocks<'a>(element: ElementRef<'a>, blocks: &mut Vec<ElementRef<'a>>) {
    let mut waiting: Vec<_> = element.child_elements().collect();
    waiting.reverse();
    while let Some(inner) = waiting.pop() {
        let name = inner.value().name();
        if is_inline(name) {
            let mut nested: Vec<_> = inner.child_elements().collect();
            nested.reverse();
            waiting.extend(nested);
        } else if !UNSEEN.contains(&name) {
            blocks.push(inner);
        }
    }
}
