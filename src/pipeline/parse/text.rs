//! Text fields as people may read them: nothing invisible, nothing that acts.

use crate::pipeline::{references, sanitize, text::plain_run};

/// Characters that no text field keeps: C0 and C1 controls, marks, overrides and isolates of direction, zero-width marks, tags.
fn is_invisible(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
        || matches!(c, '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{180e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{fffe}' | '\u{ffff}' | '\u{fdd0}'..='\u{fdef}' | '\u{e0000}'..='\u{e007f}')
}

/// A joiner or non-joiner (U+200C, U+200D) that shapes nothing: those scripts that need them lie beyond U+0590.
fn is_idle_joiner(c: char, before: impl Fn() -> Option<char>) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}') && before().is_none_or(|before| before < '\u{590}')
}

/// One line of plain text: invisible characters gone, white space folded; no-break spaces stay.
pub(super) fn line(text: &str) -> String {
    fold(text, ' ')
}

/// Plain text that keeps its lines: invisible characters gone, other white space folded, no blank line twice.
pub(super) fn paragraphs(text: &str) -> String {
    fold(text, '\n')
}

/// Runs of white space become one space, or `line_break` where the run broke a line.
fn fold(text: &str, line_break: char) -> String {
    let mut out = String::with_capacity(text.len());
    let mut pending: Option<char> = None;
    let mut start = 0;
    let mut next = plain_run(text.as_bytes());
    while let Some(c) = text[next..].chars().next() {
        let at = next;
        next += c.len_utf8();
        next += plain_run(&text.as_bytes()[next..]);
        let before = || text[start..at].chars().next_back().or_else(|| out.chars().next_back());
        let space = match c {
            '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => Some(line_break),
            ' ' | '\t' | '\u{c}' | '\u{b}' => pending.filter(|_| start == at).or(Some(' ')),
            c if is_invisible(c) || is_idle_joiner(c, before) => None,
            _ => continue,
        };
        let had_text = start < at;
        push_run(&mut out, &text[start..at], &mut pending);
        start = at + c.len_utf8();
        pending = if had_text { space } else { space.or(pending) };
    }
    push_run(&mut out, &text[start..], &mut pending);
    out
}

/// Appends a run of visible characters after the white space that stands before it.
fn push_run(out: &mut String, run: &str, pending: &mut Option<char>) {
    if run.is_empty() {
        return;
    }
    if let Some(space) = pending.take()
        && !out.is_empty()
    {
        out.push(space);
    }
    out.push_str(run);
}

/// One line from text that may be HTML, escaped once or twice.
pub(super) fn line_of_html(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return line(html);
    }
    let text = sanitize::to_text(html);
    if text.contains('&') { line(&references::decode_html(&text)) } else { line(&text) }
}

/// A link or an id: no white space at its ends nor a line break inside, no control character.
pub(super) fn address(text: &str) -> Option<String> {
    let is_kept = |c: &char| !is_invisible(*c) && !matches!(c, '\n' | '\t' | '\u{200c}' | '\u{200d}');
    let address: String = text.trim().chars().filter(is_kept).collect();
    (!address.is_empty()).then_some(address)
}

/// A language tag in lower case, if the text has the shape of one (BCP 47).
pub(super) fn language(text: &str) -> Option<String> {
    let tag = text.trim().to_ascii_lowercase().replace('_', "-");
    let mut parts = tag.split('-');
    let primary = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
    (primary && rest).then_some(tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_fields_hold_only_what_can_be_read() {
        for (html, expected) in [
            ("  a\n b\t c ", "a b c"),
            ("evil\u{202e}gpj.exe\u{0}\u{1b}[31m\u{85}x", "evilgpj.exe[31m x"),
            ("<b>Bold</b> &amp;amp; caf&amp;eacute;", "Bold & café"),
            ("a < b & c > d, Vec<T>", "a < b & c > d, Vec<T>"),
            ("l\u{a0}: x", "l\u{a0}: x"),
        ] {
            assert_eq!(line_of_html(html), expected);
        }
    }

    #[test]
    fn language_tags_have_a_shape() {
        for (text, expected) in
            [("FR", Some("fr")), ("en_US", Some("en-us")), ("French", None), ("", None), ("zh-Hant-TW", Some("zh-hant-tw"))]
        {
            assert_eq!(language(text).as_deref(), expected, "{text}");
        }
    }
}
