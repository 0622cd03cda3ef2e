//! Put new items into stories, and let stories speak for the reliability of their items.

use crate::{
    app::{App, Error, Result},
    domain::{
        evidence::{Evidence, Reliability},
        publisher::Publisher,
        slug::Slug,
        story::{Corroboration, GroupingPlan, Membership, Story, StoryMember, Tie, UngroupedItem},
    },
    pipeline::{
        reliability::{self, Company, Rules, corroboration, quality, score, with_corroboration},
        stories::{Assignment, Sieve, StoryIndex, Voice, WINDOW, corroborations, independent, lead},
    },
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use url::Url;

/// Items put into stories by one transaction.
const BATCH: u32 = 1_000;
/// Members of open stories read at once: few enough that nobody waits for the database, nor for a thread.
const READ_AT_ONCE: usize = 500;
/// Stories looked at by one transaction.
const STORIES: u32 = 200;
/// Items that happened longer ago open no old stories again.
const LOOK_BACK: TimeDelta = TimeDelta::days(30);
/// How long silence means nothing.
const PATIENCE: TimeDelta = TimeDelta::hours(48);

/// What grouping did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct GroupReport {
    /// Items put into stories.
    pub grouped: usize,
    /// Of these, how many joined a story that another item had opened.
    pub joined: usize,
    /// Stories whose corroboration was looked at.
    pub corroborated: usize,
}

impl App {
    /// Puts every item that is in no story into one, in the order of arrival, then looks at the corroboration that is due. Killed at any
    /// moment and run again, it ends in the same state; with nothing to do it writes nothing.
    pub async fn group_new_items(&self, now: DateTime<Utc>) -> Result<GroupReport> {
        let mut report = GroupReport::default();
        while let Some(ungrouped) = self.store.ungrouped().await? {
            let (sieve, last) = self.sieve(ungrouped.count).await?;
            let index = StoryIndex::through(sieve);
            let mut index = self.with_open_stories(index, (ungrouped.first, ungrouped.last), now).await?;
            loop {
                let mut batch = self.store.ungrouped_items(BATCH).await?;
                // What came in meanwhile is not in the sieve: it is for the next round.
                batch.retain(|item| item.item <= last);
                if batch.is_empty() {
                    break;
                }
                let (plan, assigned) = self.plan_grouping(index, batch, now).await?;
                index = assigned;
                report.joined += plan.memberships.iter().filter(|member| member.tie != Tie::Seed).count();
                report.grouped += self.store.record_grouping(plan).await?;
            }
        }
        report.corroborated = self.corroborate_due(now).await?;
        Ok(report)
    }

    /// Looks at the stories whose corroboration is due and writes the evidence that it gives to each of their items. Gives the number of
    /// stories. Worth calling once a day even when nothing came in: an item that stays alone for 48 hours says something too.
    pub async fn corroborate_due(&self, now: DateTime<Utc>) -> Result<usize> {
        let rules = Rules::shipped();
        let mut looked_at = 0;
        loop {
            let due = self.store.stories_due(now, STORIES).await?;
            if due.is_empty() {
                return Ok(looked_at);
            }
            looked_at += due.len();
            self.corroborate(&rules, &due, now).await?;
        }
    }

    /// For each item of a story, who else tells it, with the quality of each voice computed without corroboration.
    pub async fn corroboration_groups(&self, story: i64) -> Result<Vec<Corroboration>> {
        let members = self.store.story_members(story).await?;
        let evidence = self.evidence_of(&members).await?;
        let rules = Rules::shipped();
        Ok(corroborations(&self.voices(&members, |item| evidence.get(&item).map_or(0.0, |known| quality(&rules, known)))))
    }

