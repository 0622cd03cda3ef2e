//! What was quoted of a text, against the text as it is now.

use crate::pipeline::text::{Word, Words, is_stop_word};
use rustc_hash::FxHashSet;

/// Letters from which one letter more, less or another is a typo and not another word.
const LONG_ENOUGH_FOR_A_TYPO: usize = 5;
/// Words that a summary must have before it can be said to be gone.
const TELLING: usize = 8;
/// Figures that change in one text for it to be the same text.
const MOST_FIGURES: usize = 3;
/// What is counted anew at each visit.
const COUNTED: [&str; 12] =
    ["commentaire", "comment", "reponse", "reply", "replie", "vue", "view", "minute", "min", "partage", "share", "like"];

/// Two texts, the first of which may have been cut and cleaned.
pub(super) struct Compared {
    before: Words,
    now: Words,
}

impl Compared {
    pub(super) fn of(before: &str, now: &str) -> Self {
        Self { before: Words::of(before), now: Words::of(now) }
    }

    /// The figures that are others now, where the words around them are the same: as many words in the same order.
    pub(super) fn figures(&self) -> Option<(String, String)> {
        let places = self.before.len();
        if places == 0 || self.now.len() < places {
            return None;
        }
        let both: Vec<(Word<'_>, Word<'_>)> = self.before.iter().zip(self.now.iter()).collect();
        let differ: Vec<usize> = (0..places).filter(|place| both[*place].0.hash != both[*place].1.hash).collect();
        let figures =
            |place: &usize| is_figure(&both[*place].0) && is_figure(&both[*place].1) && !is_counted(&self.before, *place);
        if differ.is_empty() || differ.len() > MOST_FIGURES || !differ.iter().all(figures) {
            return None;
        }
        let said =
            |of: fn(&(Word<'_>, Word<'_>)) -> String| differ.iter().map(|place| of(&both[*place])).collect::<Vec<_>>().join(", ");
        Some((said(|(before, _)| before.folded.to_owned()), said(|(_, now)| now.folded.to_owned())))
    }

    /// Something that it told is not there any more: a word of weight, typos apart.
    pub(super) fn says_something_else(&self) -> bool {
        self.missing().next().is_some()
    }

    /// Half of what it told is not there any more.
    pub(super) fn lost_half(&self) -> bool {
        let told = telling(&self.before).count();
        told >= TELLING && self.missing().count() * 2 >= told
    }

    /// Words of weight that are no longer there. The last one may have been cut.
    fn missing(&self) -> impl Iterator<Item = Word<'_>> {
        let known: FxHashSet<u64> = self.now.iter().map(|word| word.hash).collect();
        telling(&self.before).filter(move |word| !known.contains(&word.hash) && !self.now.iter().any(|now| is_typo(word, &now)))
    }
}

fn telling(words: &Words) -> impl Iterator<Item = Word<'_>> {
    let telling = |place: usize, word: &Word<'_>| match is_figure(word) {
        true => !is_counted(words, place),
        false => word.key.len() > 2 && !is_stop_word(word.folded),
    };
    words.iter().enumerate().filter(move |(place, word)| telling(*place, word)).map(|(_, word)| word)
}

/// "12 comments": nothing that the text tells.
fn is_counted(words: &Words, place: usize) -> bool {
    words.get(place + 1).is_some_and(|next| COUNTED.contains(&next.key))
}

fn is_figure(word: &Word<'_>) -> bool {
    word.folded.bytes().any(|byte| byte.is_ascii_digit())
}

fn is_typo(one: &Word<'_>, other: &Word<'_>) -> bool {
    let long = one.folded.len() >= LONG_ENOUGH_FOR_A_TYPO && !is_figure(one) && !is_figure(other);
    long && one.folded.len().abs_diff(other.folded.len()) <= 1 && strsim::damerau_levenshtein(one.folded, other.folded) <= 1
}
