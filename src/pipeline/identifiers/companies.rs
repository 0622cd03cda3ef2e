//! Who is behind a site, by a number that can be checked: SIREN and SIRET (INSEE), and the VAT numbers of countries whose check
//! digits are public (France, Belgium, Germany, Italy).

use super::pattern;
use regex::Regex;
use std::sync::LazyLock;

/// Text beyond that is not searched: numbers of companies stand in footers, so the end is read, not the beginning.
const BYTES_READ: usize = 64 * 1024;
/// A number counts beside a word that says what it is, within so many characters.
const BESIDE: usize = 80;

static WORD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?-u:\b)(?:SIREN|SIRET|R\.?C\.?S\.?|TVA|VAT|USt-?Id(?:Nr)?|Umsatzsteuer|BTW|P(?:artita)?\.? ?IVA|KBO|BCE|registre du commerce)(?-u:\b)",
    )
});

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?-u:\b)(?P<country>FR[ \u{a0}]?[0-9]{2}[ \u{a0}]?|BE[ \u{a0}]?|DE[ \u{a0}]?|IT[ \u{a0}]?)?(?P<digits>[0-9](?:[ \u{a0}.]?[0-9]){8,13})(?-u:\b)",
    )
});

/// The first company number in `text` whose check digits are right, with its kind: "SIREN 732829320", "TVA BE0428759497".
pub fn company_number(text: &str) -> Option<String> {
    let mut start = text.len().saturating_sub(BYTES_READ);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let text = &text[start..];
    let named: Vec<(usize, usize)> = WORD.find_iter(text).map(|word| (word.start(), word.end())).collect();
    if named.is_empty() {
        return None;
    }
    let beside = |from: usize, to: usize| named.iter().any(|(a, b)| from < b + BESIDE && *a < to + BESIDE);
    NUMBER.captures_iter(text).find_map(|found| {
        let whole = found.get(0).filter(|whole| beside(whole.start(), whole.end()))?;
        checked(found.name("country").map_or("", |country| country.as_str()), whole.as_str())
    })
}

fn checked(country: &str, whole: &str) -> Option<String> {
    let digits: Vec<u32> = whole.chars().filter_map(|c| c.to_digit(10)).collect();
    let text: String = digits.iter().filter_map(|digit| char::from_digit(*digit, 10)).collect();
    match (country.get(..2), digits.len()) {
        (Some("FR"), 11) => french_vat(&digits).then(|| format!("TVA FR{text}")),
        (Some("BE"), 10) => belgian(&digits).then(|| format!("TVA BE{text}")),
        (Some("DE"), 9) => mod_11_10(&digits).then(|| format!("TVA DE{text}")),
        (Some("IT"), 11) => luhn(&digits).then(|| format!("TVA IT{text}")),
        (None, 9) => luhn(&digits).then(|| format!("SIREN {text}")),
        (None, 14) => (luhn(&digits) && luhn(&digits[..9])).then(|| format!("SIRET {text}")),
        _ => None,
    }
}

/// Luhn's sum (ISO/IEC 7812-1, annex B). All zeros would pass, and are nobody's number.
fn luhn(digits: &[u32]) -> bool {
    let doubled = |(place, digit): (usize, &u32)| match place % 2 {
        0 => *digit,
        _ if *digit > 4 => digit * 2 - 9,
        _ => digit * 2,
    };
    digits.iter().any(|digit| *digit != 0) && digits.iter().rev().enumerate().map(doubled).sum::<u32>().is_multiple_of(10)
}

fn number(digits: &[u32]) -> u64 {
    digits.iter().fold(0, |number, digit| number * 10 + u64::from(*digit))
}

/// Two check digits before the SIREN: (12 + 3 · SIREN mod 97) mod 97.
fn french_vat(digits: &[u32]) -> bool {
    let (key, siren) = digits.split_at(2);
    luhn(siren) && (12 + 3 * (number(siren) % 97)) % 97 == number(key)
}

/// The last two digits are 97 less the rest modulo 97.
fn belgian(digits: &[u32]) -> bool {
    let (rest, key) = digits.split_at(8);
    digits[0] <= 1 && number(rest) > 0 && 97 - number(rest) % 97 == number(key)
}

/// ISO/IEC 7064, MOD 11,10.
fn mod_11_10(digits: &[u32]) -> bool {
    let Some((check, rest)) = digits.split_last() else { return false };
    let product = rest.iter().fold(10, |product, digit| {
        let sum = (digit + product) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    rest.iter().any(|digit| *digit != 0) && (11 - product) % 10 == *check
}

#[cfg(test)]
mod tests {
    use super::company_number;

    #[test]
    fn checks_numbers_beside_the_word_that_names_them() {
        for (text, found) in [
            ("SIREN : 732 829 320", Some("SIREN 732829320")),
            ("RCS Paris 732 829 320", Some("SIREN 732829320")),
            ("Société au capital de 1 000 €, 732829320 R.C.S. Paris", Some("SIREN 732829320")),
            ("SIRET 732 829 320 00074", Some("SIRET 73282932000074")),
            ("TVA intracommunautaire : FR 83 404 833 048", Some("TVA FR83404833048")),
            ("VAT BE 0428.759.497", Some("TVA BE0428759497")),
            ("USt-IdNr.: DE136695976", Some("TVA DE136695976")),
            ("P.IVA IT07643520567", Some("TVA IT07643520567")),
            ("SIREN : 732 829 321", None),
            ("SIREN : 000 000 000", None),
            ("TVA FR 84 404 833 048", None),
            ("USt-IdNr.: DE136695975", None),
            ("VAT BE 0428.759.498", None),
            ("Tél. 732 829 320", None),
            ("RCS Paris", None),
            ("", None),
        ] {
            assert_eq!(company_number(text).as_deref(), found, "{text}");
        }
        let far = format!("SIREN {} 732 829 320", "mot ".repeat(60));
        assert_eq!(company_number(&far), None);
    }
}
