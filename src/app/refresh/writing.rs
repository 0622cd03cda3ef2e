//! The one writer: plans come in one by one and are written by the batch.

use crate::{
    app::{
        Result,
        refresh::{Observer, RefreshEvent, asking::Ended},
    },
    domain::{
        fetching::FailureKind,
        refresh::{RefreshReport, SourceFailure, SourceOutcome},
    },
    store::{
        Store,
        apply::{Applied, PreparedPlan},
    },
};
use std::time::Duration;
use tokio::{sync::mpsc::Receiver, time::Instant};
use tracing::Instrument;

/// A batch is written when it holds that many sources …
const SOURCES: usize = 128;
/// … or that many items …
const ITEMS: usize = 1_200;
/// … or when its first has waited that long.
const PATIENCE: Duration = Duration::from_millis(200);

/// Writes everything that comes until the senders are gone. Fails only when nothing at all can be written any more.
pub(super) async fn write(store: &Store, mut waiting: Receiver<Ended>, observer: Observer) -> Result<RefreshReport> {
    let mut report = RefreshReport::default();
    while let Some(first) = waiting.recv().await {
        let batch = collect(first, &mut waiting).await;
        for (ended, applied) in store_batch(store, batch).await? {
            count(&mut report, &ended, &applied);
            observer(RefreshEvent::Finished { source: ended.source, outcome: ended.outcome });
        }
    }
    report.failures.sort_by(|a, b| a.source.cmp(&b.source));
    Ok(report)
}

async fn collect(first: Ended, waiting: &mut Receiver<Ended>) -> Vec<Ended> {
    let until = Instant::now() + PATIENCE;
    let weight = |ended: &Ended| ended.plan.as_ref().map_or(0, PreparedPlan::items);
    let mut items = weight(&first);
    let mut batch = vec![first];
    while batch.len() < SOURCES && items < ITEMS {
        match tokio::time::timeout_at(until, waiting.recv()).await {
            Ok(Some(next)) => {
                items += weight(&next);
                batch.push(next);
            }
            Ok(None) | Err(_) => break,
        }
    }
    batch
}

async fn store_batch(store: &Store, mut batch: Vec<Ended>) -> Result<Vec<(Ended, Applied)>> {
    let mut plans = Vec::with_capacity(batch.len());
    let places: Vec<usize> = (0..batch.len()).filter(|place| batch[*place].plan.is_some()).collect();
    plans.extend(batch.iter_mut().filter_map(|ended| ended.plan.take()));
    let written = store.apply_prepared(plans).instrument(stage!("write")).await?;
    let mut applied: Vec<Applied> = batch.iter().map(|_| Applied::default()).collect();
    for (place, written) in places.into_iter().zip(written) {
        match written {
            Ok(done) => applied[place] = done,
            Err(error) => {
                tracing::error!(source = %batch[place].source, "not stored: {error}");
                let reason = format!("what source \"{}\" published was not stored: {error}", batch[place].source);
                batch[place].outcome = SourceOutcome::Failed { kind: FailureKind::Transient, reason };
            }
        }
    }
    Ok(batch.into_iter().zip(applied).collect())
}

fn count(report: &mut RefreshReport, ended: &Ended, applied: &Applied) {
    match &ended.outcome {
        SourceOutcome::Fetched { quarantined, .. } => {
            report.fetched += 1;
            report.quarantined += quarantined;
        }
        SourceOutcome::NotModified => report.not_modified += 1,
        SourceOutcome::Resting { .. } => {
            report.resting += 1;
            return; // of what was asked, it is no part
        }
        SourceOutcome::Failed { reason, .. } => {
            report.failed += 1;
            report.failures.push(SourceFailure { source: ended.source.to_string(), reason: reason.clone() });
        }
    }
    report.sources += 1;
    report.bytes += ended.bytes;
    report.new_items += applied.new.len();
    report.backlog_items += applied.backlog;
    report.updated_items += applied.changed.len();
}
