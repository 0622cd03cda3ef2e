//! The open stories, and where an item belongs among them.

use crate::{
    domain::{
        identifier::Identifier,
        story::{OpenMember, Tie, UngroupedItem},
    },
    pipeline::{
        stories::{
            copies::{Chains, Copies, copied},
            fingerprint::{Fingerprint, Text, is_content, number},
            grams::Grams,
            identifiers::{for_people, share_asked},
            likeness::{Likeness, agreement, cosine},
            vocabulary::Vocabulary,
        },
        text::Words,
    },
};
use chrono::TimeDelta;
use std::collections::{HashMap, HashSet};

/// How long a story stays open after its last item, and how long before its first an item may have happened.
pub const WINDOW: TimeDelta = TimeDelta::days(7);

/// Likeness from which two texts tell the same fact; more is asked of two items of one source, which seldom tells a fact twice.
const SAME_FACT: f64 = 0.30;
const SAME_SOURCE: f64 = 1.35;
/// What is left of a likeness at the end of the window.
const AT_WINDOW_END: f64 = 0.8;
/// Likeness of titles from which two items of one source may be copies, or one page: a template is neither.
const SAME_TITLE: f32 = 0.6;
/// Bounds on the work for one item, whatever the number of open stories: entries of the inverted index that are read, and stories
/// that are measured.
const READ: usize = 3_000;
const MEASURED: usize = 24;
/// Members whose titles are compared.
const COMPARED: usize = 6;
/// Words shown in an explanation.
const SHOWN: usize = 6;

/// Where an item belongs, and why.
#[derive(Debug, Clone, PartialEq)]
pub struct Assignment {
    /// The story: the id of the item that opened it.
    pub story: i64,
    /// Why; [`Tie::Seed`] when the item opens the story.
    pub tie: Tie,
}

/// The stories that may still grow. Give it their members ([`Self::add`]), then each new item ([`Self::assign`]), both in the order of
/// their ids.
pub struct StoryIndex {
    items: Vec<Member>,
    stories: Vec<OpenStory>,
    by_id: HashMap<i64, u32>,
    by_url: HashMap<u64, u32>,
    by_identifier: HashMap<u64, Vec<u32>>,
    by_word: Chains,
    copies: Copies,
    vocabulary: Vocabulary,
    grams: Grams,
    /// Shared words counted so far, by story: a workspace, 0 between two items.
    tally: Vec<f32>,
}

struct Member {
    item: i64,
    story: u32,
    source: i64,
    at: i64,
    fingerprint: Fingerprint,
}

struct OpenStory {
    id: i64,
    first: i64,
    last: i64,
    /// Sum of the words of its members, sorted by word.
    words: Vec<(u32, f32)>,
    members: Vec<u32>,
}

/// A place found for an item.
struct Found {
    story: u32,
    tie: Tie,
}

impl Default for StoryIndex {
    fn default() -> Self {
        Self::new()
    }
}

impl StoryIndex {
    /// An index without any story.
    pub fn new() -> Self {
        Self {
            items: Vec::new(),
            stories: Vec::new(),
            by_id: HashMap::new(),
            by_url: HashMap::new(),
            by_identifier: HashMap::new(),
            by_word: Chains::default(),
            copies: Copies::default(),
            vocabulary: Vocabulary::new(),
            grams: Grams::new(),
            tally: Vec::new(),
        }
    }

    /// Takes in a member of an open story. One whose fingerprint is of another version is left out: false.
    pub fn add(&mut self, member: &OpenMember) -> bool {
        let Some(fingerprint) = Fingerprint::from_bytes(&member.fingerprint) else { return false };
        let at = member.at.timestamp();
        let story = self.story(member.story, at);
        self.insert(Member { item: member.item, story, source: member.source, at, fingerprint });
        true
    }

    /// Finds the story of an item, or opens one, and takes the item in.
    pub fn assign(&mut self, item: &UngroupedItem) -> Assignment {
        let fingerprint = item.fingerprint.as_deref().and_then(Fingerprint::from_bytes).unwrap_or_else(|| fingerprint(item));
        let mut query = Member { item: item.item, story: 0, source: item.source, at: item.at.timestamp(), fingerprint };
        self.grams.compare_with(&query.fingerprint.title);
        let found = self.same_url(&query).or_else(|| self.copy(&query)).or_else(|| self.alike(&query, item));
        let (story, tie) = match found {
            Some(Found { story, tie }) => (story, tie),
            None => (self.story(item.item, query.at), Tie::Seed),
        };
        query.story = story;
        self.insert(query);
        Assignment { story: self.stories[story as usize].id, tie }
    }

    /// The items of a story, as far as they were given to this index.
    pub fn members(&self, story: i64) -> Vec<i64> {
        let slot = self.by_id.get(&story).map(|slot| &self.stories[*slot as usize]);
        slot.into_iter().flat_map(|story| &story.members).map(|number| self.items[*number as usize].item).collect()
    }

