//! What people do to stories.

use crate::{
    domain::{
        story::Story,
        story_act::{Regrouping, StoryAct},
    },
    store::{Result, Store, rows},
};
use rusqlite::{Row, Transaction, params};

impl Store {
    /// Writes an act and all that it changes, or nothing.
    pub async fn record_regrouping(&self, regrouping: Regrouping) -> Result<()> {
        self.write(move |tx| {
            for story in &regrouping.stories {
                write_story(tx, story)?;
            }
            let mut place = tx.prepare_cached("update story_member set story_id = ?2, tie = ?3 where item_id = ?1")?;
            for member in &regrouping.memberships {
                place.execute(params![member.item, member.story, serde_json::to_string(&member.tie)?])?;
            }
            for (gone, into) in &regrouping.gone {
                // Whoever told the one has told the other.
                tx.execute("update edition_item set story_id = ?2 where story_id = ?1", [gone, into])?;
                tx.execute("delete from story where id = ?1", [gone])?;
            }
            write_act(tx, &regrouping.act)
        })
        .await
    }

    /// What people did to stories of which they named one of these items, the last first.
    pub async fn story_acts(&self, items: Vec<i64>) -> Result<Vec<StoryAct>> {
        self.read(move |tx| {
            let mut statement = tx.prepare_cached(
                "select kind, items, actor, reason, acted_at from story_act where exists (
                   select 1 from json_each(story_act.items) named join json_each(?1) asked on asked.value = named.value)
                 order by id desc",
            )?;
            rows::collect(statement.query([serde_json::to_string(&items)?])?, act)
        })
        .await
    }
}

fn write_story(tx: &Transaction<'_>, story: &Story) -> Result<()> {
    let independent = i64::try_from(story.independent).unwrap_or(i64::MAX);
    tx.prepare_cached(
        "insert into story (id, lead_item, opened_at, last_at, independent, due_at) values (?1, ?2, ?3, ?4, ?5, ?6)
         on conflict (id) do update set lead_item = excluded.lead_item, opened_at = excluded.opened_at, last_at = excluded.last_at,
           independent = excluded.independent, due_at = excluded.due_at",
    )?
    .execute(params![
        story.id,
        story.lead,
        story.opened_at.timestamp(),
        story.last_at.timestamp(),
        independent,
        rows::seconds(story.due_at)
    ])?;
    Ok(())
}

fn write_act(tx: &Transaction<'_>, act: &StoryAct) -> Result<()> {
    tx.execute(
        "insert into story_act (kind, items, actor, reason, acted_at) values (?1, ?2, ?3, ?4, ?5)",
        params![rows::word(act.kind)?, serde_json::to_string(&act.items)?, act.actor, act.reason, act.at.timestamp()],
    )?;
    Ok(())
}

fn act(row: &Row<'_>) -> Result<StoryAct> {
    Ok(StoryAct {
        kind: rows::from_word(row.get(0)?)?,
        items: rows::json(&row.get::<_, String>(1)?)?,
        actor: row.get(2)?,
        reason: row.get(3)?,
        at: rows::instant(row.get(4)?)?,
    })
}
