//! Official and scholarly references in text and links.
//!
//! Precision over recall: two items that share an identifier are one story, so a number that might be one is left alone.
//!
//! ```
//! use veille::pipeline::identifiers::identifiers;
//! let found = identifiers("Le règlement (UE) 2024/1689 s'applique", "", &[]);
//! assert_eq!(found[0].value, "32024R1689");
//! ```

mod companies;
mod law;
mod releases;
mod scholarly;
mod security;

pub use companies::company_number;

use crate::domain::identifier::{Identifier, Scheme};
use regex::{Regex, RegexSet};
use std::{collections::BTreeSet, sync::LazyLock};

/// Text beyond that is not searched.
const BYTES_READ: usize = 128 * 1024;

/// The references found, canonical, sorted, without repeats. Products with versions are read in the title only.
pub fn identifiers(title: &str, text: &str, links: &[String]) -> Vec<Identifier> {
    let mut all = String::with_capacity(title.len() + text.len() + links.iter().map(|link| link.len() + 1).sum::<usize>() + 2);
    for part in [title, text].into_iter().chain(links.iter().map(String::as_str)) {
        all.push_str(part);
        all.push('\n');
    }
    let mut end = all.len().min(BYTES_READ);
    while !all.is_char_boundary(end) {
        end -= 1;
    }
    let mut found = Found::default();
    for family in TRIGGERS.matches(&all[..end]) {
        FAMILIES[family].1(&all[..end], &mut found);
    }
    releases::in_title(title, &mut found);
    found.0.into_iter().collect()
}

/// Looks for one family of identifiers.
type Search = fn(&str, &mut Found);

/// A cheap sign that a family may occur, and the search itself. One pass over the text decides which searches run.
const FAMILIES: [(&str, Search); 9] = [
    (r"[0-9]/[0-9]", law::acts),
    (r"[0-9]{5}[A-Z]{1,2}[0-9]{4}", law::celex),
    (r"/eli/", law::eli),
    (r"(?i)ECLI:", law::ecli),
    (r"JORFTEXT|NOR", law::journal),
    (r"10\.[0-9]{4}|(?i:arxiv)", scholarly::papers),
    (r"(?i)RFC[ \u{a0}-]?[0-9]", scholarly::rfc),
    (r"(?i)CVE-[0-9]", security::cve),
    (r"github\.com/", releases::github),
];

#[expect(clippy::expect_used, reason = "invariant: constant patterns, which tests compile")]
static TRIGGERS: LazyLock<RegexSet> =
    LazyLock::new(|| RegexSet::new(FAMILIES.iter().map(|(sign, _)| *sign)).expect("invariant: valid patterns"));

/// A constant pattern, compiled.
#[expect(clippy::expect_used, reason = "invariant: constant patterns, which tests compile")]
fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("invariant: a valid pattern")
}

/// What was found so far.
#[derive(Default)]
struct Found(BTreeSet<Identifier>);

impl Found {
    fn add(&mut self, scheme: Scheme, value: impl Into<String>) {
        self.0.insert(Identifier { scheme, value: value.into() });
    }
}

#[cfg(test)]
mod tests;
