//! What the schedule asks of editions.

use crate::{
    domain::{edition::PeriodKey, slug::Slug},
    store::{Result, Store, rows},
};
use rusqlite::OptionalExtension;

impl Store {
    /// The newest period of a digest that has an edition, also a cancelled one: labels of one schedule sort by time.
    pub async fn newest_period(&self, digest: Slug) -> Result<Option<PeriodKey>> {
        self.read(move |tx| {
            let mut statement = tx.prepare_cached("select period from edition where digest = ?1 order by period desc limit 1")?;
            Ok(statement.query_row([digest.as_str()], |row| row.get(0)).optional()?.map(PeriodKey))
        })
        .await
    }

    /// The editions of a digest that have not begun to leave, oldest first.
    pub async fn editions_that_wait(&self, digest: Slug) -> Result<Vec<i64>> {
        self.read(move |tx| {
            let mut statement =
                tx.prepare_cached("select number from edition where digest = ?1 and state in ('draft', 'approved') order by number")?;
            rows::collect(statement.query([digest.as_str()])?, |row| Ok(row.get(0)?))
        })
        .await
    }
}
