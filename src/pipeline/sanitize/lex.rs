//! Cuts HTML into text and tags, without interpreting it.

/// A tag with more attributes is none that people wrote; each is held against all before it.
const MAX_ATTRIBUTES: usize = 100;

/// One piece of a fragment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Characters, references unresolved.
    Text(&'a str),
    /// A start or end tag.
    Tag(Tag<'a>),
    /// A comment, a declaration or a processing instruction, with its delimiters.
    Comment(&'a str),
}

/// A start or end tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// As written.
    pub(super) name: &'a str,
    /// Everything between the name and the `>`.
    pub(super) attributes: &'a str,
    /// `</name>`.
    pub(super) closing: bool,
    /// The whole, with its delimiters.
    pub(super) raw: &'a str,
}

/// The pieces of a fragment, in order; together they are the fragment. A `<` that opens nothing is text.
pub(super) fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    // Behind the last `>` nothing ends: looked for once, so that a heap of open tags costs no second search.
    let from_last = html.rfind('>').map_or(usize::MAX, |at| html.len() - at);
    std::iter::from_fn(move || {
        let piece = next(rest, rest.len() >= from_last)?;
        let length = match piece {
            Piece::Text(text) | Piece::Comment(text) => text.len(),
            Piece::Tag(tag) => tag.raw.len(),
        };
        rest = &rest[length..];
        Some(piece)
    })
}

fn next(rest: &str, tags_end: bool) -> Option<Piece<'_>> {
    let first = rest.bytes().next()?;
    if first == b'<' {
        if let Some(piece) = markup(rest, tags_end) {
            return Some(piece);
        }
        return Some(Piece::Text(&rest[..1 + next_opening(&rest[1..])]));
    }
    Some(Piece::Text(&rest[..next_opening(rest)]))
}

/// Where the next `<` is that may open something; a heap of those that do not is one text.
pub(super) fn next_opening(text: &str) -> usize {
    let opens = |at: &usize| {
        text.as_bytes().get(at + 1).is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?'))
    };
    text.match_indices('<').map(|(at, _)| at).find(opens).unwrap_or(text.len())
}

fn markup(rest: &str, tags_end: bool) -> Option<Piece<'_>> {
    let inner = &rest[1..];
    if let Some(comment) = inner.strip_prefix("!--") {
        let end = comment.find("-->").map_or(rest.len(), |at| 4 + at + 3);
        return Some(Piece::Comment(&rest[..end]));
    }
    if inner.starts_with(['!', '?']) {
        let end = rest.find('>').map_or(rest.len(), |at| at + 1);
        return Some(Piece::Comment(&rest[..end]));
    }
    let closing = inner.starts_with('/');
    let body = if closing { &inner[1..] } else { inner };
    if !tags_end || !body.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let name_end = body.find(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).unwrap_or(body.len());
    let end = tag_end(&body[name_end..])?;
    let length = 1 + usize::from(closing) + name_end + end + 1;
    let attributes = &body[name_end..name_end + end];
    Some(Piece::Tag(Tag { name: &body[..name_end], attributes, closing, raw: &rest[..length] }))
}

/// Where the `>` is: a quoted value may hold one, if the quote follows an equals sign and is closed.
fn tag_end(attributes: &str) -> Option<usize> {
    let bytes = attributes.as_bytes();
    let (mut at, mut after_equals) = (0, false);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return Some(at),
            b'"' | b'\'' if after_equals => {
                let Some(length) = attributes[at + 1..].find(char::from(*byte)) else { break };
                at += length + 1;
                after_equals = false;
            }
            b'=' => after_equals = true,
            b if b.is_ascii_whitespace() => {}
            _ => after_equals = false,
        }
        at += 1;
    }
    attributes.find('>')
}

/// The attributes of a tag, names and raw values; `None` as soon as one is written in a way that a browser might read
/// otherwise: unquoted, twice, glued together.
pub(super) fn attributes<'a>(tag: &Tag<'a>) -> Option<Vec<(&'a str, &'a str)>> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    let mut rest = tag.attributes;
    loop {
        let trimmed = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        if trimmed.is_empty() || trimmed == "/" {
            return Some(found);
        }
        if trimmed.len() == rest.len() {
            return None;
        }
        let name_end =
            trimmed.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))).unwrap_or(trimmed.len());
        let name = &trimmed[..name_end];
        if name.is_empty() || found.len() >= MAX_ATTRIBUTES || found.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
            return None;
        }
        rest = &trimmed[name_end..];
        let value = match rest.strip_prefix('=') {
            None => "",
            Some(value) => {
                let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                let (value, after) = value[1..].split_once(quote)?;
                rest = after;
                value
            }
        };
        found.push((name, value));
    }
}
