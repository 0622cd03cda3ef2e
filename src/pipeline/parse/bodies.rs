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
    match (summary, content) {
        (Some((summary, base)), None) => match summary.html() {
            Some(html) => fill_from_summary(entry, html, base.as_ref()),
            None => entry.summary = readable(summary.plain()),
        },
        (summary, Some((content, base))) => {
            entry.summary = summary.and_then(|(summary, _)| readable(summary.plain()));
            match content.html() {
                Some(html) => body(entry, sanitize::sanitize(html, base.as_ref())),
                None => {
                    entry.content_text = readable(content.plain());
                    entry.content_html = entry.content_text.as_deref().map(sanitize::paragraphs);
                }
            }
        }
        (None, None) => {}
    }
}

/// Where sanitising leaves the text as it was, that of the body is that of the summary.
fn fill_from_summary(entry: &mut Entry, html: &str, base: Option<&Url>) {
    if let Some(clean) = sanitize::as_it_stands(html, base) {
        body(entry, clean);
        entry.summary.clone_from(&entry.content_text);
    } else {
        body(entry, sanitize::as_a_browser_reads(html, base));
        entry.summary = readable(text::paragraphs(&sanitize::to_text(html)));
    }
}

fn body(entry: &mut Entry, html: String) {
    entry.content_text = readable(text::paragraphs(&sanitize::to_text(&html)));
    entry.content_html = Some(html).filter(|html| !html.trim().is_empty());
}

fn readable(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}
