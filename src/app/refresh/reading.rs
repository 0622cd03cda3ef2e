//! The work on one document, off the asynchronous threads. A panic in it is that source's failure and nobody else's.

use crate::{
    app::refresh::{
        round::{Desk, Round},
        selection::Asked,
    },
    domain::{
        document::Document,
        fetching::FetchOutcome,
        item::NewItem,
        refresh::{AssessedItem, KnownItems},
    },
    pipeline::{
        familiar::Familiar,
        identity::possible_keys,
        plan::{plan_not_a_feed, plan_refresh},
        reading::Reading,
        reliability::{Standing, observe_item, score},
        stories::Fingerprint,
    },
    store::apply::PreparedPlan,
};
use std::sync::Arc;
use tokio::task::{JoinError, spawn_blocking};
use tracing::Instrument;

/// Parses, normalises, compares with what is known, and assesses what is new. The error is what went wrong, in one line.
pub(super) async fn read(
    round: &Arc<Round>,
    asked: &Arc<Asked>,
    outcome: &Arc<FetchOutcome>,
    document: Document,
) -> Result<PreparedPlan, String> {
    let _processor = round.processors.acquire().await.map_err(|error| error.to_string())?;
    let familiar = familiar(round, asked).await?;
    let work = Work { round: Arc::clone(round), asked: Arc::clone(asked), outcome: Arc::clone(outcome) };
    let document = Arc::new(document);
    let again = (!familiar.is_empty()).then(|| Arc::clone(&document));
    let plan = work.clone().plan(document, familiar).await?;
    match (plan, again) {
        (Some(plan), _) => Ok(plan),
        (None, Some(document)) => {
            let plan = work.plan(document, Familiar::nothing(&asked.source)).await?;
            plan.ok_or_else(|| "an entry could not be read".to_owned())
        }
        (None, None) => Err("an entry could not be read".to_owned()),
    }
}

/// What nobody need read again of what the source listed last.
async fn familiar(round: &Round, asked: &Asked) -> Result<Familiar, String> {
    if asked.state.last_success_at.is_none() {
        return Ok(Familiar::nothing(&asked.source));
    }
    let kept = round.app.store.traced_items(asked.state.id).instrument(stage!("know")).await;
    Ok(Familiar::of(&asked.source, kept.map_err(|error| error.to_string())?, round.app.clock.now()))
}

/// The work on one document.
#[derive(Clone)]
struct Work {
    round: Arc<Round>,
    asked: Arc<Asked>,
    outcome: Arc<FetchOutcome>,
}

impl Work {
    /// `None` when something familiar turns out to be needed whole.
    async fn plan(self, document: Arc<Document>, familiar: Familiar) -> Result<Option<PreparedPlan>, String> {
        let work = self.clone();
        let (keys, reading) = match spawn_blocking(move || work.read(&document, &familiar)).await.map_err(panicked)? {
            Ok(reading) => (possible_keys(&reading.items), reading),
            Err(plan) => return Ok(Some(*plan)),
        };
        let known = self.round.app.store.known_items(self.asked.state.id, keys).instrument(stage!("know")).await;
        let known = known.map_err(|error| error.to_string())?;
        spawn_blocking(move || self.decide(reading, &known)).await.map_err(panicked)
    }

    /// The error is the plan for a document that is no feed.
    fn read(&self, document: &Document, familiar: &Familiar) -> Result<Reading, Box<PreparedPlan>> {
        let now = self.round.app.clock.now();
        stage!("read").in_scope(|| Reading::of(document, &self.asked.source, familiar, now)).map_err(|error| {
            Box::new(PreparedPlan::new(plan_not_a_feed(&self.round.occasion(&self.asked), &self.outcome, document, &error)))
        })
    }

    fn decide(&self, reading: Reading, known: &KnownItems) -> Option<PreparedPlan> {
        let _stage = stage!("assess").entered();
        let Self { round, asked, outcome } = self;
        let mut desk = round.take_desk();
        let publisher = round.app.definitions.publisher_of(&asked.source);
        let standing = Standing::new(&round.rules, publisher, asked.state.reliability.as_ref(), round.app.clock.now());
        let assess = |item| assess(round, asked, (&standing, &mut desk), item);
        let plan = plan_refresh(&round.occasion(asked), outcome, reading, known, assess);
        round.give_back(desk);
        plan.map(PreparedPlan::new)
    }
}

fn assess(round: &Round, asked: &Asked, (standing, desk): (&Standing<'_>, &mut Desk), item: NewItem) -> AssessedItem {
    desk.words.read(&item);
    let relevance = round.matcher.relevance(&item, &desk.words, &asked.source.themes);
    let evidence = observe_item(&round.rules, &item, standing, round.app.clock.now());
    let reliability = score(&round.rules, &evidence);
    let fingerprint = Fingerprint::of_item(&item, &desk.words, round.app.clock.now()).into_bytes();
    let text = desk.indexer.index(&desk.words, item.language.as_deref());
    AssessedItem { item, backlog: false, relevance, evidence, reliability, text, fingerprint }
}

/// Assesses the items of a further page, each of which is known to be backlog or not.
pub(super) fn assess_older(round: &Round, asked: &Asked, items: Vec<(NewItem, bool)>) -> Vec<AssessedItem> {
    let _stage = stage!("assess").entered();
    let mut desk = round.take_desk();
    let publisher = round.app.definitions.publisher_of(&asked.source);
    let standing = Standing::new(&round.rules, publisher, asked.state.reliability.as_ref(), round.app.clock.now());
    let mut assess = |(item, backlog)| AssessedItem { backlog, ..assess(round, asked, (&standing, &mut desk), item) };
    let assessed = items.into_iter().map(&mut assess).collect();
    round.give_back(desk);
    assessed
}

pub(super) fn panicked(error: JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else { return "the work was cancelled".to_owned() };
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without a message".to_owned())
}
