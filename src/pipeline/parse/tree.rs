//! A document as a tree: the nodes stand in one vector in the order of the document, each with the index after its last
//! descendant. Nothing here recurses, so no nesting can exhaust the stack. Built by `build`.

use crate::pipeline::{
    parse::{names::Ns, recogniser},
    references::{self, Definitions},
};
use std::{borrow::Cow, collections::BTreeSet};

/// How many bytes of one text are read: no title and no article is longer.
pub(super) const MAX_TEXT: usize = 1 << 20;

/// The beginning of a text, at most [`MAX_TEXT`] of it.
pub(super) fn bounded(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_TEXT)]
}

/// A document as a tree.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) attributes: Vec<(&'a str, &'a str)>,
    pub(super) definitions: Definitions<'a>,
    /// What had to be repaired, in words.
    pub(super) repairs: BTreeSet<&'static str>,
    /// The document ended before its root did.
    pub(super) truncated: bool,
}

#[derive(Debug)]
pub(super) struct Node<'a> {
    pub(super) kind: Kind<'a>,
    /// Index after the last descendant.
    pub(super) end: usize,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    Element(Tag<'a>),
    Text(&'a str),
    CData(&'a str),
}

#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub(super) ns: Ns,
    /// Without prefix, lower case.
    pub(super) name: Cow<'a, str>,
    pub(super) attributes: (usize, usize),
    /// Byte offsets of the element in the document.
    pub(super) span: (usize, usize),
    /// It ended before the document did.
    pub(super) complete: bool,
    /// Something inside was nested too deeply.
    pub(super) too_deep: bool,
}

/// One element of a [`Tree`].
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'t, 'a> {
    tree: &'t Tree<'a>,
    index: usize,
}

impl<'a> Tree<'a> {
    /// The root of the feed.
    pub(super) fn root(&self) -> Element<'_, 'a> {
        Element { tree: self, index: 0 }
    }
}

impl<'t, 'a> Element<'t, 'a> {
    fn tag(&self) -> Option<&'t Tag<'a>> {
        match &self.tree.nodes[self.index].kind {
            Kind::Element(tag) => Some(tag),
            _ => None,
        }
    }

    /// Without prefix, lower case.
    pub(super) fn name(&self) -> &'t str {
        self.tag().map_or("", |tag| &tag.name)
    }

    /// Which vocabulary it belongs to.
    pub(super) fn ns(&self) -> Ns {
        self.tag().map_or(Ns::Other, |tag| tag.ns)
    }

    /// Its byte offsets in the document.
    pub(super) fn span(&self) -> (usize, usize) {
        self.tag().map_or((0, 0), |tag| tag.span)
    }

    /// It ended before the document did.
    pub(super) fn is_complete(&self) -> bool {
        self.tag().is_some_and(|tag| tag.complete)
    }

    /// Something inside was nested too deeply and is missing.
    pub(super) fn is_too_deep(&self) -> bool {
        self.tag().is_some_and(|tag| tag.too_deep)
    }

    fn nodes(self) -> impl Iterator<Item = usize> + use<'t, 'a> {
        let (tree, end) = (self.tree, self.tree.nodes[self.index].end);
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            let index = next;
            (index < end).then(|| {
                next = tree.nodes[index].end;
                index
            })
        })
    }

    /// The elements directly inside.
    pub(super) fn children(self) -> impl Iterator<Item = Element<'t, 'a>> + use<'t, 'a> {
        let tree = self.tree;
        self.nodes().map(move |index| Element { tree, index }).filter(|element| element.tag().is_some())
    }

    /// All elements inside, in the order of the document, except what is inside those that `inside` refuses.
    pub(super) fn descendants(self, enter: fn(&Element<'t, 'a>) -> bool) -> impl Iterator<Item = Element<'t, 'a>> + use<'t, 'a> {
        let (tree, end) = (self.tree, self.tree.nodes[self.index].end);
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            while next < end {
                let element = Element { tree, index: next };
                let is_element = element.tag().is_some();
                next = if is_element && enter(&element) { next + 1 } else { tree.nodes[next].end };
                if is_element {
                    return Some(element);
                }
            }
            None
        })
    }

    /// The value of an attribute by its full name, whatever its case.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'t, str>> {
        let (first, last) = self.tag()?.attributes;
        let (_, value) = self.tree.attributes[first..last].iter().find(|(written, _)| written.eq_ignore_ascii_case(name))?;
        Some(references::decode(bounded(value), &self.tree.definitions))
    }

    /// All attributes: names as written, values decoded.
    fn attributes(&self) -> impl Iterator<Item = (&'a str, Cow<'t, str>)> {
        let tree = self.tree;
        let (first, last) = self.tag().map_or((0, 0), |tag| tag.attributes);
        tree.attributes[first..last].iter().map(|(name, value)| (*name, references::decode(value, &tree.definitions)))
    }

    /// It holds other elements.
    pub(super) fn has_children(&self) -> bool {
        self.children().next().is_some()
    }

    /// The character data inside, that of inner elements included, references resolved, up to about [`MAX_TEXT`].
    pub(super) fn text(&self) -> Cow<'t, str> {
        let mut text = Cow::Borrowed("");
        for node in &self.tree.nodes[self.index + 1..self.tree.nodes[self.index].end] {
            let piece = match &node.kind {
                Kind::Text(raw) => references::decode(bounded(raw), &self.tree.definitions),
                Kind::CData(data) => Cow::Borrowed(bounded(data)),
                Kind::Element(_) => continue,
            };
            if text.is_empty() {
                text = piece;
            } else {
                text.to_mut().push_str(&piece);
            }
            if text.len() > MAX_TEXT {
                break;
            }
        }
        text
    }

    /// Writes everything that a reading of it can see, itself included; no two elements write the same.
    pub(super) fn write(&self, bytes: &mut Vec<u8>) {
        let end = self.tree.nodes[self.index].end;
        for (index, node) in (self.index..end).zip(&self.tree.nodes[self.index..end]) {
            match &node.kind {
                Kind::Text(text) => {
                    bytes.push(1);
                    recogniser::write(bytes, text.as_bytes());
                }
                Kind::CData(data) => {
                    bytes.push(2);
                    recogniser::write(bytes, data.as_bytes());
                }
                Kind::Element(tag) => {
                    bytes.extend([3, tag.ns as u8]);
                    bytes.extend((node.end - index).to_le_bytes());
                    recogniser::write(bytes, tag.name.as_bytes());
                    let attributes = &self.tree.attributes[tag.attributes.0..tag.attributes.1];
                    bytes.extend(attributes.len().to_le_bytes());
                    for (name, value) in attributes {
                        recogniser::write(bytes, name.as_bytes());
                        recogniser::write(bytes, value.as_bytes());
                    }
                }
            }
        }
    }

    /// Everything inside as markup, with prefixes dropped and characters escaped again.
    pub(super) fn markup(&self) -> String {
        let mut out = String::new();
        let mut open: Vec<(usize, &str)> = Vec::new();
        for index in self.index + 1..self.tree.nodes[self.index].end {
            while open.last().is_some_and(|(end, _)| *end <= index) {
                close(&mut out, open.pop());
            }
            if out.len() > MAX_TEXT {
                break;
            }
            match &self.tree.nodes[index].kind {
                Kind::Text(raw) => escape(&mut out, &references::decode(bounded(raw), &self.tree.definitions)),
                Kind::CData(data) => escape(&mut out, bounded(data)),
                Kind::Element(tag) => {
                    out.push('<');
                    out.push_str(&tag.name);
                    for (name, value) in (Element { tree: self.tree, index }).attributes() {
                        push_attribute(&mut out, name, &value);
                    }
                    out.push('>');
                    open.push((self.tree.nodes[index].end, &tag.name));
                }
            }
        }
        while !open.is_empty() {
            close(&mut out, open.pop());
        }
        out
    }
}

fn close(out: &mut String, open: Option<(usize, &str)>) {
    let Some((_, name)) = open else { return };
    if !matches!(name, "br" | "img" | "hr" | "input" | "meta" | "link" | "area" | "base" | "col" | "embed" | "source" | "wbr") {
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
}

fn push_attribute(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    for c in value.chars() {
        match c {
            '"' => out.push_str("&quot;"),
            '&' => out.push_str("&amp;"),
            other => out.push(other),
        }
    }
    out.push('"');
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            other => out.push(other),
        }
    }
}
