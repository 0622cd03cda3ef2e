//! Bytes to text, for documents that are not feeds: lists of feeds and web pages.
//!
//! The order is that of the WHATWG encoding standard: byte order mark, HTTP, declaration in the document, then UTF-8 if it is
//! that, else windows-1252, which every byte is.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// A declaration stands in the first bytes, or nowhere.
const DECLARED_WITHIN: usize = 1024;

/// The text of `bytes`; what cannot be read becomes U+FFFD.
pub fn text_of<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0;
    }
    let head = &bytes[..bytes.len().min(DECLARED_WITHIN)];
    let declared = content_type.and_then(|field| label_after(field.as_bytes(), b"charset")).or_else(|| declared_in(head));
    let encoding = declared.unwrap_or_else(|| if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 });
    encoding.decode_without_bom_handling(bytes).0
}

fn declared_in(head: &[u8]) -> Option<&'static Encoding> {
    let encoding = label_after(head, b"encoding").or_else(|| label_after(head, b"charset"))?;
    // What could be read as ASCII so far is no UTF-16, whatever it says.
    Some(if encoding.output_encoding() == encoding { encoding } else { UTF_8 })
}

/// The label behind `key =`, quoted or not.
fn label_after(text: &[u8], key: &[u8]) -> Option<&'static Encoding> {
    let at = text.windows(key.len()).position(|window| window.eq_ignore_ascii_case(key))?;
    let rest = text[at + key.len()..].trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"").or_else(|| rest.strip_prefix(b"'")).unwrap_or(rest);
    let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"-_:.".contains(byte)).unwrap_or(rest.len());
    Encoding::for_label(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::text_of;

    #[test]
    fn each_way_of_saying_it() {
        let check = |bytes: &[u8], content_type: Option<&str>, expected: &str| assert_eq!(text_of(bytes, content_type), expected);
        check("é".as_bytes(), None, "é");
        check(b"\xe9", None, "é");
        check(b"\xe9", Some("text/html; charset=\"iso-8859-1\""), "é");
        check(b"\xef\xbb\xbf\xc3\xa9", Some("text/html; charset=iso-8859-1"), "é");
        check(b"\xff\xfe\xe9\0", None, "é");
        check(b"<?xml version='1.0' encoding='ISO-8859-15'?>\xa4", None, "<?xml version='1.0' encoding='ISO-8859-15'?>€");
        check(b"<meta charset=windows-1251>\xe9", None, "<meta charset=windows-1251>й");
        check("<meta charset=utf-16>é".as_bytes(), None, "<meta charset=utf-16>é");
        check("<meta charset=nonsense>é".as_bytes(), None, "<meta charset=nonsense>é");
    }
}
