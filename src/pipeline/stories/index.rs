//! The open stories: taking items in.

use crate::{
    domain::story::{OpenMember, Tie, UngroupedItem},
    pipeline::{
        stories::{
            copies::Copies,
            fingerprint::Text,
            grams::Grams,
            habits::Habits,
            packed::Fingerprint,
            search::Found,
            sieve::{Key, Sieve},
            vocabulary::Vocabulary,
        },
        text::{ItemWords, hash, is_stop_word},
    },
};
use chrono::TimeDelta;
use rustc_hash::FxHashMap;

/// How long a story stays open after its last item, and how long before its first an item may have happened.
pub const WINDOW: TimeDelta = TimeDelta::days(7);

/// Content words from which the same title is no coincidence.
const TELLING_TITLE: usize = 4;
/// Sources remembered for one address.
const SOURCES: usize = 16;

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
    pub(super) items: Vec<Member>,
    pub(super) stories: Vec<OpenStory>,
    by_id: FxHashMap<i64, u32>,
    pub(super) by_url: FxHashMap<u64, Page>,
    pub(super) by_title: FxHashMap<u64, u32>,
    pub(super) by_identifier: FxHashMap<u64, Vec<u32>>,
    pub(super) by_word: FxHashMap<u32, Vec<u32>>,
    pub(super) copies: Copies,
    pub(super) vocabulary: Vocabulary,
    pub(super) grams: Grams,
    pub(super) habits: Habits,
    /// Shared words counted so far, by story: a workspace, 0 between two items.
    pub(super) tally: Vec<f32>,
    /// What it is asked for; `None`: anything.
    coming: Option<Sieve>,
}

/// Where a member comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// It was in a story before.
    Open,
    /// It is one of the items to come.
    Coming,
    /// The same, and its fingerprint is kept nowhere else yet.
    Unkept,
}

/// An item in the index.
pub(super) struct Member {
    pub(super) item: i64,
    pub(super) story: u32,
    pub(super) source: i64,
    pub(super) at: i64,
    pub(super) fingerprint: Fingerprint,
}

pub(super) struct OpenStory {
    pub(super) id: i64,
    pub(super) first: i64,
    pub(super) last: i64,
    /// Sum of the words of its members, sorted by word; empty while there is one member, whose words they are.
    words: Vec<(u32, f32)>,
    pub(super) members: Vec<u32>,
}

