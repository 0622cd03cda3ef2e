//! What a check of the sender's records found, before a language is chosen.

use crate::{
    app::doctor::{Finding, Health, Words},
    domain::localised::Locale,
};

/// A finding before it is worded.
pub(super) struct Verdict {
    check: &'static str,
    health: Health,
    words: Words,
}

impl Verdict {
    pub(super) fn new(check: &'static str, health: Health, fr: impl Into<String>, en: impl Into<String>) -> Self {
        Self { check, health, words: Words::new(fr, en) }
    }

    pub(super) fn unknown(check: &'static str, name: &str, why: &str) -> Self {
        Self::new(
            check,
            Health::Unknown,
            format!("le DNS n'a pu être interrogé sur {name} : {why}"),
            format!("the DNS could not be asked about {name}: {why}"),
        )
    }

    #[cfg(test)]
    pub(super) const fn health(&self) -> Health {
        self.health
    }

    pub(super) fn finding(self, locale: Locale) -> Finding {
        self.words.finding(self.check, self.health, locale)
    }
}
