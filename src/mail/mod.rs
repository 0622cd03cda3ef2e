//! How editions leave: an SMTP relay or a folder.
//!
//! One message has one recipient. Whoever sends is asked, at the last moment at which nothing irrevocable has happened, whether
//! the message may still leave ([`Permission`]); from then on an answer that is lost is an [`SendOutcome::Ambiguous`] one.

mod folder;
pub mod message;
mod reply;
mod smtp;
mod wire;

use crate::{
    domain::{delivery::SendOutcome, email_address::EmailAddress},
    settings::{MailSettings, Transport},
};
use folder::Folder;
use message::Sender;
use smtp::{Relay, SmtpSession};
use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// The way out. A closed set: adding a provider is adding an arm. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Mailer {
    sender: Sender,
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

/// The answer to "may it still leave?", given when the relay waits for the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// `committing` is on disk.
    Send,
    /// Unsubscribed, suppressed, or another worker holds the delivery: nothing is written.
    Withhold,
}

impl Mailer {
    /// From the settings; a folder is relative to `home`. Touches neither disk nor network.
    ///
    /// Errors: `from`, `reply_to` or the relay's name is unusable.
    pub fn new(settings: &MailSettings, home: &Path) -> anyhow::Result<Self> {
        let sender = Sender::new(settings)?;
        let way = match &settings.transport {
            Transport::Folder(folder) => Way::Folder(Folder::new(home.join(folder))),
            Transport::Smtp(smtp) => Way::Smtp(Arc::new(Relay::new(smtp.clone(), settings.phase_timeout)?)),
        };
        Ok(Self { sender, way })
    }

    /// Keeps messages in memory: see [`Mailer::kept`].
    pub fn memory(settings: &MailSettings) -> anyhow::Result<Self> {
        Ok(Self { sender: Sender::new(settings)?, way: Way::Memory(Arc::default()) })
    }

    /// Who writes.
    pub fn sender(&self) -> &Sender {
        &self.sender
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
    /// Sends one message. `permission` is asked once, after everything that can be refused beforehand was accepted and before
    /// the message is handed over; it is not asked when the message is refused earlier. `None`: permission was withheld.
    pub async fn send<F, Fut>(&mut self, message: &Outgoing, permission: F) -> Option<SendOutcome>
    where
        F: FnOnce() -> Fut + Send,
        Fut: Future<Output = Permission> + Send,
    {
        match self {
            Self::Smtp(session) => session.send(message, permission).await,
            Self::Folder(folder) => match permission().await {
                Permission::Send => Some(folder.write(message).await),
                Permission::Withhold => None,
            },
            Self::Memory(kept) => match permission().await {
                Permission::Send => {
                    kept.lock().unwrap_or_else(PoisonError::into_inner).push(message.clone());
                    Some(SendOutcome::Accepted("kept".to_owned()))
                }
                Permission::Withhold => None,
            },
        }
    }

    /// Says goodbye, within a deadline; whatever the answer.
    pub async fn close(self) {
        if let Self::Smtp(session) = self {
            session.quit().await;
        }
    }
}
