//! Letters without case, accents and ligatures.

use std::sync::LazyLock;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// First letter after those of European languages in Latin script.
const BEYOND_LATIN: u32 = 0x250;

/// The letters before that, folded, by number: nearly every accent of a text is one of them.
static LATIN: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folded = |c: char| {
        let mut letters = String::new();
        decompose(c, &mut letters);
        letters
    };
    (0..BEYOND_LATIN).filter_map(char::from_u32).map(folded).collect()
});

/// Appends `c` folded: lower case, no accent, `œ` as `oe`, `ß` as `ss`, full-width and compatibility forms as plain ones.
pub(super) fn fold_char(c: char, into: &mut String) {
    if c.is_ascii() {
        into.push(c.to_ascii_lowercase());
    } else if let Some(folded) = LATIN.get(c as usize) {
        into.push_str(folded);
    } else {
        decompose(c, into);
    }
}

fn decompose(c: char, into: &mut String) {
    for part in std::iter::once(c).nfkd().filter(|part| !is_combining_mark(*part)).flat_map(char::to_lowercase) {
        match part {
            'œ' => into.push_str("oe"),
            'æ' => into.push_str("ae"),
            'ß' => into.push_str("ss"),
            'ø' => into.push('o'),
            'ł' => into.push('l'),
            'đ' | 'ð' => into.push('d'),
            'þ' => into.push_str("th"),
            'ı' => into.push('i'),
            part if is_combining_mark(part) => {}
            part => into.push(part),
        }
    }
}

/// A text without case, accents and ligatures; everything that is neither letter nor digit is kept.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|c| fold_char(c, &mut folded));
    folded
}

#[cfg(test)]
mod tests {
    use super::fold;
    use proptest::prelude::*;

    #[test]
    fn takes_case_accents_and_ligatures_away() {
        for (text, expect) in [
            ("Règlement", "reglement"),
            ("RE\u{300}GLEMENT", "reglement"),
            ("Œuvre ŒUVRE cœur", "oeuvre oeuvre coeur"),
            ("ﬁnance Straße", "finance strasse"),
            ("ＡＩ №", "ai no"),
            ("İstanbul", "istanbul"),
            ("l’IA", "l’ia"),
        ] {
            assert_eq!(fold(text), expect, "{text}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in r"\PC{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
