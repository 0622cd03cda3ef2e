//! Stories as people put them together or take them apart.
//!
//! A story bears the id of one of its items; an item whose reason to be there stayed behind is there because a person says so.

use crate::domain::story::{StoryMember, Tie};
use std::collections::BTreeSet;

/// All members of several stories as one, under the id of the oldest.
pub fn merged(stories: Vec<Vec<StoryMember>>) -> Vec<StoryMember> {
    let id = stories.iter().flatten().map(|member| member.story).min().unwrap_or_default();
    settled(stories.into_iter().flatten().collect(), id)
}

/// A story taken apart: what stays, and the `items` as a story of their own. The part that holds the item after which the story is
/// named keeps its id. `None` when nothing or everything would leave.
pub fn split(story: Vec<StoryMember>, items: &BTreeSet<i64>) -> Option<[Vec<StoryMember>; 2]> {
    let (leaving, staying): (Vec<_>, Vec<_>) = story.into_iter().partition(|member| items.contains(&member.item));
    let apart = |part: Vec<StoryMember>| {
        let named = part.iter().find(|member| member.item == member.story).map(|member| member.story);
        let first = part.iter().map(|member| member.item).min();
        named.or(first).map(|id| settled(part, id))
    };
    Some([apart(staying)?, apart(leaving)?])
}

/// The members under one id, each with a reason that lies in this story.
fn settled(mut members: Vec<StoryMember>, id: i64) -> Vec<StoryMember> {
    members.sort_by_key(|member| member.item);
    let here: BTreeSet<i64> = members.iter().map(|member| member.item).collect();
    for member in &mut members {
        let stands = match &member.tie {
            Tie::Seed => false,
            Tie::SameUrl { item } | Tie::Copy { item, .. } | Tie::SharedIdentifier { item, .. } => here.contains(item),
            Tie::SameWords { .. } => member.story == id,
            Tie::Person => true,
        };
        if member.item == id {
            member.tie = Tie::Seed;
        } else if !stands {
            member.tie = Tie::Person;
        }
        member.story = id;
    }
    members
}

#[cfg(test)]
mod tests {
    use super::{merged, split};
    use crate::domain::story::{StoryMember, Tie};
    use chrono::DateTime;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn member(item: i64, story: i64, tie: Tie) -> StoryMember {
        StoryMember {
            item,
            story,
            source: String::new(),
            site: String::new(),
            at: DateTime::UNIX_EPOCH,
            url: None,
            title: String::new(),
            summary: String::new(),
            links: Vec::new(),
            tie,
            score: None,
        }
    }

    fn of(members: &[StoryMember]) -> Vec<(i64, i64, Tie)> {
        members.iter().map(|member| (member.item, member.story, member.tie.clone())).collect()
    }

    fn copy(item: i64) -> Tie {
        Tie::Copy { item, overlap: 0.9 }
    }

    #[test]
    fn the_oldest_takes_in_the_others_and_reasons_that_hold_stay() {
        let one = vec![member(5, 5, Tie::Seed), member(7, 5, copy(5))];
        let other = vec![member(2, 2, Tie::Seed), member(9, 2, Tie::SameWords { similarity: 0.4, words: Vec::new() })];
        let same_words = Tie::SameWords { similarity: 0.4, words: Vec::new() };
        let expected = [(2, 2, Tie::Seed), (5, 2, Tie::Person), (7, 2, copy(5)), (9, 2, same_words)];
        assert_eq!(of(&merged(vec![one, other])), expected);
    }

    #[test]
    fn each_part_is_named_after_one_of_its_items() {
        let story = || vec![member(2, 2, Tie::Seed), member(5, 2, copy(2)), member(7, 2, copy(5))];
        let [stays, leaves] = split(story(), &BTreeSet::from([5, 7])).unwrap();
        assert_eq!(of(&stays), [(2, 2, Tie::Seed)]);
        assert_eq!(of(&leaves), [(5, 5, Tie::Seed), (7, 5, copy(5))]);
        let [stays, leaves] = split(story(), &BTreeSet::from([2])).unwrap();
        assert_eq!(of(&stays), [(5, 5, Tie::Seed), (7, 5, copy(5))]);
        assert_eq!(of(&leaves), [(2, 2, Tie::Seed)]);
        assert!(split(story(), &BTreeSet::new()).is_none() && split(story(), &BTreeSet::from([2, 5, 7])).is_none());
    }

    proptest! {
        #[test]
        fn merging_what_was_split_gives_the_same_members(items in prop::collection::btree_set(1_i64..50, 2..9), picked in any::<u64>()) {
            let first = items.first().copied().unwrap_or_default();
            let whole: Vec<_> = items.iter().map(|item| member(*item, first, if *item == first { Tie::Seed } else { copy(first) })).collect();
            let leaving: BTreeSet<i64> = items.iter().copied().filter(|item| picked >> (item % 64) & 1 == 1).collect();
            if let Some([stays, leaves]) = split(whole, &leaving) {
                for part in [&stays, &leaves] {
                    prop_assert!(part.iter().any(|member| member.item == member.story && member.tie == Tie::Seed));
                    prop_assert_eq!(part.iter().filter(|member| member.tie == Tie::Seed).count(), 1);
                }
                let again: BTreeSet<i64> = merged(vec![stays, leaves]).iter().map(|member| member.item).collect();
                prop_assert_eq!(again, items);
            }
        }
    }
}
