//! What the items to come can be met by: an index made for them need hold nothing else.
//!
//! An item meets another by its address, its title, an identifier, a band or a piece of its text, or a word. When a few hundred come in
//! among tens of thousands, most of what an index of all would hold is never asked for. A key that passes by chance costs an entry
//! and changes nothing.

use crate::{
    domain::story::UngroupedItem,
    pipeline::stories::{copies, index, packed::Fingerprint},
};

/// Keys of an item: an address, a title, sixteen bands, some pieces and words.
const KEYS: usize = 80;
/// Bits for each key: one in so many passes by chance.
const BITS_A_KEY: usize = 8;
/// Most bits, 4 MiB of them: beyond, more passes by chance.
const MOST_BITS: usize = 1 << 25;

/// See the module. Twice over: what one of the items to come has, and what several have. An item to come is met by others of them, so
/// of its own keys only the second kind counts.
#[derive(Debug)]
pub struct Sieve {
    once: Vec<u64>,
    again: Vec<u64>,
    /// An item's keys are not known: anything may be met.
    open: bool,
}

/// What an item is met by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Key {
    Address(u64),
    Title(u64),
    Identifier(u64),
    /// A band or a piece.
    Text(u32),
    Word(u32),
}

impl Sieve {
    /// Room for the keys of so many items.
    pub fn for_items(items: usize) -> Self {
        let bits = items.saturating_mul(KEYS * BITS_A_KEY).clamp(64, MOST_BITS).next_power_of_two();
        Self { once: vec![0; bits / 64], again: vec![0; bits / 64], open: false }
    }

    /// Takes in everything by which an item can be met. One with a fingerprint needs nothing else; if that is of another version, all
    /// is let through.
    pub fn take(&mut self, item: &UngroupedItem) {
        if item.fingerprint.as_deref().is_some_and(|bytes| Fingerprint::from_bytes(bytes.into()).is_none()) {
            self.open = true;
            return;
        }
        let print = index::fingerprint_of(item);
        self.put(Key::Address(print.url()));
        index::telling_title(&print).into_iter().for_each(|title| self.put(Key::Title(title)));
        print.identifiers().for_each(|mention| self.put(Key::Identifier(mention.key)));
        copies::keys(&print).for_each(|key| self.put(Key::Text(key)));
        print.words().for_each(|(word, _)| self.put(Key::Word(word)));
    }

    /// Whether one of the items may be met by it; `own`: another one than that which it is the key of.
    pub(super) fn holds(&self, key: Key, own: bool) -> bool {
        let place = key.place(self.once.len() * 64);
        let bits = if own { &self.again } else { &self.once };
        self.open || bits[place / 64] >> (place % 64) & 1 == 1
    }

    fn put(&mut self, key: Key) {
        let place = key.place(self.once.len() * 64);
        let (word, bit) = (place / 64, 1 << (place % 64));
        self.again[word] |= self.once[word] & bit;
        self.once[word] |= bit;
    }
}

impl Key {
    fn place(self, bits: usize) -> usize {
        let (kind, number) = match self {
            Self::Address(address) => (1_u64, address),
            Self::Title(title) => (2, title),
            Self::Identifier(identifier) => (3, identifier),
            Self::Text(key) => (4, key.into()),
            Self::Word(word) => (5, word.into()),
        };
        let mixed = (number ^ kind << 56).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        usize::try_from(mixed >> (u64::BITS - bits.ilog2())).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::{
            identifier::{Identifier, Scheme},
            story::{OpenMember, Tie, UngroupedItem},
        },
        pipeline::{
            stories::{Assignment, Fingerprint, StoryIndex, Text},
            text::ItemWords,
        },
    };
    use chrono::{DateTime, TimeDelta};
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const WORDS: [&str; 24] = [
        "Clearview",
        "amende",
        "CNIL",
        "règlement",
        "faille",
        "Rust",
        "version",
        "juge",
        "Dublin",
        "Meta",
        "accord",
        "Anthropic",
        "vote",
        "Parlement",
        "brevet",
        "puce",
        "Nvidia",
        "export",
        "licence",
        "procès",
        "données",
        "fuite",
        "hôpital",
        "rançon",
    ];

