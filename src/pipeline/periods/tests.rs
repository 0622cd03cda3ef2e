//! Many calendars, few questions.

use super::{bounds, current_period, due_periods, next_firing, period, schedule};
use crate::domain::{
    digest::{CatchUp, Schedule},
    edition::PeriodKey,
};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;
use std::collections::BTreeSet;

const ZONES: [Tz; 21] = [
    Tz::Europe__Paris,
    Tz::Europe__London,
    Tz::Europe__Dublin,
    Tz::Europe__Lisbon,
    Tz::Europe__Athens,
    Tz::Europe__Moscow,
    Tz::America__New_York,
    Tz::America__Los_Angeles,
    Tz::America__Sao_Paulo,
    Tz::America__Santiago,
    Tz::America__Havana,
    Tz::America__St_Johns,
    Tz::Africa__Cairo,
    Tz::Africa__Casablanca,
    Tz::Asia__Tehran,
    Tz::Asia__Kolkata,
    Tz::Asia__Kathmandu,
    Tz::Australia__Lord_Howe,
    Tz::Australia__Sydney,
    Tz::Pacific__Apia,
    Tz::UTC,
];

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn paris(cron: &str) -> Schedule {
    schedule(cron, Tz::Europe__Paris).unwrap()
}

fn labels(schedule: &Schedule, last: Option<&str>, now: &str, catch_up: CatchUp) -> Vec<String> {
    let last = last.map(|text| PeriodKey(text.to_owned()));
    due_periods(schedule, last.as_ref(), at(now), catch_up).into_iter().map(|(key, _)| key.0).collect()
}

#[test]
fn c08_a_bad_schedule_is_refused_with_its_field() {
    for (cron, word) in [
        ("", "five fields"),
        ("0 8 * *", "five fields"),
        ("0 0 8 * * Mon", "five fields"),
        ("@weekly", "five fields"),
        ("*/5 8 * * Mon", "minute \"*/5\""),
        ("60 8 * * Mon", "minute \"60\""),
        ("0 8,18 * * Mon", "hour \"8,18\""),
        ("0 24 * * Mon", "hour \"24\""),
        ("0 * * * Mon", "hour \"*\""),
        ("0 8 32 * *", "day of month \"32\""),
        ("0 8 0 * *", "day of month \"0\""),
        ("0 8 * 13 *", "month \"13\""),
        ("0 8 * * Lundi", "day of week \"Lundi\""),
        ("0 8 * * 9", "day of week \"9\""),
        ("0 8 30 2 *", "never fires"),
        ("0 8 31 4,6,9,11 *", "never fires"),
    ] {
        let error = schedule(cron, Tz::Europe__Paris).unwrap_err().to_string();
        assert!(error.contains(word), "{cron}: {error}");
        assert!(!error.ends_with('.'), "{error}");
    }
}

#[test]
fn the_label_is_the_coarsest_that_tells_firings_apart() {
    for (cron, label) in [
        ("0 8 * * Mon", "2026-W48"),
        ("0 8 * * 1", "2026-W48"),
        ("0 8 * 9-12,1-6 Mon", "2026-W48"),
        ("0 8 1 * *", "2026-11"),
        ("0 8 L * *", "2026-11"),
        ("0 8 15W * *", "2026-11"),
        ("0 8 31 * *", "2026-11"),
        ("0 8 * * Mon#1", "2026-11"),
        ("0 8 * * FriL", "2026-11"),
        ("0 8 * * *", "2026-11-23"),
        ("0 8 * * Mon-Fri", "2026-11-23"),
        ("0 8 * * Mon,Thu", "2026-11-23"),
        ("0 8 1,15 * *", "2026-11-23"),
        ("0 8 */2 * *", "2026-11-23"),
        ("0 8 1 * Mon", "2026-11-23"),
    ] {
        let Ok(schedule) = schedule(cron, Tz::Europe__Paris) else { panic!("{cron} is refused") };
        assert_eq!(current_period(&schedule, at("2026-11-23T12:00:00Z")).0, label, "{cron}");
    }
}

#[test]
fn c01_c02_the_change_of_hour_neither_skips_nor_doubles() {
    for (cron, day, fires) in [
        ("30 2 * * *", "2027-03-28", "2027-03-28T03:00:00+02:00"), // the gap ends at three
        ("30 2 * * *", "2026-10-25", "2026-10-25T02:30:00+02:00"), // the first of two
        ("30 2 * * *", "2027-10-31", "2027-10-31T02:30:00+02:00"),
        ("0 8 * * *", "2026-10-25", "2026-10-25T08:00:00+01:00"),
        ("0 8 * * *", "2027-03-28", "2027-03-28T08:00:00+02:00"),
    ] {
        let fires = at(fires);
        let (last, now) = ((fires.date_naive() - TimeDelta::days(1)).to_string(), fires + TimeDelta::seconds(1));
        let due = due_periods(&paris(cron), Some(&PeriodKey(last.clone())), now, CatchUp::All);
        assert_eq!(due, [(PeriodKey(day.to_owned()), fires)], "{cron}");
        let before = fires - TimeDelta::seconds(1);
        assert!(due_periods(&paris(cron), Some(&PeriodKey(last)), before, CatchUp::All).is_empty(), "{cron}");
    }
}

