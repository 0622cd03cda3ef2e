//! How editions leave: an SMTP relay or a folder.
//!
//! One message has one recipient, and leaves in two steps: [`Session::announce`] brings everything that can be refused
//! beforehand to its end; then, after whoever sends has asked for the last time whether the message may leave and has written
//! that down, [`Session::hand_over`] does what cannot be taken back. From there on an answer that is lost is an
//! [`SendOutcome::Ambiguous`] one.

mod answer;
mod dialogue;
pub mod dkim;
mod folder;
pub mod message;
mod relay;
mod reply;
mod smtp;
mod wire;

use crate::{
    domain::{delivery::SendOutcome, email_address::EmailAddress},
    settings::{MailSettings, Transport},
};
use dkim::Signer;
use folder::Folder;
use message::{Envelope, Sender};
use relay::Relay;
use smtp::SmtpSession;
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// The way out. A closed set: adding a provider is adding an arm. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Mailer {
    sender: Sender,
    signer: Signer,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Smtp(Arc<Relay>),
    Folder(Folder),
    Memory(Arc<Mutex<Vec<Outgoing>>>),
}

/// One message on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The only recipient.
    pub to: EmailAddress,
    /// The envelope sender, where failures come back to; none: the address of `From`.
    pub return_path: Option<EmailAddress>,
    /// Without angle brackets.
    pub message_id: String,
    /// The whole message, as `message::build` made it.
    pub bytes: Vec<u8>,
}

impl Mailer {
    /// From the settings; a folder is relative to `home`. Touches neither disk nor network.
    ///
    /// Errors: `from`, `reply_to`, the relay's name, a certificate or a key is unusable.
    pub fn new(settings: &MailSettings, home: &Path) -> anyhow::Result<Self> {
        let (sender, signer) = (Sender::new(settings)?, Signer::new(settings)?);
        let way = match &settings.transport {
            Transport::Folder(folder) => Way::Folder(Folder::new(home.join(folder))),
            Transport::Smtp(smtp) => Way::Smtp(Arc::new(Relay::new(smtp.clone(), settings)?)),
        };
        Ok(Self { sender, signer, way })
    }

    /// Keeps messages in memory: see [`Mailer::kept`].
    pub fn memory(settings: &MailSettings) -> anyhow::Result<Self> {
        Ok(Self { sender: Sender::new(settings)?, signer: Signer::new(settings)?, way: Way::Memory(Arc::default()) })
    }

    /// Who writes.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// Who signs.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The message as it leaves: signed, if there is a key.
    ///
    /// Errors: a key does not sign.
    pub fn sign(&self, message: Vec<u8>, envelope: &Envelope) -> anyhow::Result<Vec<u8>> {
        self.signer.sign(message, envelope.sender.domain(), envelope.date)
    }

    /// What [`Mailer::memory`] kept, in order.
    pub fn kept(&self) -> Vec<Outgoing> {
        match &self.way {
            Way::Memory(kept) => kept.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Way::Smtp(_) | Way::Folder(_) => Vec::new(),
        }
    }

    /// A session, in which many messages leave one after the other. Connects when the first one does.
    pub fn session(&self) -> Session {
        match &self.way {
            Way::Smtp(relay) => Session::Smtp(Box::new(SmtpSession::new(Arc::clone(relay), self.sender.address().clone()))),
            Way::Folder(folder) => Session::Folder(folder.clone()),
            Way::Memory(kept) => Session::Memory(Arc::clone(kept)),
        }
    }

    /// Can messages leave? For a relay: name, connection, encryption and login, then QUIT. For a folder: can it be written?
    /// Gives a line about what was found.
    pub async fn check(&self) -> anyhow::Result<String> {
        match &self.way {
            Way::Smtp(relay) => relay.check().await,
            Way::Folder(folder) => folder.check().await,
            Way::Memory(_) => Ok("messages stay in memory".to_owned()),
        }
    }
}

/// One conversation; belongs to one worker.
#[derive(Debug)]
pub enum Session {
    /// With a relay.
    #[doc(hidden)]
    Smtp(Box<SmtpSession>),
    /// With a folder.
    #[doc(hidden)]
    Folder(Folder),
    /// With a list.
    #[doc(hidden)]
    Memory(Arc<Mutex<Vec<Outgoing>>>),
}

impl Session {
    /// Everything that precedes a message and can be refused without it. After `Ok` the other side waits for the message:
    /// [`Session::hand_over`] or [`Session::withhold`] comes next. An error is what became of the attempt: nothing left.
    pub async fn announce(&mut self, message: &Outgoing) -> Result<(), SendOutcome> {
        match self {
            Self::Smtp(session) => session.announce(message).await,
            Self::Folder(_) | Self::Memory(_) => Ok(()),
        }
    }

    /// Hands over a message that was announced. Whatever happens from here on is in the outcome.
    pub async fn hand_over(&mut self, message: &Outgoing) -> SendOutcome {
        match self {
            Self::Smtp(session) => session.hand_over(&message.bytes).await,
            Self::Folder(folder) => folder.write(message).await,
            Self::Memory(kept) => {
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
                SendOutcome::Accepted("kept".to_owned())
            }
        }
    }

    /// A message that was announced does not leave after all.
    pub fn withhold(&mut self) {
        if let Self::Smtp(session) = self {
            session.withhold();
        }
    }

    /// Says goodbye, within a deadline; whatever the answer.
    pub async fn close(self) {
        if let Self::Smtp(session) = self {
            session.quit().await;
        }
    }
}
