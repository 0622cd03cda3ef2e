//! What the registry of publishers knows: true of every item, so counted once.

use super::Notes;
use crate::{
    domain::{
        evidence::{Evidence, Provenance},
        publisher::{Publisher, PublisherClass},
    },
    pipeline::reliability::{Rules, signal::Signal},
};
use chrono::{DateTime, Utc};

/// Source-only evidence. Nothing for an unknown publisher, and nothing for what the registry leaves open.
pub(crate) fn registry(rules: &Rules, publisher: Option<&Publisher>, now: DateTime<Utc>) -> Vec<Evidence> {
    let Some(publisher) = publisher else { return Vec::new() };
    let mut notes = Notes::new(rules, now, Provenance::Registry);
    if let Some(reason) = &publisher.blocked {
        notes.add(Signal::StatusBlocked, reason.clone());
    }
    notes.add(Signal::PublisherDeclared, publisher.name.clone());
    notes.add(class(publisher.class), publisher.name.clone());
    if let Some(due) = publisher.review_due.filter(|due| *due < now.date_naive()) {
        for line in &mut notes.evidence {
            line.weight *= rules.data.source.overdue_factor;
        }
        notes.add(Signal::ReviewOverdue, due.to_string());
    }
    if let Some(policy) = &publisher.policy {
        notes.add(Signal::PolicyLinked, policy.to_string());
    }
    if let Some(statement) = &publisher.accessibility_statement {
        notes.add(Signal::StatementLinked, statement.to_string());
    }
    notes.evidence
}

fn class(class: PublisherClass) -> Signal {
    match class {
        PublisherClass::Authority => Signal::RegistryAuthority,
        PublisherClass::StandardsBody => Signal::RegistryStandardsBody,
        PublisherClass::Journal => Signal::RegistryJournal,
        PublisherClass::Repository => Signal::RegistryRepository,
        PublisherClass::Research => Signal::RegistryResearch,
        PublisherClass::Press => Signal::RegistryPress,
        PublisherClass::Vendor => Signal::RegistryVendor,
        PublisherClass::Ngo => Signal::RegistryNgo,
        PublisherClass::Community => Signal::RegistryCommunity,
        PublisherClass::Blog => Signal::RegistryBlog,
    }
}