    /// What the items to come, about so many, can be met by, and the last of them.
    async fn sieve(&self, items: usize) -> Result<(Sieve, i64)> {
        let (mut sieve, mut last) = (Sieve::for_items(items), 0);
        loop {
            let coming = self.store.ungrouped_keys(last, BATCH).await?;
            let Some(item) = coming.last() else { return Ok((sieve, last)) };
            last = item.item;
            let take = move || {
                coming.iter().for_each(|item| sieve.take(item));
                sieve
            };
            sieve = tokio::task::spawn_blocking(take).await.map_err(|error| Error::Internal(error.into()))?;
        }
    }

    /// Adds the stories that may still take in items of that span.
    async fn with_open_stories(
        &self,
        mut index: StoryIndex,
        (first, last): (DateTime<Utc>, DateTime<Utc>),
        now: DateTime<Utc>,
    ) -> Result<StoryIndex> {
        let first = first.max(now - LOOK_BACK);
        let ids = self.store.open_member_ids(first - WINDOW, last + WINDOW).await?;
        let mut stale = 0_usize;
        for ids in ids.chunks(READ_AT_ONCE) {
            for member in self.store.open_members(ids.to_vec()).await? {
                stale += usize::from(!index.add(member));
            }
        }
        if stale > 0 {
            tracing::warn!(stale, "items with fingerprints of another version take part in no story any more");
        }
        Ok(index)
    }

    async fn plan_grouping(
        &self,
        mut index: StoryIndex,
        batch: Vec<UngroupedItem>,
        now: DateTime<Utc>,
    ) -> Result<(GroupingPlan, StoryIndex)> {
        let assign = move || {
            let assigned: Vec<(UngroupedItem, Assignment)> = batch
                .into_iter()
                .map(|item| {
                    let assignment = index.assign(&item);
                    (item, assignment)
                })
                .collect();
            (assigned, index)
        };
        let (assigned, index) = tokio::task::spawn_blocking(assign).await.map_err(|error| Error::Internal(error.into()))?;
        let mut plan = GroupingPlan { stories: self.stories_of(&assigned, &index, now).await?, ..GroupingPlan::default() };
        for (item, Assignment { story, tie }) in assigned {
            plan.memberships.push(Membership { story, item: item.item, tie });
            if let (None, Some(bytes)) = (item.fingerprint, index.fingerprint(item.item)) {
                plan.fingerprints.push((item.item, bytes));
            }
        }
        Ok((plan, index))
    }

    /// The stories that a batch touches, as they are afterwards.
    async fn stories_of(
        &self,
        assigned: &[(UngroupedItem, Assignment)],
        index: &StoryIndex,
        now: DateTime<Utc>,
    ) -> Result<Vec<Story>> {
        let mut touched = BTreeMap::<i64, Vec<&(UngroupedItem, Assignment)>>::new();
        assigned.iter().for_each(|pair| touched.entry(pair.1.story).or_default().push(pair));
        let mut stories = Vec::with_capacity(touched.len());
        for (id, new) in touched {
            stories.push(match (new.as_slice(), index.members(id).as_slice()) {
                ([(item, _)], [_]) => alone(item),
                (new, members) => self.told_by_several(id, new, members.to_vec(), now).await?,
            });
        }
        Ok(stories)
    }

    async fn told_by_several(
        &self,
        id: i64,
        new: &[&(UngroupedItem, Assignment)],
        items: Vec<i64>,
        now: DateTime<Utc>,
    ) -> Result<Story> {
        let mut members = self.store.story_candidates(items).await?;
        for member in &mut members {
            if let Some((_, assignment)) = new.iter().find(|(item, _)| item.item == member.item) {
                member.tie = assignment.tie.clone();
            }
        }
        let voices = self.voices(&members, |_| 0.0);
        let times = || members.iter().map(|member| member.at);
        Ok(Story {
            id,
            lead: lead(&voices).unwrap_or(id),
            opened_at: times().min().unwrap_or(now),
            last_at: times().max().unwrap_or(now),
            independent: independent(&voices),
            due_at: Some(now),
        })
    }

