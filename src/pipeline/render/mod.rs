//! An edition becomes a mail: subject, text part and HTML part from the same data.

use crate::{
    domain::edition::{EditionContent, RenderedEdition},
    templates::{TemplateError, Templates},
};

/// What the templates need beyond the edition itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Links {
    /// How to leave: `mailto:…`.
    pub unsubscribe: String,
    /// Where to report an accessibility problem: `mailto:…`.
    pub report: String,
}

/// Renders the bytes that every subscriber gets. The same content gives the same bytes.
pub fn render(_content: &EditionContent, _links: &Links, _templates: &Templates) -> Result<RenderedEdition, TemplateError> {
    todo!("pipeline/render")
}
