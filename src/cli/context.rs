//! What a command knows before it starts; the application is built only by those that need it.

use crate::{
    app::{App, Error},
    cli::Cli,
    clock::Clock,
    domain::localised::Locale,
};
use std::path::PathBuf;

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

    /// Opens the home folder: settings, sources, database.
    pub async fn app(&self) -> Result<App, Error> {
        App::open(&self.home, self.clock).await
    }
}
