//! Let go what is old, by the settings.

use crate::{
    app::{App, Result},
    clock::Clock,
    store::retention::{LetGo, Limits},
};
use chrono::{DateTime, Duration, Utc};

/// Refused entries are kept for a look, not for ever.
const QUARANTINE_DAYS: i64 = 90;
/// Of each refresh that asked somebody there is one row, the proof that the watch was done; later the last of each day.
const RUN_DAYS: i64 = 400;
/// A rest is at most a week, and counts for twice its length after its end.
const REST_DAYS: i64 = 14;
/// So long each of them is kept.
const EACH_RUN_DAYS: i64 = 30;
/// A week that is lived day by day with `--now` has its days no further apart; further is a leap to look at another time.
const NEXT_DAY: Duration = Duration::days(8);

impl App {
    /// What is done once a day, by whoever comes first: silence means something after two days, so corroboration is asked again;
    /// then what is no longer needed goes. A person who leaps to another week with `--now` has not come to clean up; one who lives
    /// it day by day has.
    pub async fn care_once_a_day(&self) -> Result<()> {
        const JOB: &str = "retention";
        let now = self.clock.now();
        let cares = match self.clock {
            Clock::Fixed(_) => match self.store.jobs().await?.iter().find(|job| job.name == JOB) {
                Some(last) if last.started_at > now => return Ok(()),
                Some(last) => now - last.started_at <= NEXT_DAY,
                None => false,
            },
            Clock::System | Clock::Going { .. } => true,
        };
        if !self.store.begin_job(JOB, Some(now.date_naive().to_string()), now).await? {
            return Ok(());
        }
        let done = if cares { self.care().await } else { Ok(()) };
        self.store.end_job(JOB, done.as_ref().err().map(ToString::to_string), self.clock.now()).await?;
        done
    }

    /// The work of it.
    pub async fn care(&self) -> Result<()> {
        self.corroborate_due(self.clock.now()).await?;
        self.apply_retention().await.map(|_| ())
    }

    /// Lets go items that their sources stopped listing and nobody used, addresses of deliveries long ended, and old refused
    /// entries. Safe to run at any time, and again.
    pub async fn apply_retention(&self) -> Result<LetGo> {
        let now = self.clock.now();
        let storage = &self.settings.storage;
        let limits = Limits {
            items: days_before(now, storage.keep_items_days.into()),
            deliveries: days_before(now, storage.keep_deliveries_days.into()),
            quarantine: days_before(now, QUARANTINE_DAYS),
            tombstones: days_before(now, 2 * i64::from(storage.keep_items_days)),
            runs: days_before(now, RUN_DAYS),
            rests: days_before(now, REST_DAYS),
            each_run: days_before(now, EACH_RUN_DAYS),
        };
        let let_go = self.store.let_go(limits).await?;
        tracing::debug!(items = let_go.items, addresses = let_go.addresses, quarantined = let_go.quarantined, "let go");
        Ok(let_go)
    }
}

fn days_before(now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    now.checked_sub_signed(Duration::days(days)).unwrap_or(DateTime::UNIX_EPOCH)
}
