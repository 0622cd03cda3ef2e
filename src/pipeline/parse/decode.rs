//! Bytes to text.
//!
//! The order of trust: byte order mark, HTTP `charset` (RFC 7303), XML declaration, detection. A statement that the bytes
//! contradict is not believed: valid UTF-8 is UTF-8, and what decodes with errors as declared goes to the detector.

use crate::pipeline::parse::mojibake;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// A document as text.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    /// The text, without byte order mark.
    pub(super) text: Cow<'a, str>,
    /// What had to be guessed.
    pub(super) warning: Option<String>,
}

/// Decodes a document; never fails: what no encoding explains becomes replacement characters.
pub(super) fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    let decoded = from_bytes(bytes, content_type);
    match mojibake::undone(&decoded.text) {
        Some(text) => {
            Decoded { text: Cow::Owned(text), warning: Some("the text had been encoded in UTF-8 twice: undone once".to_owned()) }
        }
        None => decoded,
    }
}

fn from_bytes<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Decoded<'a> {
    if let Some(text) = wide(bytes) {
        return Decoded { text: Cow::Owned(text), warning: None };
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let stated = content_type.and_then(charset).or_else(|| declared(bytes));
    let encoding = stated.as_deref().and_then(for_label);
    match (std::str::from_utf8(bytes), encoding) {
        // Seven-bit encodings hide behind valid UTF-8; for all others valid UTF-8 is no coincidence.
        (Ok(text), encoding) if encoding.is_none_or(|e| e.is_ascii_compatible() && !decodes_well_as_multibyte(e, bytes)) => {
            let surprise = encoding.filter(|e| *e != UTF_8 && !text.is_ascii());
            let warning = surprise.map(|e| format!("declared as {}, but the text is UTF-8", e.name()));
            Decoded { text: Cow::Borrowed(text), warning }
        }
        (_, Some(encoding)) if encoding != UTF_8 => as_stated(bytes, encoding),
        _ => not_utf8(bytes),
    }
}

fn decodes_well_as_multibyte(encoding: &'static Encoding, bytes: &[u8]) -> bool {
    encoding != UTF_8 && !encoding.is_single_byte() && !bytes.is_ascii() && !encoding.decode_without_bom_handling(bytes).1
}

fn as_stated<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Decoded<'a> {
    let (text, bad) = encoding.decode_without_bom_handling(bytes);
    if !bad {
        return Decoded { text, warning: None };
    }
    let guess = guess(bytes);
    let (guessed, guessed_bad) = guess.decode_without_bom_handling(bytes);
    let better = !guessed_bad || count_bad(&guessed) < count_bad(&text);
    let warning = Some(format!("declared as {}, but it does not decode so", encoding.name()));
    Decoded { text: if better { guessed } else { text }, warning }
}

fn count_bad(text: &str) -> usize {
    text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count()
}

/// A text meant as UTF-8 with bytes that are not: a few strays are read as windows-1252, else the whole goes to the detector.
fn not_utf8(bytes: &[u8]) -> Decoded<'_> {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    if good < bad {
        let encoding = guess(bytes);
        let warning = Some(format!("not UTF-8: read as {}", encoding.name()));
        return Decoded { text: encoding.decode_without_bom_handling(bytes).0, warning };
    }
    let mut text = String::with_capacity(bytes.len() + bad);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&WINDOWS_1252.decode_without_bom_handling(chunk.invalid()).0);
    }
    Decoded { text: Cow::Owned(text), warning: Some(format!("{bad} bytes are not UTF-8: read as windows-1252")) }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(64 * 1024)], true);
    detector.guess(None, Utf8Detection::Allow)
}

/// The `charset` parameter of a `Content-Type`.
fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        (name.trim().eq_ignore_ascii_case("charset") && for_label(value).is_some()).then(|| value.to_owned())
    })
}

