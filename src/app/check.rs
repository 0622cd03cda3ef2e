//! The accessibility gate on a finished file.

use crate::{
    domain::localised::Locale,
    pipeline::gate::{self, Listing, Violation},
};

/// Holds a file against the gate: a message when its name ends in `.eml` or it does not start like HTML, else HTML. Told to a
/// reader of `locale`; empty when it passes.
pub fn check_file(name: &str, bytes: &[u8], locale: Locale) -> Vec<Violation> {
    if is_message(name, bytes) {
        gate::check_message_for(bytes, locale)
    } else {
        gate::check_html_for(&String::from_utf8_lossy(bytes), locale)
    }
}

/// Every rule of the gate, worded for `locale`.
pub fn rules(locale: Locale) -> Vec<Listing> {
    gate::rules(locale)
}

fn is_message(name: &str, bytes: &[u8]) -> bool {
    let name = name.to_ascii_lowercase();
    let by_name = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    by_name(&[".eml"]) || (!by_name(&[".html", ".htm"]) && !start.starts_with(b"<"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_from_html() {
        let check = |name: &str, bytes: &[u8], expected: bool| assert_eq!(is_message(name, bytes), expected, "{name}");
        check("a.eml", b"<html>", true);
        check("A.EML", b"", true);
        check("a.html", b"From: x", false);
        check("a", b" \n<!doctype html>", false);
        check("a", b"\xef\xbb\xbf<p>", false);
        check("a", b"From: x", true);
    }
}
