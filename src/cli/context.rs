//! What a command knows before it starts; the application is built only by those that need it.

use crate::{
    app::{App, Error},
    cli::Cli,
    clock::Clock,
    config,
    domain::localised::Locale,
    fetch::Fetcher,
    mail::Mailer,
    store::Store,
    templates::Templates,
};
use std::{path::PathBuf, sync::Arc};

/// The global flags, resolved.
#[derive(Debug, Clone)]
pub struct Context {
    /// The home folder.
    pub home: PathBuf,
    /// What time it is.
    pub clock: Clock,
    /// The language for people.
    pub locale: Locale,
    /// How much to say.
    pub verbose: u8,
    /// A progress bar is welcome.
    pub progress: bool,
}

impl Context {
    pub(crate) fn new(cli: &Cli) -> Self {
        Self {
            home: cli.home.clone(),
            clock: cli.now.map_or(Clock::System, Clock::Fixed),
            locale: cli.lang,
            verbose: cli.verbose,
            progress: !cli.no_progress && cli.verbose == 0,
        }
    }

    /// Reads the settings and `sources.toml`, opens the database and brings the sources' rows in step with the file.
    pub async fn app(&self) -> Result<App, Error> {
        let settings = config::load_settings(&self.home).map_err(|error| Error::Invalid(error.to_string()))?;
        let definitions = config::load_definitions(&self.home).map_err(|error| Error::Invalid(error.to_string()))?;
        let app = App {
            store: Store::open(&self.home.join(&settings.storage.path))?,
            fetcher: Fetcher::new(&settings.fetch).map_err(Error::Internal)?,
            mailer: Mailer::new(&settings.mail, &self.home).map_err(Error::Internal)?,
            templates: Arc::new(
                Templates::load(&self.home.join("templates")).map_err(|error| Error::Invalid(error.to_string()))?,
            ),
            clock: self.clock,
            settings: Arc::new(settings),
            definitions: Arc::new(definitions),
            home: self.home.clone(),
        };
        app.sync_sources().await?;
        Ok(app)
    }
}
