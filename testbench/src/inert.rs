//! The oracle of active content: what in a piece of HTML could run, load or send, read as a browser reads it.
//!
//! It lists what may stay and calls everything else active, so that an element nobody thought of is not overlooked.

use scraper::{Html, Node, node::Element};

/// Elements that only mark text up, by name; every other one is active.
const PASSIVE: [&str; 80] = [
    "a",
    "abbr",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "blockquote",
    "body",
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
    "head",
    "header",
    "hr",
    "html",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "nav",
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
    "title",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
    "center",
    "big",
    "strike",
    "font",
    "dir",
];

/// Attributes whose value is an address.
const ADDRESSES: [&str; 13] = [
    "href",
    "src",
    "cite",
    "action",
    "formaction",
    "background",
    "poster",
    "data",
    "longdesc",
    "srcset",
    "ping",
    "xlink:href",
    "usemap",
];

/// What is active in a fragment of HTML; empty when nothing is. `style`, `meta` and layout belong to no fragment.
#[must_use]
pub fn in_fragment(html: &str) -> Vec<String> {
    active(&Html::parse_fragment(html), false)
}

/// What is active in a whole document of ours: it may have `style` elements and `style` attributes, if nothing in them loads.
#[must_use]
pub fn in_document(html: &str) -> Vec<String> {
    active(&Html::parse_document(html), true)
}

/// Whether following an address runs something or opens something of the reader's machine. One that merely names what no browser
/// knows, such as `tag:`, does not.
#[must_use]
pub fn acts(address: &str) -> bool {
    let read: String = address.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>().to_lowercase();
    let schemes =
        ["javascript", "vbscript", "livescript", "mocha", "data", "blob", "filesystem", "file", "jar", "view-source", "intent"];
    schemes.iter().any(|scheme| read.strip_prefix(scheme).is_some_and(|rest| rest.starts_with(':')))
}

/// The addresses that opening a whole document loads by itself: pictures, style sheets, fonts, frames, prefetches.
#[must_use]
pub fn loads(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for node in Html::parse_document(html).tree.nodes() {
        match node.value() {
            Node::Element(element) => {
                let loading = |name: &str| match element.name() {
                    "a" | "area" => name == "ping",
                    "blockquote" | "q" | "ins" | "del" => false,
                    "link" | "base" | "use" | "image" => ADDRESSES.contains(&name),
                    _ => ADDRESSES.contains(&name) && name != "href",
                };
                found.extend(element.attrs().filter(|(name, _)| loading(name)).map(|(_, value)| value.to_owned()));
                found.extend(element.attr("style").into_iter().flat_map(loaded_by_css));
            }
            Node::Text(text) if node.parent().is_some_and(|parent| is_style(parent.value())) => found.extend(loaded_by_css(text)),
            _ => {}
        }
    }
    found
}

fn is_style(node: &Node) -> bool {
    matches!(node, Node::Element(element) if element.name() == "style")
}

/// CSS that fetches, or that older readers ran; escapes (`\75rl(`) resolved first.
fn loaded_by_css(css: &str) -> Vec<String> {
    let plain = unescaped(css).to_ascii_lowercase();
    let fetches = ["url(", "@import", "image-set(", "expression(", "-moz-binding", "behavior:", "src("];
    fetches.iter().filter(|word| plain.contains(*word)).map(|word| format!("css {word} in {css}")).collect()
}

fn unescaped(css: &str) -> String {
    let (mut out, mut rest) = (String::new(), css);
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let length = rest.bytes().take(6).take_while(u8::is_ascii_hexdigit).count();
        out.extend(u32::from_str_radix(&rest[..length], 16).ok().and_then(char::from_u32));
        rest = &rest[length..];
        rest = rest.strip_prefix(' ').unwrap_or(rest);
    }
    out + rest
}

fn active(html: &Html, whole: bool) -> Vec<String> {
    let mut found = Vec::new();
    for node in html.tree.nodes() {
        let Node::Element(element) = node.value() else { continue };
        let name = element.name();
        let ours = whole && matches!(name, "style" | "meta");
        if !PASSIVE.contains(&name) && !ours {
            found.push(format!("<{name}>"));
        }
        if name == "meta" && element.attr("http-equiv").is_some_and(|value| value.trim().eq_ignore_ascii_case("refresh")) {
            found.push("<meta http-equiv=refresh>".to_owned());
        }
        found.extend(acting_attributes(element, whole));
    }
    found
}

fn acting_attributes(element: &Element, whole: bool) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in element.attrs() {
        let lower = name.to_ascii_lowercase();
        let act = lower.starts_with("on")
            || (lower == "style" && !whole)
            || matches!(
                lower.as_str(),
                "srcdoc" | "srcset" | "ping" | "action" | "formaction" | "target" | "download" | "autofocus"
            ) && !whole;
        if act || (ADDRESSES.contains(&lower.as_str()) && !is_plain_address(value)) {
            found.push(format!("{name}={value:?} on <{}>", element.name()));
        }
    }
    found
}

/// An address that only names a page, a picture or a mailbox: relative, or of a scheme that runs nothing. Read as browsers do,
/// which pass over control characters and white space.
fn is_plain_address(value: &str) -> bool {
    let read: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect::<String>().to_lowercase();
    let scheme = read.find([':', '/', '?', '#', '\\']).filter(|at| read.as_bytes()[*at] == b':').map(|at| &read[..at]);
    scheme.is_none_or(|scheme| matches!(scheme, "http" | "https" | "mailto" | "cid"))
}

#[cfg(test)]
mod tests {
    use super::{in_document, in_fragment, loads};

    #[test]
    fn sees_what_acts_and_only_that() {
        for html in [
            "<script>x</script>",
            "<p onclick=x>",
            "<a href=' java\nscript:x'>a</a>",
            "<svg><a xlink:href='x'/></svg>",
            "<img src=data:image/svg+xml,x>",
            "<a href=x ping=y>",
            "<x-y>a</x-y>",
            "<p style='a:b'>",
        ] {
            assert!(!in_fragment(html).is_empty(), "{html}");
        }
        assert_eq!(in_fragment("<p>a <a href='https://ex.fr/?a:b'>b</a> &lt;script&gt; <a href='?x:y'>c</a></p>"), [""; 0]);
        assert_eq!(in_document("<style>p{color:red}</style><p style='color:red'>a</p>"), [""; 0]);
        assert!(!in_document("<meta http-equiv=Refresh content='0;url=x'>").is_empty());
    }

    #[test]
    fn sees_what_loads() {
        for html in
            ["<img src=x>", "<style>@import 'x'</style>", "<p style='background:\\75rl(x)'>", "<link rel=stylesheet href=x>"]
        {
            assert_eq!(loads(html).len(), 1, "{html}");
        }
        assert_eq!(loads("<a href=x>y</a><style>p{color:red}</style>"), [""; 0]);
    }
}
