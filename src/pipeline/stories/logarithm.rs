//! Logarithms of counts: nearly all of them small.

use std::sync::LazyLock;

/// Counts whose logarithm is kept.
const KEPT: usize = 4_096;

#[expect(clippy::cast_precision_loss, reason = "small whole numbers are exact")]
static LOGARITHMS: LazyLock<Vec<f32>> = LazyLock::new(|| (0..KEPT).map(|count| (count as f32).ln()).collect());

/// The natural logarithm of a count: a whole number from 1 on.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count is a whole number, too large ones are not kept"
)]
pub(super) fn log(count: f32) -> f32 {
    LOGARITHMS.get(count as usize).copied().unwrap_or_else(|| count.ln())
}

#[cfg(test)]
mod tests {
    use super::log;

    #[test]
    fn logarithms_kept_and_computed_are_the_same() {
        for count in [1.0_f32, 2.0, 51.0, 4_095.0, 4_096.0, 1e6] {
            assert_eq!(log(count).to_bits(), count.ln().to_bits(), "{count}");
        }
    }
}
