//! Text that was encoded in UTF-8, read as windows-1252 and encoded again: "CafÃ©" for "Café".

use encoding_rs::WINDOWS_1252;

/// The share of the runs of non-ASCII characters that must be such for the document to be.
const SHARE: f64 = 0.8;

/// The text before it was encoded a second time. `None` when too few of its non-ASCII characters look like that: a text about
/// mojibake, or one title that came broken from elsewhere, stays as it is.
pub(super) fn undone(text: &str) -> Option<String> {
    // Every letter of Europe and every typographic sign starts with one of these when encoded twice.
    if text.is_ascii() || !text.contains(['Ã', 'Â', 'â', 'Å', 'Ä']) {
        return None;
    }
    let (mut runs, mut broken) = (0usize, 0usize);
    let mut out = String::with_capacity(text.len());
    for (run, is_ascii) in runs_of(text) {
        if is_ascii {
            out.push_str(run);
            continue;
        }
        runs += 1;
        match before(run) {
            Some(original) => {
                broken += 1;
                out.push_str(&original);
            }
            None => out.push_str(run),
        }
    }
    (broken as f64 >= SHARE * runs as f64 && broken > 0).then_some(out)
}

/// The characters whose UTF-8 bytes, read as windows-1252, give `run`.
fn before(run: &str) -> Option<String> {
    let bytes: Option<Vec<u8>> = run.chars().map(byte).collect();
    String::from_utf8(bytes?).ok()
}

fn byte(c: char) -> Option<u8> {
    // The five bytes that windows-1252 leaves undefined come out as controls.
    if let Some(byte) = u8::try_from(u32::from(c)).ok().filter(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d | 0xa0..)) {
        return Some(byte);
    }
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
    (!unmappable && bytes.len() == 1).then(|| bytes[0])
}

/// The text cut where ASCII begins and ends.
fn runs_of(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let ascii = rest.bytes().next()?.is_ascii();
        let end = rest.bytes().position(|b| b.is_ascii() != ascii).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        Some((run, ascii))
    })
}

#[cfg(test)]
mod tests {
    use super::undone;

    #[test]
    fn undoes_a_second_encoding_and_nothing_else() {
        for (text, expected) in [
            ("CafÃ© Ã\u{a0} lâ€™Ã©tÃ©", Some("Café à l’été")),
            ("Café à l’été", None),
            ("“Café” est devenu CafÃ©, “voilà”, à l’été", None),
            ("plain", None),
            ("Âge et Ãge", None),
        ] {
            assert_eq!(undone(text).as_deref(), expected, "{text}");
        }
    }
}
