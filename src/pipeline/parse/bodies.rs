//! The summary and the body of an entry, as plain text and as clean HTML.

use crate::{
    domain::entry::Entry,
    pipeline::{
        parse::{construct::Construct, text},
        sanitize,
    },
};
use url::Url;

/// HTML or text with the place its relative links start from.
pub(super) type Body = (Construct, Option<Url>);

/// A summary with markup is the body when there is no other.
pub(super) fn fill(entry: &mut Entry, summary: Option<Body>, content: Option<Body>) {
    let body = content.or_else(|| summary.clone().filter(|(construct, _)| construct.html().is_some()));
    entry.summary = summary.map(|(construct, _)| construct.plain()).filter(|text| !text.is_empty());
    let Some((construct, base)) = body else { return };
    match construct.html() {
        Some(html) => {
            let html = sanitize::sanitize(html, base.as_ref());
            entry.content_text = Some(text::paragraphs(&sanitize::to_text(&html))).filter(|text| !text.is_empty());
            entry.content_html = Some(html).filter(|html| !html.trim().is_empty());
        }
        None => {
            entry.content_text = Some(construct.plain()).filter(|text| !text.is_empty());
            entry.content_html = entry.content_text.as_deref().map(sanitize::paragraphs);
        }
    }
}
