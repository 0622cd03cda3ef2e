//! One text as a date of a page.

use crate::{
    domain::{fetching::DatePrecision, page::PageDate},
    pipeline::parse::dates::{DayOrder, parse_in_zone},
};
use chrono::{DateTime, Datelike, Days, FixedOffset, Utc};

/// Nothing was on the Web before.
const FIRST_YEAR: i32 = 1993;
/// What an excerpt keeps.
const EXCERPT: usize = 80;

/// How dates are read: which number is the month, and what day it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader {
    pub(super) order: DayOrder,
    pub(super) now: DateTime<Utc>,
}

impl Reader {
    /// A date in a machine-readable place. A day that is not fully stated is no date, nor is a year before the Web.
    pub(super) fn stated(&self, text: &str, place: &'static str) -> Option<PageDate> {
        let text = text.trim();
        let whole = text.bytes().filter(u8::is_ascii_digit).count() >= 5 && !is_month(text);
        let (date, zone) = whole.then(|| parse_in_zone(text, self.order)).flatten()?;
        let at = date.at.with_timezone(&FixedOffset::east_opt(zone * 60)?);
        (at.year() >= FIRST_YEAR).then(|| PageDate {
            at,
            day: at.date_naive(),
            precision: date.precision,
            place,
            excerpt: shortened(text),
        })
    }

    /// A date in running text: one that is still to come is that of something else.
    pub(super) fn seen(&self, text: &str, place: &'static str) -> Option<PageDate> {
        self.stated(text, place).filter(|date| self.is_past(date))
    }

    /// At most a day ahead of the clock.
    pub(super) fn is_past(&self, date: &PageDate) -> bool {
        self.now.checked_add_days(Days::new(1)).is_some_and(|tomorrow| date.at <= tomorrow)
    }
}

/// "2017/01", "2017-01": no day.
fn is_month(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    matches!(parts[..], [year, month] if year.len() == 4 && month.len() <= 2 && text.bytes().filter(|b| !b.is_ascii_digit()).count() == 1)
}

fn shortened(text: &str) -> String {
    text.chars().take(EXCERPT).collect()
}

/// A bare day.
pub(super) fn day(date: chrono::NaiveDate, place: &'static str, excerpt: &str) -> Option<PageDate> {
    let at = date.and_hms_opt(0, 0, 0)?.and_utc().fixed_offset();
    (date.year() >= FIRST_YEAR).then(|| PageDate {
        at,
        day: date,
        precision: DatePrecision::Day,
        place,
        excerpt: shortened(excerpt),
    })
}
