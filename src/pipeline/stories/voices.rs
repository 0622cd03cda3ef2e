//! Who tells a story, and who only repeats it.
//!
//! One voice is: a group of publishers under one owner; else a registrable domain; a press agency, whoever prints its dispatch; a press
//! release, whoever prints it; and all those who report an announcement and link to it. The same page and copies are no voice.

use crate::{
    domain::{
        publisher::{Publisher, PublisherClass},
        registrable::registrable_domain,
        story::{Corroboration, StoryMember, Tie, VoiceGroup},
    },
    pipeline::text::{Words, fold},
};
use std::collections::BTreeMap;
use url::Url;

/// A member of a story with who stands behind it.
#[derive(Debug, Clone, Copy)]
pub struct Voice<'a> {
    /// The member.
    pub member: &'a StoryMember,
    /// Its publisher, if known.
    pub publisher: Option<&'a Publisher>,
    /// (score less one deviation) / 100, computed without corroboration; 0 to 1.
    pub quality: f64,
}

/// Agencies whose dispatches others print, and marks of a press release.
const AGENCIES: [&str; 6] = ["afp", "reuters", "associated press", "bloomberg", "agence france presse", "ansa"];
const RELEASES: [&str; 6] =
    ["communique de presse", "press release", "pr newswire", "prnewswire", "business wire", "globenewswire"];

/// How close to the fact a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Nearness {
    /// An authority or a standards body.
    Official,
    /// The vendor of what it is about.
    Announcement,
    /// Anybody else.
    Report,
}

impl Voice<'_> {
    pub(super) fn nearness(&self) -> Nearness {
        let names = || {
            let title = fold(&self.member.title);
            self.publisher.is_some_and(|who| who.sells.iter().chain([&who.name]).any(|name| holds(&title, &fold(name))))
        };
        match self.publisher.map(|publisher| publisher.class) {
            Some(PublisherClass::Authority | PublisherClass::StandardsBody) => Nearness::Official,
            Some(PublisherClass::Vendor | PublisherClass::Community | PublisherClass::Research) if names() => {
                Nearness::Announcement
            }
            _ => Nearness::Report,
        }
    }

    fn domain(&self) -> String {
        let domain = |url: &str| registrable_domain(Url::parse(url).ok()?.host_str()?).map(str::to_owned);
        domain(&self.member.site)
            .or_else(|| self.member.url.as_deref().and_then(domain))
            .unwrap_or_else(|| format!("source {}", self.member.source))
    }

    fn name(&self) -> String {
        self.publisher.map_or_else(|| self.domain(), |publisher| publisher.name.clone())
    }

    /// By what it is known: two members of one key are one voice.
    fn key(&self, origin: Option<&Voice<'_>>) -> String {
        let beginning = fold(&format!("{} {}", self.member.title, self.member.summary));
        if RELEASES.iter().any(|mark| holds(&beginning, mark)) && self.nearness() == Nearness::Report {
            return "release".to_owned();
        }
        if let Some(agency) = AGENCIES.iter().find(|agency| credits(&beginning, agency)) {
            return format!("agency {agency}");
        }
        if origin.is_some_and(|origin| origin.member.item != self.member.item && self.links_to(&origin.domain())) {
            return "echo".to_owned();
        }
        self.publisher.map_or_else(|| self.domain(), |publisher| format!("publisher {}", publisher.voice()))
    }

    /// One owner speaks with one voice; where a publisher is unknown, one domain does.
    fn speaks_with(&self, other: &Self) -> bool {
        match (self.publisher, other.publisher) {
            (Some(one), Some(another)) => one.voice() == another.voice(),
            _ => self.domain() == other.domain(),
        }
    }

    fn links_to(&self, domain: &str) -> bool {
        let of =
            |link: &String| Url::parse(link).ok().is_some_and(|url| url.host_str().and_then(registrable_domain) == Some(domain));
        self.domain() != domain && self.member.links.iter().any(of)
    }
}

/// Whole words only; both folded.
fn holds(text: &str, phrase: &str) -> bool {
    let phrase: Vec<u64> = Words::of(phrase).iter().map(|word| word.hash).collect();
    let text: Vec<u64> = Words::of(text).iter().map(|word| word.hash).collect();
    !phrase.is_empty() && text.windows(phrase.len()).any(|run| run == phrase)
}

/// "(AFP)", "avec AFP", "with Reuters": a dispatch, not an article about the agency.
fn credits(text: &str, agency: &str) -> bool {
    [
        format!("({agency})"),
        format!("avec {agency}"),
        format!("with {agency}"),
        format!("source : {agency}"),
        format!("source: {agency}"),
    ]
    .iter()
    .any(|mark| text.contains(mark.as_str()))
}

/// The voices of a story by key, each with its members; copies apart.
fn groups<'a, 'b>(voices: &'b [Voice<'a>]) -> (BTreeMap<String, Vec<&'b Voice<'a>>>, Vec<&'b Voice<'a>>) {
    let origin = voices
        .iter()
        .filter(|voice| voice.nearness() < Nearness::Report)
        .min_by_key(|voice| (voice.nearness(), voice.member.at, voice.member.item));
    let (mut groups, mut copies) = (BTreeMap::<String, Vec<_>>::new(), Vec::new());
    for voice in voices {
        if voice.member.tie.is_independent() {
            groups.entry(voice.key(origin)).or_default().push(voice);
        } else {
            copies.push(voice);
        }
    }
    (groups, copies)
}