#[test]
fn c04_after_an_outage_each_policy_gives_its_editions() {
    let weekly = paris("0 8 * * Mon");
    use CatchUp::{All, Latest, Skip};
    for (now, policy, expected) in [
        // ten minutes late
        ("2026-11-23T08:10:00+01:00", Latest, vec!["2026-W48"]),
        ("2026-11-23T08:10:00+01:00", All, vec!["2026-W48"]),
        ("2026-11-23T08:10:00+01:00", Skip, vec!["2026-W48"]),
        // three days late
        ("2026-11-26T08:10:00+01:00", Latest, vec!["2026-W48"]),
        ("2026-11-26T08:10:00+01:00", All, vec!["2026-W48"]),
        ("2026-11-26T08:10:00+01:00", Skip, vec![]),
        // five periods late, on a Monday morning
        ("2026-12-21T08:00:00+01:00", Latest, vec!["2026-W52"]),
        ("2026-12-21T08:00:00+01:00", All, vec!["2026-W48", "2026-W49", "2026-W50", "2026-W51", "2026-W52"]),
        ("2026-12-21T08:00:00+01:00", Skip, vec!["2026-W52"]),
        // the clock is set back
        ("2026-11-16T08:30:00+01:00", All, vec![]),
        ("2026-11-15T08:30:00+01:00", All, vec![]),
    ] {
        assert_eq!(labels(&weekly, Some("2026-W47"), now, policy), expected, "{now} {policy:?}");
    }
}

#[test]
fn a_new_digest_does_not_make_up_for_its_past() {
    let weekly = paris("0 8 * * Mon");
    assert!(labels(&weekly, None, "2026-11-25T12:00:00+01:00", CatchUp::All).is_empty());
    assert!(labels(&weekly, None, "2026-11-23T07:59:59+01:00", CatchUp::All).is_empty());
    assert_eq!(labels(&weekly, None, "2026-11-23T08:00:00+01:00", CatchUp::Latest), ["2026-W48"]);
    assert_eq!(labels(&weekly, None, "2026-11-23T08:50:00+01:00", CatchUp::Latest), ["2026-W48"]);
    assert!(labels(&weekly, None, "2026-11-23T20:00:00+01:00", CatchUp::Latest).is_empty());
}

#[test]
fn c08_years_end_by_iso_weeks_and_months_by_their_last_day() {
    let sunday = paris("0 20 * * Sun");
    assert_eq!(
        labels(&sunday, Some("2026-W51"), "2027-01-10T21:00:00+01:00", CatchUp::All),
        ["2026-W52", "2026-W53", "2027-W01"]
    );
    let friday = paris("0 20 * * Fri");
    assert_eq!(labels(&friday, Some("2026-W52"), "2027-01-01T21:00:00+01:00", CatchUp::All), ["2026-W53"]);
    let last = paris("0 8 31 * *");
    let due = due_periods(&last, Some(&PeriodKey("2026-12".to_owned())), at("2027-05-15T00:00:00Z"), CatchUp::All);
    let days: Vec<_> = due.iter().map(|(_, at)| at.date_naive().to_string()).collect();
    assert_eq!(days, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]);
    let leap = paris("0 8 29 2 *");
    assert_eq!(next_firing(&leap, at("2026-03-01T00:00:00Z")).unwrap().1, at("2027-02-28T08:00:00+01:00"));
    assert_eq!(next_firing(&leap, at("2028-02-01T00:00:00Z")).unwrap().1, at("2028-02-29T08:00:00+01:00"));
}

#[test]
fn c08_a_schedule_edited_while_due_repeats_no_period() {
    // from Monday to Friday in a week that has its edition; from weekly to daily and back
    assert!(labels(&paris("0 8 * * Fri"), Some("2026-W48"), "2026-11-27T09:00:00+01:00", CatchUp::All).is_empty());
    assert!(labels(&paris("0 8 * * *"), Some("2026-W48"), "2026-11-27T09:00:00+01:00", CatchUp::All).is_empty());
    assert_eq!(labels(&paris("0 8 * * *"), Some("2026-W48"), "2026-11-30T09:00:00+01:00", CatchUp::All), ["2026-11-30"]);
    assert_eq!(labels(&paris("0 8 * * Mon"), Some("2026-11-27"), "2026-11-30T09:00:00+01:00", CatchUp::All), ["2026-W49"]);
    assert!(labels(&paris("0 8 1 * *"), Some("2026-12-05"), "2026-12-06T09:00:00+01:00", CatchUp::All).is_empty());
}