/// An address: the first item that had it, and the other sources that gave it.
pub(super) struct Page {
    pub(super) first: u32,
    pub(super) others: Vec<i64>,
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
            by_id: FxHashMap::default(),
            by_url: FxHashMap::default(),
            by_title: FxHashMap::default(),
            by_identifier: FxHashMap::default(),
            by_word: FxHashMap::default(),
            copies: Copies::default(),
            vocabulary: Vocabulary::new(),
            grams: Grams::new(),
            habits: Habits::default(),
            tally: Vec::new(),
            coming: None,
        }
    }

    /// An index without any story, for those items only: of others it holds what these can meet, and finds the same stories as an
    /// index of everything.
    pub fn meeting(items: &[UngroupedItem]) -> Self {
        let mut sieve = Sieve::for_items(items.len());
        items.iter().for_each(|item| sieve.take(item));
        Self::through(sieve)
    }

    /// The same for the items that a sieve was given.
    pub fn through(sieve: Sieve) -> Self {
        Self { coming: Some(sieve), ..Self::new() }
    }

    /// Takes in a member of an open story. One whose fingerprint is of another version is left out: false.
    pub fn add(&mut self, member: OpenMember) -> bool {
        let Some(fingerprint) = Fingerprint::from_bytes(member.fingerprint.into()) else { return false };
        let at = member.at.timestamp();
        let story = self.story(member.story, at);
        self.grams.compare_with(fingerprint.title());
        self.insert(Member { item: member.item, story, source: member.source, at, fingerprint }, Origin::Open);
        true
    }

    /// Finds the story of an item, or opens one, and takes the item in.
    pub fn assign(&mut self, item: &UngroupedItem) -> Assignment {
        let fingerprint = fingerprint_of(item);
        let mut query = Member { item: item.item, story: 0, source: item.source, at: item.at.timestamp(), fingerprint };
        self.grams.compare_with(query.fingerprint.title());
        let (story, tie) = match self.find(&query, item) {
            Some(Found { story, tie }) => (story, tie),
            None => (self.story(item.item, query.at), Tie::Seed),
        };
        query.story = story;
        let kept = item.fingerprint.is_some();
        self.insert(query, if kept { Origin::Coming } else { Origin::Unkept });
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
        Some(member.fingerprint.as_bytes().to_vec())
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

    /// Takes in a member whose title is the one that `grams` compares with.
    fn insert(&mut self, mut member: Member, origin: Origin) {
        let own = origin != Origin::Open;
        let number = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        let story = &mut self.stories[member.story as usize];
        story.first = story.first.min(member.at);
        story.last = story.last.max(member.at);
        story.members.push(number);
        self.insert_words(&member, own);
        let coming = self.coming.as_ref();
        for mention in member.fingerprint.identifiers().filter(|mention| wanted(coming, Key::Identifier(mention.key), own)) {
            self.by_identifier.entry(mention.key).or_default().push(number);
        }
        self.insert_page(&member, number, own);
        if let Some(title) = telling_title(&member.fingerprint).filter(|title| self.is_wanted(Key::Title(*title), own)) {
            self.by_title.entry(title).or_insert(number);
        }
        let coming = self.coming.as_ref();
        let may_be_copied = self.copies.add(&member.fingerprint, number, |key| wanted(coming, Key::Text(key), own));
        if !may_be_copied && origin != Origin::Unkept {
            member.fingerprint = member.fingerprint.without_sample();
        }
        if let Some(before) = self.habits.last(member.source) {
            let before = &self.items[before as usize].fingerprint;
            let likeness = self.between(&member.fingerprint, before);
            self.habits.add(member.source, likeness);
        }
        self.habits.came(member.source, number);
        self.vocabulary.add(member.fingerprint.words().map(|(word, _)| word));
        self.grams.add(member.fingerprint.title());
        self.items.push(member);
    }

    /// The words of a story's first member are its own; from the second on, the sum is kept.
    fn insert_words(&mut self, member: &Member, own: bool) {
        let story = &mut self.stories[member.story as usize];
        let words = member.fingerprint.words();
        let mut post = |word: u32| {
            if wanted(self.coming.as_ref(), Key::Word(word), own) {
                self.by_word.entry(word).or_default().push(member.story);
            }
        };
        let [first, _, ..] = story.members.as_slice() else { return words.for_each(|(word, _)| post(word)) };
        if story.words.is_empty() {
            story.words.extend(self.items[*first as usize].fingerprint.words().map(weight));
        }
        merge(&mut story.words, words).into_iter().for_each(post);
    }

    fn insert_page(&mut self, member: &Member, number: u32, own: bool) {
        let url = member.fingerprint.url();
        if url == 0 || !self.is_wanted(Key::Address(url), own) {
            return;
        }
        let page = self.by_url.entry(url).or_insert(Page { first: number, others: Vec::new() });
        let known = page.first == number || self.items[page.first as usize].source == member.source;
        if !known && page.others.len() < SOURCES && !page.others.contains(&member.source) {
            page.others.push(member.source);
        }
    }

    fn is_wanted(&self, key: Key, own: bool) -> bool {
        wanted(self.coming.as_ref(), key, own)
    }

    /// The words of a story with their weight, sorted by word.
    pub(super) fn words(&self, story: &OpenStory) -> impl Iterator<Item = (u32, f32)> {
        let only = story.members.first().filter(|_| story.words.is_empty());
        let only = only.into_iter().flat_map(|number| self.items[*number as usize].fingerprint.words().map(weight));
        story.words.iter().copied().chain(only)
    }
}

fn wanted(coming: Option<&Sieve>, key: Key, own: bool) -> bool {
    coming.is_none_or(|sieve| sieve.holds(key, own))
}

/// The fingerprint that came with an item, or one taken now.
pub(super) fn fingerprint_of(item: &UngroupedItem) -> Fingerprint {
    let kept = item.fingerprint.as_deref().and_then(|bytes| Fingerprint::from_bytes(bytes.into()));
    kept.unwrap_or_else(|| fingerprint(item))
}

/// Title and summary have to do when nothing was taken from the whole text.
fn fingerprint(item: &UngroupedItem) -> Fingerprint {
    let (identifiers, url) = (item.identifiers.as_slice(), item.url.as_deref());
    let words = ItemWords::without_body(&item.title, &item.summary);
    Fingerprint::of(&Text { title: &item.title, summary: &item.summary, url, identifiers, at: item.at }, &words)
}

/// The key of a title long enough to be told by one hand only.
pub(super) fn telling_title(fingerprint: &Fingerprint) -> Option<u64> {
    let title = fingerprint.title();
    let telling = title.split_ascii_whitespace().filter(|word| word.len() > 2 && !is_stop_word(word)).count();
    (telling >= TELLING_TITLE).then(|| hash(title.as_bytes()))
}

/// Adds the words of an item to those of a story; gives those that the story did not have.
fn merge(words: &mut Vec<(u32, f32)>, more: impl Iterator<Item = (u32, u8)>) -> Vec<u32> {
    let mut new = Vec::new();
    let known = words.len();
    for (word, weight) in more {
        match words[..known].binary_search_by_key(&word, |(known, _)| *known) {
            Ok(at) => words[at].1 += f32::from(weight),
            Err(_) => {
                new.push(word);
                words.push((word, f32::from(weight)));
            }
        }
    }
    words.sort_unstable_by_key(|(word, _)| *word);
    new
}

fn weight((word, tenths): (u32, u8)) -> (u32, f32) {
    (word, f32::from(tenths))
}
