//! How far a figure would move with other publishers: the cluster bootstrap (Davison and Hinkley 1997, 3.8).
//!
//! Texts of one publisher are alike, so whole publishers are drawn with replacement, never single texts.

use crate::pipeline::text::hash;
use serde::Serialize;

/// How often to draw, and from which beginning: the same seed gives the same interval.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Resampling {
    /// Any number.
    pub seed: u64,
    /// Draws.
    pub rounds: u32,
}

/// A figure with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Estimate {
    /// On all rows.
    pub value: f64,
    /// The 2.5th percentile of the draws; `None` when there are fewer than two clusters, or most draws give no figure.
    pub low: Option<f64>,
    /// The 97.5th percentile.
    pub high: Option<f64>,
}

impl Resampling {
    /// A figure and its interval. `clusters` tells for each row its cluster, numbered from 0; `figure` takes how often each row was
    /// drawn.
    pub fn estimate(&self, clusters: &[usize], figure: impl Fn(&[u32]) -> Option<f64>) -> Option<Estimate> {
        let value = figure(&vec![1; clusters.len()])?;
        let count = clusters.iter().max().map_or(0, |last| last + 1);
        let mut drawn: Vec<f64> = if count < 2 { Vec::new() } else { self.draws(clusters, count, figure) };
        drawn.sort_by(f64::total_cmp);
        let enough = drawn.len() * 2 > self.rounds as usize;
        let bound = |per_mille: usize| enough.then(|| drawn[(drawn.len() - 1) * per_mille / 1000]);
        Some(Estimate { value, low: bound(25), high: bound(975) })
    }

    fn draws(&self, clusters: &[usize], count: usize, figure: impl Fn(&[u32]) -> Option<f64>) -> Vec<f64> {
        let mut times = vec![0_u32; count];
        let mut weights = vec![0_u32; clusters.len()];
        let mut number = 0_u64;
        let mut drawn = Vec::with_capacity(self.rounds as usize);
        for _ in 0..self.rounds {
            times.fill(0);
            for _ in 0..count {
                times[self.random(number, count)] += 1;
                number += 1;
            }
            weights.iter_mut().zip(clusters).for_each(|(weight, cluster)| *weight = times[*cluster]);
            drawn.extend(figure(&weights));
        }
        drawn
    }

    /// The n-th number of this seed, under `below`: a hash of both, so that no state is carried.
    fn random(&self, n: u64, below: usize) -> usize {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&self.seed.to_le_bytes());
        bytes[8..].copy_from_slice(&n.to_le_bytes());
        usize::try_from(hash(&bytes) % below as u64).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::Resampling;

    fn mean(values: &[f64]) -> impl Fn(&[u32]) -> Option<f64> {
        move |weights: &[u32]| {
            let total: u32 = weights.iter().sum();
            let sum: f64 = values.iter().zip(weights).map(|(value, weight)| value * f64::from(*weight)).sum();
            (total > 0).then(|| sum / f64::from(total))
        }
    }

    const RULE: Resampling = Resampling { seed: 7, rounds: 2_000 };

    #[test]
    fn the_interval_is_that_of_the_mean() {
        // Sixty-four clusters of one row, half of them 1: the mean of a draw has a deviation of 0.5/8.
        let values: Vec<f64> = (0..64_u8).map(|n| f64::from(n % 2)).collect();
        let clusters: Vec<usize> = (0..64).collect();
        let found = RULE.estimate(&clusters, mean(&values)).unwrap();
        let (low, high) = (found.low.unwrap(), found.high.unwrap());
        assert!(found.value == 0.5 && (low - 0.3775).abs() < 0.02 && (high - 0.6225).abs() < 0.02, "{found:?}");
        assert_eq!(RULE.estimate(&clusters, mean(&values)), Some(found), "the same seed, the same interval");
        assert_ne!(Resampling { seed: 8, ..RULE }.estimate(&clusters, mean(&values)), Some(found));
    }

    #[test]
    fn rows_of_one_cluster_are_drawn_together() {
        // Two clusters of 32 rows: half of the draws hold one of them alone.
        let values: Vec<f64> = (0..64_u8).map(|n| f64::from(n % 2)).collect();
        let clusters: Vec<usize> = (0..64).map(|n| n % 2).collect();
        let found = RULE.estimate(&clusters, mean(&values)).unwrap();
        assert_eq!((found.low, found.high), (Some(0.0), Some(1.0)));
        let single = RULE.estimate(&[0; 64], mean(&values)).unwrap();
        assert_eq!((single.value, single.low, single.high), (0.5, None, None));
        assert_eq!(RULE.estimate(&[], mean(&[])), None);
    }

    #[test]
    fn no_interval_where_most_draws_give_no_figure() {
        let seldom = |weights: &[u32]| (weights[0] > 2 || weights == [1, 1, 1]).then_some(1.0);
        let found = RULE.estimate(&[0, 1, 2], seldom).unwrap();
        assert_eq!((found.value, found.low), (1.0, None));
    }
}
