//! The language of a page: what it declares, unless its text plainly contradicts it.

use super::{
    Sources, structured,
    tree::{attribute, select},
};
use crate::pipeline::language;

/// As declared: by the root, by its text's JSON-LD, by `meta` elements. BCP 47, lower case.
pub(super) fn declared(sources: &Sources<'_>) -> Option<String> {
    let root = select(sources.document, "html, body");
    let by_root = root.into_iter().find_map(|root| attribute(root, "lang").or_else(|| attribute(root, "xml:lang")));
    let works = sources.structured.works();
    let by_json = || works.iter().find_map(|work| structured::text(work, "inLanguage"));
    let by_meta = || sources.metas.first(&["content-language", "dc.language", "language", "og:locale"]).map(str::to_owned);
    let all = by_root.map(str::to_owned).into_iter().chain(by_json()).chain(by_meta());
    all.map(|tag| tag.trim().replace('_', "-").to_lowercase()).find(|tag| is_tag(tag))
}

fn is_tag(tag: &str) -> bool {
    let primary = tag.split('-').next().unwrap_or_default();
    (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic())
}

/// Declared or detected.
pub(super) fn language(declared: Option<&str>, text: &str) -> Option<String> {
    let heard = language::language(declared, text);
    match (declared, heard) {
        (Some(declared), Some(heard)) if declared.split('-').next() == Some(heard.as_str()) => Some(declared.to_owned()),
        (declared, heard) => heard.or_else(|| declared.map(str::to_owned)),
    }
}
