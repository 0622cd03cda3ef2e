//! Text that was encoded in UTF-8, read as windows-1252 and encoded again: "CafÃ©" for "Café".

use encoding_rs::WINDOWS_1252;

/// The share of the runs of non-ASCII characters that must be such for the document to be.
const SHARE: f64 = 0.8;

/// After so many sound ones without a broken one the question is settled.
const ENOUGH: usize = 32;

/// The text before it was encoded a second time. `None` when too few of its non-ASCII characters look like that: a text about
/// mojibake, or one title that came broken from elsewhere, stays as it is.
pub(super) fn undone(text: &str) -> Option<String> {
    if !may_be_broken(text.as_bytes()) {
        return None;
    }
    // References name characters that nothing encoded twice.
    let (mut sound, mut broken) = (text.matches("&#8").count(), 0usize);
    for (run, _) in runs_of(text).filter(|(_, is_ascii)| !is_ascii) {
        if before(run).is_some() {
            broken += 1;
        } else {
            sound += 1;
        }
        if sound > ENOUGH && broken == 0 {
            return None;
        }
    }
    let twice = broken > 0 && broken as f64 >= SHARE * (sound + broken) as f64;
    twice.then(|| runs_of(text).map(|(run, _)| before(run).unwrap_or_else(|| run.to_owned())).collect())
}

/// Every letter of Europe and every typographic sign starts with one of Â, Ã, Ä, Å, â when encoded twice.
fn may_be_broken(text: &[u8]) -> bool {
    memchr::memchr_iter(0xc3, text).any(|at| matches!(text.get(at + 1), Some(0x82..=0x85 | 0xa2)))
}

/// The characters whose UTF-8 bytes, read as windows-1252, give `run`.
fn before(run: &str) -> Option<String> {
    // A single character is never two bytes.
    run.chars().nth(1)?;
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
