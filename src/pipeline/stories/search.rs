//! The open stories: finding the one that an item belongs to.

use crate::{
    domain::story::{Tie, UngroupedItem},
    pipeline::{
        stories::{
            copies::copied,
            fingerprint::{is_content, number},
            identifiers::{for_people, share_asked},
            index::{Member, StoryIndex, WINDOW, telling_title},
            likeness::same_numbers,
        },
        text::{Words, hash},
    },
};
use std::collections::{HashMap, HashSet};

/// Likeness of titles from which two items of one source may be copies, or one page: a template is neither.
const SAME_TITLE: f32 = 0.6;
/// Bounds on the work for one item, whatever the number of open stories: entries of the inverted index that are read, stories that are
/// measured, and items that name an identifier, the last ones, that are looked at.
const READ: usize = 3_000;
const MEASURED: usize = 24;
const HOLDERS: usize = 64;
/// Words shown in an explanation.
const SHOWN: usize = 6;

/// A place found for an item.
pub(super) struct Found {
    pub(super) story: u32,
    pub(super) tie: Tie,
}

/// An identifier that a story names too.
#[derive(Clone, Copy)]
struct Shared {
    /// The share of the usual likeness that is still asked for.
    asked: f64,
    /// The member that names it, by number.
    holder: u32,
    key: u64,
}

/// The best story so far.
struct Best {
    /// Likeness over what is asked for.
    excess: f64,
    story: u32,
    likeness: f64,
    shared: Option<Shared>,
}

impl StoryIndex {
    /// The story of an item, by the strongest of the ties; `grams` compares with its title.
    pub(super) fn find(&mut self, query: &Member, item: &UngroupedItem) -> Option<Found> {
        self.same_url(query).or_else(|| self.copy(query)).or_else(|| self.same_title(query)).or_else(|| self.alike(query, item))
    }

    pub(super) fn is_open(&self, story: u32, at: i64) -> bool {
        let story = &self.stories[story as usize];
        let window = WINDOW.num_seconds();
        story.first - window <= at && at <= story.last + window
    }

    /// Within one source, templates repeat texts and change logs share one page: only nearly the same title makes two items one.
    fn nearly_same_title(&self, query: &Member, other: &Member) -> bool {
        self.grams.likeness(other.fingerprint.title()) >= SAME_TITLE && same_numbers(&query.fingerprint, &other.fingerprint)
    }

    fn same_url(&self, query: &Member) -> Option<Found> {
        let page = self.by_url.get(&query.fingerprint.url())?;
        let other = &self.items[page.first as usize];
        let found = Found { story: other.story, tie: Tie::SameUrl { item: other.item } };
        (other.source != query.source && !page.others.contains(&query.source) || self.nearly_same_title(query, other))
            .then_some(found)
    }

    fn copy(&self, query: &Member) -> Option<Found> {
        let candidates = self.copies.candidates(&query.fingerprint).into_iter().map(|number| &self.items[number as usize]);
        let measured = candidates.filter(|other| self.is_open(other.story, query.at)).filter_map(|other| {
            let overlap = copied(&query.fingerprint, &other.fingerprint)?;
            (query.source != other.source || self.nearly_same_title(query, other)).then_some((overlap, other))
        });
        // The largest overlap; the oldest of equals.
        let best = measured.reduce(|best, next| if next.0 > best.0 { next } else { best });
        best.map(|(overlap, other)| Found { story: other.story, tie: Tie::Copy { item: other.item, overlap } })
    }

    /// The same long title elsewhere, where the texts are too short to be compared.
    fn same_title(&self, query: &Member) -> Option<Found> {
        let other = &self.items[*self.by_title.get(&telling_title(&query.fingerprint)?)? as usize];
        let short = query.fingerprint.bands().len() == 0 || other.fingerprint.bands().len() == 0;
        let found = Found { story: other.story, tie: Tie::Copy { item: other.item, overlap: 1.0 } };
        (short && query.source != other.source && self.is_open(other.story, query.at)).then_some(found)
    }

