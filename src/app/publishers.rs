//! Who stands behind sources: the registry as the team has it, and what in it wants a look.

use crate::{
    app::{App, Error, Result},
    config::{class_name, nearest},
    domain::{
        localised::{Locale, Words},
        publisher::{Licence, Publisher, PublisherClass},
        slug::Slug,
    },
};
use chrono::NaiveDate;
use serde::Serialize;

/// One publisher. The field names are those of `veille publishers list --json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublisherRow {
    /// Its name in `sources.toml`.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// What kind of body it is.
    pub class: PublisherClass,
    /// Its domains.
    pub domains: Vec<String>,
    /// ISO 3166, or "EU".
    pub country: Option<String>,
    /// The group that owns it.
    pub owner: Option<String>,
    /// What it sells.
    pub sells: Vec<String>,
    /// Its accessibility statement.
    pub accessibility_statement: Option<String>,
    /// Its policies.
    pub policy: Option<String>,
    /// Its licence; null: not known.
    pub licence: Option<LicenceRow>,
    /// Limits of quotation beyond the licence.
    pub quotation: Option<String>,
    /// Why it is blocked.
    pub blocked: Option<String>,
    /// Who filled this in.
    pub reviewed_by: Option<String>,
    /// When.
    pub reviewed_on: Option<NaiveDate>,
    /// When it is to be looked at again.
    pub review_due: Option<NaiveDate>,
    /// The review is overdue: what the registry says of it counts half.
    pub overdue: bool,
    /// The sources of the file that it stands behind.
    pub sources: Vec<Slug>,
}

/// A licence in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LicenceRow {
    /// Its name in `sources.toml`.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// Its text.
    pub url: Option<String>,
    /// What one may reuse.
    pub terms: Option<String>,
}

impl LicenceRow {
    fn of(licence: &Licence, locale: Locale) -> Self {
        let terms = licence.terms.get(locale).map(|(text, _)| text.to_owned());
        Self { slug: licence.slug.clone(), name: licence.name.clone(), url: licence.url.as_ref().map(ToString::to_string), terms }
    }
}

/// What in the registry wants a look. The field names are those of `veille publishers check --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublisherFinding {
    /// Which publisher or source.
    pub slug: Slug,
    /// What, with its remedy, in the reader's language.
    pub message: String,
}

impl App {
    /// Every publisher, in the order of the team's file and then of the shipped registry.
    pub fn publisher_list(&self, locale: Locale) -> Vec<PublisherRow> {
        self.definitions.publishers.iter().map(|publisher| self.publisher_row(publisher, locale)).collect()
    }

    /// One publisher.
    pub fn publisher(&self, slug: &Slug, locale: Locale) -> Result<PublisherRow> {
        let found = self.definitions.publisher(slug).map(|publisher| self.publisher_row(publisher, locale));
        found.ok_or_else(|| {
            let near = nearest(slug.as_str(), self.definitions.publishers.iter().map(|publisher| publisher.slug.as_str()));
            let hint = match near {
                Some((near, likeness)) if likeness > 0.75 => format!("did you mean \"{near}\"?"),
                _ => "`veille publishers list` names them".to_owned(),
            };
            Error::NotFound(format!("there is no publisher \"{slug}\"; {hint}"))
        })
    }

    /// Sources that nobody stands behind, and the publishers of sources whose review is overdue or of whom it is not known who
    /// looked at them. The facts themselves are checked when the file is read.
    pub fn check_publishers(&self, locale: Locale) -> Vec<PublisherFinding> {
        let finding = |slug: &Slug, words: Words| PublisherFinding { slug: slug.clone(), message: words.get(locale).to_owned() };
        let orphans = self.definitions.sources.iter().filter(|source| self.definitions.publisher_of(source).is_none());
        let mut found: Vec<PublisherFinding> = orphans.map(|source| finding(&source.slug, orphan(&source.slug))).collect();
        for publisher in &self.definitions.publishers {
            let stands_behind = self.definitions.sources.iter().any(|source| self.stands_behind(publisher, source));
            found.extend(self.untended(publisher).filter(|_| stands_behind).map(|words| finding(&publisher.slug, words)));
        }
        found
    }

    fn untended(&self, publisher: &Publisher) -> Option<Words> {
        let slug = &publisher.slug;
        match (publisher.review_due.filter(|_| self.is_overdue(publisher)), &publisher.reviewed_by) {
            (Some(due), _) => Some(Words::new(
                format!("éditeur \"{slug}\" : à revoir depuis le {due} ; ce que le registre en dit compte à moitié"),
                format!("publisher \"{slug}\": review due since {due}; what the registry says of it counts half"),
            )),
            (None, None) => Some(Words::new(
                format!("éditeur \"{slug}\" : personne n'a dit l'avoir vérifié ; ajoutez reviewed_by et reviewed_on"),
                format!("publisher \"{slug}\": nobody says to have looked at it; add reviewed_by and reviewed_on"),
            )),
            _ => None,
        }
    }

    fn is_overdue(&self, publisher: &Publisher) -> bool {
        publisher.review_due.is_some_and(|due| due < self.clock.now().date_naive())
    }

    fn stands_behind(&self, publisher: &Publisher, source: &crate::domain::source::Source) -> bool {
        self.definitions.publisher_of(source).is_some_and(|behind| behind.slug == publisher.slug)
    }

    fn publisher_row(&self, publisher: &Publisher, locale: Locale) -> PublisherRow {
        let sources = self.definitions.sources.iter().filter(|source| self.stands_behind(publisher, source));
        PublisherRow {
            slug: publisher.slug.clone(),
            name: publisher.name.clone(),
            class: publisher.class,
            domains: publisher.domains.clone(),
            country: publisher.country.clone(),
            owner: publisher.owner.clone(),
            sells: publisher.sells.clone(),
            accessibility_statement: publisher.accessibility_statement.as_ref().map(ToString::to_string),
            policy: publisher.policy.as_ref().map(ToString::to_string),
            licence: publisher.licence.as_ref().map(|licence| LicenceRow::of(licence, locale)),
            quotation: publisher.quotation.clone(),
            blocked: publisher.blocked.clone(),
            reviewed_by: publisher.reviewed_by.clone(),
            reviewed_on: publisher.reviewed_on,
            review_due: publisher.review_due,
            overdue: self.is_overdue(publisher),
            sources: sources.map(|source| source.slug.clone()).collect(),
        }
    }
}

impl PublisherRow {
    /// The class as it is written in files.
    pub fn class_name(&self) -> &'static str {
        class_name(self.class)
    }
}

fn orphan(slug: &Slug) -> Words {
    Words::new(
        format!("la source \"{slug}\" n'a pas d'éditeur connu : ajoutez publisher = \"…\", ou un [[publisher]] avec son domaine"),
        format!("source \"{slug}\" has no known publisher: add publisher = \"…\", or a [[publisher]] with its domain"),
    )
}
