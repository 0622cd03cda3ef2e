//! Bytes as they came, and what is known of where they came from.

use url::Url;

/// The longest document that is read, decompressed. Bytes.
pub const LONGEST: u64 = 10 << 20;

/// One document, before anything was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The decompressed body.
    pub bytes: Vec<u8>,
    /// The `Content-Type` field, as sent.
    pub content_type: Option<String>,
    /// Where it was really read, after redirects: relative links are resolved against it.
    pub url: Option<Url>,
}
