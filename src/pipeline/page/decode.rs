//! A page's bytes as text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

/// How far a page declares its encoding (HTML standard, 13.2.3.2).
const PRESCAN: usize = 1024;

/// By its byte order mark; as UTF-8 where that is valid and says more than ASCII, since nothing else is by chance; by the
/// `Content-Type`, its own declaration, else what its bytes look like.
pub fn decode_page(bytes: &[u8], content_type: Option<&str>) -> String {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PRESCAN)]);
    let encoding = Encoding::for_bom(bytes)
        .map(|(encoding, _)| encoding)
        .or_else(|| (!bytes.is_ascii() && std::str::from_utf8(bytes).is_ok()).then_some(encoding_rs::UTF_8))
        .or_else(|| declared(content_type?))
        .or_else(|| declared(&head))
        .unwrap_or_else(|| {
            let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
            detector.feed(bytes, true);
            detector.guess(None, Utf8Detection::Allow)
        });
    encoding.decode(bytes).0.into_owned()
}

fn declared(text: &str) -> Option<&'static Encoding> {
    let lower = text.to_ascii_lowercase();
    let (_, label) = lower.split_once("charset=")?;
    let label = label.trim_start_matches(['"', '\'', ' ']);
    let end = label.find(['"', '\'', ' ', '>', ';', '/']).unwrap_or(label.len());
    Encoding::for_label(&label.as_bytes()[..end])
}

#[cfg(test)]
mod tests {
    use super::decode_page;

    #[test]
    fn reads_the_encodings_that_pages_use() {
        for (bytes, content_type) in [
            (&b"<p>caf\xc3\xa9"[..], None),
            (b"<meta charset=gbk><p>caf\xc3\xa9", Some("text/html; charset=ISO-8859-1")),
            (b"\xef\xbb\xbf<p>caf\xc3\xa9", None),
            (b"<p>caf\xe9", Some("text/html; charset=ISO-8859-1")),
            (b"<meta charset='windows-1252'><p>caf\xe9", None),
            (b"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-15\"><p>caf\xe9", None),
        ] {
            assert!(decode_page(bytes, content_type).ends_with("<p>café"));
        }
    }
}
