//! As much of CSS as the rules need: declarations, style sheets, colours, and what an element ends up with in the light and the
//! dark theme.

pub(super) mod cascade;
pub(super) mod colour;
pub(super) mod length;
pub(super) mod sheet;

/// One declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declaration {
    /// In lower case.
    pub(super) name: String,
    /// In lower case, white space folded, without `!important`.
    pub(super) value: String,
    pub(super) important: bool,
}

/// Reads the declarations of a `style` attribute or of a block.
pub(super) fn declarations(text: &str) -> Vec<Declaration> {
    split_outside(text, b';').filter_map(declaration).collect()
}

fn declaration(text: &str) -> Option<Declaration> {
    let (name, value) = text.split_once(':')?;
    let name = name.trim().to_ascii_lowercase();
    let value = value.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
    let (value, important) = match value.rsplit_once('!') {
        Some((value, mark)) if mark.trim() == "important" => (value.trim().to_owned(), true),
        _ => (value, false),
    };
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    (is_name && !value.is_empty()).then_some(Declaration { name, value, important })
}

/// Splits at a sign that stands outside brackets and quotes.
pub(super) fn split_outside(text: &str, sign: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let current = rest?;
        match find_outside(current, sign) {
            Some(at) => {
                rest = current.get(at + 1..);
                current.get(..at)
            }
            None => {
                rest = None;
                Some(current)
            }
        }
    })
}

/// Where a sign first stands outside brackets and quotes.
pub(super) fn find_outside(text: &str, sign: u8) -> Option<usize> {
    let mut depth = 0_i32;
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') if sign != byte => quote = Some(byte),
            (None, _) if byte == sign && depth == 0 => return Some(at),
            (None, b'(' | b'[') => depth += 1,
            (None, b')' | b']') => depth = (depth - 1).max(0),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read_as_browsers_read_them() {
        let check = |text: &str, expected: &[(&str, &str, bool)]| {
            let read = declarations(text);
            let found: Vec<_> = read.iter().map(|d| (d.name.as_str(), d.value.as_str(), d.important)).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("Color: #FFF ; background:url(a;b) red", &[("color", "#fff", false), ("background", "url(a;b) red", false)]);
        check("color:red!important;;", &[("color", "red", true)]);
        check("font-family:'a;b', sans-serif", &[("font-family", "'a;b', sans-serif", false)]);
        check("junk; :; a b:c; d:", &[]);
    }
}
