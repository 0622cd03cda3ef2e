//! Evidence, and what it adds up to.
//!
//! [`observe_item`] writes down what an item shows; [`score`] adds it up and [`ledger`] also explains it line by line;
//! [`source_evidence`] does the same for a source over its items, [`corroboration`] for the company that an item keeps. All
//! weights are data ([`Rules`]); `docs/RELIABILITY.md` tells what they mean.

mod corroboration;
mod curator;
mod fold;
mod ledger;
mod names;
mod observe;
mod page;
mod page_signs;
mod phrases;
mod rules;
mod signal;
mod source;
pub mod wording;

pub use corroboration::{Company, Voice, corroboration, quality, with_corroboration};
pub use curator::{PINNED, Said, heard, judged};
pub use ledger::{CAP_BLOCKED, CAP_INTEREST, CAP_RETRACTED, ledger, score};
pub use observe::{Standing, interests, observe, observe_item, redated};
pub use page::{Observed, observe_page};
pub use rules::{InvalidRules, Rules};
pub use signal::kind_of;
pub use source::{Past, source_evidence, source_reliability};

#[cfg(test)]
mod tests;