    /// The bytes of the fingerprint of an item that was given to this index.
    pub fn fingerprint(&self, item: i64) -> Option<Vec<u8>> {
        let member = self.items.iter().rev().find(|member| member.item == item)?;
        Some(member.fingerprint.to_bytes())
    }

    fn story(&mut self, id: i64, at: i64) -> u32 {
        let next = u32::try_from(self.stories.len()).unwrap_or(u32::MAX);
        let slot = *self.by_id.entry(id).or_insert(next);
        if slot == next {
            self.stories.push(OpenStory { id, first: at, last: at, words: Vec::new(), members: Vec::new() });
            self.tally.push(0.0);
        }
        slot
    }

    fn insert(&mut self, member: Member) {
        let number = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        let story = &mut self.stories[member.story as usize];
        story.first = story.first.min(member.at);
        story.last = story.last.max(member.at);
        story.members.push(number);
        for word in merge(&mut story.words, &member.fingerprint.words) {
            self.by_word.push(u64::from(word), member.story);
        }
        for mention in &member.fingerprint.identifiers {
            self.by_identifier.entry(mention.key).or_default().push(number);
        }
        if member.fingerprint.url != 0 {
            self.by_url.entry(member.fingerprint.url).or_insert(number);
        }
        self.copies.add(&member.fingerprint.sketch, number);
        self.vocabulary.add(member.fingerprint.words.iter().map(|(word, _)| *word));
        self.grams.add(&member.fingerprint.title);
        self.items.push(member);
    }

    fn is_open(&self, story: u32, at: i64) -> bool {
        let story = &self.stories[story as usize];
        let window = WINDOW.num_seconds();
        story.first - window <= at && at <= story.last + window
    }

    /// Whether two items may be one text or one page: always across sources; within one, only under nearly the same title, since
    /// templates repeat texts and change logs share one page.
    fn may_be_same(&self, query: &Member, other: &Member) -> bool {
        query.source != other.source
            || (self.grams.likeness(&other.fingerprint.title) >= SAME_TITLE
                && agreement(&query.fingerprint, &other.fingerprint) >= 1.0)
    }

    fn same_url(&self, query: &Member) -> Option<Found> {
        let other = &self.items[*self.by_url.get(&query.fingerprint.url)? as usize];
        let found = Found { story: other.story, tie: Tie::SameUrl { item: other.item } };
        (query.fingerprint.url != 0 && self.may_be_same(query, other)).then_some(found)
    }

    fn copy(&self, query: &Member) -> Option<Found> {
        let candidates = self.copies.candidates(&query.fingerprint.sketch).into_iter().map(|number| &self.items[number as usize]);
        let measured = candidates.filter(|other| self.is_open(other.story, query.at)).filter_map(|other| {
            let overlap = copied(&query.fingerprint.sketch, &other.fingerprint.sketch)?;
            self.may_be_same(query, other).then_some((overlap, other))
        });
        // The largest overlap; the oldest of equals.
        let best = measured.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map(|(overlap, other)| Found { story: other.story, tie: Tie::Copy { item: other.item, overlap } })
    }

    /// By identifier or by words: the story whose likeness exceeds most what is asked of it.
    fn alike(&mut self, query: &Member, item: &UngroupedItem) -> Option<Found> {
        let shared = self.shared_identifiers(query);
        let mut candidates = self.candidates(query);
        candidates.extend(shared.keys().copied());
        candidates.sort_unstable();
        candidates.dedup();
        let mut best: Option<(f64, u32, f64, Option<(f64, u32, u64)>)> = None;
        for story in candidates.into_iter().filter(|story| self.is_open(*story, query.at)) {
            let likeness = self.likeness(query, story);
            let identifier = shared.get(&story).copied();
            let excess = likeness / (SAME_FACT * identifier.map_or(1.0, |(share, _, _)| share));
            if excess >= 1.0 && best.is_none_or(|(most, ..)| excess > most) {
                best = Some((excess, story, likeness, identifier));
            }
        }
        let (_, story, likeness, identifier) = best?;
        let by_identifier = identifier.and_then(|(_, other, key)| {
            let identifier =
                item.identifiers.iter().map(for_people).find(|text| crate::pipeline::text::hash(text.as_bytes()) == key)?;
            Some(Tie::SharedIdentifier { item: self.items[other as usize].item, identifier })
        });
        let tie = by_identifier.unwrap_or_else(|| Tie::SameWords { similarity: likeness, words: self.shown(query, item, story) });
        Some(Found { story, tie })
    }

