//! Is everything as it should be? Each check gives a finding; none stops the others.

mod deliveries;
mod dkim;
mod dns;
mod machine;
mod sender;
mod trust;
mod verdict;

use crate::{
    app::{App, Error, Result},
    clock::Clock,
    domain::localised::{Locale, Words},
};
use serde::Serialize;
use std::path::Path;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// As it should be.
    Good,
    /// Not needed here.
    Skipped,
    /// Works, and deserves a look.
    Warning,
    /// Does not work.
    Bad,
    /// Nobody answered: neither good nor bad.
    Unknown,
}

/// What one check found. The field names are those of `veille doctor --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check: "clock", "disk", "spf"…
    pub check: &'static str,
    /// How it ended.
    pub health: Health,
    /// What was found and, when it is not good, the remedy.
    pub message: String,
}

impl Words {
    fn finding(self, check: &'static str, health: Health, locale: Locale) -> Finding {
        Finding { check, health, message: locale.pick(self.fr, self.en) }
    }
}

/// Runs all checks of a home folder. A database that cannot be used is a finding, like everything else; the rest needs it.
///
/// Errors: a mistake in `sources.toml` or `veille.toml`.
pub async fn examine(home: &Path, clock: Clock, locale: Locale) -> Result<Vec<Finding>> {
    let found = match App::open(home, clock).await {
        Ok(app) => app.doctor(locale).await,
        Err(error) => Err(error),
    };
    match found {
        Err(error @ (Error::Invalid(_) | Error::Mistaken(_))) => Err(error),
        Err(error) => Ok(vec![machine::unusable_database(&error, locale), machine::time_zones(locale)]),
        Ok(findings) => Ok(findings),
    }
}

impl App {
    /// Runs all checks, in the reader's language. Asks the network only what sending by a relay needs.
    ///
    /// Errors: the database cannot be read at all.
    pub async fn doctor(&self, locale: Locale) -> Result<Vec<Finding>> {
        let now = self.clock.now();
        let vitals = self.store.vitals(now).await?;
        let mut findings = vec![
            machine::clock(self, vitals.newest_instant, locale),
            machine::time_zones(locale),
            machine::disk(self, locale),
            machine::database(&vitals, locale),
            machine::writable(self, locale).await,
            machine::sqlite(&vitals, locale),
            self.sources_finding(locale).await?,
        ];
        findings.extend(trust::findings(self, locale).await?);
        findings.extend(sender::findings(self, locale).await);
        findings.extend(deliveries::findings(self, &vitals, locale).await?);
        Ok(findings)
    }

    async fn sources_finding(&self, locale: Locale) -> Result<Finding> {
        use crate::domain::source::SourceCondition::{Failing, Gone};
        let rows = self.source_list().await?;
        let ailing: Vec<_> = rows.iter().filter(|row| matches!(row.state, Failing | Gone)).collect();
        let names = ailing.iter().take(5).map(|row| row.slug.as_str()).collect::<Vec<_>>().join(", ");
        let (all, bad) = (rows.len(), ailing.len());
        Ok(if ailing.is_empty() {
            Words::new(format!("{all} sources, aucune en échec"), format!("{all} sources, none failing")).finding(
                "sources",
                Health::Good,
                locale,
            )
        } else {
            Words::new(
                format!("{bad} sources sur {all} en échec ({names}…) : `veille sources list --ailing` dit pourquoi"),
                format!("{bad} of {all} sources failing ({names}…): `veille sources list --ailing` says why"),
            )
            .finding("sources", Health::Warning, locale)
        })
    }
}
