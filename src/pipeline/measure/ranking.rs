//! Agreement of two orders: the area under the ROC curve, and Spearman's rank correlation.
//!
//! Each pair carries a weight, the number of times that a resample holds it: orders are sorted once, and each resample costs one
//! pass.

/// Scores beside the labels that people gave, 0 to 1.
#[derive(Debug, Clone)]
pub struct Pairs {
    pairs: Vec<(f64, f64)>,
    by_score: Vec<usize>,
    by_label: Vec<usize>,
}

/// Labels above it are good, those under it bad, those at it neither.
const MIDDLE: f64 = 0.5;

impl Pairs {
    /// Of (score, label).
    pub fn new(pairs: Vec<(f64, f64)>) -> Self {
        let sorted = |key: fn(&(f64, f64)) -> f64| {
            let mut order: Vec<usize> = (0..pairs.len()).collect();
            order.sort_by(|a, b| key(&pairs[*a]).total_cmp(&key(&pairs[*b])));
            order
        };
        let (by_score, by_label) = (sorted(|pair| pair.0), sorted(|pair| pair.1));
        Self { pairs, by_score, by_label }
    }

    /// How many of them are good and bad.
    pub fn sides(&self) -> (usize, usize) {
        let count = |side: fn(f64) -> bool| self.pairs.iter().filter(|pair| side(pair.1)).count();
        (count(|label| label > MIDDLE), count(|label| label < MIDDLE))
    }

    /// The probability that a good one scores above a bad one, an equal score counting half (Hanley and McNeil 1982).
    /// `None` when one side is empty.
    pub fn auc(&self, weights: &[u32]) -> Option<f64> {
        let (mut wins, mut good, mut bad) = (0.0, 0.0, 0.0);
        for tied in ties(&self.by_score, |index| self.pairs[index].0) {
            let side = |holds: fn(f64) -> bool| -> f64 {
                tied.iter().filter(|index| holds(self.pairs[**index].1)).map(|index| f64::from(weights[*index])).sum()
            };
            let (here_good, here_bad) = (side(|label| label > MIDDLE), side(|label| label < MIDDLE));
            wins += here_good * (bad + here_bad / 2.0);
            good += here_good;
            bad += here_bad;
        }
        (good > 0.0 && bad > 0.0).then(|| wins / (good * bad))
    }

    /// Pearson's correlation of the ranks, equal values sharing the mean of theirs (Spearman 1904). `None` when either side is
    /// constant.
    pub fn spearman(&self, weights: &[u32]) -> Option<f64> {
        let scores = ranks(&self.by_score, |index| self.pairs[index].0, weights);
        let labels = ranks(&self.by_label, |index| self.pairs[index].1, weights);
        let total: f64 = weights.iter().copied().map(f64::from).sum();
        let mean = (total + 1.0) / 2.0;
        let (mut together, mut first, mut second) = (0.0, 0.0, 0.0);
        for ((score, label), weight) in scores.iter().zip(&labels).zip(weights) {
            let (x, y, weight) = (score - mean, label - mean, f64::from(*weight));
            together += weight * x * y;
            first += weight * x * x;
            second += weight * y * y;
        }
        (first > 0.0 && second > 0.0).then(|| together / (first * second).sqrt())
    }
}

/// The runs of equal values in a sorted order.
fn ties(order: &[usize], value: impl Fn(usize) -> f64) -> impl Iterator<Item = &[usize]> {
    order.chunk_by(move |a, b| value(*a).total_cmp(&value(*b)).is_eq())
}

/// The rank of each, from 1; those without weight have one too, which nobody asks for.
fn ranks(order: &[usize], value: impl Fn(usize) -> f64, weights: &[u32]) -> Vec<f64> {
    let mut ranks = vec![0.0; order.len()];
    let mut before = 0.0;
    for tied in ties(order, value) {
        let here: f64 = tied.iter().map(|index| f64::from(weights[*index])).sum();
        for index in tied {
            ranks[*index] = before + (here + 1.0) / 2.0;
        }
        before += here;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::Pairs;
    use proptest::prelude::*;

    fn ones(pairs: &[(f64, f64)]) -> (Option<f64>, Option<f64>) {
        let weights = vec![1; pairs.len()];
        let pairs = Pairs::new(pairs.to_vec());
        (pairs.auc(&weights), pairs.spearman(&weights))
    }

    #[test]
    fn gives_the_figures_worked_out_by_hand() {
        for (pairs, auc, spearman) in [
            (vec![(1.0, 0.0), (2.0, 1.0)], Some(1.0), Some(1.0)),
            (vec![(2.0, 0.0), (1.0, 1.0)], Some(0.0), Some(-1.0)),
            // One tie between the sides counts half.
            (vec![(1.0, 0.0), (1.0, 1.0), (2.0, 1.0)], Some(0.75), Some(0.5)),
            // Good 0.8, 0.4; bad 0.6, 0.2: three of four pairs are in order.
            (vec![(0.8, 1.0), (0.6, 0.0), (0.4, 1.0), (0.2, 0.0)], Some(0.75), Some(0.447_213_595_5)),
            // All scores equal: no better than chance, and no order at all.
            (vec![(5.0, 1.0), (5.0, 0.0), (5.0, 1.0)], Some(0.5), None),
            (vec![(1.0, 1.0), (2.0, 1.0)], None, None),
            (vec![], None, None),
            // Graded labels: the middle takes no side, but has its rank. Ranks 1 2 3 4 beside 1 3 2 4: 1 − 6·2/(4·15).
            (vec![(1.0, 0.1), (2.0, 0.5), (3.0, 0.4), (4.0, 0.9)], Some(1.0), Some(0.8)),
            // Two ties in the scores: ranks 1.5 1.5 3 beside 1 2 3, correlation 1.5/√3.
            (vec![(1.0, 0.0), (1.0, 0.4), (2.0, 1.0)], Some(1.0), Some(0.866_025_403_8)),
        ] {
            let near = |one: Option<f64>, other: Option<f64>| match (one, other) {
                (Some(one), Some(other)) => (one - other).abs() < 1e-9,
                (one, other) => one == other,
            };
            let found = ones(&pairs);
            assert!(near(found.0, auc) && near(found.1, spearman), "{pairs:?}: {found:?}");
        }
    }

    #[test]
    fn counts_the_sides() {
        assert_eq!(Pairs::new(vec![(1.0, 1.0), (2.0, 0.0), (2.0, 0.5), (0.0, 0.6)]).sides(), (2, 1));
    }

    proptest! {
        /// A weight is a number of times.
        #[test]
        fn a_weight_repeats_its_pair(pairs in proptest::collection::vec((0_u8..5, 0_u8..3, 0_u32..4), 1..12)) {
            let stated: Vec<(f64, f64)> = pairs.iter().map(|(score, label, _)| (f64::from(*score), f64::from(*label) / 2.0)).collect();
            let weights: Vec<u32> = pairs.iter().map(|(_, _, weight)| *weight).collect();
            let repeated: Vec<(f64, f64)> =
                stated.iter().zip(&weights).flat_map(|(pair, weight)| vec![*pair; *weight as usize]).collect();
            let whole = Pairs::new(stated);
            let (auc, spearman) = ones(&repeated);
            let close = |one: Option<f64>, other: Option<f64>| match (one, other) {
                (Some(one), Some(other)) => (one - other).abs() < 1e-9,
                (one, other) => one == other,
            };
            prop_assert!(close(whole.auc(&weights), auc));
            prop_assert!(close(whole.spearman(&weights), spearman));
        }
    }
}
