//! Small questions to a parsed page.

use scraper::{ElementRef, Html, Node, Selector};

/// Elements that stand within a line.
const INLINE: [&str; 38] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark", "nobr",
    "q", "rb", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr", "blink", "rt", "rp",
];

/// Whether an element stands within a line.
pub(super) fn is_inline(name: &str) -> bool {
    INLINE.contains(&name)
}

/// The elements that a constant selector finds, in document order.
#[expect(clippy::expect_used, reason = "invariant: selectors are constants of this product, all of which its tests parse")]
pub(in crate::pipeline) fn select<'a>(document: &'a Html, css: &'static str) -> Vec<ElementRef<'a>> {
    document.select(&Selector::parse(css).expect("invariant: a valid selector")).collect()
}

/// An element's text, white space folded; what stands in different lines stays apart.
pub(in crate::pipeline) fn text_of(element: ElementRef<'_>) -> String {
    one_line(element.descendants().filter_map(|node| match node.value() {
        Node::Text(text) => Some(&**text),
        Node::Element(inner) if matches!(inner.name(), "br" | "div" | "p" | "li") => Some(" "),
        _ => None,
    }))
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
