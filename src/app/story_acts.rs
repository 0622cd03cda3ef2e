//! Stories as people see them: together what is one fact, apart what is two. It stays so, since an item is put into a story only once.

use crate::{
    app::{App, Error, Result},
    domain::{
        story::{Membership, Story, StoryMember},
        story_act::{By, Regrouping, StoryAct, StoryActKind},
    },
    pipeline::stories::{independent, lead, merged, split},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// One story with what people did to it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoryDetail {
    /// Its id: that of one of its items.
    pub id: i64,
    /// The item that heads it.
    pub lead: i64,
    /// Independent voices that tell it.
    pub independent: usize,
    /// Its items, in the order of arrival, each with why it is here.
    pub members: Vec<StoryMember>,
    /// What people did to its items, the last first.
    pub acts: Vec<StoryAct>,
}

/// The stories that an act left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Regrouped {
    /// Their ids.
    pub stories: Vec<i64>,
}

impl App {
    /// The story of an item.
    pub async fn story_of_item(&self, item: i64) -> Result<StoryDetail> {
        let id = self.stories_of_items(&[item]).await?.into_iter().next().unwrap_or(item);
        let members = self.store.story_members(id).await?;
        let voices = self.voices(&members, |_| 0.0);
        let (lead, independent) = (lead(&voices).unwrap_or(id), independent(&voices));
        let acts = self.store.story_acts(members.iter().map(|member| member.item).collect()).await?;
        Ok(StoryDetail { id, lead, independent, members, acts })
    }

    /// Makes one story of those that hold these items; whoever told one of them told the one that they become.
    ///
    /// Errors: an item that is unknown or not grouped yet; one story already.
    pub async fn merge_stories(&self, items: Vec<i64>, by: By) -> Result<Regrouped> {
        let ids = self.stories_of_items(&items).await?;
        if ids.len() < 2 {
            return Err(Error::Conflict(
                "these items are one story already; name items of several (`veille stories show ID`)".to_owned(),
            ));
        }
        let mut stories = Vec::with_capacity(ids.len());
        for id in &ids {
            stories.push(self.store.story_members(*id).await?);
        }
        let one = merged(stories);
        let into = one.first().map(|member| member.story).unwrap_or_default();
        let gone = ids.into_iter().filter(|id| *id != into).map(|id| (id, into)).collect();
        self.regroup(StoryActKind::Merge, items, by, (vec![one], gone)).await
    }

    /// Takes these items out of their story, into one of their own.
    ///
    /// Errors: items of several stories; all of a story, or an item that is alone in its story.
    pub async fn split_story(&self, items: Vec<i64>, by: By) -> Result<Regrouped> {
        let ids = self.stories_of_items(&items).await?;
        let [id] = ids.iter().copied().collect::<Vec<_>>()[..] else {
            return Err(Error::Conflict("these items are in several stories; split one story at a time".to_owned()));
        };
        let members = self.store.story_members(id).await?;
        let Some(parts) = split(members, &items.iter().copied().collect()) else {
            return Err(Error::Conflict(format!(
                "nothing would stay in story {id}; name some of its items, not all (`veille stories show {id}`)"
            )));
        };
        self.regroup(StoryActKind::Split, items, by, (parts.to_vec(), Vec::new())).await
    }

    async fn regroup(
        &self,
        kind: StoryActKind,
        items: Vec<i64>,
        by: By,
        (parts, gone): (Vec<Vec<StoryMember>>, Vec<(i64, i64)>),
    ) -> Result<Regrouped> {
        if by.actor.trim().is_empty() {
            return Err(Error::Invalid("a decision needs a name; give it with --as".to_owned()));
        }
        let now = self.clock.now();
        let act = StoryAct { kind, items, actor: by.actor, reason: by.reason, at: now };
        let stories: Vec<Story> = parts.iter().filter_map(|members| self.story_as_it_is(members)).collect();
        let place = |member: StoryMember| Membership { story: member.story, item: member.item, tie: member.tie };
        let memberships = parts.into_iter().flatten().map(place).collect();
        let ids = stories.iter().map(|story| story.id).collect();
        self.store.record_regrouping(Regrouping { act, stories, memberships, gone }).await?;
        self.corroborate_due(now).await?;
        Ok(Regrouped { stories: ids })
    }

    fn story_as_it_is(&self, members: &[StoryMember]) -> Option<Story> {
        let (id, voices) = (members.first()?.story, self.voices(members, |_| 0.0));
        let times = || members.iter().map(|member| member.at);
        Some(Story {
            id,
            lead: lead(&voices).unwrap_or(id),
            opened_at: times().min()?,
            last_at: times().max()?,
            independent: independent(&voices),
            due_at: Some(self.clock.now()),
        })
    }

    async fn stories_of_items(&self, items: &[i64]) -> Result<BTreeSet<i64>> {
        let found = self.store.story_candidates(items.to_vec()).await?;
        let mut stories = BTreeSet::new();
        for item in items {
            let member = found.iter().find(|member| member.item == *item);
            match member.map(|member| member.story) {
                None => return Err(Error::NotFound(format!("item {item}; `veille items list` has the numbers"))),
                Some(0) => {
                    return Err(Error::Conflict(format!("item {item} is in no story yet; `veille refresh` puts it into one")));
                }
                Some(story) => drop(stories.insert(story)),
            }
        }
        Ok(stories)
    }
}
