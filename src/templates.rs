//! The two template registries, compiled from embedded files: one escapes HTML, one does not.

use std::path::Path;

/// Both registries, strict: an unknown variable is an error, never an empty place.
pub struct Templates {}

/// A template that does not compile or render.
#[derive(Debug, thiserror::Error)]
#[error("template {name}: {why}")]
pub struct TemplateError {
    /// Which one.
    pub name: String,
    /// What is wrong, with its line.
    pub why: String,
}

impl Templates {
    /// The embedded templates, with those of `overrides` in their place.
    pub fn load(_overrides: &Path) -> Result<Self, TemplateError> {
        todo!("templates")
    }
}
