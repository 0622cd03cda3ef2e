//! Editions: drafts, frozen bytes, and the account of what was chosen.

mod candidates;
mod draft;
mod errata;
mod ground;
mod waiting;

pub use draft::Draft;
pub use ground::{Ground, Replay};
pub use waiting::KnownEditions;

use crate::{
    domain::{
        candidate::{Choice, Fate, Window},
        edition::{Edition, EditionContent, EditionState, PeriodKey, RenderedEdition},
        slug::Slug,
    },
    store::{Result, Store, StoreError, rows},
};
use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, Transaction, params};

/// An edition with what it was composed from.
#[derive(Debug, Clone, PartialEq)]
pub struct EditionRecord {
    /// The edition.
    pub edition: Edition,
    /// The items it claims.
    pub window: Window,
    /// When the period before it ended.
    pub since: DateTime<Utc>,
    /// The frozen bytes.
    pub rendered: Option<RenderedEdition>,
    /// When its last delivery ended.
    pub sent_at: Option<DateTime<Utc>>,
}

/// One story's fate with what a person recognises it by.
#[derive(Debug, Clone, PartialEq)]
pub struct ChoiceRow {
    /// The fate.
    pub choice: Choice,
    /// The item's title, as stored.
    pub title: String,
    /// Its source.
    pub source: String,
}

/// Bytes to be frozen, with who answers for them.
#[derive(Debug, Clone)]
pub struct Approval {
    /// What leaves.
    pub rendered: RenderedEdition,
    /// Its SHA-256, hexadecimal.
    pub hash: String,
    /// Who approved.
    pub actor: String,
    /// When.
    pub at: DateTime<Utc>,
}

const COLUMNS: &str = "number, digest, period, state, content, after_item, up_to_item, since, opened_at, composed_at, approved_at, \
     approved_by, hash, sent_at, first_fetch";

impl Store {
    /// One edition, with its frozen bytes if there are any.
    pub async fn edition(&self, number: i64) -> Result<EditionRecord> {
        self.read(move |tx| load(tx, number)).await
    }

    /// The editions of a digest, or of all, newest first, without their frozen bytes.
    pub async fn editions(&self, digest: Option<Slug>) -> Result<Vec<EditionRecord>> {
        self.read(move |tx| {
            let sql = format!("select {COLUMNS}, null from edition where ?1 is null or digest = ?1 order by number desc");
            let mut statement = tx.prepare_cached(&sql)?;
            rows::collect(statement.query([digest.as_ref().map(Slug::as_str)])?, record)
        })
        .await
    }

    /// The living edition of a period, if there is one.
    pub async fn edition_of(&self, digest: Slug, period: PeriodKey) -> Result<Option<EditionRecord>> {
        self.read(move |tx| {
            let sql =
                format!("select {COLUMNS}, rendered from edition where digest = ?1 and period = ?2 and state <> 'cancelled'");
            tx.prepare_cached(&sql)?.query(params![digest.as_str(), period.0])?.next()?.map(record).transpose()
        })
        .await
    }

