//! What a judgement is worth beside answers that people gave: how often it ranks right, and how far that figure can be trusted.
//!
//! ```
//! use veille::pipeline::measure::Pairs;
//! let pairs = Pairs::new(vec![(0.9, 1.0), (0.4, 0.0), (0.4, 1.0)]);
//! assert_eq!(pairs.auc(&[1, 1, 1]), Some(0.75));
//! ```

mod clusters;
mod ranking;
mod resampling;

pub use clusters::{Clusters, f1};
pub use ranking::Pairs;
pub use resampling::{Estimate, Resampling};
