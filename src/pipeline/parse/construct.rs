//! What a text element holds: plain text or HTML, however it was packed (RFC 4287 section 3.1, Atom 0.3 `mode`, RSS).

use crate::pipeline::{
    parse::{names::Ns, text, tree::Element},
    references, sanitize,
};

/// What a text element is when it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// RSS: HTML, escaped.
    Rss,
    /// Atom: text.
    Atom,
}

/// The dialect that a root element speaks.
pub(super) fn dialect(root: Element<'_, '_>) -> Dialect {
    if matches!(root.name(), "feed" | "entry") { Dialect::Atom } else { Dialect::Rss }
}

/// The value of a text element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Construct {
    /// Plain text.
    Text(String),
    /// HTML, not yet sanitised.
    Html(String),
}

impl Construct {
    /// Reads an element; `None` when there is nothing in it, or nothing to be read.
    pub(super) fn read(element: Element<'_, '_>, dialect: Dialect) -> Option<Self> {
        let stated = |name| element.attribute(name).map(|value| value.trim().to_ascii_lowercase());
        let kind = stated("type").unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let mode = stated("mode").unwrap_or_default();
        let value = if mode == "base64" {
            Self::of_kind(base64(&element.text())?, kind, dialect)
        } else if element.has_children() || is_xml(kind) {
            Self::Html(inner_markup(element))
        } else if is_packed(kind) && dialect == Dialect::Atom {
            Self::of_kind(base64(&element.text())?, "text/plain", dialect)
        } else {
            Self::of_kind(element.text().into_owned(), kind, dialect)
        };
        (!value.raw().trim().is_empty()).then_some(value)
    }

    fn of_kind(value: String, kind: &str, dialect: Dialect) -> Self {
        let is_html = match (kind, dialect) {
            ("html" | "text/html" | "application/xhtml+xml" | "xhtml", _) | (_, Dialect::Rss) => true,
            ("", _) | ("text/plain", _) => sanitize::has_markup(&value),
            _ => false,
        };
        if is_html { Self::Html(unescaped_twice(value)) } else { Self::Text(value) }
    }

    fn raw(&self) -> &str {
        match self {
            Self::Text(raw) | Self::Html(raw) => raw,
        }
    }

    /// One line of plain text.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Text(value) if value.contains('&') => text::line(&references::decode_html(value)),
            Self::Text(value) => text::line(value),
            Self::Html(html) => text::line_of_html(html),
        }
    }

    /// Plain text with its paragraphs.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Text(value) => text::paragraphs(value),
            Self::Html(html) if html.contains(['<', '&']) => text::paragraphs(&sanitize::to_text(html)),
            Self::Html(html) => text::paragraphs(html),
        }
    }

    /// The HTML, if there is any markup in it.
    pub(super) fn html(&self) -> Option<&str> {
        match self {
            Self::Html(html) if html.contains('<') => Some(html),
            _ => None,
        }
    }
}

fn is_xml(kind: &str) -> bool {
    kind == "xhtml" || kind.ends_with("+xml") || kind.ends_with("/xml")
}

/// A media type that RFC 4287 section 4.1.3.3 wants in base64.
fn is_packed(kind: &str) -> bool {
    kind.contains('/') && !kind.starts_with("text/") && !is_xml(kind) && kind != "application/html"
}

/// The markup inside an element, without the `div` that RFC 4287 asks around it.
fn inner_markup(element: Element<'_, '_>) -> String {
    let mut children = element.children();
    match (children.next(), children.next()) {
        (Some(div), None)
            if div.name() == "div" && matches!(div.ns(), Ns::Xhtml) && div.text().trim() == element.text().trim() =>
        {
            div.markup()
        }
        _ => element.markup(),
    }
}

/// HTML whose every tag was escaped once too often is unescaped once more.
fn unescaped_twice(html: String) -> String {
    if !html.contains("&lt;") || html.contains('<') {
        return html;
    }
    let inner = references::decode_html(&html);
    let is_body = ["</p>", "<br", "</a>", "</div>", "<img "].iter().any(|tag| inner.contains(tag));
    if is_body { inner.into_owned() } else { html }
}

/// Decodes base64 (RFC 4648), white space and missing padding forgiven. `None` when it is something else, or no text.
fn base64(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut buffer, mut bits) = (0u32, 0);
    for c in text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=') {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        buffer = buffer << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
            buffer &= (1 << bits) - 1;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::parse::build;

    #[test]
    fn unpacks_every_kind_of_text() {
        for (xml, dialect, expected) in [
            ("<entry>AT&amp;amp;T</entry>", Dialect::Atom, "AT&T"),
            ("<entry type='html'>&lt;b&gt;x&lt;/b&gt; &amp;amp; y</entry>", Dialect::Atom, "x & y"),
            (
                "<entry type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><b>x</b> &lt; y</div></entry>",
                Dialect::Atom,
                "x < y",
            ),
            ("<entry mode='base64' type='text/html'>PGI+eDwvYj4geQ==</entry>", Dialect::Atom, "x y"),
            ("<entry type='application/octet-stream'>RXhhbXBsZQ==</entry>", Dialect::Atom, "Example"),
            ("<item>a <b>bold</b> move</item>", Dialect::Rss, "a bold move"),
            ("<item><![CDATA[a < b]]></item>", Dialect::Rss, "a < b"),
        ] {
            let tree = build::read(xml).unwrap();
            assert_eq!(Construct::read(tree.root(), dialect).unwrap().line(), expected, "{xml}");
        }
    }
}
