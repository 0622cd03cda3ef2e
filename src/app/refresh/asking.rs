//! One source, from the question to the plan.

use crate::{
    app::refresh::{reading, round::Round, selection::Asked},
    domain::{
        document::Document,
        fetching::{Answer, FetchOutcome, FetchRequest, host_key},
        refresh::{RefreshPlan, SourceOutcome},
        slug::Slug,
    },
    pipeline::plan::{plan_panicked, plan_without_body},
    store::apply::PreparedPlan,
};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tracing::Instrument;

/// How one source ended, and what is to be written about it.
pub(super) struct Ended {
    pub(super) source: Slug,
    pub(super) outcome: SourceOutcome,
    /// `None` when it was not asked: nothing is written.
    pub(super) plan: Option<PreparedPlan>,
    pub(super) bytes: u64,
}

impl Ended {
    fn unasked(asked: Asked, host: String, until: DateTime<Utc>) -> Self {
        let outcome = SourceOutcome::Resting { host, until };
        Self { source: asked.source.slug, outcome, plan: None, bytes: 0 }
    }
}

impl Round {
    /// Asks one source and decides what to write about it. Never fails: a failure is an outcome.
    pub(super) async fn ask(self: Arc<Self>, asked: Asked) -> Ended {
        let host = host_key(&asked.state.effective_url);
        if let Some(until) = self.rest_of(&host) {
            return Ended::unasked(asked, host, until);
        }
        let request = FetchRequest::feed(asked.state.effective_url.clone(), asked.state.validators.clone());
        let (outcome, place) = self.app.fetcher.fetch_into(request, &self.documents).instrument(stage!("ask")).await;
        if let Some(until) = self.rests_unasked(&outcome) {
            return Ended::unasked(asked, host, until);
        }
        let mut bytes = outcome.bytes;
        let source = asked.source.slug.clone();
        let asked = Arc::new(asked);
        let plan = self.plan(Arc::clone(&asked), outcome).await;
        drop(place); // the document is read, and gone
        let (plan, more) = self.with_further_pages(&asked, plan).await;
        bytes += more;
        if let Some((host, until)) = plan.rest() {
            self.rests(host.clone(), *until);
        }
        Ended { source, outcome: plan.outcome().clone(), plan: Some(plan), bytes }
    }

    async fn plan(self: &Arc<Self>, asked: Arc<Asked>, mut outcome: FetchOutcome) -> PreparedPlan {
        let Some(document) = unread(&asked, &mut outcome) else {
            return PreparedPlan::new(plan_without_body(&self.occasion(&asked), &outcome));
        };
        let outcome = Arc::new(outcome);
        match reading::read(self, &asked, &outcome, document).await {
            Ok(plan) => plan,
            Err(trouble) => PreparedPlan::new(self.unread_plan(&asked, &outcome, &trouble)),
        }
    }

    fn unread_plan(&self, asked: &Asked, outcome: &FetchOutcome, trouble: &str) -> RefreshPlan {
        tracing::error!(source = %asked.source.slug, "reading failed: {trouble}");
        plan_panicked(&self.occasion(asked), outcome, trouble)
    }
}

/// Takes the document out of an answer, if it has one that was not taken in last time.
fn unread(asked: &Asked, outcome: &mut FetchOutcome) -> Option<Document> {
    match &mut outcome.result {
        Ok(Answer::Fetched { document, body_hash, .. }) if asked.state.body_hash != Some(*body_hash) => Some(Document {
            bytes: std::mem::take(&mut document.bytes),
            content_type: document.content_type.take(),
            url: document.url.clone(),
        }),
        _ => None,
    }
}
