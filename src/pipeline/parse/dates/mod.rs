//! Dates as publishers write them.
//!
//! RFC 2822 and RFC 3339 and what people make of them: no zone, no seconds, spaces for `T`, slashes, the month first, am and pm,
//! Unix seconds, zones by name, months in several languages, W3CDTF's bare years and months, years of two digits.

mod lexer;
mod names;

use crate::domain::fetching::{DatePrecision, StatedDate};
use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use lexer::{Lexeme, Stated, Time};

/// A longer text is no date.
const MAX_LENGTH: usize = 128;

/// Which of two numbers up to 12 is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::pipeline) enum DayOrder {
    /// 10/11 is the tenth of November: everywhere but where English is written.
    #[default]
    DayFirst,
    /// 10/11 is the eleventh of October.
    MonthFirst,
}

/// The instant that a text states, with how exactly. `None` when the text is no date that exists.
pub(in crate::pipeline) fn parse(text: &str, order: DayOrder) -> Option<StatedDate> {
    parse_in_zone(text, order).map(|(date, _)| date)
}

/// The same, with its zone: minutes east of Greenwich, 0 where none is stated.
pub(in crate::pipeline) fn parse_in_zone(text: &str, order: DayOrder) -> Option<(StatedDate, i32)> {
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_LENGTH {
        return None;
    }
    digits_only(text).map(|date| (date, 0)).or_else(|| in_words(text, order))
}

/// Unix seconds or milliseconds, and dates without any separator.
fn digits_only(text: &str) -> Option<StatedDate> {
    let whole = text.split_once('.').map_or(text, |(whole, _)| whole);
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    let day = |y: i64, m: i64, d: i64| stated(calendar(y as i32, m as u32, d as u32)?, None, None);
    match whole.len() {
        4 => day(number, 1, 1),
        6 => day(number / 100, number % 100, 1),
        7 => stated(NaiveDate::from_yo_opt((number / 1000) as i32, (number % 1000) as u32)?, None, None),
        8 => day(number / 10_000, number / 100 % 100, number % 100),
        9 | 10 => zoned(DateTime::from_timestamp(number, 0)?.naive_utc()),
        12 | 13 => zoned(DateTime::from_timestamp_millis(number)?.naive_utc()),
        14 => {
            let date = calendar(
                (number / 10_000_000_000) as i32,
                (number / 100_000_000 % 100) as u32,
                (number / 1_000_000 % 100) as u32,
            )?;
            let time =
                Time { hour: (number / 10_000 % 100) as u32, minute: (number / 100 % 100) as u32, second: (number % 100) as u32 };
            stated(date, Some(time), None)
        }
        _ => None,
    }
}

fn zoned(at: NaiveDateTime) -> Option<StatedDate> {
    Some(StatedDate { at: at.and_utc(), precision: DatePrecision::Zoned })
}

fn in_words(text: &str, order: DayOrder) -> Option<(StatedDate, i32)> {
    let Stated { numbers, month, time, half_day, zone } = lexer::read(text);
    let time = match (time, half_day) {
        (Some(time), Some(half)) => Some(half.apply(time)?),
        (time, _) => time,
    };
    // Half a day to itself says that English is written.
    let order = if half_day.is_some_and(|half| half.is_english()) { DayOrder::MonthFirst } else { order };
    let date = match month {
        Some(month) => with_month(&numbers, month)?,
        None => all_numbers(&numbers, order)?,
    };
    Some((stated(date, time, zone)?, zone.unwrap_or(0)))
}

fn with_month(numbers: &[Lexeme], month: u32) -> Option<NaiveDate> {
    match numbers {
        [year] if year.digits == 4 => calendar(year.value as i32, month, 1),
        [first, second, ..] if first.digits > 2 || first.value > 31 => calendar(full_year(first), month, second.value),
        [first, second, ..] => calendar(full_year(second), month, first.value),
        _ => None,
    }
}

fn all_numbers(numbers: &[Lexeme], order: DayOrder) -> Option<NaiveDate> {
    match numbers {
        [packed] if packed.digits == 8 => calendar((packed.value / 10_000) as i32, packed.value / 100 % 100, packed.value % 100),
        [year, day] if year.digits == 4 && day.digits == 3 => NaiveDate::from_yo_opt(year.value as i32, day.value),
        [year] if year.digits == 4 => calendar(year.value as i32, 1, 1),
        [year, month] if year.digits == 4 => calendar(year.value as i32, month.value, 1),
        [year, month, day, ..] if year.digits == 4 || year.value > 31 => calendar(full_year(year), month.value, day.value),
        [a, b, year, ..] if year.digits == 4 || a.separator != '-' => {
            let month_first = b.value > 12 || (a.value <= 12 && order == DayOrder::MonthFirst && a.separator != '.');
            let (month, day) = if month_first { (a.value, b.value) } else { (b.value, a.value) };
            calendar(full_year(year), month, day)
        }
        [year, month, day, ..] => calendar(full_year(year), month.value, day.value),
        _ => None,
    }
}

/// RFC 2822 section 4.3 on years of two and three digits.
fn full_year(year: &Lexeme) -> i32 {
    let value = year.value as i32;
    match year.digits {
        0..=2 if value < 50 => value + 2000,
        0..=3 => value + 1900,
        _ => value,
    }
}

fn calendar(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    (1..=9999).contains(&year).then(|| NaiveDate::from_ymd_opt(year, month, day)).flatten()
}

