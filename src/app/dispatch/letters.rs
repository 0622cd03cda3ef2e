//! The message of each delivery, from the frozen bytes of its edition.

use crate::{
    app::{Error, Result},
    domain::{bounce::BounceKey, delivery::Claim, email_address::EmailAddress},
    mail::{
        Mailer, Outgoing,
        message::{EncodedEdition, Envelope, Sender},
    },
    pipeline::bounce::tag,
    store::{Store, deliveries::OutgoingEdition},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Makes messages; reads and encodes each edition once, whichever worker comes first. Cheap to clone.
#[derive(Clone)]
pub(super) struct Letters {
    store: Store,
    mailer: Mailer,
    bounces: Option<Bounces>,
    editions: Arc<Mutex<HashMap<i64, Arc<Prepared>>>>,
}

/// Where failures come back, and the key of the tags.
#[derive(Clone)]
pub(super) struct Bounces {
    pub(super) address: EmailAddress,
    pub(super) key: BounceKey,
}

/// An edition ready to be addressed.
struct Prepared {
    edition: OutgoingEdition,
    encoded: EncodedEdition,
    sender: Sender,
}

impl Letters {
    pub(super) fn new(store: Store, mailer: Mailer, bounces: Option<Bounces>) -> Self {
        Self { store, mailer, bounces, editions: Arc::default() }
    }

    /// The message of a delivery. Refused when the bytes are not those that were approved.
    pub(super) async fn message(&self, claim: &Claim) -> Result<Outgoing> {
        let prepared = self.edition(claim.edition).await?;
        let Prepared { edition, encoded, sender } = &*prepared;
        let envelope = Envelope {
            sender: sender.clone(),
            to: claim.email.clone(),
            message_id: claim.message_id.clone(),
            date: edition.approved_at,
            digest: edition.digest.clone(),
            title: edition.title.clone(),
            one_click: None,
        };
        let bytes = self.mailer.sign(encoded.message(&envelope)?, &envelope)?;
        let return_path = self.bounces.as_ref().and_then(|Bounces { address, key }| tag::address(address, claim.id, key));
        Ok(Outgoing { to: claim.email.clone(), return_path, message_id: claim.message_id.clone(), bytes })
    }

    async fn edition(&self, number: i64) -> Result<Arc<Prepared>> {
        if let Some(known) = self.editions.lock().unwrap_or_else(PoisonError::into_inner).get(&number) {
            return Ok(Arc::clone(known));
        }
        let edition = self.store.outgoing_edition(number).await?;
        if edition.rendered.hash() != edition.hash {
            return Err(Error::Refused(format!(
                "the bytes of edition {number} are not those that were approved; restore a backup"
            )));
        }
        let encoded = EncodedEdition::new(&edition.rendered);
        let sender = self.mailer.sender().of(&edition.rendered)?;
        let prepared = Arc::new(Prepared { edition, encoded, sender });
        self.editions.lock().unwrap_or_else(PoisonError::into_inner).insert(number, Arc::clone(&prepared));
        Ok(prepared)
    }
}
