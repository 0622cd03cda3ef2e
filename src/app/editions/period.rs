//! Which period an edition is for.
// MERGE: the calendar part is `pipeline::periods`' duty; this stands in until it lands.

use crate::{
    app::{App, Error, Result},
    domain::{
        candidate::Period,
        digest::Digest,
        edition::{EditionState, PeriodKey},
    },
};
use chrono::{DateTime, Datelike, TimeDelta};
use chrono_tz::Tz;
use croner::{Cron, Direction};
use std::str::FromStr;

impl App {
    /// The period asked for; else the one that is due, or the next one when the edition of that is no draft any more.
    pub(super) async fn period_to_draft(&self, digest: &Digest, key: Option<PeriodKey>) -> Result<Period> {
        let now = self.clock.now().with_timezone(&digest.schedule.zone);
        let calendar = Calendar::new(digest)?;
        if let Some(key) = key {
            let back = calendar.cron.iter_from(now, Direction::Backward).take(400);
            let ahead = calendar.cron.iter_from(now, Direction::Forward).take(60);
            let found = back.chain(ahead).find(|due| calendar.key(due) == key);
            let due = found.ok_or_else(|| {
                Error::Invalid(format!("\"{}\" is no period of digest \"{}\"; write it like \"{}\"", key.0, digest.slug, calendar.key(&now).0))
            })?;
            return calendar.period(&due, &now);
        }
        let unusable = |error: croner::errors::CronError| Error::Invalid(format!("digest \"{}\": {error}", digest.slug));
        let due = calendar.cron.find_previous_occurrence(&now, true).map_err(unusable)?;
        let current = self.store.edition_of(digest.slug.clone(), calendar.key(&due)).await?;
        if current.is_none_or(|record| record.edition.state == EditionState::Draft) {
            return calendar.period(&due, &now);
        }
        let next = calendar.cron.find_next_occurrence(&now, false).map_err(unusable)?;
        calendar.period(&next, &now)
    }
}

struct Calendar {
    cron: Cron,
}

impl Calendar {
    fn new(digest: &Digest) -> Result<Self> {
        let cron = Cron::from_str(&digest.schedule.cron);
        Ok(Self { cron: cron.map_err(|error| Error::Invalid(format!("digest \"{}\": {error}", digest.slug)))? })
    }

    fn before(&self, due: &DateTime<Tz>) -> DateTime<Tz> {
        self.cron.find_previous_occurrence(due, false).unwrap_or_else(|_| due.clone() - TimeDelta::days(7))
    }

    fn key(&self, due: &DateTime<Tz>) -> PeriodKey {
        let days = (due.clone() - self.before(due)).num_days();
        PeriodKey(match days {
            27.. => due.format("%Y-%m").to_string(),
            6.. => format!("{}-W{:02}", due.iso_week().year(), due.iso_week().week()),
            _ => due.format("%Y-%m-%d").to_string(),
        })
    }

    fn period(&self, due: &DateTime<Tz>, now: &DateTime<Tz>) -> Result<Period> {
        Ok(Period { key: self.key(due), since: self.before(due).to_utc(), date: due.max(now).date_naive() })
    }
}
