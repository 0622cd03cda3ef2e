//! Look at sources: in step with the file, listed, shown, tried.

use crate::{
    app::{App, Error, Result, trust::Trust},
    config::nearest,
    domain::{
        fetching::{Answer, FetchRequest, Purpose, host_key},
        hub::HubSubscription,
        listing::{Judged, ReliabilityRow},
        slug::Slug,
        source::{Source, SourceCondition, SourceKind, SourceState},
        trust::{Overdue, Sheet, SheetState},
    },
    pipeline::parse::parse,
};
use chrono::{DateTime, NaiveDate, Utc};
use futures_util::{StreamExt, stream};
use serde::Serialize;
use std::collections::HashMap;

/// A row of the list of sources. The field names are those of `veille sources list --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceRow {
    /// Its name in commands.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// How it is read.
    pub kind: SourceKind,
    /// The address in the file.
    pub url: String,
    /// BCP 47.
    pub language: Option<String>,
    /// Slugs of its themes.
    pub themes: Vec<Slug>,
    /// Slug of its publisher.
    pub publisher: Option<Slug>,
    /// Whether it is being fetched, and if not, why.
    pub state: SourceCondition,
    /// Its server wants to rest until then, and it has not failed itself.
    pub resting_until: Option<DateTime<Utc>>,
    /// Not asked before.
    pub next_check_at: Option<DateTime<Utc>>,
    /// When it last answered well.
    pub last_success_at: Option<DateTime<Utc>>,
    /// When an item last came in.
    pub last_new_item_at: Option<DateTime<Utc>>,
    /// Why the last fetch failed.
    pub last_error: Option<String>,
    /// What it is worth, people's words included; null before it was assessed.
    pub reliability: Option<ReliabilityRow>,
    /// What people said about its trust, with the score as computed without them; null when nobody did.
    pub judged: Option<Judged>,
    /// Where its qualification stands; null when nobody opened a sheet.
    pub qualification: Option<Qualification>,
}

/// Where the qualification of a source stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Qualification {
    /// Proposed, trial, accepted or refused.
    pub state: SheetState,
    /// Who decided, once somebody did.
    pub decided_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The last day of the trial.
    pub trial_until: Option<NaiveDate>,
    /// When it is to be looked at again.
    pub next_review: Option<NaiveDate>,
    /// What ought to have been done by now.
    pub overdue: Option<Overdue>,
}

/// One source with everything known about it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceDetail {
    /// Its row in the list.
    pub row: SourceRow,
    /// Its state.
    pub state: SourceState,
    /// The publisher's name.
    pub publisher: Option<String>,
    /// Things for the operator to know (repairs, Sunset, Deprecation).
    pub notices: Vec<String>,
    /// The subscription with its hub.
    pub hub: Option<HubSubscription>,
}

/// What a source gives when it is tried. Nothing is stored.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourceTrial {
    /// Which one.
    pub slug: Slug,
    /// It gave a feed that can be read.
    pub ok: bool,
    /// Its format.
    pub format: Option<String>,
    /// Entries read, and entries refused.
    pub entries: usize,
    /// Entries that could not be read.
    pub refused: usize,
    /// The newest date stated.
    pub newest: Option<DateTime<Utc>>,
    /// Where a permanent redirect leads.
    pub moved_to: Option<String>,
    /// Repairs that were needed.
    pub warnings: Vec<String>,
    /// Why it cannot be read.
    pub reason: Option<String>,
}

impl App {
    /// Brings the sources' rows in step with `sources.toml`: new ones added, changed ones updated, absent ones retired.
    pub async fn sync_sources(&self) -> Result<()> {
        let synced = self.store.sync_sources(self.definitions.sources.clone()).await?;
        if synced.added + synced.changed + synced.retired > 0 {
            tracing::debug!(
                added = synced.added,
                changed = synced.changed,
                retired = synced.retired,
                "sources in step with the file"
            );
        }
        Ok(())
    }

    /// Every source of the file, in its order, with its state.
    pub async fn source_list(&self) -> Result<Vec<SourceRow>> {
        let mut states: HashMap<Slug, SourceState> = self.store.source_states().await?.into_iter().collect();
        let resting = self.store.resting_hosts(self.clock.now()).await?;
        let row = |source: &Source| Some(self.row(source, states.remove(&source.slug)?, &resting));
        let mut rows: Vec<SourceRow> = self.definitions.sources.iter().filter_map(row).collect();
        let trust = self.trust(self.clock.now()).await?;
        for row in &mut rows {
            self.judge_source(&trust, row).await?;
        }
        Ok(rows)
    }

    /// Puts what people said on the row of a source.
    async fn judge_source(&self, trust: &Trust, row: &mut SourceRow) -> Result<()> {
        if let Some(sheet) = trust.sheet(&row.slug) {
            row.qualification = Some(Qualification {
                state: sheet.state,
                decided_by: sheet.decided_by.clone(),
                reason: sheet.reason.clone(),
                trial_until: sheet.trial_until,
                next_review: sheet.next_review,
                overdue: trust.overdue(&row.slug),
            });
        }
        if trust.refusal(&row.slug).is_some() {
            row.state = SourceCondition::Refused;
        }
        if !trust.of_source(&row.slug).is_nothing() {
            let judgement = self.source_judgement(trust, &row.slug).await?;
            row.judged = judgement.judged.map(|judged| Judged { computed: row.reliability, ..judged });
            row.reliability = Some(ReliabilityRow::of(&judgement.ledger.reliability));
        }
        Ok(())
    }

