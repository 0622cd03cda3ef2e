//! A schedule as a question to the calendar: does it fire on this day, when, and what is the period called?
//!
//! croner reads the text and matches days; the local time and the change of hour are ours, because a period must come exactly once.

use crate::{
    domain::{digest::Schedule, edition::PeriodKey, localised::Words},
    pipeline::periods::InvalidSchedule,
};
use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use croner::{Cron, parser::CronParser};

const FIELDS: [&str; 5] = ["minute", "hour", "day of month", "month", "day of week"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Granularity {
    Day,
    Week,
    Month,
}

/// A schedule, read.
pub(super) struct Calendar {
    pub(super) zone: Tz,
    time: NaiveTime,
    cron: Cron,
    /// "The 31st": in shorter months the last day.
    month_day: Option<u32>,
    granularity: Granularity,
}

impl Calendar {
    pub(super) fn read(schedule: &Schedule) -> Result<Self, InvalidSchedule> {
        let fields: Vec<&str> = schedule.cron.split_whitespace().collect();
        let Ok([minute, hour, month_day, month, week_day]) = <[&str; 5]>::try_from(fields) else {
            return Err(not_five_fields(&schedule.cron));
        };
        let time = NaiveTime::from_hms_opt(single("hour", hour, 23)?, single("minute", minute, 59)?, 0);
        for (index, field) in [minute, hour, month_day, month, week_day].into_iter().enumerate() {
            check_field(index, field)?;
        }
        let cron = parse(&schedule.cron).map_err(|why| about("schedule", &schedule.cron, &why))?;
        let any_week_day = matches!(week_day, "*" | "?");
        let calendar = Self {
            zone: schedule.zone,
            time: time.unwrap_or_default(),
            cron,
            month_day: if any_week_day { month_day.parse().ok().filter(|day| *day > 28) } else { None },
            granularity: granularity(month_day, week_day),
        };
        if !calendar.ever_fires() {
            return Err(InvalidSchedule(Words::new(
                format!("schedule \"{}\" ne tombe jamais : un tel jour n'existe pas", schedule.cron),
                format!("schedule \"{}\" never fires: no such day exists", schedule.cron),
            )));
        }
        Ok(calendar)
    }

    pub(super) fn fires_on(&self, day: NaiveDate) -> bool {
        if !self.cron.pattern.month_match(day.month()).unwrap_or_default() {
            return false;
        }
        match self.month_day {
            Some(wanted) => day.day() == wanted.min(days_in_month(day)),
            None => self.cron.pattern.day_match(day.year(), day.month(), day.day()).unwrap_or_default(),
        }
    }

    /// When the schedule fires on `day`. A time that the clocks jump over: the end of the jump. One that comes twice: the first.
    pub(super) fn instant(&self, day: NaiveDate) -> DateTime<Utc> {
        let wanted = day.and_time(self.time);
        let minutes = (0..2 * 24 * 60).map(|minute| wanted + TimeDelta::minutes(minute));
        let mut valid = minutes.filter_map(|local| match self.zone.from_local_datetime(&local) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.to_utc()),
            LocalResult::None => None,
        });
        valid.next().unwrap_or_else(|| wanted.and_utc())
    }

    pub(super) fn label(&self, day: NaiveDate) -> PeriodKey {
        PeriodKey(match self.granularity {
            Granularity::Day => day.to_string(),
            Granularity::Week => week_label(day),
            Granularity::Month => format!("{}-{:02}", day.year(), day.month()),
        })
    }

    /// The period of `day` is not after `last`, which may come from a time when the schedule was another.
    pub(super) fn done(&self, day: NaiveDate, last: &PeriodKey) -> bool {
        let label = self.label(day);
        if label.0.len() == last.0.len() && label.0.contains('W') == last.0.contains('W') {
            return label <= *last;
        }
        last_day(last).is_some_and(|end| day <= end)
    }

    /// Within the longest time that a 29 February can be away.
    fn ever_fires(&self) -> bool {
        let begin = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
        let exists = |day: NaiveDate| self.month_day.is_none_or(|wanted| day.day() == wanted);
        begin.iter_days().take(9 * 366).any(|day| self.fires_on(day) && exists(day))
    }
}