    /// Items that meet each other in every way.
    fn items(choices: &[[u8; 16]]) -> Vec<UngroupedItem> {
        let sentence = |choice: &[u8]| choice.iter().map(|byte| WORDS[usize::from(byte % 24)]).collect::<Vec<_>>().join(" ");
        let mut items = Vec::<UngroupedItem>::new();
        for (choice, id) in choices.iter().zip(1..) {
            let title = sentence(&choice[..6]);
            // Long enough to be copied.
            let lead: Vec<u8> = (0..32_u8).map(|at| choice[usize::from(at % 16)].wrapping_add(at / 16 * 5)).collect();
            let lead = sentence(&lead);
            let mut item = UngroupedItem {
                item: id,
                source: i64::from(choice[0] % 7),
                at: DateTime::UNIX_EPOCH + TimeDelta::hours(id / 2),
                url: Some(format!("https://site.example/{}", u32::from(choice[14]) * 3)),
                backlog: false,
                title,
                summary: lead,
                identifiers: Vec::new(),
                fingerprint: None,
            };
            if choice[15] % 5 == 0 {
                item.identifiers
                    .push(Identifier { scheme: Scheme::Cve, value: format!("CVE-2026-{}", 1_000 + u32::from(choice[13] % 8)) });
            }
            if let (3, Some(other)) = (choice[15] % 6, items.get(usize::from(choice[1]) % items.len().max(1))) {
                item.summary.clone_from(&other.summary);
            }
            let words = ItemWords::without_body(&item.title, &item.summary);
            let text = Text {
                title: &item.title,
                summary: &item.summary,
                url: item.url.as_deref(),
                identifiers: &item.identifiers,
                at: item.at,
            };
            // Some have none yet.
            item.fingerprint = (choice[2] % 9 != 0).then(|| Fingerprint::of(&text, &words).into_bytes());
            items.push(item);
        }
        items
    }

    /// Groups the items some at a time, each time by an index anew, of everything or of what they can meet.
    fn grouped(items: &[UngroupedItem], at_once: usize, make: fn(&[UngroupedItem]) -> StoryIndex) -> Vec<Assignment> {
        let (mut open, mut assigned) = (Vec::<OpenMember>::new(), Vec::new());
        for coming in items.chunks(at_once) {
            let mut index = make(coming);
            open.iter().for_each(|member| assert!(index.add(member.clone())));
            for item in coming {
                let assignment = index.assign(item);
                open.push(OpenMember {
                    item: item.item,
                    story: assignment.story,
                    source: item.source,
                    at: item.at,
                    // As the product keeps it: an index may hold less.
                    fingerprint: item.fingerprint.clone().unwrap_or_else(|| index.fingerprint(item.item).unwrap()),
                });
                assigned.push(assignment);
            }
        }
        assigned
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn an_index_of_what_can_be_met_gives_the_same_stories(
            choices in prop::collection::vec(any::<[u8; 16]>(), 150),
            at_once in 1..40_usize,
        ) {
            let items = items(&choices);
            let whole = grouped(&items, at_once, |_| StoryIndex::new());
            prop_assert_eq!(&grouped(&items, at_once, StoryIndex::meeting), &whole);
            // All at once, as in a first fetch.
            let whole = grouped(&items, items.len(), |_| StoryIndex::new());
            prop_assert_eq!(grouped(&items, items.len(), StoryIndex::meeting), whole);
        }
    }

    #[test]
    fn the_stream_of_these_tests_holds_every_kind_of_tie() {
        let mut state = 7_u64;
        let mut byte = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        };
        let choices: Vec<[u8; 16]> = (0..300).map(|_| std::array::from_fn(|_| byte())).collect();
        let ties: BTreeSet<_> = grouped(&items(&choices), 30, StoryIndex::meeting)
            .iter()
            .map(|assignment| match assignment.tie {
                Tie::Seed => "seed",
                Tie::SameUrl { .. } => "address",
                Tie::Copy { .. } => "copy",
                Tie::SharedIdentifier { .. } => "identifier",
                Tie::SameWords { .. } => "words",
                Tie::Person => "person",
            })
            .collect();
        assert_eq!(ties.len(), 5, "{ties:?}");
    }
}
