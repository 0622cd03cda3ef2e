//! Character and entity references, as XML, HTML and careless publishers write them.

use std::{borrow::Cow, collections::HashMap};

/// Names that the document's own DTD defines as plain text.
pub(crate) type Definitions<'a> = HashMap<&'a str, Cow<'a, str>>;

/// The text with its references resolved, once. What is no reference stays as it is: a bare `&` is an `&`. References to code
/// points that are no characters vanish.
pub(crate) fn decode<'a>(text: &'a str, definitions: &Definitions<'_>) -> Cow<'a, str> {
    let Some(first) = text.find('&') else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(after) = rest.strip_prefix('&') {
        let consumed = match reference(after) {
            Some(name) => push_value(&mut out, name, definitions).then_some(name.len() + 2),
            None => None,
        };
        let consumed = consumed.unwrap_or_else(|| {
            out.push('&');
            1
        });
        rest = &rest[consumed..];
        let next = rest.find('&').unwrap_or(rest.len());
        out.push_str(&rest[..next]);
        rest = &rest[next..];
    }
    Cow::Owned(out)
}

/// What HTML means by the references of `text`.
pub(crate) fn decode_html(text: &str) -> Cow<'_, str> {
    decode(text, &Definitions::new())
}

/// The definitions `<!ENTITY name "text">` of a DTD; of several for one name the first. Parameter and external entities, values that refer to others and
/// long values are left out: they stay unexpanded in the text, so nothing can grow.
pub(crate) fn definitions(doctype: &str) -> Definitions<'_> {
    let mut found = Definitions::new();
    for declaration in doctype.split("<!ENTITY").skip(1).take(256) {
        let declaration = declaration.trim_start();
        let Some((name, value)) = declaration.split_once(|c: char| c.is_ascii_whitespace()) else { continue };
        let value = value.trim_start();
        let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\'')) else { continue };
        let Some(value) = value[1..].split(quote).next() else { continue };
        let value = decode(value, &Definitions::new());
        if value.len() <= 64 && !value.contains(['&', '<', '%']) {
            found.entry(name).or_insert(value);
        }
    }
    found
}

/// The name between `&` and `;`, if there is one.
fn reference(after: &str) -> Option<&str> {
    let end = after.bytes().take(33).position(|b| !(b.is_ascii_alphanumeric() || b == b'#'))?;
    (end > 0 && after.as_bytes()[end] == b';').then(|| &after[..end])
}

fn push_value(out: &mut String, name: &str, definitions: &Definitions<'_>) -> bool {
    match name {
        "amp" => out.push('&'),
        "lt" => out.push('<'),
        "gt" => out.push('>'),
        "quot" => out.push('"'),
        "apos" => out.push('\''),
        "nbsp" => out.push('\u{a0}'),
        _ => match name.strip_prefix('#') {
            Some(number) => return push_number(out, number),
            None => return push_named(out, name, definitions),
        },
    }
    true
}

fn push_number(out: &mut String, number: &str) -> bool {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    let Ok(code) = code else { return false };
    match code {
        0 => {}
        // Numbers of windows-1252 that HTML reads as such.
        0x80..=0x9f => out.push_str(&encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[code as u8]).0),
        _ => out.extend(char::from_u32(code)),
    }
    true
}

fn push_named(out: &mut String, name: &str, definitions: &Definitions<'_>) -> bool {
    if let Some(value) = definitions.get(name) {
        out.push_str(value);
        return true;
    }
    let written = format!("&{name};");
    let value = html_escape::decode_html_entities(&written);
    let known = value != written;
    if known {
        out.push_str(&value);
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolves_what_is_a_reference_and_keeps_the_rest() {
        for (text, expected) in [
            ("a & b", "a & b"),
            ("a &amp;amp; b", "a &amp; b"),
            ("caf&eacute; &rsquo;&#8217;&#x2019;", "café ’’’"),
            ("&#150;&#x80;", "–€"),
            ("&#0;&#xD800;&#99999999;x", "x"),
            ("&unknown; &;&", "&unknown; &;&"),
            ("?a=1&b=2&copy=3", "?a=1&b=2&copy=3"),
        ] {
            assert_eq!(decode(text, &Definitions::new()), expected, "{text}");
        }
    }

    #[test]
    fn only_plain_definitions_of_a_dtd_are_used() {
        let dtd =
            r#"<!DOCTYPE x [<!ENTITY a "one"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd"><!ENTITY % d "x">]>"#;
        assert_eq!(decode("&a;&b;&c;", &definitions(dtd)), "one&b;&c;");
    }
}
