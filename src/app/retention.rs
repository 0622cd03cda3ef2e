//! Let go what is old, by the settings.

use crate::{
    app::{App, Result},
    store::retention::{LetGo, Limits},
};
use chrono::{DateTime, Duration, Utc};

/// Refused entries are kept for a look, not for ever.
const QUARANTINE_DAYS: i64 = 90;

impl App {
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
        };
        let let_go = self.store.let_go(limits).await?;
        tracing::debug!(items = let_go.items, addresses = let_go.addresses, quarantined = let_go.quarantined, "let go");
        Ok(let_go)
    }
}

fn days_before(now: DateTime<Utc>, days: i64) -> DateTime<Utc> {
    now.checked_sub_signed(Duration::days(days)).unwrap_or(DateTime::UNIX_EPOCH)
}
