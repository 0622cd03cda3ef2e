//! One walk over HTML that writes the clean fragment as it goes.

use crate::pipeline::sanitize::{
    addresses, allow,
    lex::{self, Piece, Tag},
};
use std::borrow::Cow;
use url::Url;

/// What is known of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Nothing: whatever a browser might read otherwise than it stands ends the walk.
    Nothing,
    /// Ammonia wrote it: tags are balanced and listed.
    Structure,
}

/// The clean fragment; `None` when the walk had to end.
pub(super) fn rewrite(html: &str, base: Option<&Url>, trust: Trust) -> Option<String> {
    if trust == Trust::Nothing && html.bytes().any(|b| matches!(b, b'\r' | 0)) {
        return None;
    }
    let mut writer = Writer { out: String::with_capacity(html.len()), open: Vec::new(), base, trust };
    for piece in lex::pieces(html) {
        match piece {
            Piece::Text(text) => writer.text(text)?,
            Piece::Tag(tag) => writer.tag(&tag)?,
            Piece::Comment(comment) => is_plain_comment(comment).then_some(())?,
        }
    }
    (trust == Trust::Structure || writer.open.is_empty()).then_some(writer.out)
}

/// A comment that ends where it seems to.
fn is_plain_comment(comment: &str) -> bool {
    let inside = comment.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
    inside.is_some_and(|inside| !inside.starts_with(['>', '-']) && !inside.ends_with('-') && !inside.contains("--"))
}

/// From this depth on it is ammonia's turn, or nobody's: each tag is held against all that are open.
const DEEP: usize = 60;

struct Writer<'h, 'b> {
    out: String,
    open: Vec<&'h str>,
    base: Option<&'b Url>,
    trust: Trust,
}