    /// What became of each story that an edition could have told: those that are in first, in order.
    pub async fn edition_choices(&self, number: i64) -> Result<Vec<ChoiceRow>> {
        self.read(move |tx| {
            let mut statement = tx.prepare_cached(
                "select choice, item.title, source.slug from edition_choice join item on item.id = edition_choice.item_id
                 join source on source.id = item.source_id where edition = ?1 order by story_id",
            )?;
            let row = |row: &Row<'_>| {
                Ok(ChoiceRow { choice: rows::json(&row.get::<_, String>(0)?)?, title: row.get(1)?, source: row.get(2)? })
            };
            let mut all = rows::collect(statement.query([number])?, row)?;
            all.sort_by_key(|row| match row.choice.fate {
                Fate::In { position, .. } => position,
                Fate::Out { .. } => usize::MAX,
            });
            Ok(all)
        })
        .await
    }

    /// Freezes a draft: from here on these bytes leave, and no others. `content` is what was rendered: a draft that was
    /// recomposed meanwhile is not approved unseen.
    pub async fn approve_edition(&self, number: i64, content: EditionContent, approval: Approval) -> Result<()> {
        self.write(move |tx| {
            let changed = tx.execute(
                "update edition set state = 'approved', rendered = ?3, hash = ?4, approved_by = ?5, approved_at = ?6
                 where number = ?1 and state = 'draft' and content = ?2",
                params![
                    number,
                    serde_json::to_string(&content)?,
                    serde_json::to_string(&approval.rendered)?,
                    approval.hash,
                    approval.actor,
                    approval.at.timestamp()
                ],
            )?;
            match (changed, state_of(tx, number)?) {
                (1, _) => Ok(()),
                (_, EditionState::Draft) => Err(StoreError::Conflict(format!(
                    "edition {number} was recomposed meanwhile; preview it again, then approve it"
                ))),
                (_, state) => Err(StoreError::Conflict(format!("edition {number} is {}, not a draft", rows::word(state)?))),
            }
        })
        .await
    }

    /// What [`Store::cancel_edition`] would refuse. Writes nothing.
    pub async fn try_cancel_edition(&self, number: i64) -> Result<()> {
        self.read(move |tx| refuse_what_has_left(tx, number)).await
    }

    /// An edition that will never leave; its stories and its period are free again.
    pub async fn cancel_edition(&self, number: i64, now: DateTime<Utc>) -> Result<()> {
        self.write(move |tx| {
            refuse_what_has_left(tx, number)?;
            tx.execute(
                "update edition set state = 'cancelled', cancelled_at = ?2 where number = ?1 and state <> 'cancelled'",
                params![number, now.timestamp()],
            )?;
            tx.execute("delete from edition_item where edition = ?1", [number])?;
            errata::free(tx, number)
        })
        .await
    }
}

fn refuse_what_has_left(tx: &Transaction<'_>, number: i64) -> Result<()> {
    match state_of(tx, number)? {
        EditionState::Draft | EditionState::Approved | EditionState::Cancelled => Ok(()),
        state @ (EditionState::Sending | EditionState::Sent) => {
            let state = rows::word(state)?;
            Err(StoreError::Conflict(format!("edition {number} is {state}: what has left cannot be called back")))
        }
    }
}

fn state_of(tx: &Transaction<'_>, number: i64) -> Result<EditionState> {
    let state: Option<String> =
        tx.query_row("select state from edition where number = ?1", [number], |row| row.get(0)).optional()?;
    rows::from_word(state.ok_or_else(|| StoreError::NotFound(format!("edition {number}")))?)
}

fn load(tx: &Transaction<'_>, number: i64) -> Result<EditionRecord> {
    let sql = format!("select {COLUMNS}, rendered from edition where number = ?1");
    let found = tx.prepare_cached(&sql)?.query([number])?.next()?.map(record).transpose()?;
    found.ok_or_else(|| StoreError::NotFound(format!("edition {number}")))
}

fn record(row: &Row<'_>) -> Result<EditionRecord> {
    let approved_at = rows::optional_instant(row.get(10)?)?;
    let approved_by: Option<String> = row.get(11)?;
    Ok(EditionRecord {
        edition: Edition {
            number: row.get(0)?,
            digest: Slug::parse(&row.get::<_, String>(1)?).map_err(|error| StoreError::Corrupt(error.to_string()))?,
            period: PeriodKey(row.get(2)?),
            state: rows::from_word(row.get(3)?)?,
            content: rows::json(&row.get::<_, String>(4)?)?,
            composed_at: rows::instant(row.get(9)?)?,
            approved: approved_at.zip(approved_by),
            hash: row.get(12)?,
        },
        window: Window {
            after_item: row.get(5)?,
            up_to_item: row.get(6)?,
            opened_at: rows::optional_instant(row.get(8)?)?,
            first_fetch: rows::from_word(row.get(14)?)?,
        },
        since: rows::instant(row.get(7)?)?,
        sent_at: rows::optional_instant(row.get(13)?)?,
        rendered: rows::optional_json(row.get(15)?)?,
    })
}
