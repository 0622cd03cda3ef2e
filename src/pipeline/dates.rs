//! Dates, numbers and counts in words, in French and English, as they are read aloud.

use crate::domain::localised::Locale;
use chrono::{Datelike, NaiveDate};

const MONTHS_FR: [&str; 12] =
    ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
const MONTHS_EN: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS_FR: [&str; 7] = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"];
const DAYS_EN: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// With the day of the week: "lundi 23 novembre 2026", "Monday 23 November 2026".
pub fn full(date: NaiveDate, locale: Locale) -> String {
    let day = date.weekday().num_days_from_monday() as usize;
    format!("{} {}", locale.pick(DAYS_FR, DAYS_EN)[day], long(date, locale))
}

/// Without it: "1er janvier 2027", "1 January 2027".
pub fn long(date: NaiveDate, locale: Locale) -> String {
    let month = locale.pick(MONTHS_FR, MONTHS_EN)[date.month0() as usize];
    let first = locale.pick("1er", "1");
    match date.day() {
        1 => format!("{first} {month} {}", date.year()),
        day => format!("{day} {month} {}", date.year()),
    }
}

/// A number with at most `places` decimals, without trailing zeros: "6,2", "6.2", "7".
pub fn decimal(number: f64, places: usize, locale: Locale) -> String {
    let text = format!("{number:.places$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let text = if text == "-0" { "0" } else { text };
    text.replace('.', locale.pick(",", "."))
}

/// A whole number with its thousands apart: "12 345" (no-break space), "12,345".
pub fn whole(number: usize, locale: Locale) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.char_indices() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push_str(locale.pick("\u{a0}", ","));
        }
        text.push(digit);
    }
    text
}

/// Whether `number` takes the singular: 0 and 1 in French, 1 alone in English.
pub fn is_singular(number: usize, locale: Locale) -> bool {
    number == 1 || (number == 0 && locale == Locale::Fr)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Locale::{En, Fr};

    #[test]
    fn says_dates_as_people_do() {
        for (date, fr, en) in [
            ("2026-11-23", "lundi 23 novembre 2026", "Monday 23 November 2026"),
            ("2027-01-01", "vendredi 1er janvier 2027", "Friday 1 January 2027"),
            ("2028-02-29", "mardi 29 février 2028", "Tuesday 29 February 2028"),
            ("2026-08-02", "dimanche 2 août 2026", "Sunday 2 August 2026"),
        ] {
            let date = date.parse().unwrap();
            assert_eq!((full(date, Fr), full(date, En)), (fr.to_owned(), en.to_owned()));
        }
        assert_eq!(long("2027-01-01".parse().unwrap(), Fr), "1er janvier 2027");
    }

    #[test]
    fn says_numbers_as_people_do() {
        for (number, places, fr, en) in [
            (6.2, 1, "6,2", "6.2"),
            (7.0, 1, "7", "7"),
            (100.0, 0, "100", "100"),
            (-0.04, 1, "0", "0"),
            (-1.55, 1, "-1,6", "-1.6"),
        ] {
            assert_eq!((decimal(number, places, Fr), decimal(number, places, En)), (fr.to_owned(), en.to_owned()), "{number}");
        }
        for (number, fr, en) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (12_345, "12\u{a0}345", "12,345"),
            (1_000_000, "1\u{a0}000\u{a0}000", "1,000,000"),
        ] {
            assert_eq!((whole(number, Fr), whole(number, En)), (fr.to_owned(), en.to_owned()));
        }
        assert_eq!([0, 1, 2].map(|n| is_singular(n, Fr)), [true, true, false]);
        assert_eq!([0, 1, 2].map(|n| is_singular(n, En)), [false, true, false]);
    }
}
