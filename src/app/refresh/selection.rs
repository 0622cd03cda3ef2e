//! Which sources a refresh asks, and in which order.

use crate::{
    app::{App, Error, Result, sources::refused, trust::Trust},
    domain::{
        fetching::host_key,
        slug::Slug,
        source::{Source, SourceCondition, SourceKind, SourceState},
    },
};
use chrono::{DateTime, Utc};
use std::collections::HashMap;

/// Which sources to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// Those whose time has come.
    Due,
    /// Every one that is not paused, retired or gone, whatever its time.
    All,
    /// These, whatever their time; a gone one is tried again.
    Named(Vec<Slug>),
}

/// A source to be asked, with what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) source: Source,
    pub(super) state: SourceState,
}

impl App {
    /// The sources of a selection, so ordered that those of one host stand far apart.
    pub(super) async fn select_sources(&self, selection: &Selection) -> Result<Vec<Asked>> {
        let now = self.clock.now();
        let mut states: HashMap<Slug, SourceState> = self.store.source_states().await?.into_iter().collect();
        let resting = match selection {
            Selection::Due => self.store.resting_hosts(now).await?,
            _ => HashMap::new(),
        };
        let trust = self.trust(now).await?;
        let mut asked = Vec::new();
        for source in self.named(selection)? {
            let Some(state) = states.remove(&source.slug) else { continue };
            let rests = resting.contains_key(&host_key(&state.effective_url));
            if !rests && is_welcome(selection, &trust, &source)? && is_selected(selection, &source, &state, now)? {
                asked.push(Asked { source, state });
            }
        }
        Ok(apart(asked))
    }

    fn named(&self, selection: &Selection) -> Result<Vec<Source>> {
        let Selection::Named(slugs) = selection else { return Ok(self.definitions.sources.clone()) };
        slugs.iter().map(|slug| self.known_source(slug).cloned()).collect()
    }
}

/// A source that a person refused is not asked, not even by its name.
fn is_welcome(selection: &Selection, trust: &Trust, source: &Source) -> Result<bool> {
    match (trust.refusal(&source.slug), selection) {
        (None, _) => Ok(true),
        (Some(sheet), Selection::Named(_)) => Err(Error::Conflict(refused(sheet))),
        (Some(_), _) => Ok(false),
    }
}

fn is_selected(selection: &Selection, source: &Source, state: &SourceState, now: DateTime<Utc>) -> Result<bool> {
    let named = matches!(selection, Selection::Named(_));
    if source.paused {
        let refusal = format!("source \"{}\" is paused; remove `paused = true` from sources.toml to ask it", source.slug);
        return if named { Err(Error::Conflict(refusal)) } else { Ok(false) };
    }
    if source.kind != SourceKind::Feed {
        let refusal = format!("source \"{}\" is no feed, and only feeds are read yet; set `paused = true`", source.slug);
        return if named { Err(Error::Conflict(refusal)) } else { Ok(false) };
    }
    Ok(match selection {
        Selection::Named(_) => true,
        Selection::All => state.condition != SourceCondition::Gone,
        Selection::Due => state.condition != SourceCondition::Gone && state.next_check_at.is_none_or(|at| at <= now),
    })
}

/// First one source of each host, then a second of each, and so on: a host that must be asked slowly holds nobody up.
fn apart(asked: Vec<Asked>) -> Vec<Asked> {
    let mut turns: HashMap<String, usize> = HashMap::new();
    let mut with_turn: Vec<(usize, Asked)> = asked
        .into_iter()
        .map(|asked| {
            let turn = turns.entry(host_key(&asked.state.effective_url)).or_default();
            *turn += 1;
            (*turn, asked)
        })
        .collect();
    with_turn.sort_by_key(|(turn, _)| *turn);
    with_turn.into_iter().map(|(_, asked)| asked).collect()
}
