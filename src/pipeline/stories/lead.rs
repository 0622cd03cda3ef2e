//! Which item heads a story.

use crate::pipeline::stories::voices::Voice;
use std::cmp::Reverse;

/// The item that heads a story: the primary source (an authority, else the vendor's own release), then the most reliable, then the
/// earliest; never a copy as long as there is another. `None` without members.
pub fn lead(voices: &[Voice<'_>]) -> Option<i64> {
    let rank = |voice: &&Voice<'_>| {
        let reliable = Reverse(order(voice.member.score.unwrap_or_default()));
        (!voice.member.tie.is_independent(), voice.nearness(), reliable, voice.member.at, voice.member.item)
    };
    voices.iter().min_by_key(rank).map(|voice| voice.member.item)
}

/// Scores in tenths, so that the last bit of a float decides nothing.
#[expect(clippy::cast_possible_truncation, reason = "a score from 0 to 100, in tenths")]
fn order(score: f64) -> i64 {
    (score.clamp(0.0, 100.0) * 10.0).round() as i64
}