    async fn corroborate(&self, rules: &Rules, stories: &[Vec<StoryMember>], now: DateTime<Utc>) -> Result<()> {
        let (mut assessments, mut looked_at) = (Vec::new(), Vec::new());
        for members in stories {
            let evidence = self.evidence_of(members).await?;
            let voices = self.voices(members, |item| evidence.get(&item).map_or(0.0, |known| quality(rules, known)));
            for company in corroborations(&voices) {
                let (Some(known), Some(member)) =
                    (evidence.get(&company.item), members.iter().find(|member| member.item == company.item))
                else {
                    continue;
                };
                assessments.extend(reassessed(rules, known, &self.company(&company, members), member, now));
            }
            if let Some(first) = members.first() {
                looked_at.push((first.story, next_look(&voices, now)));
            }
        }
        Ok(self.store.record_corroboration(assessments, looked_at, now).await?)
    }

    async fn evidence_of(&self, members: &[StoryMember]) -> Result<HashMap<i64, Vec<Evidence>>> {
        let stored = self.store.assessments(members.iter().map(|member| member.item).collect()).await?;
        Ok(stored.into_iter().map(|stored| (stored.item, stored.evidence)).collect())
    }

    pub(in crate::app) fn voices<'a>(&'a self, members: &'a [StoryMember], quality: impl Fn(i64) -> f64) -> Vec<Voice<'a>> {
        let voice = |member: &'a StoryMember| Voice {
            member,
            publisher: self.publisher_of_member(member),
            quality: quality(member.item),
        };
        members.iter().map(voice).collect()
    }

    /// As `sources.toml` says; for a source that is no longer there, by its address.
    fn publisher_of_member(&self, member: &StoryMember) -> Option<&Publisher> {
        let source = Slug::parse(&member.source).ok().and_then(|slug| self.definitions.source(&slug));
        match source {
            Some(source) => self.definitions.publisher_of(source),
            None => self.definitions.publisher_of_host(Url::parse(&member.site).ok()?.host_str()?),
        }
    }

    fn company(&self, found: &Corroboration, members: &[StoryMember]) -> Company {
        let name = |item: &i64| {
            let member = members.iter().find(|member| member.item == *item)?;
            Some(self.publisher_of_member(member).map_or_else(|| member.source.clone(), |publisher| publisher.name.clone()))
        };
        Company {
            voices: found
                .groups
                .iter()
                .map(|group| reliability::Voice { name: group.names.join(", "), quality: group.quality })
                .collect(),
            copies: found.copies.iter().filter_map(name).collect(),
        }
    }
}

/// A story of one item. Whoever came with a backlog is not waited for.
fn alone(item: &UngroupedItem) -> Story {
    let due_at = (!item.backlog).then_some(item.at + PATIENCE);
    Story { id: item.item, lead: item.item, opened_at: item.at, last_at: item.at, independent: 1, due_at }
}

/// `None` when nothing changed.
fn reassessed(
    rules: &Rules,
    known: &[Evidence],
    company: &Company,
    member: &StoryMember,
    now: DateTime<Utc>,
) -> Option<(i64, Vec<Evidence>, Reliability)> {
    let evidence = with_corroboration(rules, known, corroboration(rules, company, now - member.at, now));
    let same = |one: &Evidence, other: &Evidence| {
        one.signal == other.signal && one.excerpt == other.excerpt && one.support == other.support && one.weight == other.weight
    };
    let unchanged = evidence.len() == known.len() && evidence.iter().zip(known).all(|(one, other)| same(one, other));
    (!unchanged).then(|| {
        let reliability = score(rules, &evidence);
        (member.item, evidence, reliability)
    })
}

/// A story that one voice tells is looked at once more when silence begins to mean something.
fn next_look(voices: &[Voice<'_>], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let patience = voices.iter().map(|voice| voice.member.at + PATIENCE).max()?;
    (independent(voices) == 1 && patience > now).then_some(patience)
}