    /// By identifier or by words: the story whose likeness exceeds most what is asked of it.
    fn alike(&mut self, query: &Member, item: &UngroupedItem) -> Option<Found> {
        let shared = self.shared_identifiers(query);
        let mut candidates = self.candidates(query);
        candidates.extend(shared.keys().copied());
        candidates.sort_unstable();
        candidates.dedup();
        let mut best: Option<Best> = None;
        for story in candidates.into_iter().filter(|story| self.is_open(*story, query.at)) {
            let shared = shared.get(&story).copied();
            let measured = self.likeness(query, story);
            let likeness = if shared.is_some() { measured.likeness } else { measured.by_words_alone() };
            let excess = likeness / (measured.asked * shared.map_or(1.0, |shared| shared.asked));
            if excess >= 1.0 && best.as_ref().is_none_or(|best| excess > best.excess) {
                best = Some(Best { excess, story, likeness, shared });
            }
        }
        let best = best?;
        let by_identifier = best.shared.and_then(|shared| {
            let identifier = item.identifiers.iter().map(for_people).find(|text| hash(text.as_bytes()) == shared.key)?;
            Some(Tie::SharedIdentifier { item: self.items[shared.holder as usize].item, identifier })
        });
        let by_words = || Tie::SameWords { similarity: best.likeness, words: self.shown(query, item, best.story) };
        Some(Found { story: best.story, tie: by_identifier.unwrap_or_else(by_words) })
    }

    /// Stories that name an identifier of the item, with the one for which the least likeness is asked.
    fn shared_identifiers(&self, query: &Member) -> HashMap<u32, Shared> {
        let mut shared = HashMap::<u32, Shared>::new();
        for mention in query.fingerprint.identifiers() {
            let holders = self.by_identifier.get(&mention.key).map(Vec::as_slice).unwrap_or_default();
            let open = |number: &&u32| self.is_open(self.items[**number as usize].story, query.at);
            let holders: Vec<u32> = holders.iter().rev().take(HOLDERS).filter(open).copied().collect();
            let stories = holders.iter().map(|number| self.items[*number as usize].story).collect::<HashSet<_>>().len();
            for holder in holders {
                let other = &self.items[holder as usize];
                let theirs = other.fingerprint.identifiers().find(|theirs| theirs.key == mention.key);
                let named = query.fingerprint.identifiers().len().max(other.fingerprint.identifiers().len());
                let Some(asked) = theirs.and_then(|theirs| share_asked(mention, theirs, stories, named)) else { continue };
                let known = shared.entry(other.story).or_insert(Shared { asked, holder, key: mention.key });
                // The earliest of equals, for people to look at.
                if asked <= known.asked {
                    *known = Shared { asked, holder, key: mention.key };
                }
            }
        }
        shared
    }

    /// The stories that share the rarest words of the item, the most alike of them.
    fn candidates(&mut self, query: &Member) -> Vec<u32> {
        let mut words: Vec<(u32, u8)> = query.fingerprint.words().collect();
        let count = |word: u32| self.vocabulary.count(word);
        words.sort_unstable_by(|(one, _), (two, _)| count(*one).total_cmp(&count(*two)).then(one.cmp(two)));
        let (mut left, mut touched) = (READ, Vec::new());
        for (word, weight) in words {
            let gain = self.vocabulary.rarity(word).powi(2) * f32::from(weight);
            let stories = self.by_word.get(&word).map(Vec::as_slice).unwrap_or_default();
            // The last ones first: a fact is told within days.
            for story in stories.iter().rev().take(left) {
                let tally = &mut self.tally[*story as usize];
                if *tally == 0.0 {
                    touched.push(*story);
                }
                *tally += gain;
                left -= 1;
            }
            if left == 0 {
                break;
            }
        }
        if touched.len() > MEASURED {
            let tally = |story: u32| self.tally[story as usize];
            touched.select_nth_unstable_by(MEASURED, |one, two| tally(*two).total_cmp(&tally(*one)).then(one.cmp(two)));
        }
        touched.iter().for_each(|story| self.tally[*story as usize] = 0.0);
        touched.truncate(MEASURED);
        touched
    }

    /// The words that an item shares with a story, as the item writes them, the weightiest first.
    fn shown(&self, query: &Member, item: &UngroupedItem, story: u32) -> Vec<String> {
        let centroid: Vec<u32> = self.words(&self.stories[story as usize]).map(|(word, _)| word).collect();
        let text = format!("{}\n{}", item.title, item.summary);
        let words = Words::of(&text);
        let mut shared = HashMap::new();
        for word in words.iter().filter(is_content) {
            let number = number(word.hash);
            let weight = query.fingerprint.words().find(|(known, _)| *known == number).map(|(_, weight)| f32::from(weight));
            if let (Some(weight), Ok(_)) = (weight, centroid.binary_search(&number)) {
                shared.entry(number).or_insert((weight * self.vocabulary.rarity(number), word.start, word.end));
            }
        }
        let mut shared: Vec<_> = shared.into_values().collect();
        shared.sort_by(|one, two| two.0.total_cmp(&one.0).then(one.1.cmp(&two.1)));
        shared.into_iter().take(SHOWN).map(|(_, start, end)| text[start..end].to_owned()).collect()
    }
}
