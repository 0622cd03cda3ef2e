//! One spelling for one address.

/// The canonical spelling of an absolute http(s) address: lower-case host without `www.` kept as it is, default port, fragment
/// and tracking parameters gone, dot segments resolved. Idempotent. `None` for anything else.
pub fn canonical_url(_url: &str) -> Option<String> {
    todo!("pipeline/canonical_url.rs")
}
