//! What is let go, and what never is.

use crate::store::{Result, Store};
use chrono::{DateTime, Utc};
use rusqlite::{Transaction, params};

/// Up to when things are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Items that their source last listed before are let go.
    pub items: DateTime<Utc>,
    /// Addresses of deliveries that ended before are blanked.
    pub deliveries: DateTime<Utc>,
    /// Refused entries that last came before are let go.
    pub quarantine: DateTime<Utc>,
    /// Keys of items let go that no source listed since are forgotten.
    pub tombstones: DateTime<Utc>,
    /// Rows of refreshes that began before are forgotten.
    pub runs: DateTime<Utc>,
    /// Rests of servers that ended before are forgotten.
    pub rests: DateTime<Utc>,
    /// Of the refreshes of a day before, only the last keeps its row.
    pub each_run: DateTime<Utc>,
}

/// What was let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LetGo {
    /// Items, with their bodies, assessments and places in stories.
    pub items: usize,
    /// Addresses of deliveries.
    pub addresses: usize,
    /// Refused entries.
    pub quarantined: usize,
    /// Steps of deliveries that ended long ago.
    pub delivery_events: usize,
    /// Rows of refreshes.
    pub runs: usize,
}

/// Items looked at in one transaction, so that nobody waits long for the lock.
const WINDOW: i64 = 2_000;

/// Never an item that its source still lists, that an edition holds, that somebody decided on, or that heads a story of others.
/// A source that never lists again (retired, moved) lists nothing.
const DOOMED: &str = "insert into temp.doomed
     select item.id from item join source on source.id = source_id
     where item.id > ?2 and item.id <= ?2 + ?3
       and item.last_listed_at < ?1 and (item.last_listed_at < listed_at or condition in ('retired', 'gone'))
       and not exists (select 1 from edition_item where edition_item.item_id = item.id)
       and not exists (select 1 from edition_erratum where edition_erratum.item_id = item.id)
       and not exists (select 1 from decision where decision.item_id = item.id)
       and not exists (select 1 from story join story_member on story_id = story.id
                       where lead_item = item.id and story_member.item_id <> item.id)";

/// As long as its source lists what was let go, the key is kept, however long ago that was last read: a source that answers
/// "not modified" still lists it.
const FORGOTTEN: &str = "delete from tombstone where last_listed_at < ?1 and exists (
     select 1 from source where source.id = source_id
       and (tombstone.last_listed_at < listed_at or condition in ('retired', 'gone')))";

/// Of each day, the last refresh that ended.
const THINNED: &str = "delete from refresh_run where started_at < ?1 and id not in (
     select max(id) from refresh_run where started_at < ?1 and ended_at is not null group by started_at / 86400)";

impl Store {
    /// Lets go what is older than the limits. Safe to stop at any point and to run again.
    pub async fn let_go(&self, limits: Limits) -> Result<LetGo> {
        let mut items = 0;
        loop {
            // What heads a story goes once the others of it have gone: another round.
            let gone = self.let_items_go(limits.items).await?;
            items += gone;
            if gone == 0 {
                break;
            }
        }
        let rest = self.write(move |transaction| let_the_rest_go(transaction, limits)).await?;
        Ok(LetGo { items, ..rest })
    }

    async fn let_items_go(&self, before: DateTime<Utc>) -> Result<usize> {
        let last: i64 = self.read(|tx| Ok(tx.query_row("select coalesce(max(id), 0) from item", [], |row| row.get(0))?)).await?;
        let (mut after, mut gone) = (0, 0);
        while after < last {
            gone += self.write(move |transaction| let_items_go(transaction, before, after)).await?;
            after += WINDOW;
        }
        Ok(gone)
    }
}

/// The key stays as a tombstone: should the source list the item again, it is not new.
fn let_items_go(transaction: &Transaction<'_>, before: DateTime<Utc>, after: i64) -> Result<usize> {
    transaction.execute_batch("create temp table if not exists doomed (id integer primary key); delete from temp.doomed")?;
    let count = transaction.execute(DOOMED, params![before.timestamp(), after, WINDOW])?;
    if count == 0 {
        return Ok(0);
    }
    transaction.execute_batch(
        "insert or replace into tombstone (source_id, key, last_listed_at)
           select source_id, key, last_listed_at from item where id in (select id from temp.doomed);
         delete from story_member where item_id in (select id from temp.doomed);
         delete from story where lead_item in (select id from temp.doomed);
         delete from item_search where rowid in (select id from temp.doomed);
         delete from item where id in (select id from temp.doomed);
         delete from temp.doomed",
    )?;
    Ok(count)
}

fn let_the_rest_go(transaction: &Transaction<'_>, limits: Limits) -> Result<LetGo> {
    transaction.execute("delete from host_rest where until < ?1", [limits.rests.timestamp()])?;
    transaction.execute(FORGOTTEN, [limits.tombstones.timestamp()])?;
    let deliveries = [limits.deliveries.timestamp()];
    transaction.execute("delete from bounce where received_at < ?1", deliveries)?;
    Ok(LetGo {
        items: 0,
        delivery_events: transaction.execute(
            "delete from delivery_event where delivery_id in (select id from delivery where email <> '' and ended_at < ?1)",
            deliveries,
        )?,
        addresses: transaction
            .execute("update delivery set email = '', last_reply = null where email <> '' and ended_at < ?1", deliveries)?,
        quarantined: transaction.execute("delete from quarantine where last_seen_at < ?1", [limits.quarantine.timestamp()])?,
        runs: transaction.execute("delete from refresh_run where started_at < ?1", [limits.runs.timestamp()])?
            + transaction.execute(THINNED, [limits.each_run.timestamp()])?,
    })
}
