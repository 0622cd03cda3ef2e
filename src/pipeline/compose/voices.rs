//! Who speaks in each source, looked up once.

use crate::domain::{candidate::Candidate, definitions::Definitions, slug::Slug};
use std::collections::HashMap;

/// Who stands behind a source.
pub(super) struct Voice {
    /// For people.
    pub(super) name: String,
    /// Equal for publishers of one owner.
    pub(super) key: String,
    /// Why it may not be published.
    pub(super) blocked: Option<String>,
    /// Names that titles carry as a suffix.
    pub(super) site_names: Vec<String>,
}

/// The voices of all candidates.
pub(super) struct Voices(HashMap<Slug, Voice>);

impl Voices {
    pub(super) fn of(definitions: &Definitions, candidates: &[Candidate]) -> Self {
        let mut voices = HashMap::new();
        for candidate in candidates {
            if !voices.contains_key(&candidate.source) {
                voices.insert(candidate.source.clone(), voice(definitions, candidate));
            }
        }
        Self(voices)
    }

    /// Of a candidate that was given to [`Self::of`].
    pub(super) fn get(&self, candidate: &Candidate) -> &Voice {
        &self.0[&candidate.source]
    }
}

/// A source without publisher, or no longer in the file, speaks for itself.
fn voice(definitions: &Definitions, candidate: &Candidate) -> Voice {
    let publisher = definitions.source(&candidate.source).and_then(|source| definitions.publisher_of(source));
    let site_names =
        publisher.map(|publisher| publisher.name.clone()).into_iter().chain([candidate.source_name.clone()]).collect();
    match publisher {
        Some(publisher) => Voice {
            name: super::speakable(&publisher.name),
            key: format!("publisher {}", publisher.voice()),
            blocked: publisher.blocked.clone(),
            site_names,
        },
        None => Voice {
            name: super::speakable(&candidate.source_name),
            key: format!("source {}", candidate.source),
            blocked: None,
            site_names,
        },
    }
}
