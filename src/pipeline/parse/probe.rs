//! The first two steps of reading, seen alone: for tests and fuzzing, that hold each to its own law. Nothing in the product calls
//! this.

use crate::pipeline::parse::{
    build, decode,
    tree::{Kind, Tree},
};

/// The text that the bytes of a document are taken for, and what had to be guessed.
#[must_use]
pub fn decoded(bytes: &[u8], content_type: Option<&str>) -> (String, Option<String>) {
    let decoded = decode::decode(bytes, content_type);
    (decoded.text.into_owned(), decoded.warning)
}

/// What the guard lets through of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Elements around the innermost one, itself included.
    pub depth: usize,
    /// Elements kept.
    pub elements: usize,
    /// Attributes of the tag that has the most.
    pub attributes: usize,
    /// Nodes kept: elements and runs of text.
    pub nodes: usize,
}

/// The shape of a document after the guard, `None` when nothing in it can be a feed.
#[must_use]
pub fn guarded(text: &str) -> Option<Shape> {
    build::read(text).map(|tree| shape(&tree))
}

fn shape(tree: &Tree<'_>) -> Shape {
    let mut shape = Shape { depth: 0, elements: 0, attributes: 0, nodes: tree.nodes.len() };
    let mut open: Vec<usize> = Vec::new();
    for (index, node) in tree.nodes.iter().enumerate() {
        open.retain(|end| *end > index);
        let Kind::Element(tag) = &node.kind else { continue };
        open.push(node.end);
        shape.depth = shape.depth.max(open.len());
        shape.elements += 1;
        shape.attributes = shape.attributes.max(tag.attributes.1 - tag.attributes.0);
    }
    shape
}
