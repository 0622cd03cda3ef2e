//! What sort of page a page is, and whether all of it is shown.

use super::{Sources, body::Body, structured, tree::select};
use crate::domain::page::PageKind;
use serde_json::Value;

/// Words from which a text stands by itself.
const FEW: usize = 40;
/// The share of links from which a text is a list of others.
const LINKED: f64 = 0.5;

pub(super) fn kind(sources: &Sources<'_>, body: &Body) -> PageKind {
    let words = body.text.split_whitespace().count();
    let home = sources.url.is_some_and(|url| url.path().len() <= 1 && url.query().is_none());
    let declared = sources
        .structured
        .works()
        .iter()
        .any(|work| structured::types(work).iter().any(|kind| kind.ends_with("article") || kind.ends_with("posting")))
        || sources.metas.first(&["og:type"]).is_some_and(|kind| kind.eq_ignore_ascii_case("article"));
    if body.text.trim().is_empty() {
        PageKind::Empty
    } else if home || body.linked > LINKED || (words < FEW && !declared && body.links.len() > 10) {
        PageKind::List
    } else {
        PageKind::Article
    }
}

/// By its own word: schema.org `isAccessibleForFree`, Open Graph `content_tier`, or the class of a barrier.
pub(super) fn is_paywalled(sources: &Sources<'_>) -> bool {
    let closed = |value: &Value| {
        matches!(value, Value::Bool(false)) || value.as_str().is_some_and(|text| text.to_lowercase().ends_with("false"))
    };
    let by_json = sources.structured.works().iter().any(|work| work.get("isAccessibleForFree").is_some_and(closed));
    let tier = sources.metas.first(&["article:content_tier", "og:article:content_tier"]);
    let by_meta = tier.is_some_and(|tier| matches!(tier.to_lowercase().as_str(), "locked" | "metered"));
    let barrier =
        "[class~='paywall'], [id='paywall'], [class~='piano-paywall'], [class~='article__paywall'], [data-paywall='true']";
    by_json || by_meta || !select(sources.document, barrier).is_empty()
}
