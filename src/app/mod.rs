//! Use cases: the only place where the pure and the I/O meet. Doors call these and present what comes back.

pub mod assess;
pub mod authoring;
pub mod bounces;
pub mod check;
pub mod configuration;
pub mod database;
pub mod demo;
pub mod dispatch;
pub mod doctor;
pub mod editions;
pub mod items;
pub mod refresh;
pub mod reload;
pub mod retention;
pub mod sources;
pub mod stories;
pub mod story_acts;
pub mod subscribers;
pub mod websub;

use crate::{
    clock::Clock,
    config,
    domain::{definitions::Definitions, localised::Locale},
    fetch::Fetcher,
    mail::Mailer,
    settings::Settings,
    store::{Store, StoreError},
    templates::{TemplateError, Templates},
};
use configuration::Configuration;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

/// What every door holds. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The guarded path to the outside.
    pub fetcher: Fetcher,
    /// Where mail goes.
    pub mailer: Mailer,
    /// The templates of the mails.
    pub templates: Arc<Templates>,
    /// What time it is.
    pub clock: Clock,
    /// The operator's settings.
    pub settings: Arc<Settings>,
    /// What `sources.toml` says.
    pub definitions: Arc<Definitions>,
    /// The folder that holds it all.
    pub home: PathBuf,
}

impl App {
    /// Opens a home folder: reads the settings and `sources.toml`, opens the database, and brings the sources' rows in step with
    /// the file. A mistake in a file is [`Error::Invalid`].
    pub async fn open(home: &Path, clock: Clock) -> Result<Self> {
        let Configuration { settings, definitions, templates, mailer, fetcher } = Configuration::read(home)?;
        let app = Self {
            store: Store::open(&home.join(&settings.storage.path))?,
            fetcher,
            mailer,
            templates: Arc::new(templates),
            clock,
            settings: Arc::new(settings),
            definitions: Arc::new(definitions),
            home: home.to_owned(),
        };
        app.sync_sources().await?;
        Ok(app)
    }
}

/// The fetcher of a home: its processes space their requests together.
pub(crate) fn fetcher(home: &Path, settings: &Settings) -> anyhow::Result<Fetcher> {
    let ledger = home.join(&settings.storage.path).with_extension("hosts");
    Fetcher::builder(&settings.fetch).spaced_with(&ledger).build()
}

/// Six kinds, mapped once per door: to an exit status on the command line.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing. Exit 4.
    #[error("{0}")]
    NotFound(String),
    /// What was asked makes no sense. Exit 2.
    #[error("{0}")]
    Invalid(String),
    /// What people wrote in files and variables is wrong: as the one before, with every mistake, in both languages. Exit 2.
    #[error(transparent)]
    Mistaken(#[from] config::ConfigError),
    /// The thing is not in a state that allows it. Exit 4.
    #[error("{0}")]
    Conflict(String),
    /// A rule forbids it: the gate, an approval. Exit 4.
    #[error("{0}")]
    Refused(String),
    /// The database is damaged, or no database of this program. Exit 4.
    #[error("{0}")]
    Unsound(String),
    /// Anything else. Exit 1.
    #[error(transparent)]
    Internal(#[from] anyhow::Error),
}

impl Error {
    /// Whether it lies in the database: locked, full, unwritable, damaged, replaced. Everything else would fail as well.
    pub fn concerns_the_database(&self) -> bool {
        match self {
            Self::Internal(error) => error.downcast_ref::<StoreError>().is_some_and(StoreError::concerns_all),
            Self::Unsound(_) => true,
            _ => false,
        }
    }
}

/// What a use case gives.
pub type Result<T> = std::result::Result<T, Error>;

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(_) => Self::NotFound(error.to_string()),
            StoreError::Conflict(why) => Self::Conflict(why),
            StoreError::Foreign(_) | StoreError::Corrupt(_) => Self::Unsound(error.to_string()),
            other => Self::Internal(other.into()),
        }
    }
}

impl From<TemplateError> for Error {
    fn from(error: TemplateError) -> Self {
        Self::Invalid(error.to_string())
    }
}

impl Error {
    /// What is told, a line each: every mistake of the files, in the reader's language, or what happened and its causes.
    pub fn lines(&self, locale: Locale) -> Vec<String> {
        match self {
            Self::Mistaken(error) => error.mistakes().iter().map(|mistake| mistake.line(locale)).collect(),
            Self::Internal(error) => error.chain().map(ToString::to_string).collect(),
            told => vec![told.to_string()],
        }
    }
}
