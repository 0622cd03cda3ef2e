//! Tags as the HTML standard reads them: their extent, their attributes, the groups that they belong to.

/// Names beyond this many are not compared for repeats.
const MOST_NAMES: usize = 120;

/// A tag, from its name on.
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) length: usize,
    pub(super) attributes: usize,
    pub(super) closes_itself: bool,
    pub(super) repeated: Option<String>,
}

/// Reads a tag from its name on, with the quoting rules of the standard.
pub(super) fn read_tag(rest: &str) -> Tag {
    let bytes = rest.as_bytes();
    let mut at = bytes.iter().position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')).unwrap_or(bytes.len());
    let name: String = rest.get(..at.min(40)).unwrap_or_default().to_ascii_lowercase();
    let mut tag = Tag { name, length: bytes.len(), attributes: 0, closes_itself: false, repeated: None };
    let mut names: Vec<String> = Vec::new();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => {
                tag.length = at + 1;
                break;
            }
            b'/' => {
                tag.closes_itself = bytes.get(at + 1) == Some(&b'>');
                at += 1;
            }
            byte if byte.is_ascii_whitespace() => at += 1,
            _ => {
                let (name, end) = read_attribute(rest, at);
                tag.attributes += 1;
                if names.contains(&name) {
                    tag.repeated.get_or_insert(name);
                } else if names.len() <= MOST_NAMES {
                    names.push(name);
                }
                at = end;
            }
        }
    }
    tag
}

/// One attribute: its name, and where it ends.
fn read_attribute(rest: &str, start: usize) -> (String, usize) {
    let bytes = rest.as_bytes();
    let after = |from: usize, stop: fn(&u8) -> bool| {
        bytes.get(from..).and_then(|tail| tail.iter().position(stop)).map_or(bytes.len(), |n| from + n)
    };
    let mut end = after(start + 1, |byte| byte.is_ascii_whitespace() || matches!(byte, b'=' | b'>' | b'/'));
    let name = rest.get(start..end).unwrap_or_default().to_ascii_lowercase();
    let equals = after(end, |byte| !byte.is_ascii_whitespace());
    if bytes.get(equals) == Some(&b'=') {
        let value = after(equals + 1, |byte| !byte.is_ascii_whitespace());
        end = match bytes.get(value) {
            Some(b'"') => after(value + 1, |byte| *byte == b'"') + 1,
            Some(b'\'') => after(value + 1, |byte| *byte == b'\'') + 1,
            _ => after(value, |byte| byte.is_ascii_whitespace() || *byte == b'>'),
        };
    }
    (name, end.min(bytes.len()))
}

pub(super) fn comment_length(rest: &str) -> usize {
    for (opening, length) in [("<!-->", 5), ("<!--->", 6)] {
        if rest.starts_with(opening) {
            return length;
        }
    }
    let body = rest.get(4..).unwrap_or_default();
    let plain = body.find("-->").map(|end| end + 7);
    let banged = body.get(..plain.unwrap_or(body.len()).min(body.len())).and_then(|head| head.find("--!>")).map(|end| end + 8);
    banged.or(plain).unwrap_or(rest.len())
}

/// Elements that end the search for an open element (the standard's "has an element in scope").
pub(super) const SCOPES: [&str; 14] = [
    "applet",
    "caption",
    "html",
    "table",
    "td",
    "th",
    "marquee",
    "object",
    "template",
    "foreignobject",
    "desc",
    "annotation-xml",
    "mi",
    "mtext",
];

pub(super) fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "image"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

pub(super) fn is_raw_text(name: &str) -> bool {
    matches!(name, "script" | "style" | "textarea" | "title" | "xmp" | "iframe" | "noembed" | "noframes")
}

pub(super) fn is_formatting(name: &str) -> bool {
    matches!(name, "a" | "b" | "big" | "code" | "em" | "font" | "i" | "nobr" | "s" | "small" | "strike" | "strong" | "tt" | "u")
}

pub(super) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

pub(super) fn is_table_part(name: &str) -> bool {
    matches!(name, "table" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" | "caption" | "colgroup" | "template")
}

/// The standard's "special" category: an end tag of an ordinary element stops at these.
pub(super) fn is_special(name: &str) -> bool {
    is_heading(name)
        || is_table_part(name)
        || closes_paragraph(name)
        || matches!(
            name,
            "applet" | "body" | "button" | "head" | "html" | "marquee" | "noscript" | "object" | "select" | "template"
        )
}

pub(super) fn closes_paragraph(name: &str) -> bool {
    is_heading(name)
        || matches!(
            name,
            "address"
                | "article"
                | "aside"
                | "blockquote"
                | "center"
                | "dd"
                | "details"
                | "dialog"
                | "dir"
                | "div"
                | "dl"
                | "dt"
                | "fieldset"
                | "figcaption"
                | "figure"
                | "footer"
                | "form"
                | "header"
                | "hgroup"
                | "hr"
                | "li"
                | "listing"
                | "main"
                | "menu"
                | "nav"
                | "ol"
                | "p"
                | "plaintext"
                | "pre"
                | "search"
                | "section"
                | "summary"
                | "ul"
                | "xmp"
        )
}

/// Elements whose end tag the standard lets one leave out.
pub(super) fn may_stay_open(name: &str) -> bool {
    matches!(
        name,
        "html"
            | "head"
            | "body"
            | "p"
            | "li"
            | "dt"
            | "dd"
            | "option"
            | "optgroup"
            | "tr"
            | "td"
            | "th"
            | "tbody"
            | "thead"
            | "tfoot"
            | "colgroup"
            | "rb"
            | "rp"
            | "rt"
            | "rtc"
    )
}
