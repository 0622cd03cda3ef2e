//! The work on one document, off the asynchronous threads. A panic in it is that source's failure and nobody else's.

use crate::{
    app::refresh::{
        round::{Desk, Round},
        selection::Asked,
    },
    domain::{document::Document, fetching::FetchOutcome, item::NewItem, refresh::AssessedItem},
    pipeline::{
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
    let now = round.app.clock.now();
    let (job, it) = (Arc::clone(asked), Arc::clone(round));
    let refused = Arc::clone(outcome);
    let read = move || {
        stage!("read").in_scope(|| match Reading::of(&document, &job.source, now) {
            Ok(reading) => Ok((possible_keys(&reading.items), reading)),
            Err(error) => Err(Box::new(PreparedPlan::new(plan_not_a_feed(&it.occasion(&job), &refused, &document, &error)))),
        })
    };
    let (keys, reading) = match spawn_blocking(read).await.map_err(panicked)? {
        Ok(read) => read,
        Err(plan) => return Ok(*plan),
    };
    let known =
        round.app.store.known_items(asked.state.id, keys).instrument(stage!("know")).await.map_err(|error| error.to_string())?;
    let (job, it, outcome) = (Arc::clone(asked), Arc::clone(round), Arc::clone(outcome));
    let plan = move || {
        let _stage = stage!("assess").entered();
        let mut desk = it.take_desk();
        let publisher = it.app.definitions.publisher_of(&job.source);
        let standing = Standing::new(&it.rules, publisher, job.state.reliability.as_ref(), now);
        let assess = |item| assess(&it, &job, (&standing, &mut desk), item);
        let plan = PreparedPlan::new(plan_refresh(&it.occasion(&job), &outcome, reading, &known, assess));
        it.give_back(desk);
        plan
    };
    spawn_blocking(plan).await.map_err(panicked)
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
