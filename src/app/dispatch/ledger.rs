//! One write for all conversations: making a state durable costs a turn of the disk, whether it is one row or thirty.
//!
//! A conversation waits for its own entry only; each has at most one delivery between "about to leave" and its answer.

use crate::{
    app::dispatch::Dispatcher,
    store::{
        StoreError,
        deliveries::{Advanced, Step},
    },
};
use std::time::Duration;
use tokio::{
    sync::{mpsc, oneshot},
    time::sleep,
};

/// How long an entry waits for those of the other conversations: shorter than a disk takes.
const GATHERING: Duration = Duration::from_millis(2);

type Entry = (Step, oneshot::Sender<Result<Advanced, StoreError>>);

/// Where conversations write. Cheap to clone; each conversation holds exactly one.
#[derive(Clone)]
pub(super) struct Ledger(mpsc::Sender<Entry>);

impl Ledger {
    /// Writes as long as somebody holds it.
    pub(super) fn open(outbox: &Dispatcher) -> Self {
        let (ledger, entries) = mpsc::channel(outbox.workers.max(1));
        tokio::spawn(keep(outbox.clone(), entries));
        Self(ledger)
    }

    /// On disk when it returns.
    pub(super) async fn write(&self, step: Step) -> Result<Advanced, StoreError> {
        let gone = || StoreError::Unusable("the ledger of deliveries was closed".to_owned());
        let (sender, answer) = oneshot::channel();
        self.0.send((step, sender)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

async fn keep(outbox: Dispatcher, mut entries: mpsc::Receiver<Entry>) {
    while let Some(first) = entries.recv().await {
        let (steps, answers): (Vec<_>, Vec<_>) = gather(first, &mut entries).await.into_iter().unzip();
        let now = outbox.clock.now();
        let written = outbox.store.advance_deliveries(steps, now, now + outbox.lease()).await;
        let results: Vec<_> = match written {
            Ok(advanced) => advanced.into_iter().map(Ok).collect(),
            Err(error) => answers.iter().map(|_| Err(error.echo())).collect(),
        };
        for (answer, result) in answers.into_iter().zip(results) {
            let _gone = answer.send(result);
        }
    }
}

/// Waits a moment for the other conversations, if there are any.
async fn gather(first: Entry, entries: &mut mpsc::Receiver<Entry>) -> Vec<Entry> {
    let mut gathered = vec![first];
    let closing = sleep(GATHERING);
    tokio::pin!(closing);
    while gathered.len() < entries.sender_strong_count() {
        tokio::select! {
            biased;
            Some(entry) = entries.recv() => gathered.push(entry),
            () = &mut closing => break,
        }
    }
    gathered
}
