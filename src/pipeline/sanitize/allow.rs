//! What HTML may stay: one list for both ways.

use ammonia::UrlRelative;
use std::collections::{HashMap, HashSet};

/// Elements that stay.
pub(super) const TAGS: [&str; 69] = [
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements that go with everything inside.
const REMOVED_WITH_CONTENT: [&str; 9] = ["script", "style", "svg", "math", "iframe", "object", "template", "noscript", "select"];

/// Attributes that stay, with the elements on which they do.
const ATTRIBUTES: [(&str, &[&str]); 13] = [
    ("a", &["href", "hreflang"]),
    ("bdo", &["dir"]),
    ("blockquote", &["cite"]),
    ("del", &["cite", "datetime"]),
    ("img", &["alt", "height", "src", "width"]),
    ("ins", &["cite", "datetime"]),
    ("ol", &["start", "reversed"]),
    ("q", &["cite"]),
    ("td", &["colspan", "headers", "rowspan"]),
    ("th", &["abbr", "colspan", "headers", "rowspan", "scope"]),
    ("time", &["datetime"]),
    ("col", &["span"]),
    ("colgroup", &["span"]),
];

/// Attributes that stay on every element.
const ANYWHERE: [&str; 2] = ["lang", "title"];

/// Whether the element of that lower-case name stays: [`TAGS`] by their first letter, for this is asked of every tag.
pub(super) fn is_tag(name: &str) -> bool {
    let Some(first) = name.bytes().next() else { return false };
    match first {
        b'a' => ["a", "abbr", "address", "article", "aside"].contains(&name),
        b'b' => ["b", "bdi", "bdo", "blockquote", "br"].contains(&name),
        b'c' => ["caption", "cite", "code", "col", "colgroup"].contains(&name),
        b'd' => ["dd", "del", "details", "dfn", "div", "dl", "dt"].contains(&name),
        b'e' => name == "em",
        b'f' => ["figcaption", "figure", "footer"].contains(&name),
        b'h' => ["h1", "h2", "h3", "h4", "h5", "h6", "header", "hr"].contains(&name),
        b'i' => ["i", "img", "ins"].contains(&name),
        b'k' => name == "kbd",
        b'l' => name == "li",
        b'm' => ["main", "mark"].contains(&name),
        b'o' => name == "ol",
        b'p' => ["p", "pre"].contains(&name),
        b'q' => name == "q",
        b'r' => ["rp", "rt", "ruby"].contains(&name),
        b's' => ["s", "samp", "section", "small", "span", "strong", "sub", "summary", "sup"].contains(&name),
        b't' => ["table", "tbody", "td", "tfoot", "th", "thead", "time", "tr"].contains(&name),
        b'u' => ["u", "ul"].contains(&name),
        b'v' => name == "var",
        b'w' => name == "wbr",
        _ => false,
    }
}

/// Whether the attribute stays on that element.
pub(super) fn is_attribute(tag: &str, name: &str) -> bool {
    ANYWHERE.contains(&name) || ATTRIBUTES.iter().any(|(element, names)| *element == tag && names.contains(&name))
}

/// Elements without content.
pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area" | "base" | "br" | "col" | "embed" | "hr" | "img" | "input" | "link" | "meta" | "source" | "track" | "wbr"
    )
}

/// Elements that start on a line of their own, and that end a paragraph left open.
pub(super) fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "caption"
            | "center"
            | "dd"
            | "details"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "summary"
            | "table"
            | "tr"
            | "ul"
    )
}

/// Ammonia with these lists; it leaves addresses to `rewrite`, save those with a scheme that acts.
pub(super) fn cleaner() -> ammonia::Builder<'static> {
    let attributes: HashMap<_, HashSet<_>> =
        ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect())).collect();
    let mut cleaner = ammonia::Builder::new();
    cleaner
        .tags(TAGS.into_iter().collect())
        .clean_content_tags(REMOVED_WITH_CONTENT.into_iter().collect())
        .tag_attributes(attributes)
        .generic_attributes(ANYWHERE.into_iter().collect())
        .url_schemes(["http", "https", "mailto"].into_iter().collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None);
    cleaner
}
