//! Would the same edition be composed again? Promise: every place and every exclusion can be explained from stored facts.

use crate::{
    app::{App, Result},
    domain::{
        candidate::Period,
        edition::{EditionContent, EditionItem},
    },
    pipeline::compose::{self, Brief, Composition},
};
use serde::Serialize;

/// What a replay found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replayed {
    /// Which edition.
    pub number: i64,
    /// The same bytes would come out: of the frozen ones if it is approved, else of the draft.
    pub identical: bool,
    /// What differs, one line each.
    pub differences: Vec<String>,
}

impl App {
    /// Composes an edition again from what is stored, at its own clock, and compares. Writes nothing.
    pub async fn replay_edition(&self, number: i64) -> Result<Replayed> {
        let replay = self.store.edition_replay(number).await?;
        let edition = &replay.record.edition;
        let stored = &edition.content;
        let digest = self.known_digest(&edition.digest)?;
        let brief = Brief {
            digest,
            definitions: &self.definitions,
            period: &Period { key: edition.period.clone(), since: replay.record.since, date: stored.date },
            window: replay.record.window,
            now: edition.composed_at,
            issue: stored.issue,
            sources_checked: stored.considered.sources,
        };
        let Composition { content, choices } = compose::compose(&brief, &replay.candidates);
        let (content, choices) = compose::aloud(self.with_reasons(content).await?, choices);
        let links = self.links(&edition.digest)?;
        let (mut content, _) = self.fitted(&links, content, choices)?;
        // What people wrote into the edition is no result of composing; and what it said of others was true that day.
        content.errata.clone_from(&stored.errata);
        content.synthesis.clone_from(&stored.synthesis);
        content.notices.clone_from(&stored.notices);
        let mut differences = differences(stored, &content);
        let again = self.rendered(&content, &links)?;
        let before = match &replay.record.rendered {
            Some(frozen) => frozen.clone(),
            None => self.rendered(stored, &links)?,
        };
        if again != before && differences.is_empty() {
            differences.push("the same content, said in other words: templates, texts or mail settings have changed".to_owned());
        }
        Ok(Replayed { number, identical: again == before && *stored == content, differences })
    }
}

fn differences(stored: &EditionContent, again: &EditionContent) -> Vec<String> {
    let mut found = Vec::new();
    for item in stored.items() {
        match again.items().find(|other| other.story == item.story) {
            None => found.push(format!("\"{}\" would be out", item.title)),
            Some(other) => found.extend(item_differences(item, other)),
        }
    }
    let new = again.items().filter(|item| !stored.items().any(|other| other.story == item.story));
    found.extend(new.map(|item| format!("\"{}\" would be in", item.title)));
    let order = |content: &EditionContent| content.items().map(|item| item.story).collect::<Vec<_>>();
    if found.is_empty() && order(stored) != order(again) {
        found.push("the same stories in another order".to_owned());
    }
    if stored.considered != again.considered {
        found.push(format!("chosen from {:?}, now {:?}", stored.considered, again.considered));
    }
    if found.is_empty() && stored != again {
        found.push("titles of the digest or of its sections".to_owned());
    }
    found
}

fn item_differences(stored: &EditionItem, again: &EditionItem) -> Option<String> {
    let mut parts = Vec::new();
    let mut differs = |what: &'static str, same: bool| {
        if !same {
            parts.push(what);
        }
    };
    differs("title", stored.title == again.title);
    differs("summary", stored.summary == again.summary);
    differs("address", stored.url == again.url);
    differs("reliability", stored.reliability == again.reliability);
    differs("reasons of its theme", stored.why == again.why);
    differs("other reports", stored.also_reported_by == again.also_reported_by);
    differs("lead", stored.item == again.item);
    if parts.is_empty() && stored != again {
        parts.push("publisher, author, date or language");
    }
    (!parts.is_empty()).then(|| format!("\"{}\": {} would differ", stored.title, parts.join(", ")))
}
