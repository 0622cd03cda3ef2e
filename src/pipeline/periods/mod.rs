//! Which editions are due: a question about the calendar, never about elapsed time.
//!
//! A schedule fires at most once a local day, at one local time. Each firing belongs to a period named by a local calendar label,
//! the coarsest that tells two firings apart:
//!
//! | schedule | period | label |
//! |---|---|---|
//! | one day of the week: `0 8 * * Mon` | ISO week | `2026-W48` |
//! | one day of the month: `0 8 1 * *`, `0 8 L * *`, `0 8 * * Mon#1` | month | `2026-11` |
//! | anything else: `0 8 * * Mon-Fri`, `0 8 1,15 * *` | day | `2026-11-23` |
//!
//! A local time that the clocks jump over counts from the end of the jump; one that comes twice counts the first time. The 29th,
//! 30th or 31st of a month that has no such day is its last day. So DST, restarts and clock steps can neither skip nor double a
//! period: what was done is remembered by label.

mod calendar;

use crate::domain::{
    digest::{CatchUp, Schedule},
    edition::PeriodKey,
    localised::Words,
};
use calendar::{Calendar, first_day, is_label, last_day};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono_tz::Tz;

/// A schedule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSchedule(pub Words);

/// A digest that never had an edition begins with a firing at most that old; earlier ones are history, not omissions.
const FIRST_LOOKS_BACK: TimeDelta = TimeDelta::hours(1);
/// With [`CatchUp::Skip`], a firing older than that was missed.
const STILL_ON_TIME: TimeDelta = TimeDelta::hours(1);
/// Nobody reads the dailies of the year before last.
const LONGEST_OUTAGE: TimeDelta = TimeDelta::days(366);

/// Reads a cron text of five fields (minute, hour, day of month, month, day of week), in the hours of `zone`. Minute and hour
/// are single numbers. The error names the field, or says that the schedule never fires.
pub fn schedule(cron: &str, zone: Tz) -> Result<Schedule, InvalidSchedule> {
    let schedule = Schedule { cron: cron.split_whitespace().collect::<Vec<_>>().join(" "), zone };
    Calendar::read(&schedule).map(|_| schedule)
}

/// The periods that are due at `now` and not done, oldest first, with the instant at which each one fired. `last` is the newest
/// period that has an edition (also a cancelled one). `now` before the last firing, after a step of the clock, gives nothing.
pub fn due_periods(
    schedule: &Schedule,
    last: Option<&PeriodKey>,
    now: DateTime<Utc>,
    catch_up: CatchUp,
) -> Vec<(PeriodKey, DateTime<Utc>)> {
    let Ok(calendar) = Calendar::read(schedule) else { return Vec::new() };
    let mut due = fired(&calendar, last, now);
    match catch_up {
        CatchUp::All => {}
        CatchUp::Latest => due = due.split_off(due.len().saturating_sub(1)),
        CatchUp::Skip => due.retain(|(_, at)| now - *at <= STILL_ON_TIME),
    }
    due
}

/// The period that the local day of `now` lies in: that of a draft made by hand.
pub fn current_period(schedule: &Schedule, now: DateTime<Utc>) -> PeriodKey {
    let day = now.with_timezone(&schedule.zone).date_naive();
    match Calendar::read(schedule) {
        Ok(calendar) => calendar.label(day),
        Err(_) => PeriodKey(day.to_string()),
    }
}

/// The first firing after `now`, within nine years.
pub fn next_firing(schedule: &Schedule, now: DateTime<Utc>) -> Option<(PeriodKey, DateTime<Utc>)> {
    let calendar = Calendar::read(schedule).ok()?;
    let yesterday = now.with_timezone(&schedule.zone).date_naive().pred_opt()?;
    let days = yesterday.iter_days().take(9 * 366).filter(|day| calendar.fires_on(*day));
    days.map(|day| (calendar.label(day), calendar.instant(day))).find(|(_, at)| *at > now)
}

/// When the period `key` fires, and when the one before it did: what was published in between is its news. `None` when `key` is
/// no period of the schedule.
pub fn bounds(schedule: &Schedule, key: &PeriodKey) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let calendar = Calendar::read(schedule).ok()?;
    let first = first_day(key)?;
    let fires = |day: &NaiveDate| calendar.fires_on(*day);
    let due = first.iter_days().take(366).find(|day| fires(day)).filter(|day| calendar.label(*day) == *key)?;
    let before = due.pred_opt()?.iter_days().rev().take(9 * 366).find(fires)?;
    Some((calendar.instant(before), calendar.instant(due)))
}

/// The one of some periods that ends last. Labels of different kinds, from before a schedule was edited, do not sort as texts.
pub fn latest(periods: &[PeriodKey]) -> Option<&PeriodKey> {
    periods.iter().max_by_key(|key| last_day(key))
}

/// Reads a label that a person typed.
pub fn period(text: &str) -> Result<PeriodKey, InvalidSchedule> {
    if is_label(text) {
        return Ok(PeriodKey(text.to_owned()));
    }
    Err(InvalidSchedule(Words::new(
        format!("« {text} » n'est pas une période ; écrivez 2026-W48, 2026-11-23 ou 2026-11"),
        format!("\"{text}\" is no period; write it like 2026-W48, 2026-11-23 or 2026-11"),
    )))
}

fn fired(calendar: &Calendar, last: Option<&PeriodKey>, now: DateTime<Utc>) -> Vec<(PeriodKey, DateTime<Utc>)> {
    let begin = match last {
        Some(key) => first_day(key),
        None => None,
    };
    let oldest = now - if last.is_some() { LONGEST_OUTAGE } else { FIRST_LOOKS_BACK };
    let oldest_day = oldest.with_timezone(&calendar.zone).date_naive() - TimeDelta::days(1);
    let today = now.with_timezone(&calendar.zone).date_naive();
    let mut due: Vec<(PeriodKey, DateTime<Utc>)> = Vec::new();
    for day in begin.map_or(oldest_day, |begin| begin.max(oldest_day)).iter_days().take_while(|day| *day <= today) {
        if !calendar.fires_on(day) || last.is_some_and(|key| calendar.done(day, key)) {
            continue;
        }
        let (label, at) = (calendar.label(day), calendar.instant(day));
        if at <= now && at >= oldest && due.last().is_none_or(|(known, _)| *known != label) {
            due.push((label, at));
        }
    }
    due
}

#[cfg(test)]
mod tests;