fn stated(date: NaiveDate, time: Option<Time>, zone: Option<i32>) -> Option<StatedDate> {
    let Some(time) = time else {
        return Some(StatedDate { at: date.and_time(NaiveTime::MIN).and_utc(), precision: DatePrecision::Day });
    };
    // Midnight may be the end of the day; a leap second is the one before.
    let midnight = time.hour == 24 && time.minute == 0 && time.second == 0;
    let date = if midnight { date.checked_add_days(Days::new(1))? } else { date };
    let clock = NaiveTime::from_hms_opt(if midnight { 0 } else { time.hour }, time.minute, time.second.min(59))?;
    let at = date.and_time(clock).checked_sub_signed(TimeDelta::minutes(i64::from(zone.unwrap_or(0))))?.and_utc();
    Some(StatedDate { at, precision: if zone.is_some() { DatePrecision::Zoned } else { DatePrecision::NoZone } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let read = parse(text, DayOrder::DayFirst).map(|date| date.at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        assert_eq!(read.as_deref().unwrap_or("none"), expected, "{text}");
    }

    #[test]
    fn reads_what_publishers_write() {
        for (text, expected) in [
            ("Tue, 10 Nov 2026 07:00:00 +0100", "2026-11-10T06:00:00Z"),
            ("Tue, 10 Nov 2026 07:00:00 CEST", "2026-11-10T05:00:00Z"),
            ("10 Nov 26 07:00 GMT", "2026-11-10T07:00:00Z"),
            ("Tue, 10 Nov 2026 24:00:00 GMT", "2026-11-11T00:00:00Z"),
            ("Tue, 10 Nov 2026 07:00:00 GMT+2", "2026-11-10T05:00:00Z"),
            ("Tue, 10 Nov 2026 07:00:00 +01:00", "2026-11-10T06:00:00Z"),
            ("Tuesday, November 10, 2026 7:05 PM EST", "2026-11-11T00:05:00Z"),
            ("Thu Jan  1 19:48:21 2004", "2004-01-01T19:48:21Z"),
            ("2026-11-10T07:00:00.123+01:00", "2026-11-10T06:00:00Z"),
            ("2026-11-10T07:00:00+0100", "2026-11-10T06:00:00Z"),
            ("2026-11-10T07:00Z", "2026-11-10T07:00:00Z"),
            ("2026-11-10 07:00:00", "2026-11-10T07:00:00Z"),
            ("2026-11-10 07:00:00 -0500", "2026-11-10T12:00:00Z"),
            ("2026/11/10 07:00", "2026-11-10T07:00:00Z"),
            ("20261110T070000Z", "2026-11-10T07:00:00Z"),
            ("2026-11-10", "2026-11-10T00:00:00Z"),
            ("2026-11", "2026-11-01T00:00:00Z"),
            ("2026", "2026-01-01T00:00:00Z"),
            ("2026-314", "2026-11-10T00:00:00Z"),
            ("1794294000", "2026-11-10T07:00:00Z"),
            ("1794294000123", "2026-11-10T07:00:00Z"),
            ("10/11/2026", "2026-11-10T00:00:00Z"),
            ("11/25/2026 3:04:05 PM", "2026-11-25T15:04:05Z"),
            ("10.11.2026 07:00", "2026-11-10T07:00:00Z"),
            ("mar., 10 nov. 2026 07:00:00 +0100", "2026-11-10T06:00:00Z"),
            ("10 novembre 2026", "2026-11-10T00:00:00Z"),
            ("1er décembre 2026 à 8h30", "2026-12-01T08:30:00Z"),
            ("mercredi 12 août 2026 08:30", "2026-08-12T08:30:00Z"),
            ("So, 03 Mai 2026 10:00:00 MESZ", "2026-05-03T08:00:00Z"),
            ("Tue, 31 Feb 2026 07:00:00 GMT", "none"),
            ("yesterday", "none"),
            ("", "none"),
        ] {
            check(text, expected);
        }
    }

    #[test]
    fn tells_how_exactly() {
        for (text, precision) in [
            ("2026-11-10", DatePrecision::Day),
            ("2026-11-10 07:00", DatePrecision::NoZone),
            ("2026-11-10 07:00Z", DatePrecision::Zoned),
            ("10 novembre 2026", DatePrecision::Day),
        ] {
            assert_eq!(parse(text, DayOrder::DayFirst).unwrap().precision, precision, "{text}");
        }
    }

    #[test]
    fn english_feeds_put_the_month_first() {
        let read = |text| parse(text, DayOrder::MonthFirst).unwrap().at.format("%F").to_string();
        assert_eq!([read("10/11/2026"), read("13/11/2026"), read("10.11.2026")], ["2026-10-11", "2026-11-13", "2026-11-10"]);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = parse(&text, DayOrder::DayFirst);
        }

        #[test]
        fn never_panics_on_what_looks_like_dates(text in "[0-9TZ:+ ./,-]{0,40}") {
            let _ = parse(&text, DayOrder::MonthFirst);
        }

        #[test]
        fn reads_back_its_own_formats(seconds in 0i64..4_000_000_000) {
            let at = DateTime::from_timestamp(seconds, 0).unwrap();
            for text in [at.to_rfc2822(), at.to_rfc3339(), at.format("%a %b %e %T %Y").to_string(), at.format("%d %B %Y %T GMT").to_string()] {
                prop_assert_eq!(parse(&text, DayOrder::DayFirst).map(|date| date.at), Some(at), "{}", text);
            }
        }
    }
}
