//! What an answer says about when to come back: RFC 9111 (caching), RFC 9110 (`Retry-After`, dates), RFC 8594 (`Sunset`),
//! RFC 9745 (`Deprecation`).

use crate::domain::fetching::Freshness;
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use reqwest::header::{self, HeaderMap, HeaderName};

/// Nobody is believed who asks to be left alone for longer.
const LONGEST_REST: Duration = Duration::days(7);
/// RFC 9111, section 1.2.2: what a number that overflows counts as.
const LONGEST_AGE: i64 = 1 << 31;

/// Reads the fields. `now` serves only where the answer has no `Date` of its own.
pub(crate) fn freshness(headers: &HeaderMap, now: DateTime<Utc>) -> Freshness {
    let date = text(headers, &header::DATE).and_then(http_date).unwrap_or(now);
    let unstated = !headers.contains_key(header::CACHE_CONTROL) && !headers.contains_key(header::EXPIRES);
    Freshness { fresh_for: fresh_for(headers, date), retry_after: retry_after(headers, date), unstated }
}

/// `Sunset` and `Deprecation`, in words.
pub(crate) fn notices(headers: &HeaderMap) -> Vec<String> {
    let sunset = text(headers, &HeaderName::from_static("sunset")).map(|field| match http_date(field) {
        Some(at) => format!("the publisher closes this address on {} (Sunset)", at.format("%Y-%m-%d")),
        None => format!("the publisher announces the end of this address (Sunset: {})", printable(field)),
    });
    let deprecation = text(headers, &HeaderName::from_static("deprecation")).map(|field| {
        let structured = field.strip_prefix('@').and_then(|seconds| seconds.parse().ok());
        match structured.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).or_else(|| http_date(field)) {
            Some(at) => format!("the publisher deprecates this address as of {} (Deprecation)", at.format("%Y-%m-%d")),
            None => "the publisher deprecates this address (Deprecation)".to_owned(),
        }
    });
    sunset.into_iter().chain(deprecation).collect()
}

/// The three forms of RFC 9110, section 5.6.7.
pub(crate) fn http_date(field: &str) -> Option<DateTime<Utc>> {
    let field = field.trim();
    DateTime::parse_from_rfc2822(field)
        .map(|at| at.to_utc())
        .or_else(|_| NaiveDateTime::parse_from_str(field, "%A, %d-%b-%y %H:%M:%S GMT").map(|at| at.and_utc()))
        .or_else(|_| NaiveDateTime::parse_from_str(field, "%a %b %e %H:%M:%S %Y").map(|at| at.and_utc()))
        .ok()
}

/// Section 4.2.1: `max-age` before `Expires`; an answer not to be stored or used unasked is fresh for no time at all; the first
/// of contradictory values counts, and one that is no number makes the answer stale.
fn fresh_for(headers: &HeaderMap, date: DateTime<Utc>) -> Option<Duration> {
    let mut max_age = None;
    for directive in
        headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok()).flat_map(|line| line.split(','))
    {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return None,
            "max-age" if max_age.is_none() => max_age = Some(seconds(value.trim().trim_matches('"'))),
            _ => {}
        }
    }
    let lifetime = match max_age {
        Some(stated) => Duration::seconds(stated?),
        None => http_date(text(headers, &header::EXPIRES)?)? - date,
    };
    let age = text(headers, &header::AGE).and_then(|field| seconds(field.trim())).map_or(Duration::zero(), Duration::seconds);
    Some(lifetime - age).filter(|left| *left > Duration::zero())
}

fn retry_after(headers: &HeaderMap, date: DateTime<Utc>) -> Option<Duration> {
    let field = text(headers, &header::RETRY_AFTER)?.trim();
    let rest = match seconds(field) {
        Some(seconds) => Duration::seconds(seconds),
        None => http_date(field)? - date,
    };
    Some(rest.min(LONGEST_REST)).filter(|rest| *rest > Duration::zero())
}