impl<'h> Writer<'h, '_> {
    fn text(&mut self, text: &str) -> Option<()> {
        if self.trust == Trust::Nothing && lex::next_opening(text) < text.len() {
            return None;
        }
        escape(&mut self.out, &decoded(text, Position::Text)?, Position::Text);
        Some(())
    }

    fn tag(&mut self, tag: &Tag<'h>) -> Option<()> {
        let name = tag.name;
        if !allow::is_tag(name) {
            return None;
        }
        if tag.closing {
            return self.end(tag);
        }
        if self.trust == Trust::Nothing {
            self.stays_where_it_stands(tag)?;
        }
        if name == "img" {
            return self.image(tag);
        }
        self.out.push('<');
        self.out.push_str(name);
        for (attribute, value) in lex::attributes(tag)? {
            self.attribute(name, attribute, value)?;
        }
        self.out.push('>');
        if !allow::is_void(name) {
            self.open.push(name);
        }
        Some(())
    }

    fn end(&mut self, tag: &Tag<'h>) -> Option<()> {
        let matches = self.open.pop() == Some(tag.name) && tag.attributes.trim().is_empty();
        (matches || self.trust == Trust::Structure).then_some(())?;
        self.out.push_str("</");
        self.out.push_str(tag.name);
        self.out.push('>');
        Some(())
    }

    /// The places where the HTML standard would move, close or reopen an element (13.2.6.4.7); tables always.
    fn stays_where_it_stands(&self, tag: &Tag<'h>) -> Option<()> {
        if self.open.len() >= DEEP {
            return None;
        }
        let name = tag.name;
        let self_closing = tag.attributes.ends_with('/') && !allow::is_void(name);
        let heading = |name: &str| matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
        let inside = |found: fn(&str) -> bool| self.open.iter().any(|open| found(open));
        let parent = self.open.last().copied().unwrap_or_default();
        let moves = match name {
            "li" => !matches!(parent, "ul" | "ol") || inside(|open| open == "p"),
            "dt" | "dd" => parent != "dl" || inside(|open| open == "p"),
            "a" => inside(|open| open == "a"),
            name if heading(name) => inside(|open| open == "p" || matches!(open, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")),
            "table" | "caption" | "col" | "colgroup" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr" => true,
            "rp" | "rt" | "ruby" => true,
            name if allow::is_block(name) => inside(|open| open == "p"),
            _ => false,
        };
        (!moves && !self_closing).then_some(())
    }

    fn attribute(&mut self, tag: &str, attribute: &str, raw: &str) -> Option<()> {
        let name = attribute.to_ascii_lowercase();
        if !allow::is_attribute(tag, &name) {
            return Some(());
        }
        let value = decoded(raw, Position::Attribute)?;
        let value = match name.as_str() {
            "href" | "cite" => match addresses::address(&value, self.base) {
                Some(address) => Cow::Owned(address),
                None => return Some(()),
            },
            _ => value,
        };
        self.push_attribute(&name, &value);
        Some(())
    }

    fn push_attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        escape(&mut self.out, value, Position::Attribute);
        self.out.push('"');
    }

    /// A picture without an address, or that only counts readers, goes.
    fn image(&mut self, tag: &Tag<'h>) -> Option<()> {
        let mut kept = Vec::new();
        for (attribute, raw) in lex::attributes(tag)? {
            let name = attribute.to_ascii_lowercase();
            if allow::is_attribute("img", &name) {
                kept.push((name, decoded(raw, Position::Attribute)?));
            }
        }
        let value = |wanted: &str| kept.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_ref());
        let source = value("src").filter(|source| !source.trim().is_empty());
        let Some(source) = source.and_then(|source| addresses::address(source, self.base)) else { return Some(()) };
        if source.is_empty() || source.starts_with("mailto:") || addresses::is_pixel(&source, value("width"), value("height")) {
            return Some(());
        }
        self.out.push_str("<img");
        for (name, value) in &kept {
            let value = if name == "src" { source.as_str() } else { value };
            self.push_attribute(name, value);
        }
        self.out.push('>');
        Some(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    Text,
    Attribute,
}

/// The characters meant; `None` when a reference could be read in two ways.
fn decoded(raw: &str, position: Position) -> Option<Cow<'_, str>> {
    let Some(first) = raw.find('&') else { return Some(Cow::Borrowed(raw)) };
    let mut out = String::with_capacity(raw.len());
    out.push_str(&raw[..first]);
    let mut rest = &raw[first..];
    while let Some(after) = rest.strip_prefix('&') {
        let length = after.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
        let (name, following) = after.split_at(length);
        rest = match following.strip_prefix(';') {
            _ if name.is_empty() => {
                out.push('&');
                after
            }
            Some(behind) => {
                out.push_str(&meaning(name)?);
                behind
            }
            // `?a=1&copy=2`: in an attribute a name before an equals sign is no reference.
            None if position == Position::Attribute && following.starts_with('=') && !name.contains('#') => {
                out.push('&');
                after
            }
            None => return None,
        };
        let next = rest.find('&').unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Some(Cow::Owned(out))
}

/// What a reference with its semicolon means; only what all readers agree on.
fn meaning(name: &str) -> Option<Cow<'static, str>> {
    Some(Cow::Borrowed(match name {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        "nbsp" => "\u{a0}",
        _ => {
            if let Some(number) = name.strip_prefix('#') {
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                let c = char::from_u32(code).filter(|c| !c.is_control() && !matches!(*c as u32 & 0xffff, 0xfffe | 0xffff))?;
                return (!matches!(code, 0xfdd0..=0xfdef)).then(|| Cow::Owned(c.to_string()));
            }
            let written = format!("&{name};");
            let meant = html_escape::decode_html_entities(&written).into_owned();
            return (meant != written).then_some(Cow::Owned(meant));
        }
    }))
}

fn escape(out: &mut String, text: &str, position: Position) {
    let bytes = text.as_bytes();
    let mut start = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let (written, length) = match byte {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'"' if position == Position::Attribute => ("&quot;", 1),
            0xc2 if bytes.get(at + 1) == Some(&0xa0) => ("&nbsp;", 2), // U+00A0
            _ => continue,
        };
        out.push_str(&text[start..at]);
        out.push_str(written);
        start = at + length;
    }
    out.push_str(&text[start..]);
}