/// How many independent voices tell a story: at least 1.
pub fn independent(voices: &[Voice<'_>]) -> usize {
    groups(voices).0.len().max(1)
}

/// For each member of a story, who else tells it. Copies get the groups of the voices too, save that of the text they repeat.
pub fn corroborations(voices: &[Voice<'_>]) -> Vec<Corroboration> {
    let (groups, copies) = groups(voices);
    let original = |voice: &Voice<'_>| match voice.member.tie {
        Tie::SameUrl { item } | Tie::Copy { item, .. } => item,
        _ => voice.member.item,
    };
    let corroboration = |voice: &Voice<'_>| {
        let item = voice.member.item;
        let own = |members: &[&Voice<'_>]| {
            members.iter().any(|other| other.member.item == original(voice))
                || members.iter().any(|other| voice.speaks_with(other))
        };
        let mut others: Vec<_> = groups.values().filter(|members| !own(members)).map(|members| group(members)).collect();
        others.sort_by(|one, two| two.quality.total_cmp(&one.quality).then_with(|| one.items.cmp(&two.items)));
        let repeats = |copy: &&&Voice<'_>| copy.member.item != item && original(copy) == original(voice);
        let copies = copies.iter().filter(repeats).map(|copy| copy.member.item).collect();
        Corroboration { item, groups: others, copies }
    };
    voices.iter().map(corroboration).collect()
}

fn group(members: &[&Voice<'_>]) -> VoiceGroup {
    let mut names: Vec<_> = members.iter().map(|voice| voice.name()).collect();
    names.sort_unstable();
    names.dedup();
    let quality = members.iter().map(|voice| voice.quality.clamp(0.0, 1.0)).fold(0.0, f64::max);
    VoiceGroup { names, items: members.iter().map(|voice| voice.member.item).collect(), quality }
}

#[cfg(test)]
mod tests {
    use super::{Voice, corroborations, independent};
    use crate::domain::story::{StoryMember, Tie};
    use chrono::DateTime;
    use proptest::prelude::*;

    fn member(item: i64, site: &str, summary: &str, tie: Tie) -> StoryMember {
        StoryMember {
            item,
            story: 1,
            source: format!("source-{item}"),
            site: format!("https://{site}/feed"),
            at: DateTime::UNIX_EPOCH,
            url: Some(format!("https://{site}/{item}")),
            title: "Un titre".to_owned(),
            summary: summary.to_owned(),
            links: Vec::new(),
            tie,
            score: Some(60.0),
        }
    }

    fn voices(members: &[StoryMember]) -> Vec<Voice<'_>> {
        members.iter().map(|member| Voice { member, publisher: None, quality: 0.5 }).collect()
    }

    fn words() -> Tie {
        Tie::SameWords { similarity: 0.5, words: Vec::new() }
    }

    #[test]
    fn one_voice_is_one_domain_one_agency_or_one_release() {
        for (members, expect) in [
            (vec![("a.example.fr", ""), ("b.example.fr", "")], 1),
            (vec![("a.fr", ""), ("b.fr", "")], 2),
            (vec![("a.fr", "Un fait (AFP)"), ("b.fr", "Un fait, avec AFP"), ("c.fr", "")], 2),
            (vec![("a.fr", "Communiqué de presse : un fait"), ("b.fr", "PRNewswire, un fait")], 1),
            (vec![("a.fr", "L'AFP lance un outil"), ("b.fr", "L'AFP lance un outil")], 2),
        ] {
            let members: Vec<_> =
                (1..).zip(&members).map(|(item, (site, summary))| member(item, site, summary, words())).collect();
            assert_eq!(independent(&voices(&members)), expect, "{members:?}");
        }
    }

    #[test]
    fn only_copies_confirm_nothing() {
        let members = [member(1, "a.fr", "", Tie::Seed), member(2, "b.fr", "", Tie::Copy { item: 1, overlap: 0.9 })];
        let found = corroborations(&voices(&members));
        assert!(found[0].only_copies() && found[0].copies == [2]);
        assert!(found[1].groups.is_empty(), "a copy is not confirmed by what it repeats");
    }

    proptest! {
        #[test]
        fn copies_never_add_a_voice(sites in prop::collection::vec("[a-d]", 1..6), copies in 0_i64..5) {
            let own: Vec<_> = (1..).zip(&sites).map(|(item, site)| member(item, &format!("{site}.fr"), "", words())).collect();
            let copied = (0..copies).map(|n| member(100 + n, &format!("copy{n}.fr"), "", Tie::Copy { item: 1, overlap: 1.0 }));
            let with: Vec<_> = own.iter().cloned().chain(copied).collect();
            prop_assert_eq!(independent(&voices(&own)), independent(&voices(&with)));
            let (before, after) = (corroborations(&voices(&own)), corroborations(&voices(&with)));
            for (one, other) in before.iter().zip(&after) {
                prop_assert_eq!(&one.groups, &other.groups);
            }
        }
    }
}
