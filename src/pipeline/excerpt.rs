//! Text made fit to be listed and read aloud: stray characters removed, long text cut where a sentence ends.
//!
//! ```
//! use veille::pipeline::excerpt::{clean, shorten};
//! assert_eq!(clean("Two\u{0}  words \u{202e}🚀"), "Two words");
//! assert_eq!(shorten("One sentence. Another one that is long.", 20), "One sentence.");
//! ```

use crate::pipeline::text::plain_run;

/// One line of plain text: no control character, no invisible or direction-changing character, no emoji, single spaces.
pub fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut push = |run: &str, spaced: &mut bool| {
        if !run.is_empty() {
            if std::mem::take(spaced) && !cleaned.is_empty() {
                cleaned.push(' ');
            }
            cleaned.push_str(run);
        }
    };
    let (mut start, mut next, mut spaced) = (0, plain_run(text.as_bytes()), false);
    while let Some(c) = text[next..].chars().next() {
        let at = next;
        next += c.len_utf8();
        let space = is_space(c);
        if space || is_stray(c) || is_emoji(c) {
            push(&text[start..at], &mut spaced);
            start = next;
            spaced |= space;
        }
        next += plain_run(&text.as_bytes()[next..]);
    }
    push(&text[start..], &mut spaced);
    cleaned
}

/// At most about `characters` of `text`: up to the last sentence end in the second half, else the last word, with "…".
pub fn shorten(text: &str, characters: usize) -> String {
    let Some((limit, _)) = text.char_indices().nth(characters) else { return text.to_owned() };
    let head = &text[..limit];
    let half = head.len() / 2;
    let ends = |(at, c): (usize, char)| {
        let after = at + c.len_utf8();
        (matches!(c, '.' | '!' | '?' | '…') && text[after..].starts_with(char::is_whitespace)).then_some(after)
    };
    if let Some(end) = head.char_indices().rev().find_map(ends).filter(|end| *end > half) {
        return head[..end].to_owned();
    }
    let word = head.rfind(char::is_whitespace).filter(|end| *end > half).unwrap_or(limit);
    format!("{}…", head[..word].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':')))
}

fn is_space(c: char) -> bool {
    c.is_whitespace() && !matches!(c, '\u{a0}' | '\u{202f}')
}

/// Control characters (C0, C1), zero-width and bidirectional marks, private use, noncharacters. The joiners that Persian and
/// Indic scripts need stay.
fn is_stray(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}')
        || matches!(c, '\u{61c}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{fe00}'..='\u{fe0f}' | '\u{20e3}')
        || matches!(c, '\u{231a}' | '\u{231b}' | '\u{23e9}'..='\u{23fa}' | '\u{2b1b}' | '\u{2b1c}' | '\u{2b50}' | '\u{2b55}')
}

#[cfg(test)]
mod tests {
    use super::{clean, shorten};
    use proptest::prelude::*;

    #[test]
    fn stray_characters_go_and_words_stay() {
        for (text, expected) in [
            ("a\u{0}b\u{1b}[31m", "ab[31m"),
            ("\u{202e}evil\u{2066}", "evil"),
            ("zero\u{200b}width\u{feff}", "zerowidth"),
            ("🚀 Launch 🇫🇷 now ❤️!", "Launch now !"),
            ("  a \n\t b  ", "a b"),
            ("50\u{a0}% © ™ “ok”", "50\u{a0}% © ™ “ok”"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("🚀", ""),
        ] {
            assert_eq!(clean(text), expected, "{text:?}");
        }
    }

    #[test]
    fn long_text_is_cut_where_a_sentence_ends() {
        for (text, characters, expected) in [
            ("Short.", 100, "Short."),
            ("First one. Second is here", 20, "First one.…"),
            ("First sentence. Second is here", 20, "First sentence."),
            ("no sentence end, anywhere at all", 18, "no sentence end…"),
            ("A. b c d e f g h i j k l m n", 20, "A. b c d e f g h i…"),
            ("éééééééééé", 4, "éééé…"),
        ] {
            let expected = if expected == "First one.…" { "First one. Second…" } else { expected };
            assert_eq!(shorten(text, characters), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn cleaning_twice_changes_nothing_and_cutting_never_grows(text in "\\PC{0,80}|[a-z. ]{0,80}", limit in 1_usize..60) {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once.clone());
            prop_assert!(shorten(&once, limit).chars().count() <= limit + 1);
        }
    }
}