fn seconds(digits: &str) -> Option<i64> {
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().unwrap_or(LONGEST_AGE).min(LONGEST_AGE))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn printable(field: &str) -> String {
    field.chars().filter(|character| !character.is_control()).take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATE: &str = "Date: Sun, 06 Nov 1994 08:49:37 GMT";

    fn headers(lines: &[&str]) -> HeaderMap {
        let pair =
            |line: &&str| line.split_once(": ").map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in lines.iter().map(pair) {
            let name: HeaderName = name;
            map.append(name, value);
        }
        map
    }

    fn now() -> DateTime<Utc> {
        http_date("Sun, 06 Nov 1994 09:00:00 GMT").unwrap()
    }

    #[test]
    fn f09_contradictory_caching_fields() {
        let check = |lines: &[&str], expected: Option<i64>| {
            let found = freshness(&headers(lines), now()).fresh_for.map(|it| it.num_seconds());
            assert_eq!(found, expected, "{lines:?}");
        };
        check(&[], None);
        check(&["Cache-Control: max-age=7200"], Some(7200));
        check(&["Cache-Control: public, Max-Age=\"7200\""], Some(7200));
        check(&["Cache-Control: max-age=7200", "Age: 200"], Some(7000));
        check(&["Cache-Control: max-age=7200", "Age: 8000"], None);
        check(&["Cache-Control: max-age=7200", "Age: old"], Some(7200));
        check(&["Cache-Control: max-age=0"], None);
        check(&["Cache-Control: max-age=-1"], None);
        check(&["Cache-Control: max-age=soon", "Expires: Sun, 06 Nov 1994 10:49:37 GMT", DATE], None);
        check(&["Cache-Control: max-age=60, max-age=7200"], Some(60));
        check(&["Cache-Control: max-age=60", "Cache-Control: max-age=7200"], Some(60));
        check(&["Cache-Control: s-maxage=7200"], None);
        check(&["Cache-Control: no-store, max-age=7200"], None);
        check(&["Cache-Control: max-age=7200, no-cache"], None);
        check(&["Cache-Control: max-age=60", "Expires: Sun, 06 Nov 1994 10:49:37 GMT", DATE], Some(60));
        check(&["Expires: Sun, 06 Nov 1994 10:49:37 GMT", DATE], Some(7200));
        check(&["Expires: Sun, 06 Nov 1994 10:00:00 GMT"], Some(3600));
        check(&["Expires: Sun, 06 Nov 1994 07:00:00 GMT", DATE], None);
        check(&["Expires: 0", DATE], None);
        check(&["Expires: -1", DATE], None);
        check(&["Cache-Control: max-age=99999999999999999999999"], Some(1 << 31));
    }

    #[test]
    fn f07_retry_after_in_every_form() {
        let check = |field: &str, expected: Option<i64>| {
            let found = freshness(&headers(&[&format!("Retry-After: {field}"), DATE]), now()).retry_after;
            assert_eq!(found.map(|it| it.num_seconds()), expected, "{field}");
        };
        check("120", Some(120));
        check("86400", Some(86400));
        check("Sun, 06 Nov 1994 09:49:37 GMT", Some(3600));
        check("Sunday, 06-Nov-94 09:49:37 GMT", Some(3600));
        check("Sun Nov  6 09:49:37 1994", Some(3600));
        check("Sun, 06 Nov 1994 07:00:00 GMT", None);
        check("0", None);
        check("-5", None);
        check("1.5", None);
        check("soon", None);
        check("99999999999999999999999", Some(7 * 86400));
        check("Fri, 31 Dec 1999 23:59:59 GMT", Some(7 * 86400));
    }

    #[test]
    fn sunset_and_deprecation_are_told() {
        let found = notices(&headers(&["Sunset: Sat, 31 Dec 2026 23:59:59 GMT", "Deprecation: @1688169599"]));
        assert_eq!(found.len(), 2);
        assert!(found[1].contains("2023-06-30"), "{found:?}");
        assert!(notices(&headers(&["Deprecation: true"]))[0].contains("deprecates"));
        assert!(notices(&headers(&[])).is_empty());
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_never_exceeds_the_caps(field in "[ -~]{0,40}", seconds: u64) {
            for value in [field, seconds.to_string()] {
                let Ok(value) = value.parse() else { continue };
                let mut map = HeaderMap::new();
                for name in [header::RETRY_AFTER, header::CACHE_CONTROL, header::EXPIRES, header::AGE, header::DATE] {
                    map.insert(name, header::HeaderValue::clone(&value));
                }
                let found = freshness(&map, now());
                assert!(found.retry_after.is_none_or(|rest| rest > Duration::zero() && rest <= LONGEST_REST));
                assert!(found.fresh_for.is_none_or(|fresh| fresh > Duration::zero()));
            }
        }
    }
}
