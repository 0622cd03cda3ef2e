//! HTML as plain text.

use crate::pipeline::{
    references::decode_html,
    sanitize::{
        allow,
        lex::{self, Piece, Tag},
    },
    text::plain_run,
};

use std::borrow::Cow;

/// The same as plain text: entities decoded, blocks on lines of their own, white space folded.
pub fn to_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut hidden: Option<&str> = None;
    let mut verbatim = false;
    let mut unclosed: Vec<String> = Vec::new();
    for piece in lex::pieces(html) {
        match piece {
            Piece::Comment(_) => {}
            Piece::Tag(tag) if hidden.is_some_and(|name| tag.closing && tag.name.eq_ignore_ascii_case(name)) => hidden = None,
            _ if hidden.is_some() => {}
            Piece::Text(text) => push_text(&mut out, &decode_html(text), verbatim),
            Piece::Tag(tag) => {
                let name = lower(tag.name);
                match name.as_ref() {
                    name if HIDDEN.contains(&name) && !tag.closing && !tag.attributes.ends_with('/') => {
                        hidden = is_closed(html, &tag, name, &mut unclosed).then_some(tag.name);
                    }
                    "pre" => verbatim = !tag.closing,
                    _ => {}
                }
                push_tag(&mut out, &tag, &name);
            }
        }
    }
    let end = out.trim_end().len();
    out.truncate(end);
    out
}

/// Elements whose content nobody reads.
const HIDDEN: [&str; 9] = ["script", "style", "template", "noscript", "iframe", "object", "svg", "math", "select"];

/// Whether the element ends somewhere: otherwise it hides nothing, unless its content is code. Each name is looked for in vain
/// only once.
fn is_closed(html: &str, tag: &Tag<'_>, name: &str, unclosed: &mut Vec<String>) -> bool {
    if matches!(name, "script" | "style") {
        return true;
    }
    if unclosed.iter().any(|known| known == name) {
        return false;
    }
    let start = tag.raw.as_ptr() as usize - html.as_ptr() as usize;
    let closed = lex::pieces(&html[start..])
        .any(|piece| matches!(piece, Piece::Tag(other) if other.closing && other.name.eq_ignore_ascii_case(name)));
    if !closed {
        unclosed.push(name.to_owned());
    }
    closed
}

fn push_text(out: &mut String, text: &str, verbatim: bool) {
    if verbatim {
        return out.push_str(text);
    }
    let bytes = text.as_bytes();
    let (mut start, mut at) = (0, plain_run(bytes));
    while let Some(byte) = bytes.get(at) {
        if matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c') {
            out.push_str(&text[start..at]);
            start = at + 1;
            if !out.is_empty() && !out.ends_with([' ', '\n']) {
                out.push(' ');
            }
        }
        at += 1;
        at += plain_run(&bytes[at..]);
    }
    out.push_str(&text[start..]);
}

fn push_tag(out: &mut String, tag: &Tag<'_>, name: &str) {
    if name == "br" || allow::is_block(name) {
        let end = out.trim_end_matches(' ').len();
        out.truncate(end);
        if !out.is_empty() && !out.ends_with('\n') {
            out.push('\n');
        }
    } else if matches!(name, "td" | "th") {
        push_text(out, " ", false);
    } else if !is_html(name) {
        out.push_str(tag.raw);
    }
}

/// Plain text as HTML: each line a paragraph.
pub fn paragraphs(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| format!("<p>{}</p>", html_escape::encode_text(line))).collect()
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|b| b.is_ascii_uppercase()) { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) }
}

/// Whether a text holds HTML: a tag of a known element, or a comment.
pub fn has_markup(text: &str) -> bool {
    text.contains('<')
        && lex::pieces(text).any(|piece| match piece {
            Piece::Tag(tag) => is_html(&lower(tag.name)),
            Piece::Comment(comment) => comment.starts_with("<!--") && comment.ends_with("-->"),
            Piece::Text(_) => false,
        })
}

/// The addresses that a fragment links to (`a href`), in order, without repeats.
pub fn links(html: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for piece in lex::pieces(html) {
        let Piece::Tag(tag) = piece else { continue };
        if tag.closing || !tag.name.eq_ignore_ascii_case("a") {
            continue;
        }
        let attributes = lex::attributes(&tag).unwrap_or_default();
        if let Some((_, href)) = attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case("href")) {
            let href = decode_html(href).trim().to_owned();
            if !href.is_empty() && !found.contains(&href) {
                found.push(href);
            }
        }
    }
    found
}

/// Whether an element of that lower-case name belongs to HTML, past or present; others are text that looks like a tag.
fn is_html(name: &str) -> bool {
    allow::is_tag(name) || ELSEWHERE.contains(&name)
}

/// Elements of HTML that we never keep.
const ELSEWHERE: [&str; 64] = [
    "acronym",
    "applet",
    "area",
    "audio",
    "base",
    "basefont",
    "bgsound",
    "big",
    "blink",
    "body",
    "button",
    "canvas",
    "center",
    "data",
    "datalist",
    "dialog",
    "dir",
    "embed",
    "fieldset",
    "font",
    "form",
    "frame",
    "frameset",
    "head",
    "hgroup",
    "html",
    "iframe",
    "input",
    "label",
    "legend",
    "link",
    "map",
    "marquee",
    "math",
    "menu",
    "meta",
    "meter",
    "nav",
    "nobr",
    "noframes",
    "noscript",
    "object",
    "optgroup",
    "option",
    "output",
    "param",
    "picture",
    "plaintext",
    "progress",
    "script",
    "search",
    "select",
    "slot",
    "source",
    "strike",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "track",
    "tt",
    "video",
    "xmp",
];
