//! How far a text goes on as most of a text does.

/// How many bytes from the start are visible ASCII characters and single spaces between two of them: what the passes over a text
/// leave as it stands, and may go over in one step.
pub(in crate::pipeline) fn plain_run(text: &[u8]) -> usize {
    let mut at = 0;
    loop {
        at += text[at..].iter().take_while(|byte| byte.is_ascii_graphic()).count();
        let between = at > 0 && matches!(&text[at..], [b' ', next, ..] if next.is_ascii_graphic());
        if !between {
            return at;
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::plain_run;

    #[test]
    fn ends_where_something_is_to_be_looked_at() {
        for (text, length) in [
            ("", 0),
            ("abc", 3),
            ("a b, c.", 7),
            (" a", 0),
            ("a  b", 1),
            ("a ", 1),
            ("a\tb", 1),
            ("a é", 1),
            ("été", 0),
            ("a\u{0}", 1),
        ] {
            assert_eq!(plain_run(text.as_bytes()), length, "{text:?}");
        }
    }
}
