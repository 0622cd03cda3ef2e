//! The main text of a page: what an author wrote, without what the site puts around it.
//!
//! First what is plainly something else is set aside ([`noise`]); then what is left is measured ([`measure`]); then the element that
//! holds the text is found ([`choose`]) and written out ([`write`]).

mod choose;
mod measure;
mod noise;
mod write;

use super::Sources;

/// A page's main text with what is in it.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// One line a paragraph.
    pub(super) text: String,
    /// Absolute addresses, in order, without repeats.
    pub(super) links: Vec<String>,
    pub(super) images: usize,
    /// The share of its characters that stands in links.
    pub(super) linked: f64,
}

/// Reads the main text; `title` is not repeated in it.
pub(super) fn body(sources: &Sources<'_>, title: Option<&str>) -> Body {
    let measures = measure::of(sources.document);
    let root = choose::container(sources.document, &measures);
    write::body(root, &measures, sources, title)
}
