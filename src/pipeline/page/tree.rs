//! Small questions to a parsed page.

use crate::pipeline::text::fold;
use scraper::{ElementRef, Html, Node, Selector};

/// Elements that stand within a line.
const INLINE: [&str; 38] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "nobr", "q", "rb", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var",
    "wbr", "blink", "rt", "rp",
];

/// Elements that are looked at one by one.
const FEW: usize = 300;
/// Bytes after which a text is no name, no date and no title.
const LONGEST: usize = 4_096;

/// Whether an element stands within a line.
pub(super) fn is_inline(name: &str) -> bool {
    INLINE.contains(&name)
}

/// The elements that a constant selector finds, in document order.
#[expect(clippy::expect_used, reason = "invariant: selectors are constants of this product, all of which its tests parse")]
pub(in crate::pipeline) fn select<'a>(document: &'a Html, css: &'static str) -> Vec<ElementRef<'a>> {
    document.select(&Selector::parse(css).expect("invariant: a valid selector")).collect()
}

/// The first of them: what a page says of itself it says early, and each is held against what it stands in.
pub(super) fn select_few<'a>(document: &'a Html, css: &'static str) -> Vec<ElementRef<'a>> {
    let mut found = select(document, css);
    found.truncate(FEW);
    found
}

/// The beginning of an element's text, white space folded; what stands in different lines stays apart.
pub(in crate::pipeline) fn text_of(element: ElementRef<'_>) -> String {
    let mut left = LONGEST;
    let pieces = element.descendants().filter_map(|node| match node.value() {
        Node::Text(text) => Some(&**text),
        Node::Element(inner) if matches!(inner.name(), "br" | "div" | "p" | "li") => Some(" "),
        _ => None,
    });
    one_line(pieces.take_while(|piece| {
        let enough = left == 0;
        left = left.saturating_sub(piece.len());
        !enough
    }))
}

/// The words of a text without case, accents and punctuation, single spaces between them.
pub(super) fn folded(text: &str) -> String {
    let folded = fold(text);
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(" ")
}

/// Pieces of text as one line.
pub(super) fn one_line<'a>(pieces: impl Iterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for piece in pieces {
        let mut words = piece.split_whitespace().peekable();
        let apart = piece.starts_with(char::is_whitespace) || words.peek().is_none();
        if apart && !line.is_empty() && !line.ends_with(' ') {
            line.push(' ');
        }
        while let Some(word) = words.next() {
            line.push_str(word);
            if words.peek().is_some() || piece.ends_with(char::is_whitespace) {
                line.push(' ');
            }
        }
    }
    line.truncate(line.trim_end().len());
    line
}

/// An attribute's value, trimmed; `None` when it is empty.
pub(super) fn attribute<'a>(element: ElementRef<'a>, name: &str) -> Option<&'a str> {
    element.value().attr(name).map(str::trim).filter(|value| !value.is_empty())
}

/// Class and id of an element, lower case, between spaces: for a search of words.
pub(super) fn names_of(element: ElementRef<'_>) -> String {
    let value = element.value();
    let (class, id) = (value.attr("class").unwrap_or_default(), value.attr("id").unwrap_or_default());
    format!(" {class} {id} ").to_lowercase()
}

/// An element and those around it, from the inside out.
pub(super) fn outwards(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    std::iter::once(element).chain(element.ancestors().filter_map(ElementRef::wrap))
}
