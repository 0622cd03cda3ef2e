//! Two ways to put the same items into groups, compared item by item: B-cubed (Bagga and Baldwin 1998).

use std::collections::HashMap;

/// Precision and recall of each item.
#[derive(Debug, Clone)]
pub struct Clusters {
    items: Vec<(f64, f64)>,
}

impl Clusters {
    /// Of (found group, true group), one an item.
    pub fn new(items: &[(usize, usize)]) -> Self {
        let mut found: HashMap<usize, u32> = HashMap::new();
        let mut truth: HashMap<usize, u32> = HashMap::new();
        let mut both: HashMap<(usize, usize), u32> = HashMap::new();
        for item in items {
            *found.entry(item.0).or_default() += 1;
            *truth.entry(item.1).or_default() += 1;
            *both.entry(*item).or_default() += 1;
        }
        let of = |item: &(usize, usize)| {
            let shared = f64::from(both[item]);
            (shared / f64::from(found[&item.0]), shared / f64::from(truth[&item.1]))
        };
        Self { items: items.iter().map(of).collect() }
    }

    /// Of those in the group of an item, the share that belongs there; the mean over all items.
    pub fn precision(&self, weights: &[u32]) -> Option<f64> {
        self.mean(weights, |item| item.0)
    }

    /// Of those that belong with an item, the share that is in its group; the mean over all items.
    pub fn recall(&self, weights: &[u32]) -> Option<f64> {
        self.mean(weights, |item| item.1)
    }

    /// The harmonic mean of both.
    pub fn f1(&self, weights: &[u32]) -> Option<f64> {
        Some(f1(self.precision(weights)?, self.recall(weights)?))
    }

    fn mean(&self, weights: &[u32], part: fn(&(f64, f64)) -> f64) -> Option<f64> {
        let total: f64 = weights.iter().copied().map(f64::from).sum();
        let sum: f64 = self.items.iter().zip(weights).map(|(item, weight)| part(item) * f64::from(*weight)).sum();
        (total > 0.0).then(|| sum / total)
    }
}

/// The harmonic mean of precision and recall; 0 when both are.
pub fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::Clusters;

    fn figures(items: &[(usize, usize)]) -> [f64; 3] {
        let (clusters, weights) = (Clusters::new(items), vec![1; items.len()]);
        [clusters.precision(&weights), clusters.recall(&weights), clusters.f1(&weights)].map(Option::unwrap)
    }

    #[test]
    fn gives_the_figures_worked_out_by_hand() {
        for (items, expected) in [
            // Names of groups do not matter.
            (vec![(7, 1), (7, 1), (8, 2)], [1.0, 1.0, 1.0]),
            // All in one: of three items, two belong together and one alone.
            (vec![(1, 1), (1, 1), (1, 2)], [(2.0 / 3.0 + 2.0 / 3.0 + 1.0 / 3.0) / 3.0, 1.0, 5.0 / 7.0]),
            // Each alone.
            (vec![(1, 1), (2, 1), (3, 2)], [1.0, (0.5 + 0.5 + 1.0) / 3.0, 0.8]),
            // {a a b} {a b b}: precision 2/3·2/3 + 1/3·1/3 doubled, recall the same.
            (vec![(1, 1), (1, 1), (1, 2), (2, 1), (2, 2), (2, 2)], [5.0 / 9.0, 5.0 / 9.0, 5.0 / 9.0]),
        ] {
            let found = figures(&items);
            assert!(found.iter().zip(expected).all(|(one, other)| (one - other).abs() < 1e-12), "{items:?}: {found:?}");
        }
        assert_eq!(Clusters::new(&[]).f1(&[]), None);
    }

    #[test]
    fn weights_count_items_and_leave_their_figures_as_they_are() {
        let clusters = Clusters::new(&[(1, 1), (2, 1), (3, 2)]);
        assert_eq!(clusters.recall(&[1, 1, 0]), Some(0.5));
        assert_eq!(clusters.recall(&[0, 0, 4]), Some(1.0));
    }
}