    /// Which source is due next, and when; `None` when none is ever asked.
    pub async fn next_due(&self) -> Result<Option<(Slug, DateTime<Utc>)>> {
        let asked = |row: &SourceRow| {
            let is_asked = matches!(row.state, SourceCondition::New | SourceCondition::Healthy | SourceCondition::Failing);
            row.kind == SourceKind::Feed && is_asked
        };
        let rows = self.source_list().await?.into_iter().filter(asked);
        Ok(rows.filter_map(|row| Some((row.slug, row.next_check_at?))).min_by_key(|(_, at)| *at))
    }

    /// One source of the file.
    pub async fn source_detail(&self, slug: &Slug) -> Result<SourceDetail> {
        let source = self.known_source(slug)?;
        let state = self.store.source_state(slug.clone()).await?;
        let publisher = self.definitions.publisher_of(source).map(|publisher| publisher.name.clone());
        let notices = self.store.source_notices(slug.clone()).await?;
        let resting = self.store.resting_hosts(self.clock.now()).await?;
        let hub = self.store.hub_subscription(state.id).await?;
        let mut row = self.row(source, state.clone(), &resting);
        self.judge_source(&self.trust(self.clock.now()).await?, &mut row).await?;
        Ok(SourceDetail { row, state, publisher, notices, hub })
    }

    /// Fetches sources (all when none is named) without storing anything, and says what each gives, in the order of the file.
    pub async fn try_sources(&self, slugs: &[Slug]) -> Result<Vec<SourceTrial>> {
        for slug in slugs {
            self.known_source(slug)?;
        }
        let chosen = self.definitions.sources.iter().filter(|source| slugs.is_empty() || slugs.contains(&source.slug));
        let trust = self.trust(self.clock.now()).await?;
        let tried = stream::iter(chosen).map(|source| self.try_source(source, trust.refusal(&source.slug).map(refused)));
        Ok(tried.buffered(self.settings.fetch.concurrency).collect().await)
    }

    pub(crate) fn known_source(&self, slug: &Slug) -> Result<&Source> {
        self.definitions.source(slug).ok_or_else(|| {
            let near = nearest(slug.as_str(), self.definitions.sources.iter().map(|source| source.slug.as_str()));
            let hint = match near {
                Some((near, likeness)) if likeness > 0.75 => format!("did you mean \"{near}\"?"),
                _ => "`veille sources list` names them".to_owned(),
            };
            Error::NotFound(format!("there is no source \"{slug}\" in sources.toml; {hint}"))
        })
    }

    fn row(&self, source: &Source, state: SourceState, resting: &HashMap<String, DateTime<Utc>>) -> SourceRow {
        let can_rest = matches!(state.condition, SourceCondition::New | SourceCondition::Healthy);
        let reliability = state.reliability.as_ref().map(ReliabilityRow::of);
        SourceRow {
            slug: source.slug.clone(),
            name: source.name.clone(),
            kind: source.kind,
            url: source.url.to_string(),
            language: source.language.clone(),
            themes: source.themes.clone(),
            publisher: self.definitions.publisher_of(source).map(|publisher| publisher.slug.clone()),
            state: state.condition,
            resting_until: resting.get(&host_key(&state.effective_url)).copied().filter(|_| can_rest),
            next_check_at: state.next_check_at,
            last_success_at: state.last_success_at,
            last_new_item_at: state.last_new_item_at,
            last_error: state.last_error,
            reliability,
            judged: None,
            qualification: None,
        }
    }

    async fn try_source(&self, source: &Source, refusal: Option<String>) -> SourceTrial {
        let mut trial = untried(&source.slug, refusal);
        if trial.reason.is_some() {
            return trial;
        }
        let outcome =
            self.fetcher.fetch(FetchRequest { url: source.url.clone(), validators: None, purpose: Purpose::Feed }).await;
        trial.moved_to = outcome
            .redirects
            .iter()
            .rfind(|redirect| matches!(redirect.status, 301 | 308))
            .map(|redirect| redirect.target.to_string());
        trial.warnings = outcome.notices;
        match outcome.result {
            Err(failure) => trial.reason = Some(failure.reason),
            Ok(Answer::NotModified { .. }) => {
                trial.reason = Some("the server answered 304 to an unconditional request".to_owned())
            }
            Ok(Answer::Fetched { document, .. }) => match parse(&document, self.clock.now()) {
                Err(error) => trial.reason = Some(error.to_string()),
                Ok(feed) => {
                    trial.ok = true;
                    trial.format = Some(feed.format.to_owned());
                    (trial.entries, trial.refused) = (feed.entries.len(), feed.refused.len());
                    trial.newest =
                        feed.entries.iter().filter_map(|entry| entry.published.or(entry.updated)).map(|date| date.at).max();
                    trial.warnings.extend(feed.warnings);
                }
            },
        }
        trial
    }
}

fn untried(slug: &Slug, reason: Option<String>) -> SourceTrial {
    SourceTrial {
        slug: slug.clone(),
        ok: false,
        format: None,
        entries: 0,
        refused: 0,
        newest: None,
        moved_to: None,
        warnings: Vec::new(),
        reason,
    }
}

/// Why a source is not asked, and how that is changed.
pub(crate) fn refused(sheet: &Sheet) -> String {
    let (slug, by) = (&sheet.source, sheet.decided_by.as_deref().unwrap_or("somebody"));
    let reason = sheet.reason.as_deref().unwrap_or_default();
    format!(
        "source \"{slug}\" was refused by {by} ({reason}) and is not read; `veille sources qualify {slug} --propose` reopens its sheet"
    )
}
