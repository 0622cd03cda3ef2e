//! The message by which the gate and a preview judge an edition.

use crate::{
    app::{App, Error, Result},
    domain::edition::RenderedEdition,
    mail::message::{self, Envelope, Sender},
    store::editions::EditionRecord,
};
use url::Url;

impl App {
    pub(super) fn sender(&self) -> Result<Sender> {
        Sender::new(&self.settings.mail).map_err(|error| Error::Invalid(format!("{error:#}")))
    }

    /// The message that a subscriber would get, addressed to the sender.
    pub(super) fn sample_message(&self, record: &EditionRecord, rendered: &RenderedEdition) -> Result<Vec<u8>> {
        let sender = self.sender()?.of(rendered).map_err(Error::Internal)?;
        let edition = &record.edition;
        let to = sender.address().to_string().parse().map_err(|error| Error::Invalid(format!("[mail] from: {error}")))?;
        let envelope = Envelope {
            to,
            message_id: format!("preview.{}.{}@{}", edition.digest, edition.number, sender.domain()),
            // Not that of the approval: a preview is the same before and after it.
            date: edition.composed_at,
            digest: edition.digest.clone(),
            title: edition.content.title.clone(),
            one_click: None,
            sender,
        };
        message::build(rendered, &envelope).map_err(Error::Internal)
    }
}

/// Where accessibility problems are reported: the address that also takes unsubscriptions, with another subject.
pub(super) fn report_link(unsubscribe: &str) -> String {
    match Url::parse(unsubscribe) {
        Ok(mut url) => {
            url.set_query(Some("subject=accessibility"));
            String::from(url)
        }
        Err(_) => unsubscribe.to_owned(),
    }
}