fn granularity(month_day: &str, week_day: &str) -> Granularity {
    let any = |field: &str| matches!(field, "*" | "?");
    let one = |field: &str| !field.contains(['*', ',', '-', '/', '?', '+']);
    let last = |field: &str| field.ends_with(['l', 'L']);
    let in_month = |field: &str| field.contains('#') || (field.len() > 1 && last(field));
    match (any(month_day), any(week_day)) {
        (true, false) if one(week_day) && in_month(week_day) => Granularity::Month,
        (true, false) if one(week_day) && !last(week_day) => Granularity::Week,
        (false, true) if one(month_day) => Granularity::Month,
        _ => Granularity::Day,
    }
}

fn single(name: &str, field: &str, most: u32) -> Result<u32, InvalidSchedule> {
    match field.parse::<u32>() {
        Ok(number) if number <= most => Ok(number),
        _ => Err(InvalidSchedule(Words::new(
            format!("{name} \"{field}\" : écrivez un seul nombre, de 0 à {most} ; un numéro part à une heure du jour"),
            format!("{name} \"{field}\": write one number from 0 to {most}; an edition leaves at one time of the day"),
        ))),
    }
}

fn not_five_fields(cron: &str) -> InvalidSchedule {
    InvalidSchedule(Words::new(
        format!(
            "schedule \"{cron}\" n'a pas cinq champs (minute, heure, jour du mois, mois, jour de la semaine) ; écrivez par exemple \"0 8 * * Mon\""
        ),
        format!(
            "schedule \"{cron}\" has not five fields (minute, hour, day of month, month, day of week); write it like \"0 8 * * Mon\""
        ),
    ))
}

/// What the cron reader says of a field, or of the whole.
fn about(name: &str, text: &str, why: &str) -> InvalidSchedule {
    InvalidSchedule(Words::new(
        format!("{name} \"{text}\" ne se lit pas ({why}) ; écrivez par exemple \"0 8 * * Mon\""),
        format!("{name} \"{text}\": {why}"),
    ))
}

/// croner's messages do not say which field they mean; asked field by field, they need not.
fn check_field(index: usize, field: &str) -> Result<(), InvalidSchedule> {
    let mut fields = ["0", "0", "*", "*", "*"];
    fields[index] = field;
    match parse(&fields.join(" ")) {
        Ok(_) => Ok(()),
        Err(why) => Err(about(FIELDS[index], field, &why)),
    }
}

fn parse(cron: &str) -> Result<Cron, String> {
    CronParser::new().parse(cron).map_err(|error| {
        let text = error.to_string();
        text.trim_end_matches('.').to_owned()
    })
}

fn days_in_month(day: NaiveDate) -> u32 {
    let next = if day.month() == 12 { (day.year() + 1, 1) } else { (day.year(), day.month() + 1) };
    NaiveDate::from_ymd_opt(next.0, next.1, 1).and_then(|first| first.pred_opt()).map_or(31, |last| last.day())
}

/// Whether a text is one of the three labels, of a day, week or month that exists.
pub(super) fn is_label(text: &str) -> bool {
    let Some(day) = first_day(&PeriodKey(text.to_owned())) else { return false };
    let month = day.to_string().chars().take(7).collect::<String>();
    [week_label(day), day.to_string(), month].iter().any(|label| label == text)
}

fn week_label(day: NaiveDate) -> String {
    format!("{}-W{:02}", day.iso_week().year(), day.iso_week().week())
}

/// The first local day of a period.
pub(super) fn first_day(key: &PeriodKey) -> Option<NaiveDate> {
    let text = &key.0;
    if let Some((year, week)) = text.split_once("-W") {
        return NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon);
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").or_else(|_| NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d")).ok()
}

/// The last local day of a period.
pub(super) fn last_day(key: &PeriodKey) -> Option<NaiveDate> {
    let first = first_day(key)?;
    Some(match key.0.len() {
        10 => first,
        8 => first + TimeDelta::days(6),
        _ => first.with_day(days_in_month(first))?,
    })
}
