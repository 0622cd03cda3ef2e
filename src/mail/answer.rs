//! What a relay says, read from the bytes that came so far (RFC 5321, 4.2).
//!
//! Strict where a misreading would decide over a message, lenient where it would not: the three digits must be there and agree
//! over all lines, while the text may be in any encoding, or absent.

use memchr::memchr;

/// RFC 5321 allows 512 bytes; some relays explain themselves at length.
const LONGEST_LINE: usize = 8 << 10;
/// Over all lines. More is no reply.
const LONGEST_REPLY: usize = 64 << 10;

/// A whole reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// Three digits, 200 to 559.
    pub(super) code: u16,
    /// The text of each line.
    pub(super) lines: Vec<String>,
}

impl Reply {
    /// 2xx.
    pub(super) const fn positive(&self) -> bool {
        self.code / 100 == 2
    }

    /// 4xx or 5xx.
    pub(super) const fn negative(&self) -> bool {
        self.code >= 400
    }

    /// All lines as one; an enhanced code (RFC 3463) that each line repeats stands once.
    pub(super) fn text(&self) -> String {
        let Some((first, rest)) = self.lines.split_first() else { return String::new() };
        let code = first.split(' ').next().filter(|word| word.contains('.')).unwrap_or_default();
        let rest = rest.iter().map(|line| line.strip_prefix(code).map_or(line.as_str(), str::trim_start));
        std::iter::once(first.as_str()).chain(rest).collect::<Vec<_>>().join(" ")
    }
}

/// What the bytes that came so far are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heard {
    /// The beginning of a reply, perhaps.
    Part,
    /// A reply, and how many bytes it takes.
    Whole(Reply, usize),
    /// Nothing that SMTP knows.
    Garbled(&'static str),
}

/// Reads one reply from the beginning of `bytes`.
pub(super) fn read(bytes: &[u8]) -> Heard {
    let (mut reply, mut at) = (Reply { code: 0, lines: Vec::new() }, 0);
    while let Some(length) = memchr(b'\n', &bytes[at..]) {
        let line = &bytes[at..at + length];
        at += length + 1;
        if length > LONGEST_LINE || at > LONGEST_REPLY {
            return Heard::Garbled("the reply never ends");
        }
        let Some((code, last, text)) = read_line(line.strip_suffix(b"\r").unwrap_or(line)) else {
            return Heard::Garbled("what it says is no SMTP reply");
        };
        if reply.lines.is_empty() {
            reply.code = code;
        } else if reply.code != code {
            return Heard::Garbled("the lines of its reply contradict each other");
        }
        reply.lines.push(text);
        if last {
            return Heard::Whole(reply, at);
        }
    }
    let open = bytes.len() - at;
    if open > LONGEST_LINE || bytes.len() > LONGEST_REPLY { Heard::Garbled("the reply never ends") } else { Heard::Part }
}

/// Code, whether it is the last line, text.
fn read_line(line: &[u8]) -> Option<(u16, bool, String)> {
    let (code, rest) = line.split_at_checked(3)?;
    let known = matches!(code[0], b'2'..=b'5') && matches!(code[1], b'0'..=b'5') && code[2].is_ascii_digit();
    if !known || rest.contains(&0) {
        return None;
    }
    let code = code.iter().fold(0, |number, digit| number * 10 + u16::from(digit - b'0'));
    let (last, text) = match rest.split_first() {
        None => (true, rest), // the code alone (RFC 5321, 4.2)
        Some((b' ', text)) => (true, text),
        Some((b'-', text)) => (false, text),
        Some(_) => return None,
    };
    Some((code, last, String::from_utf8_lossy(text).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::{Heard, LONGEST_LINE, Reply, read};
    use proptest::prelude::*;

    fn check(bytes: &[u8], expected: Option<(u16, &str)>) {
        match (read(bytes), expected) {
            (Heard::Whole(reply, taken), Some((code, text))) => {
                assert_eq!((reply.code, reply.text().as_str(), taken), (code, text, bytes.len()))
            }
            (Heard::Garbled(_), None) => {}
            (heard, expected) => panic!("{:?}: {heard:?}, not {expected:?}", String::from_utf8_lossy(bytes)),
        }
    }

    #[test]
    fn d08_replies_are_read_and_what_is_none_is_refused() {
        check(b"250 2.0.0 ok\r\n", Some((250, "2.0.0 ok")));
        check(b"250 ok\n", Some((250, "ok")));
        check(b"250\r\n", Some((250, "")));
        check(b"250-\r\n250 \r\n", Some((250, " ")));
        check(b"550-5.1.1 no such\r\n550 5.1.1 user\r\n", Some((550, "5.1.1 no such user")));
        check("550 bo\u{ee}te inconnue\r\n".as_bytes(), Some((550, "boîte inconnue")));
        check(b"550 bo\xeete\r\n", Some((550, "bo\u{fffd}te")));
        for bad in [
            &b"\r\n"[..],
            b"25\r\n",
            b"250ok\r\n",
            b"250_ok\r\n",
            b"150 ok\r\n",
            b"650 ok\r\n",
            b"290 ok\r\n",
            b"2 0 ok\r\n",
            b"250 o\0k\r\n",
            b"25\0 ok\r\n",
            b"hello\r\n",
            b"250-a\r\n251 b\r\n",
            b"250-a\r\nb\r\n",
            b"HTTP/1.1 400 Bad Request\r\n",
        ] {
            check(bad, None);
        }
        check(&vec![b'2'; 1 << 20], None);
        check(&b"250-more\r\n".repeat(100_000), None);
        check(&[b"250 ".as_slice(), &vec![b'x'; LONGEST_LINE], b"\r\n"].concat(), None);
    }

    #[test]
    fn what_follows_a_reply_stays() {
        let bytes = b"250 a\r\n354 b\r\n";
        let Heard::Whole(reply, taken) = read(bytes) else { panic!() };
        assert_eq!((reply, taken), (Reply { code: 250, lines: vec!["a".to_owned()] }, 7));
        assert_eq!(read(&bytes[7..13]), Heard::Part);
    }

    proptest! {
        #[test]
        fn a_reply_that_is_cut_is_never_whole(text in "[ -~]{0,40}", lines in 1_usize..4, cut in 0_usize..200) {
            let whole = (1..=lines).map(|n| format!("451{}{text}\r\n", if n == lines { ' ' } else { '-' })).collect::<String>();
            let cut = cut % whole.len();
            prop_assert_eq!(read(&whole.as_bytes()[..cut]), Heard::Part);
            let is_whole = matches!(read(whole.as_bytes()), Heard::Whole(_, taken) if taken == whole.len());
            prop_assert!(is_whole);
        }

        #[test]
        fn nothing_that_comes_in_does_harm(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _read = read(&bytes);
        }
    }
}
