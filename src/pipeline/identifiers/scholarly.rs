//! Papers and standards: DOI, arXiv, RFC.

use super::{Found, pattern};
use crate::domain::identifier::Scheme;
use regex::Regex;
use std::sync::LazyLock;

static DOI: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(?-u:\b)10\.([0-9]{4,9})(?:/|%2[Ff])([^\s"'<>?#&\\^{}|]{2,200})"#));

static ARXIV: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)(?:arxiv\.org/(?:abs|pdf|html)/|arxiv:[ \u{a0}]?)",
        r"(?:([0-9]{2})(0[1-9]|1[0-2])\.([0-9]{4,5})|([a-z][a-z-]+(?:\.[a-z]{2})?/[0-9]{7}))(?:v[0-9]+)?",
    ))
});

/// DOI and arXiv numbers; a DOI that arXiv or the RFC editor gives is the number it stands for.
pub(super) fn papers(text: &str, found: &mut Found) {
    for doi in DOI.captures_iter(text) {
        let (registrant, suffix) = (&doi[1], trimmed(&doi[2]).to_lowercase());
        let rfc = suffix.strip_prefix("rfc").filter(|_| registrant == "17487").and_then(|number| number.parse::<u32>().ok());
        let arxiv = suffix.strip_prefix("arxiv.").filter(|_| registrant == "48550");
        match (rfc, arxiv) {
            (Some(number), _) => found.add(Scheme::Rfc, number.to_string()),
            (None, Some(number)) => found.add(Scheme::Arxiv, number.split('v').next().unwrap_or(number)),
            (None, None) if suffix.len() >= 2 => found.add(Scheme::Doi, format!("10.{registrant}/{suffix}")),
            (None, None) => {}
        }
    }
    for paper in ARXIV.captures_iter(text) {
        match (paper.get(1), paper.get(4)) {
            (Some(year), _) => found.add(Scheme::Arxiv, format!("{}{}.{}", year.as_str(), &paper[2], &paper[3])),
            (None, Some(old)) => found.add(Scheme::Arxiv, old.as_str().to_lowercase()),
            (None, None) => {}
        }
    }
}

/// Without the punctuation that follows it in a sentence, and without a page's own suffix; brackets stay when they are in pairs.
fn trimmed(suffix: &str) -> &str {
    let mut suffix = suffix;
    loop {
        let before = suffix;
        suffix = suffix.trim_end_matches(['.', ',', ';', ':', '!', '»', '”', '’', '*', '_', '/', ']']);
        let count = |bracket: char| suffix.matches(bracket).count();
        if suffix.ends_with(')') && count(')') > count('(') {
            suffix = &suffix[..suffix.len() - 1];
        }
        for end in ["/full", "/pdf", "/abstract", "/fulltext", "/html", ".pdf", ".full", ".abstract"] {
            suffix = suffix.strip_suffix(end).unwrap_or(suffix);
        }
        if suffix == before {
            return suffix;
        }
    }
}

static RFC: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(?-u:\b)RFC[ \u{a0}-]?([0-9]{3,5})(?-u:\b)"));

/// RFC numbers of the IETF; those of programming languages' own processes carry the language's name before or an address of theirs.
pub(super) fn rfc(text: &str, found: &mut Found) {
    for rfc in RFC.captures_iter(text) {
        let (start, digits) = (rfc.get(0).map_or(0, |all| all.start()), &rfc[1]);
        let before = text[..start].trim_end_matches([' ', '\u{a0}', '-', '/', '#']).to_lowercase();
        let foreign = ["rust", "swift", "react", "ember", "vue", "php", "rfcs/pull", "rust-lang", "python", "rails"]
            .iter()
            .any(|name| before.ends_with(name));
        if let Ok(number @ 100..=19_999) = digits.parse::<u32>()
            && !foreign
            && !digits.starts_with('0')
        {
            found.add(Scheme::Rfc, number.to_string());
        }
    }
}
