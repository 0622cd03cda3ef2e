//! What the schedule asks of editions.

use crate::{
    domain::{edition::PeriodKey, slug::Slug},
    store::{Result, Store, rows},
};

impl Store {
    /// The periods of a digest that have an edition, also a cancelled one; in no order.
    pub async fn edition_periods(&self, digest: Slug) -> Result<Vec<PeriodKey>> {
        self.read(move |tx| {
            let mut statement = tx.prepare_cached("select distinct period from edition where digest = ?1")?;
            rows::collect(statement.query([digest.as_str()])?, |row| Ok(PeriodKey(row.get(0)?)))
        })
        .await
    }

    /// The editions of a digest that have not begun to leave, oldest first.
    pub async fn editions_that_wait(&self, digest: Slug) -> Result<Vec<i64>> {
        self.read(move |tx| {
            let mut statement = tx.prepare_cached(
                "select number from edition where digest = ?1 and state in ('draft', 'approved') order by number",
            )?;
            rows::collect(statement.query([digest.as_str()])?, |row| Ok(row.get(0)?))
        })
        .await
    }
}
