//! HTML that cannot act, and its plain text.

use url::Url;

/// HTML without scripts, styles, forms, frames, tracking pixels and tracking parameters; links and images made absolute.
pub fn sanitize(_html: &str, _base: Option<&Url>) -> String {
    todo!("pipeline/sanitize.rs")
}

/// The same as plain text: entities decoded, blocks on lines of their own, white space folded.
pub fn to_text(_html: &str) -> String {
    todo!("pipeline/sanitize.rs")
}

/// The addresses that a fragment links to (`a href`), in order, without repeats.
pub fn links(_html: &str) -> Vec<String> {
    todo!("pipeline/sanitize.rs")
}
