//! Vulnerabilities: CVE.

use super::{Found, pattern};
use crate::domain::identifier::Scheme;
use regex::Regex;
use std::sync::LazyLock;

static CVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)(?-u:\b)CVE-((?:1999|20[0-9]{2})-[0-9]{4,7})(?-u:\b)"));

pub(super) fn cve(text: &str, found: &mut Found) {
    for cve in CVE.captures_iter(text) {
        found.add(Scheme::Cve, format!("CVE-{}", &cve[1]));
    }
}
