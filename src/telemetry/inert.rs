//! Texts from outside as a terminal, a log or a reader of JSON may get them: they are seen, and do nothing.

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{self, Write},
};

/// A line for people: what would move the cursor, paint, turn lines around or hide is shown as an escape. So is a line feed: in a
/// record of a log, a row of a table or an error it would begin a forged one.
pub fn one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if acts(c) { c.escape_unicode().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(shown).collect())
}

/// Controls (C0, C1, DEL), line and paragraph separators, marks, overrides and isolates of direction, and what cannot be seen at
/// all. The joiners that some scripts need stay.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e007f}')
}

/// JSON on its way out: the same characters as `\uXXXX`, which means the same to whoever reads it. Outside of its strings JSON has
/// none of them but line feeds.
pub struct InertJson<W>(pub W);

impl<W: Write> Write for InertJson<W> {
    /// Takes whole characters: the serializer never cuts one.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) if text.contains(|c| acts(c) && c != '\n') => self.0.write_all(json_escaped(text).as_bytes())?,
            _ => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

fn json_escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if acts(c) && c != '\n' {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                let _infallible = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character that the fault table names.
    const EVIL: &str = "a\r\nb\u{1b}[31m\u{9b}2J\u{7f}\u{85}\u{61c}\u{200e}\u{200f}\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}\u{2028}\u{2029}\u{e0041}\u{feff}\0z";

    #[test]
    fn g04_nothing_that_acts_passes_and_everything_is_seen() {
        let line = one_line(EVIL);
        assert!(!line.contains(acts), "{line:?}");
        assert!(line.starts_with("a\\u{d}\\u{a}b\\u{1b}[31m") && line.ends_with("\\u{0}z"), "{line}");
        assert_eq!(one_line("a\nb"), "a\\u{a}b");
        for harmless in ["Règlement (UE) 2024/1689 — « l’IA »", "می\u{200c}خواهم", "日本語 עברית"] {
            assert!(matches!(one_line(harmless), Cow::Borrowed(_)), "{harmless}");
        }
    }

    #[test]
    fn g04_json_that_was_made_inert_means_the_same() {
        let mut out = Vec::new();
        serde_json::to_writer_pretty(InertJson(&mut out), &serde_json::json!({ EVIL: [EVIL] })).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(|c| acts(c) && c != '\n'), "{text:?}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read[EVIL][0], EVIL);
    }
}
