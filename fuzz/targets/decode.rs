//! Any bytes under any label become text: no panic, no more of it than the bytes can hold, the same at every reading; and valid
//! UTF-8 without a statement to the contrary is itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veille::pipeline::parse::probe::decoded;

// The first line is the `Content-Type`, if there is anything in it; the rest is the document.
fuzz_target!(|input: &[u8]| {
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (head, bytes) = (&input[..end], input.get(end + 1..).unwrap_or_default());
    let content_type = std::str::from_utf8(head).ok().filter(|head| !head.is_empty());
    let (text, warning) = decoded(bytes, content_type);
    // A byte of a single-byte encoding is at most three bytes of UTF-8.
    assert!(text.len() <= bytes.len() * 3 + 3, "{} bytes became {}", bytes.len(), text.len());
    assert_eq!((&text, &warning), (&decoded(bytes, content_type).0, &decoded(bytes, content_type).1));
    let is_plain = bytes.is_ascii() && !bytes.iter().any(|byte| matches!(byte, 0 | 0x1b | b'~'));
    if content_type.is_none() && is_plain && !bytes.starts_with(b"<?xml") {
        assert_eq!(text.as_bytes(), bytes);
    }
});
