//! A message taken apart, whoever wrote it: the one door to mail-parser, which forgets a message inside a message inside a message by
//! recursion, without limit, and so ends the process.

use crate::pipeline::caught::caught;
use mail_parser::{Message, MessageParser};

/// Larger messages are not read. Bytes.
const MOST_BYTES: usize = 16 << 20;
/// A message that names its content types more often than that is none that a person or a server wrote: each level of nesting names
/// one.
const MOST_CONTENT_TYPES: usize = 300;

/// The message in these bytes; `None` when there is none, or when it is too long or too deeply nested to be read safely.
#[must_use]
pub fn read(bytes: &[u8]) -> Option<Message<'_>> {
    let safe = bytes.len() <= MOST_BYTES && !exceeds(bytes, MOST_CONTENT_TYPES);
    // Parts that end inside one another break assertions of the parser, in debug builds: no reason to end a process.
    let message = if safe { caught(|| MessageParser::default().parse(bytes)).flatten() } else { None };
    message.filter(|message| !message.headers().is_empty())
}

/// Whether `Content-Type` stands in the bytes more often than that, in any case.
fn exceeds(bytes: &[u8], limit: usize) -> bool {
    const NAME: &[u8] = b"content-type";
    let starts = bytes.iter().enumerate().filter(|(_, byte)| byte.eq_ignore_ascii_case(&b'c')).map(|(at, _)| at);
    let named = |at: &usize| bytes.get(*at..at + NAME.len()).is_some_and(|word| word.eq_ignore_ascii_case(NAME));
    starts.filter(named).nth(limit).is_some()
}

#[cfg(test)]
mod tests {
    use super::read;

    const HEAD: &str = "From: a@ex.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n";

    /// Found by the fuzz target `dsn`: a part is opened twice, and the first ends within a message that the second holds.
    #[test]
    fn d12_parts_that_end_inside_one_another_end_no_process() {
        let broken = include_bytes!("../../testbench/bounces/broken_parts.bin");
        assert!(read(broken).is_none_or(|message| !message.headers().is_empty()));
    }

    #[test]
    fn messages_in_messages_end_no_process() {
        let digest = |n| format!("Content-Type: multipart/digest; boundary=b{n}\r\n\r\n--b{n}\r\n\r\n");
        for deep in [
            format!("{HEAD}{}x", "Content-Type: message/rfc822\r\n\r\n".repeat(200_000)),
            format!("{HEAD}{}x", "CONTENT-TYPE:\r\n message/global\r\n\r\n".repeat(200_000)),
            format!("{HEAD}{}x", (0..100_000).map(digest).collect::<String>()),
        ] {
            assert!(read(deep.as_bytes()).is_none());
        }
        // The deepest that is read, on the smallest stack that the product has.
        let deepest = format!("{HEAD}{}x", "Content-Type: message/rfc822\r\n\r\n".repeat(299));
        let small = std::thread::Builder::new().stack_size(2 << 20);
        assert!(small.spawn(move || read(deepest.as_bytes()).is_some()).unwrap().join().unwrap());
    }
}
