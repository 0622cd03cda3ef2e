//! The configuration read again while the server runs: all of it, or nothing.

use crate::app::{App, Result, configuration::Configuration};
use std::sync::Arc;

/// An application under new settings, and what of them has to wait.
#[derive(Clone)]
pub struct Reloaded {
    /// To be used by whatever begins from now on; what is under way ends with the one that it began with.
    pub app: App,
    /// Settings that changed in the file and take effect at the next start only.
    pub at_next_start: Vec<&'static str>,
}

impl App {
    /// Reads both files, the variables' files and the templates again, and brings the sources' rows in step.
    ///
    /// The database stays the one that is open, and the listener where it listens: those settings wait for the next start.
    ///
    /// # Errors
    /// Every mistake, as at a start; or the database cannot be written. Then nothing has changed.
    pub async fn reload(&self) -> Result<Reloaded> {
        let Configuration { mut settings, definitions, templates, mailer, fetcher } = Configuration::read(&self.home)?;
        let mut at_next_start = Vec::new();
        if settings.storage.path != self.settings.storage.path {
            at_next_start.push("[storage] path");
            settings.storage.path.clone_from(&self.settings.storage.path);
        }
        if settings.web.listen != self.settings.web.listen {
            at_next_start.push("[web] listen");
            settings.web.listen.clone_from(&self.settings.web.listen);
        }
        let app = Self {
            // The same way out knows which host was asked a moment ago.
            fetcher: if settings.fetch == self.settings.fetch { self.fetcher.clone() } else { fetcher },
            mailer,
            templates: Arc::new(templates),
            settings: Arc::new(settings),
            definitions: Arc::new(definitions),
            ..self.clone()
        };
        app.sync_sources().await?;
        Ok(Reloaded { app, at_next_start })
    }
}
