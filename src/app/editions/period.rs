//! Which period an edition is for.

use crate::{
    app::{App, Error, Result},
    domain::{
        candidate::Period,
        digest::Digest,
        edition::{EditionState, PeriodKey},
    },
    pipeline::periods,
};

impl App {
    /// The period asked for; else the current one, or the next one when the edition of that is no draft any more.
    pub(super) async fn period_to_draft(&self, digest: &Digest, key: Option<PeriodKey>) -> Result<Period> {
        if let Some(key) = key {
            return self.period(digest, key);
        }
        let now = self.clock.now();
        let current = periods::current_period(&digest.schedule, now);
        let edition = self.store.edition_of(digest.slug.clone(), current.clone()).await?;
        let next = || periods::next_firing(&digest.schedule, now).map(|(key, _)| key);
        match edition {
            Some(record) if record.edition.state != EditionState::Draft => {
                let after = next().filter(|key| *key != current);
                self.period(digest, after.unwrap_or(current))
            }
            _ => match self.period(digest, current) {
                // Today lies in no period: a daily digest that rests at the week-end.
                Err(Error::Invalid(_)) => self.period(digest, next().ok_or_else(|| never_fires(digest))?),
                period => period,
            },
        }
    }

    /// The stretch that a period covers. It is dated the day it is due, whenever it is drafted: a letter of last week says so.
    fn period(&self, digest: &Digest, key: PeriodKey) -> Result<Period> {
        let Some((since, due)) = periods::bounds(&digest.schedule, &key) else {
            let example = periods::current_period(&digest.schedule, self.clock.now());
            return Err(Error::Invalid(format!(
                "\"{}\" is no period of digest \"{}\"; write it like \"{}\"",
                key.0, digest.slug, example.0
            )));
        };
        let date = due.with_timezone(&digest.schedule.zone).date_naive();
        Ok(Period { key, since, date })
    }
}

fn never_fires(digest: &Digest) -> Error {
    Error::Invalid(format!("the schedule of digest \"{}\" never fires; correct it in sources.toml", digest.slug))
}
