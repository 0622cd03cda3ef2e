//! H3: exactly one edition a period: every local date of 11 years, at any minute, in 21 zones; and whoever competes for it.

use crate::{Run, Verdict};
use chrono::{Datelike, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;
use veille::{
    domain::{digest::CatchUp, edition::PeriodKey},
    pipeline::periods::{due_periods, schedule},
};
use veille_testbench::contest;

const ZONES: [Tz; 21] = [
    chrono_tz::Europe::Paris,
    chrono_tz::Europe::London,
    chrono_tz::Europe::Dublin,
    chrono_tz::Europe::Istanbul,
    chrono_tz::Africa::Casablanca,
    chrono_tz::Africa::Cairo,
    chrono_tz::America::New_York,
    chrono_tz::America::St_Johns,
    chrono_tz::America::Sao_Paulo,
    chrono_tz::America::Santiago,
    chrono_tz::America::Havana,
    chrono_tz::America::Nuuk,
    chrono_tz::Asia::Tehran,
    chrono_tz::Asia::Beirut,
    chrono_tz::Asia::Gaza,
    chrono_tz::Asia::Kathmandu,
    chrono_tz::Australia::Lord_Howe,
    chrono_tz::Australia::Adelaide,
    chrono_tz::Pacific::Apia,
    chrono_tz::Pacific::Chatham,
    chrono_tz::UTC,
];
const MINUTES: u64 = 24 * 60;

pub(crate) fn run(run: &mut Run) -> Verdict {
    let (mut dates, mut wrong) = (0_u64, Vec::new());
    for zone in ZONES {
        for minute in minutes(run) {
            for half in 0..22 {
                let found = half_year(zone, minute, 2020 + half / 2, if half % 2 == 0 { 1 } else { 7 });
                dates += found.0;
                wrong.extend(found.1);
            }
        }
    }
    let contest = contest::contend(run.times(1_000));
    let shown: String = wrong.iter().take(5).map(|fault| format!("\n    {fault}")).collect();
    let figure = format!(
        "{dates} local dates of 11 years in {} zones, {} of 1,440 minutes each: {} with no edition or more than one{shown}; {contest}",
        ZONES.len(),
        run.times(MINUTES),
        wrong.len()
    );
    Verdict { figure, kept: wrong.is_empty() && contest.faults.is_empty() }
}

/// All of them at the published size, else as many as the scale says, by chance.
fn minutes(run: &mut Run) -> Vec<u32> {
    let count = run.times(MINUTES);
    let chosen = |place: u64| u32::try_from(place).unwrap_or_default();
    if count >= MINUTES {
        (0..MINUTES).map(chosen).collect()
    } else {
        (0..count).map(|_| chosen(run.chance.below(MINUTES))).collect()
    }
}

/// How many dates the half of the year has that begins with a month, and what is wrong with the periods that fall due in it. (A
/// schedule that was silent for more than a year looks back no further.)
fn half_year(zone: Tz, minute: u32, year: i32, month: u32) -> (u64, Vec<String>) {
    let cron = format!("{} {} * * *", minute % 60, minute / 60);
    let (Ok(schedule), Some(first)) = (schedule(&cron, zone), NaiveDate::from_ymd_opt(year, month, 1)) else {
        return (0, vec![format!("{zone} {cron}: refused")]);
    };
    let days: Vec<NaiveDate> =
        first.iter_days().take_while(|day| (day.month() <= 6) == (month == 1) && day.year() == year).collect();
    let before = PeriodKey((first - TimeDelta::days(1)).to_string());
    let time = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap_or_default();
    // A noon in UTC after every firing of the last day, in every zone.
    let end = (first + TimeDelta::days(days.len() as i64)).and_hms_opt(12, 0, 0).unwrap_or_default().and_utc();
    let mut due = due_periods(&schedule, Some(&before), end, CatchUp::All).into_iter().peekable();
    let mut wrong = Vec::new();
    for day in &days {
        let mut times = 0;
        while let Some((_, at)) = due.next_if(|(key, _)| key.0 == day.to_string()) {
            times += 1;
            let local = at.with_timezone(&zone);
            let skipped = zone.from_local_datetime(&day.and_time(time)) == LocalResult::None;
            let on_time = local.date_naive() == *day && (local.hour(), local.minute()) == (time.hour(), time.minute());
            if !on_time && !skipped {
                wrong.push(format!("{zone} {cron}: {day} fires at {local}"));
            }
        }
        if times != 1 {
            wrong.push(format!("{zone} {cron}: {day} has {times} editions"));
        }
    }
    (days.len() as u64, wrong)
}
