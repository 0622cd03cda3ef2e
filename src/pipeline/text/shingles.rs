//! Runs of words: two texts that share most of theirs are copies.

use crate::pipeline::text::{hash::mix, words::Words};

/// Words in a run.
pub const SHINGLE: usize = 5;

/// Appends the hashes of the five-word runs of a text, in order. A text of fewer words gives one run of all its words; an empty one
/// gives none.
pub fn shingles(words: &Words, into: &mut Vec<u32>) {
    let run = words.len().min(SHINGLE);
    if run == 0 {
        return;
    }
    into.extend(words.runs(run).map(|hashes| high_half(hashes.fold(0_u64, |state, word| mix(state.rotate_left(5) ^ word)))));
}

const fn high_half(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::shingles;
    use crate::pipeline::text::Words;

    fn of(text: &str) -> Vec<u32> {
        let mut hashes = Vec::new();
        shingles(&Words::of(text), &mut hashes);
        hashes
    }

    #[test]
    fn counts_runs() {
        assert!(of("").is_empty());
        assert_eq!(of("one two").len(), 1);
        assert_eq!(of("one two three four five").len(), 1);
        assert_eq!(of("one two three four five six").len(), 2);
        assert_eq!(of("a b c d e f")[1..], of("B, C, D, E, F"));
        assert_ne!(of("a b c d e"), of("e d c b a"));
    }
}
