//! The words of a qualification sheet, in French and in English.

use super::{Fact, foreign, spoken};
use crate::{
    domain::{
        localised::Locale,
        publisher::PublisherClass,
        trust::{Met, OverrideRow, SheetState},
    },
    pipeline::dates,
};
use std::collections::BTreeMap;

pub(super) struct Say(pub(super) Locale);

impl Say {
    pub(super) fn pick<'a>(&self, fr: &'a str, en: &'a str) -> &'a str {
        self.0.pick(fr, en)
    }

    pub(super) fn fact(&self, fr: &str, en: &str, value: &str) -> Fact {
        let value = spoken(value, self.0);
        let name = self.0.pick(format!("{fr}\u{a0}:"), format!("{en}:"));
        Fact { name, lang: foreign(&value, self.0), value }
    }

    pub(super) fn by_on(&self, by: &str, day: &str) -> String {
        self.0.pick(format!("{by}, le {day}"), format!("{by}, on {day}"))
    }

    pub(super) fn state(&self, state: SheetState) -> &'static str {
        let (fr, en) = match state {
            SheetState::Proposed => ("proposée", "proposed"),
            SheetState::Trial => ("à l'essai", "on trial"),
            SheetState::Accepted => ("acceptée", "accepted"),
            SheetState::Refused => ("refusée, elle n'est pas lue", "refused, it is not read"),
        };
        self.0.pick(fr, en)
    }

    pub(super) fn met(&self, met: Met) -> &'static str {
        let (fr, en) = match met {
            Met::Yes => ("oui", "yes"),
            Met::Partly => ("en partie", "partly"),
            Met::No => ("non", "no"),
        };
        self.0.pick(fr, en)
    }

    pub(super) fn class(&self, class: PublisherClass) -> &'static str {
        let (fr, en) = match class {
            PublisherClass::Authority => ("autorité publique", "public authority"),
            PublisherClass::StandardsBody => ("organisme de normalisation", "standards body"),
            PublisherClass::Journal => ("revue à comité de lecture", "peer-reviewed journal"),
            PublisherClass::Repository => ("archive de la recherche", "academic repository"),
            PublisherClass::Research => ("organisme de recherche", "research institute"),
            PublisherClass::Press => ("presse", "press"),
            PublisherClass::Vendor => ("vend ce dont elle parle", "sells what it writes about"),
            PublisherClass::Ngo => ("association ou fondation", "association or foundation"),
            PublisherClass::Community => ("communauté", "community"),
            PublisherClass::Blog => ("blog d'une personne ou d'une petite équipe", "blog of a person or a small team"),
        };
        self.0.pick(fr, en)
    }

    pub(super) fn contested(&self, row: &OverrideRow) -> Fact {
        let what = match (row.score, row.criterion) {
            (Some(score), _) => self.0.pick(format!("fixée à {score} sur 100"), format!("pinned at {score} out of 100")),
            (_, Some(criterion)) => {
                let support = (row.support.unwrap_or_default() * 100.0).round();
                let id = criterion.id();
                self.0.pick(format!("{id} rempli à {support}\u{a0}%"), format!("{id} met at {support}%"))
            }
            _ => self.0.pick("bloquée", "blocked").to_owned(),
        };
        let (until, actor) = (dates::long(row.review_by, self.0), spoken(&row.actor, self.0));
        let name =
            self.0.pick(format!("{what} par {actor} jusqu'au {until}\u{a0}:"), format!("{what} by {actor} until {until}:"));
        let value = spoken(&row.reason, self.0);
        Fact { name, lang: foreign(&value, self.0), value }
    }

    /// The head of the chain in groups of four signs: a person can compare them.
    pub(super) fn proof(&self, head: Option<&str>) -> String {
        let Some(head) = head else {
            return self.pick("Rien n'a encore été consigné.", "Nothing was recorded yet.").to_owned();
        };
        let letters: Vec<char> = head.chars().collect();
        let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
        let groups = groups.join(" ");
        self.0.pick(
            format!("Empreinte du dernier enregistrement de la chaîne, à comparer avec celle que donne la liste des dérogations\u{a0}: {groups}."),
            format!("Hash of the last record of the chain, to be compared with the one that the list of overrides gives: {groups}."),
        )
    }

    pub(super) fn headings(&self) -> BTreeMap<&'static str, &'static str> {
        let headings = [
            ("source", "Source", "Source"),
            ("decision", "Décision", "Decision"),
            ("reliability", "Fiabilité", "Reliability"),
            ("criteria", "Les six critères", "The six criteria"),
            (
                "lines",
                "Ce qui a été observé, et ce que chaque point change à la note\u{a0}:",
                "What was observed, and what each changes in the score:",
            ),
            ("overrides", "Dérogations en vigueur", "Overrides in force"),
            ("history", "Historique", "History"),
            ("proof", "Preuve", "Proof"),
        ];
        headings.into_iter().map(|(key, fr, en)| (key, self.0.pick(fr, en))).collect()
    }
}
