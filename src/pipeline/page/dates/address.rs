//! The day that an address names: "/2019/11/18/…", "/2019-11-18-…", "-20191118.html".

use super::read::day;
use crate::domain::page::PageDate;
use chrono::NaiveDate;
use regex::Regex;
use std::sync::LazyLock;
use url::Url;

#[expect(clippy::expect_used, reason = "invariant: a constant pattern, which the tests of this file use")]
static DAY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:^|[/_=.-])((?:19|20)\d{2})(?:([/_-])(\d{1,2})[/_-](\d{1,2})|(\d{2})(\d{2}))(?:$|[/_.&-])")
        .expect("invariant: a valid pattern")
});
#[expect(clippy::expect_used, reason = "invariant: a constant pattern, which the tests of this file use")]
static DAY_LAST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:^|[/_-])(\d{2})[_-](\d{2})[_-](20\d{2})(?:$|[/_.-])").expect("invariant: a valid pattern"));

/// The day that an address names in full.
pub(super) fn dated(url: Option<&Url>) -> Option<PageDate> {
    let url = url?;
    let path = url.path();
    let ymd = || {
        let parts = DAY.captures(path)?;
        let number = |at: usize| parts.get(at).and_then(|part| part.as_str().parse::<u32>().ok());
        let (month, day_of_month) = (number(3).or_else(|| number(5))?, number(4).or_else(|| number(6))?);
        let date = NaiveDate::from_ymd_opt(i32::try_from(number(1)?).ok()?, month, day_of_month)?;
        day(date, "address", parts.get(0)?.as_str())
    };
    let dmy = || {
        let parts = DAY_LAST.captures(path)?;
        let number = |at: usize| parts.get(at).and_then(|part| part.as_str().parse::<u32>().ok());
        let date = NaiveDate::from_ymd_opt(i32::try_from(number(3)?).ok()?, number(2)?, number(1)?)?;
        day(date, "address", parts.get(0)?.as_str())
    };
    ymd().or_else(dmy)
}

#[cfg(test)]
mod tests {
    use super::dated;

    #[test]
    fn reads_the_day_of_an_address() {
        for (address, expected) in [
            ("https://a.example/2019/11/18/macbook-deals/", Some("2019-11-18")),
            ("https://a.example/news/2019-11-18-macbook", Some("2019-11-18")),
            ("https://a.example/news/x-20191118.html", Some("2019-11-18")),
            ("https://a.example/meteo/tempete-02-11-2023-XVZ.php", Some("2023-11-02")),
            ("https://a.example/2019/11/macbook", None),
            ("https://a.example/id/20191318", None),
            ("https://a.example/920191118", None),
        ] {
            let read = dated(Some(&address.parse().unwrap())).map(|date| date.rfc3339());
            assert_eq!(read.as_deref(), expected, "{address}");
        }
    }
}
