//! Everything that people wrote, read and tried: both files, the variables, the templates, and what is made of them. All mistakes
//! are told at once; nothing is started, nothing is written.

use crate::{
    app::{self, Error, Result, editions},
    config::{self, Mistake, SETTINGS_FILE, unless_mistaken},
    domain::{definitions::Definitions, localised::Words},
    fetch::Fetcher,
    limits,
    mail::Mailer,
    settings::{FetchSettings, Settings},
    templates::Templates,
};
use std::path::Path;

/// What is in force, or could be.
pub struct Configuration {
    /// The operator's settings.
    pub settings: Settings,
    /// What `sources.toml` says.
    pub definitions: Definitions,
    /// The templates of the mails.
    pub templates: Templates,
    /// Where mail would go.
    pub mailer: Mailer,
    /// The way to the outside.
    pub fetcher: Fetcher,
}

impl Configuration {
    /// Reads a home folder.
    ///
    /// # Errors
    /// [`Error::Mistaken`] with every mistake of every file.
    pub fn read(home: &Path) -> Result<Self> {
        let (mut settings, mut mistakes) = config::read_settings(home);
        within_limits(&mut settings.fetch);
        let settings_are_sound = mistakes.is_empty();
        let (definitions, wrong) = config::read_definitions(home);
        mistakes.extend(wrong);
        let templates = templates(home, &mut mistakes)?;
        let made = if settings_are_sound { make(&settings, home, &mut mistakes) } else { None };
        unless_mistaken((), mistakes)?;
        let (Some(templates), Some((mailer, fetcher))) = (templates, made) else {
            return Err(anyhow::anyhow!("a mistake in the settings was not told").into());
        };
        Ok(Self { settings, definitions, templates, mailer, fetcher })
    }
}

/// No more at once than the machine lets this process have.
fn within_limits(fetch: &mut FetchSettings) {
    let (asked, at_once) = (fetch.concurrency, limits::requests_at_once(fetch.concurrency));
    if at_once < asked {
        (fetch.concurrency, fetch.keep_connections) = (at_once, false);
        tracing::info!(
            at_once,
            asked,
            "fewer requests at once: so many files may be open (ulimit -n), or so much memory be had (ulimit -v)"
        );
    }
}

fn templates(home: &Path, mistakes: &mut Vec<Mistake>) -> Result<Option<Templates>> {
    let folder = home.join("templates");
    match editions::templates(&folder) {
        Ok(templates) => Ok(Some(templates)),
        Err(Error::Invalid(problem)) => {
            mistakes.push(Mistake { place: folder.display().to_string(), problem: Words::new(problem.clone(), problem) });
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// What only those who use a setting can say of it: whether a name can be written into a header.
fn make(settings: &Settings, home: &Path, mistakes: &mut Vec<Mistake>) -> Option<(Mailer, Fetcher)> {
    let path = home.join(SETTINGS_FILE);
    let mut told = |error: anyhow::Error| {
        let problem = format!("{error:#}");
        mistakes.push(Mistake::whole(&path, Words::new(problem.clone(), problem)));
    };
    let mailer = Mailer::new(&settings.mail, home).map_err(&mut told).ok();
    let fetcher = app::fetcher(home, settings).map_err(&mut told).ok();
    mailer.zip(fetcher)
}