#[test]
fn a_typed_period_is_checked() {
    for good in ["2026-W48", "2026-W53", "2026-11-23", "2026-11"] {
        assert_eq!(period(good).unwrap().0, good);
    }
    for bad in ["", "2026", "2027-W53", "2026-W5", "2026-13", "2026-02-30", "2026-W00", "48", "2026-1-1", "x026-W48"] {
        assert!(period(bad).unwrap_err().to_string().contains("2026-W48"), "{bad}");
    }
}

/// Ticks of a scheduler that is up, down and up again, with clocks that step: each period of the calendar exactly once.
fn run(schedule: &Schedule, begin: DateTime<Utc>, ticks: &[i64]) -> (Vec<PeriodKey>, DateTime<Utc>) {
    let mut last = current_period(schedule, begin - TimeDelta::days(8));
    let (mut now, mut furthest, mut done) = (begin, begin, Vec::new());
    for step in ticks {
        now += TimeDelta::seconds(*step);
        furthest = furthest.max(now);
        for (key, fired) in due_periods(schedule, Some(&last), now, CatchUp::All) {
            assert!(fired <= now);
            last = key.clone();
            done.push(key);
        }
    }
    (done, furthest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn each_period_exactly_once(
        zone in 0..ZONES.len(), hour in 0_u32..24, minute in 0_u32..60, day in 0_i64..4015, kind in 0_usize..4,
        ticks in prop::collection::vec(prop_oneof![8 => 1_i64..90_000, 1 => -90_000_i64..0, 1 => 90_000_i64..2_000_000], 1..40),
    ) {
        let cron = format!("{minute} {hour} {}", ["* * *", "* * Mon", "31 * *", "* * Mon-Fri"][kind]);
        let schedule = schedule(&cron, ZONES[zone]).unwrap();
        let begin = at("2020-01-01T00:00:00Z") + TimeDelta::days(day);
        let (done, _) = run(&schedule, begin, &ticks);
        let unique: BTreeSet<_> = done.iter().collect();
        prop_assert_eq!(unique.len(), done.len(), "a period came twice: {:?}", done);
        prop_assert!(done.windows(2).all(|pair| pair[0] < pair[1]));
    }
}

/// 21 zones, 11 years, a minute of the day that wanders through all 1,440: every local date fires once, in order, on time.
#[test]
fn c03_every_local_date_of_eleven_years_fires_once_in_every_zone() {
    let begin = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    let mut minute_of_day = 0;
    for zone in ZONES {
        for year in 0..11 {
            minute_of_day = (minute_of_day + 487) % 1440;
            let schedule = schedule(&format!("{} {} * * *", minute_of_day % 60, minute_of_day / 60), zone).unwrap();
            let first = begin.with_year(2020 + year).unwrap();
            let last = PeriodKey(first.pred_opt().unwrap().to_string());
            let now = first.and_hms_opt(12, 0, 0).unwrap().and_utc() + TimeDelta::days(364);
            let due = due_periods(&schedule, Some(&last), now, CatchUp::All);
            for (index, pair) in due.windows(2).enumerate() {
                let expected = first + TimeDelta::days(index as i64);
                assert_eq!(pair[0].0.0, expected.to_string(), "{zone} {}", schedule.cron);
                assert!(pair[0].1 < pair[1].1, "{zone}: {pair:?}");
            }
            for (key, fired) in &due {
                let local = fired.with_timezone(&zone);
                let late = local.date_naive().to_string() != key.0 || local.hour() * 60 + local.minute() != minute_of_day;
                let wanted: NaiveDate = key.0.parse().unwrap();
                let exists = chrono::TimeZone::from_local_datetime(
                    &zone,
                    &wanted.and_hms_opt(minute_of_day / 60, minute_of_day % 60, 0).unwrap(),
                );
                assert!(!late || exists == chrono::LocalResult::None, "{zone} {key:?} {local}");
            }
            assert!(due.len() >= 363, "{zone} {}: {}", schedule.cron, due.len());
        }
    }
}

#[test]
fn a_period_lies_between_two_firings() {
    for (cron, key, before, due) in [
        ("0 8 * * Mon", "2026-W48", "2026-11-16T07:00:00Z", "2026-11-23T07:00:00Z"),
        ("0 8 * * Mon", "2026-W44", "2026-10-19T06:00:00Z", "2026-10-26T07:00:00Z"),
        ("0 8 1 * *", "2027-01", "2026-12-01T07:00:00Z", "2027-01-01T07:00:00Z"),
        ("0 8 * * Mon-Fri", "2026-11-23", "2026-11-20T07:00:00Z", "2026-11-23T07:00:00Z"),
    ] {
        let schedule = schedule(cron, chrono_tz::Europe::Paris).unwrap();
        let found = bounds(&schedule, &PeriodKey(key.to_owned()));
        let instant = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(found, Some((instant(before), instant(due))), "{cron} {key}");
    }
    let schedule = schedule("0 8 * * Mon", chrono_tz::Europe::Paris).unwrap();
    assert_eq!(bounds(&schedule, &PeriodKey("2026-11".to_owned())), None);
    assert_eq!(bounds(&schedule, &PeriodKey("2026-11-24".to_owned())), None);
}
