//! The relaxed forms of headers and body (RFC 6376, 3.4.2 and 3.4.4): what a relay may fold, space or write in capitals on the way
//! changes nothing in them.

/// A header as it stands in a message, line ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header<'a> {
    pub(super) name: &'a str,
    value: &'a str,
}

/// The headers of a message, in order, and its body. A message of ours is ASCII; what is not is no header of ours.
pub(super) fn parts(message: &[u8]) -> (Vec<Header<'_>>, &[u8]) {
    let (mut headers, mut rest) = (Vec::new(), message);
    while let Some(end) = end_of_header(rest) {
        let (header, after) = rest.split_at(end);
        if header == b"\r\n" {
            return (headers, after);
        }
        if let Some((name, value)) = std::str::from_utf8(header).ok().and_then(|text| text.split_once(':')) {
            headers.push(Header { name: name.trim_end(), value });
        }
        rest = after;
    }
    (headers, rest)
}

/// Where the first header ends: at a line end that no folded line follows. The empty line is its own header.
fn end_of_header(bytes: &[u8]) -> Option<usize> {
    let empty = bytes.starts_with(b"\r\n");
    let ends = memchr::memmem::find_iter(bytes, b"\r\n").map(|at| at + 2);
    ends.into_iter().find(|&end| empty || !matches!(bytes.get(end), Some(b' ' | b'\t')))
}

/// Name in small letters, folds undone, one space for many, none at the ends; without line end.
pub(super) fn header(Header { name, value }: Header<'_>) -> String {
    let words: Vec<&str> = value.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect();
    format!("{}:{}", name.to_ascii_lowercase(), words.join(" "))
}

/// One space for many, none at line ends, no empty lines at the end.
pub(super) fn body(body: &[u8]) -> Vec<u8> {
    let mut relaxed = Vec::with_capacity(body.len());
    let mut end = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let (text, before) = (line.strip_suffix(b"\n").unwrap_or(line), relaxed.len());
        push_relaxed(&mut relaxed, text.strip_suffix(b"\r").unwrap_or(text));
        let empty = relaxed.len() == before;
        relaxed.extend_from_slice(b"\r\n");
        if !empty {
            end = relaxed.len();
        }
    }
    relaxed.truncate(end);
    relaxed
}

fn push_relaxed(relaxed: &mut Vec<u8>, line: &[u8]) {
    let mut space = false;
    for &byte in line {
        if matches!(byte, b' ' | b'\t') {
            space = true;
            continue;
        }
        if std::mem::take(&mut space) {
            relaxed.push(b' ');
        }
        relaxed.push(byte);
    }
}

#[cfg(test)]
mod tests {
    use super::{body, header, parts};

    #[test]
    fn d15_the_example_of_rfc_6376() {
        let message = b"A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n";
        let (headers, rest) = parts(message);
        assert_eq!(headers.iter().map(|each| header(*each)).collect::<Vec<_>>(), ["a:X", "b:Y Z"]);
        assert_eq!(body(rest), b" C\r\nD E\r\n");
    }

    #[test]
    fn d15_bodies_in_their_relaxed_form() {
        for (given, expected) in [
            (&b""[..], &b""[..]),
            (b"\r\n", b""),
            (b"\r\n \t\r\n\r\n", b""),
            (b"a", b"a\r\n"),
            (b"a\r\n", b"a\r\n"),
            (b"a\r\n\r\n \r\nb  \t c \r\n\r\n", b"a\r\n\r\n\r\nb c\r\n"),
            (b"\r\n\r\na", b"\r\n\r\na\r\n"),
        ] {
            assert_eq!(body(given), expected, "{:?}", String::from_utf8_lossy(given));
        }
    }

    #[test]
    fn a_message_without_body_has_headers_all_the_same() {
        assert_eq!(parts(b"A: b\r\nC: d\r\n").0.len(), 2);
        assert_eq!(parts(b"A: b\r\n\r\n"), (parts(b"A: b\r\n").0, &b""[..]));
        assert!(parts(b"\r\nA: b\r\n").0.is_empty());
    }
}
