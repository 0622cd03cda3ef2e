//! What the schedule asks of editions.

use crate::{
    domain::{edition::PeriodKey, slug::Slug},
    store::{Result, Store, StoreError},
};
use std::collections::HashMap;

/// What there is of a digest.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownEditions {
    /// The periods that have an edition, also a cancelled one; in no order.
    pub periods: Vec<PeriodKey>,
    /// The numbers of those that have not begun to leave, oldest first.
    pub waiting: Vec<i64>,
}

impl Store {
    /// The editions of every digest that has one, in one reading of an index: it is asked every minute.
    pub async fn known_editions(&self) -> Result<HashMap<Slug, KnownEditions>> {
        self.read(|tx| {
            let mut statement = tx.prepare_cached(
                "select digest, period, number, state in ('draft', 'approved') from edition indexed by edition_by_digest
                 order by digest, period",
            )?;
            let mut rows = statement.query([])?;
            let mut known: HashMap<Slug, KnownEditions> = HashMap::new();
            while let Some(row) = rows.next()? {
                let digest = Slug::parse(row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?)
                    .map_err(|error| StoreError::Corrupt(error.to_string()))?;
                let of_digest = known.entry(digest).or_default();
                of_digest.periods.push(PeriodKey(row.get(1)?));
                if row.get(3)? {
                    of_digest.waiting.push(row.get(2)?);
                }
            }
            known.values_mut().for_each(|known| known.waiting.sort_unstable());
            Ok(known)
        })
        .await
    }
}
