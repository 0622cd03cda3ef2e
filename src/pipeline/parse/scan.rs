//! Cuts a document into tags and text, without ever refusing it. Linear in its length.

/// One piece of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<name …>` or `<name …/>`.
    Start {
        /// As written, with its prefix.
        name: &'a str,
        /// Everything between the name and the end.
        attributes: &'a str,
        /// It ends with `/>`.
        empty: bool,
    },
    /// `</name>`.
    End(&'a str),
    /// Character data, references unresolved.
    Text(&'a str),
    /// The inside of a CDATA section.
    CData(&'a str),
    /// `<!DOCTYPE …>`, its inside.
    Doctype(&'a str),
}

/// Where the scan stands.
#[derive(Debug, Clone)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    position: usize,
    /// No further quote of this kind in the document: found once, so that unclosed quotes cost no second search.
    exhausted: [bool; 2],
    /// No further `]>` in the document, found once likewise.
    no_subset_ends: bool,
    /// The document ended inside a tag, a comment or a CDATA section.
    pub(super) broken_off: bool,
    /// Something had to be read in a way that XML does not allow.
    pub(super) repaired: bool,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, position: 0, exhausted: [false; 2], no_subset_ends: false, broken_off: false, repaired: false }
    }

    /// The byte offset of the next token.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// A part of the document.
    pub(super) fn between(&self, start: usize, end: usize) -> &'a str {
        &self.text[start..end]
    }

    /// The next token; comments and processing instructions are passed over.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let rest = &self.text[self.position..];
            if rest.is_empty() {
                return None;
            }
            let Some(inner) = rest.strip_prefix('<') else { return Some(self.text_run(0)) };
            let token = match inner.as_bytes().first() {
                Some(b'!') => self.declaration(rest),
                Some(b'?') => self.skip_past("?>", rest),
                Some(b'/') => self.end_tag(rest),
                Some(b) if b.is_ascii_alphabetic() || *b == b'_' || *b >= 0x80 => self.start_tag(inner),
                _ => {
                    self.repaired = true;
                    Some(self.text_run(1))
                }
            };
            if token.is_some() {
                return token;
            }
        }
    }

    /// Character data up to the next `<`, looked for from the byte `from` on.
    fn text_run(&mut self, from: usize) -> Token<'a> {
        let rest = &self.text[self.position..];
        let end = rest[from..].find('<').map_or(rest.len(), |at| at + from);
        self.position += end;
        Token::Text(&rest[..end])
    }

    fn skip_past(&mut self, end: &str, rest: &'a str) -> Option<Token<'a>> {
        match rest.find(end) {
            Some(at) => self.position += at + end.len(),
            None => self.break_off(),
        }
        None
    }

    fn break_off(&mut self) {
        self.broken_off = true;
        self.position = self.text.len();
    }

    fn declaration(&mut self, rest: &'a str) -> Option<Token<'a>> {
        if let Some(data) = rest.strip_prefix("<![CDATA[") {
            let (data, length) = match data.find("]]>") {
                Some(end) => (&data[..end], 9 + end + 3),
                None => {
                    self.broken_off = true;
                    (data, rest.len())
                }
            };
            self.position += length;
            return Some(Token::CData(data));
        }
        if rest.starts_with("<!--") {
            return self.skip_past("-->", rest);
        }
        let Some(end) = self.doctype_end(rest) else {
            self.break_off();
            return None;
        };
        self.position += end;
        Some(Token::Doctype(&rest[..end]))
    }

    fn end_tag(&mut self, rest: &'a str) -> Option<Token<'a>> {
        let name = &rest[2..];
        // A tag that never ends is cut short by the next one.
        match name.find(['>', '<']) {
            Some(end) if name.as_bytes()[end] == b'>' => {
                self.position += 2 + end + 1;
                Some(Token::End(name[..end].trim()))
            }
            Some(end) => {
                self.repaired = true;
                self.position += 2 + end;
                Some(Token::End(name[..end].trim()))
            }
            None => {
                self.break_off();
                None
            }
        }
    }

    fn start_tag(&mut self, inner: &'a str) -> Option<Token<'a>> {
        let name_end = inner.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '<')).unwrap_or(inner.len());
        let name = &inner[..name_end];
        let Some(end) = self.tag_end(&inner[name_end..]) else {
            self.break_off();
            return None;
        };
        let attributes = &inner[name_end..name_end + end];
        self.position += 1 + name_end + end + 1;
        let empty = attributes.ends_with('/');
        Some(Token::Start { name, attributes: attributes.strip_suffix('/').unwrap_or(attributes), empty })
    }

    /// Where the `>` of a start tag is: quoted values may hold one; a quote that nothing closes does not count.
    fn tag_end(&mut self, tag: &str) -> Option<usize> {
        let bytes = tag.as_bytes();
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'>' => return Some(at),
                b'"' | b'\'' => {
                    let kind = usize::from(*byte == b'"');
                    let closing = if self.exhausted[kind] { None } else { tag[at + 1..].find(char::from(*byte)) };
                    match closing {
                        Some(length) => at += length + 1,
                        None => {
                            self.exhausted[kind] = true;
                            self.repaired = true;
                        }
                    }
                }
                _ => {}
            }
            at += 1;
        }
        None
    }

    /// The length of a document type declaration, with its internal subset.
    fn doctype_end(&mut self, rest: &str) -> Option<usize> {
        let first = rest.find(['>', '['])?;
        if rest.as_bytes()[first] == b'>' {
            return Some(first + 1);
        }
        let subset_end = if self.no_subset_ends { None } else { rest[first..].find("]>") };
        if let Some(end) = subset_end {
            return Some(first + end + 2);
        }
        self.no_subset_ends = true;
        let close = rest[first..].find(']').map_or(first, |at| first + at);
        rest[close..].find('>').map(|at| close + at + 1)
    }
}

/// The attributes of a start tag, names and raw values, quoted or not.
pub(super) fn attributes(mut rest: &str) -> impl Iterator<Item = (&str, &str)> {
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let name_end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len()).max(1);
        let name_end = if rest.is_char_boundary(name_end) { name_end } else { rest.len() };
        let name = &rest[..name_end];
        rest = rest[name_end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else { return Some((name, "")) };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote.and_then(|quote| value[1..].split_once(quote)) {
            Some((value, after)) => (value, after),
            None => {
                let end = value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len());
                (value[..end].trim_matches(['"', '\'']), &value[end..])
            }
        };
        rest = after;
        Some((name, value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_attributes_however_they_are_written() {
        let read: Vec<_> = attributes(r#" a="1 > 0" b='x' c=bare d  e = "é" f="open"#).collect();
        assert_eq!(read, [("a", "1 > 0"), ("b", "x"), ("c", "bare"), ("d", ""), ("e", "é"), ("f", "open")]);
    }

    #[test]
    fn cuts_everything_into_tokens() {
        let mut scanner = Scanner::new("a < b<x y='>'/><!-- <z> --><![CDATA[<q>]]></x");
        let mut tokens = Vec::new();
        while let Some(token) = scanner.next() {
            tokens.push(token);
        }
        assert_eq!(
            tokens,
            [
                Token::Text("a "),
                Token::Text("< b"),
                Token::Start { name: "x", attributes: " y='>'", empty: true },
                Token::CData("<q>"),
            ]
        );
        assert!(scanner.broken_off);
    }
}