/// The encoding that the XML declaration names, wherever in the first kibibyte it stands.
fn declared(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    let declaration = &head[head.find("<?xml")?..];
    let declaration = &declaration[..declaration.find("?>")?];
    let value = declaration[declaration.find("encoding")? + 8..].trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    Some(value[1..].split(quote).next()?.trim().to_owned())
}

/// The encoding of that name. Labels of 16 and 32 bits count for nothing here: if the bytes were wide, `wide` had read them.
fn for_label(label: &str) -> Option<&'static Encoding> {
    let label = label.to_ascii_lowercase();
    let alias = match label.as_str() {
        "cp936" | "936" | "hz" | "hz-gb-2312" => "gbk",
        "cp949" | "949" | "johab" => "euc-kr",
        "cp950" | "950" => "big5",
        "cp932" | "932" | "sjis" => "shift_jis",
        "euc_jp" | "eucjp" | "u-jis" => "euc-jp",
        "latin-1" | "iso8859_1" => "iso-8859-1",
        other => other,
    };
    let encoding = Encoding::for_label(alias.as_bytes()).or_else(|| Encoding::for_label(alias.replace('_', "-").as_bytes()))?;
    (encoding != UTF_16LE && encoding != UTF_16BE).then_some(encoding)
}

/// UTF-16 and UTF-32 in both orders, told by their mark or by the zeros around the first `<` or `{`.
fn wide(bytes: &[u8]) -> Option<String> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] => Some(utf32(&bytes[4..], u32::from_le_bytes)),
        [0, 0, 0xFE, 0xFF, ..] => Some(utf32(&bytes[4..], u32::from_be_bytes)),
        [0xFF, 0xFE, ..] => Some(utf16(&bytes[2..], UTF_16LE)),
        [0xFE, 0xFF, ..] => Some(utf16(&bytes[2..], UTF_16BE)),
        [0, 0, 0, _, ..] => Some(utf32(bytes, u32::from_be_bytes)),
        [first, 0, 0, 0, ..] if *first != 0 => Some(utf32(bytes, u32::from_le_bytes)),
        [0, first, 0, _, ..] if *first != 0 => Some(utf16(bytes, UTF_16BE)),
        [first, 0, _, 0, ..] if *first != 0 => Some(utf16(bytes, UTF_16LE)),
        _ => None,
    }
}

/// The mark may lie about the order; the zeros of the markup do not.
fn utf16(bytes: &[u8], encoding: &'static Encoding) -> String {
    let zeros = |offset: usize| bytes.iter().skip(offset).step_by(2).take(512).filter(|b| **b == 0).count();
    let encoding = match (zeros(0), zeros(1)) {
        (high, low) if high > low * 4 => UTF_16BE,
        (high, low) if low > high * 4 => UTF_16LE,
        _ => encoding,
    };
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

fn utf32(bytes: &[u8], read: fn([u8; 4]) -> u32) -> String {
    let units = bytes.as_chunks::<4>().0;
    units.iter().map(|unit| char::from_u32(read(*unit)).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn believes_the_bytes_before_the_labels() {
        let cafe = "<?xml version='1.0' encoding='iso-8859-1'?><a>café</a>";
        let latin: Vec<u8> = cafe.chars().map(|c| c as u8).collect();
        let utf16: Vec<u8> = cafe.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let utf32: Vec<u8> = cafe.chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        let stray = [cafe.as_bytes(), b"\xE9"].concat();
        for (bytes, content_type) in [
            (cafe.as_bytes(), None),
            (cafe.as_bytes(), Some("text/xml; charset=us-ascii")),
            (latin.as_slice(), None),
            (latin.as_slice(), Some("text/xml; charset=utf-8")),
            (utf16.as_slice(), Some("text/xml; charset=utf-16le")),
            (utf32.as_slice(), None),
            (stray.as_slice(), Some("application/rss+xml; charset=\"utf-8\"")),
        ] {
            let decoded = decode(bytes, content_type);
            assert!(decoded.text.contains("café"), "{content_type:?}: {decoded:?}");
        }
    }
}