    /// Stories that name an identifier of the item: the least share of likeness asked for, the member that names it, and its key.
    fn shared_identifiers(&self, query: &Member) -> HashMap<u32, (f64, u32, u64)> {
        let mut shared = HashMap::new();
        for mention in &query.fingerprint.identifiers {
            let holders = self.by_identifier.get(&mention.key).map(Vec::as_slice).unwrap_or_default();
            let holders = || holders.iter().filter(|number| self.is_open(self.items[**number as usize].story, query.at));
            let stories = holders().map(|number| self.items[*number as usize].story).collect::<HashSet<_>>().len();
            for number in holders() {
                let other = &self.items[*number as usize];
                let theirs = other.fingerprint.identifiers.iter().find(|theirs| theirs.key == mention.key);
                let named = query.fingerprint.identifiers.len().max(other.fingerprint.identifiers.len());
                let Some(share) = theirs.and_then(|theirs| share_asked(*mention, *theirs, stories, named)) else { continue };
                let known = shared.entry(other.story).or_insert((share, *number, mention.key));
                if share < known.0 {
                    *known = (share, *number, mention.key);
                }
            }
        }
        shared
    }

    /// The stories that share the rarest words of the item, the most alike of them.
    fn candidates(&mut self, query: &Member) -> Vec<u32> {
        let mut words = query.fingerprint.words.clone();
        words.sort_unstable_by_key(|(word, _)| (self.vocabulary.count(*word), *word));
        let (mut left, mut touched) = (READ, Vec::new());
        for (word, weight) in words {
            let gain = self.vocabulary.rarity(word).powi(2) * f32::from(weight);
            let before = touched.len();
            for story in self.by_word.follow(u64::from(word)).take(left) {
                if self.tally[story as usize] == 0.0 {
                    touched.push(story);
                }
                self.tally[story as usize] += gain;
                left -= 1;
            }
            if left == 0 && before > 0 {
                break;
            }
        }
        touched.sort_unstable_by(|one, two| self.tally[*two as usize].total_cmp(&self.tally[*one as usize]).then(one.cmp(two)));
        touched.iter().for_each(|story| self.tally[*story as usize] = 0.0);
        touched.truncate(MEASURED);
        touched
    }

    /// How alike an item and a story are, 0 to 1: words against the centroid, letters against the titles of its last members.
    fn likeness(&self, query: &Member, story: u32) -> f64 {
        let open = &self.stories[story as usize];
        let compared = || open.members.iter().rev().take(COMPARED).map(|number| &self.items[*number as usize]);
        let count = f64::from(u32::try_from(compared().count()).unwrap_or(1).max(1));
        let letters = compared().map(|member| f64::from(self.grams.likeness(&member.fingerprint.title))).sum::<f64>() / count;
        let words = cosine(&query.fingerprint.words, &open.words, |word| self.vocabulary.rarity(word));
        let away = (open.first - query.at).max(query.at - open.last).max(0);
        let faded = 1.0 - (1.0 - AT_WINDOW_END) * seconds(away) / seconds(WINDOW.num_seconds());
        let numbers = compared().map(|member| agreement(&query.fingerprint, &member.fingerprint)).fold(0.0, f64::max);
        let likeness = Likeness { words, letters, numbers }.value() * faded.max(0.0);
        if compared().all(|member| member.source == query.source) { likeness / SAME_SOURCE } else { likeness }
    }

    /// The words that an item shares with a story, as the item writes them, the weightiest first.
    fn shown(&self, query: &Member, item: &UngroupedItem, story: u32) -> Vec<String> {
        let centroid = &self.stories[story as usize].words;
        let text = format!("{}\n{}", item.title, item.summary);
        let words = Words::of(&text);
        let mut shared = HashMap::new();
        for word in words.iter().filter(is_content) {
            let number = number(word.hash);
            let weight = query.fingerprint.words.iter().find(|(known, _)| *known == number).map(|(_, weight)| f32::from(*weight));
            if let (Some(weight), Ok(_)) = (weight, centroid.binary_search_by_key(&number, |(word, _)| *word)) {
                shared.entry(number).or_insert((weight * self.vocabulary.rarity(number), word.start, word.end));
            }
        }
        let mut shared: Vec<_> = shared.into_values().collect();
        shared.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)));
        shared.into_iter().take(SHOWN).map(|(_, start, end)| text[start..end].to_owned()).collect()
    }
}

/// Title and summary have to do when nothing was taken from the whole text.
fn fingerprint(item: &UngroupedItem) -> Fingerprint {
    let identifiers: &[Identifier] = &item.identifiers;
    let url = item.url.as_deref();
    Fingerprint::of(&Text { title: &item.title, summary: &item.summary, body: None, url, identifiers, at: item.at })
}

/// Adds the words of an item to those of a story; gives those that the story did not have.
fn merge(words: &mut Vec<(u32, f32)>, more: &[(u32, u8)]) -> Vec<u32> {
    let mut new = Vec::new();
    for (word, weight) in more {
        match words.binary_search_by_key(word, |(known, _)| *known) {
            Ok(at) => words[at].1 += f32::from(*weight),
            Err(_) => new.push(*word),
        }
    }
    words.extend(more.iter().filter(|(word, _)| new.contains(word)).map(|(word, weight)| (*word, f32::from(*weight))));
    words.sort_unstable_by_key(|(word, _)| *word);
    new
}

fn seconds(number: i64) -> f64 {
    f64::from(i32::try_from(number).unwrap_or(i32::MAX))
}
