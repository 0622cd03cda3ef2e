//! How editions leave: an SMTP relay or a folder.

pub mod message;

use crate::settings::MailSettings;
use std::path::Path;

/// The way out. A closed set: adding a provider is adding an arm.
#[derive(Clone)]
pub struct Mailer {}

impl Mailer {
    /// From the settings; a folder is relative to `home`.
    pub fn new(_settings: &MailSettings, _home: &Path) -> anyhow::Result<Self> {
        todo!("mail")
    }
}
