//! Finds the parts of a date in a text, in whatever order they stand.

use super::names;

/// A number with how it was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lexeme {
    pub(super) value: u32,
    pub(super) digits: usize,
    /// What stands after it.
    pub(super) separator: char,
}

/// A time of day, not yet checked.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Time {
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
}

/// Before or after noon, and in which language that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HalfDay {
    Am,
    Pm,
    KoreanAm,
    KoreanPm,
}

impl HalfDay {
    pub(super) fn apply(self, time: Time) -> Option<Time> {
        let hour = match (self, time.hour) {
            (Self::Am | Self::KoreanAm, 12) => 0,
            (Self::Pm | Self::KoreanPm, hour) if hour < 12 => hour + 12,
            (_, hour) => hour,
        };
        Some(Time { hour, ..time })
    }

    pub(super) fn is_english(self) -> bool {
        matches!(self, Self::Am | Self::Pm)
    }
}

/// The parts found.
#[derive(Debug, Default)]
pub(super) struct Stated {
    /// The numbers of the date itself, in order.
    pub(super) numbers: Vec<Lexeme>,
    pub(super) month: Option<u32>,
    pub(super) time: Option<Time>,
    pub(super) half_day: Option<HalfDay>,
    /// Minutes east of Greenwich.
    pub(super) zone: Option<i32>,
}

/// Reads all parts of `text`; words that mean nothing are passed over.
pub(super) fn read(text: &str) -> Stated {
    let lower = text.to_lowercase();
    let mut stated = Stated::default();
    let mut rest = lower.as_str();
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '(' => rest.split_once(')').map_or("", |(_, after)| after),
            '0'..='9' => number(rest, &mut stated),
            '+' | '-' | '−' if stated.time.is_some() => offset(rest, first, &mut stated),
            c if c.is_alphabetic() => word(rest, &mut stated),
            c => &rest[c.len_utf8()..],
        };
    }
    stated
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len()))
}

fn number<'a>(text: &'a str, stated: &mut Stated) -> &'a str {
    let (digits, rest) = split_digits(text);
    let value = digits.parse().unwrap_or(u32::MAX);
    let next = rest.chars().next().unwrap_or(' ');
    let is_time = stated.time.is_none() && digits.len() <= 2;
    if is_time && (next == ':' || (next == 'h' && !rest[1..].starts_with(|c: char| c.is_alphabetic()))) {
        return clock(value, &rest[1..], stated);
    }
    // The time of the basic format of ISO 8601 follows the T that `word` has passed over.
    stated.numbers.push(Lexeme { value, digits: digits.len(), separator: next });
    rest
}

/// Minutes and seconds after `hour` and its colon; a fraction of a second is dropped.
fn clock<'a>(hour: u32, text: &'a str, stated: &mut Stated) -> &'a str {
    let (minute, mut rest) = split_digits(text);
    let mut time = Time { hour, minute: minute.parse().unwrap_or(0), second: 0 };
    if let Some(after) = rest.strip_prefix([':', '.']) {
        let (second, after) = split_digits(after);
        if !second.is_empty() {
            time.second = second.parse().unwrap_or(u32::MAX);
            rest = after;
        }
    }
    if let Some(after) = rest.strip_prefix(['.', ','])
        && after.starts_with(|c: char| c.is_ascii_digit())
    {
        rest = split_digits(after).1;
    }
    stated.time = Some(time);
    rest
}

/// `+0100`, `-05:00`, `+1`. After a zone by name it is what differs from it.
fn offset<'a>(text: &'a str, sign: char, stated: &mut Stated) -> &'a str {
    let rest = &text[sign.len_utf8()..];
    let (digits, rest) = split_digits(rest);
    let value: i32 = digits.parse().unwrap_or(0);
    let (minutes, rest) = match (digits.len(), rest.strip_prefix(':')) {
        (1 | 2, Some(after)) => {
            let (minute, after) = split_digits(after);
            (value * 60 + minute.parse::<i32>().unwrap_or(0), after)
        }
        (1 | 2, None) => (value * 60, rest),
        (3 | 4, _) => (value / 100 * 60 + value % 100, rest),
        _ => return rest,
    };
    if minutes < 100 * 60 {
        stated.zone = Some(if sign == '+' { minutes } else { -minutes });
    }
    rest
}

fn word<'a>(text: &'a str, stated: &mut Stated) -> &'a str {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    match word {
        "t" if stated.time.is_none() => return compact_clock(rest, stated),
        "am" => stated.half_day = Some(HalfDay::Am),
        "pm" => stated.half_day = Some(HalfDay::Pm),
        "a" | "p" if stated.time.is_some() && rest.starts_with(".m") => {
            stated.half_day = Some(if word == "a" { HalfDay::Am } else { HalfDay::Pm });
            return &rest[2..];
        }
        "오전" => stated.half_day = Some(HalfDay::KoreanAm),
        "오후" => stated.half_day = Some(HalfDay::KoreanPm),
        _ if stated.month.is_none() && names::month(word).is_some() && !is_weekday(word, stated, rest) => {
            stated.month = names::month(word);
        }
        _ if stated.time.is_some() && stated.zone.is_none() => stated.zone = names::zone(word),
        _ => {}
    }
    rest
}

/// "mar." is Tuesday in French and Spanish, and March: it is the day when it opens the date and a month still follows.
fn is_weekday(word: &str, stated: &Stated, rest: &str) -> bool {
    word == "mar"
        && stated.numbers.is_empty()
        && rest.split(|c: char| !c.is_alphabetic()).any(|later| names::month(later).is_some())
}

/// `070000` after the `T` of ISO 8601's basic format.
fn compact_clock<'a>(text: &'a str, stated: &mut Stated) -> &'a str {
    let (digits, rest) = split_digits(text);
    let value: u32 = digits.parse().unwrap_or(u32::MAX);
    stated.time = match digits.len() {
        6 => Some(Time { hour: value / 10_000, minute: value / 100 % 100, second: value % 100 }),
        4 => Some(Time { hour: value / 100, minute: value % 100, second: 0 }),
        2 if !rest.starts_with(':') => Some(Time { hour: value, minute: 0, second: 0 }),
        _ => return text,
    };
    rest
}
