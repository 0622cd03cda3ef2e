//! Releases: addresses on GitHub, and products with versions in titles.

use super::{Found, pattern};
use crate::domain::identifier::Scheme;
use regex::Regex;
use std::sync::LazyLock;

static GITHUB: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"github\.com/([A-Za-z0-9-]+)/([A-Za-z0-9._-]+)/releases/tag/([A-Za-z0-9][A-Za-z0-9._+%@-]*)"));

/// "owner/repo@version", the "v" of the tag left out.
pub(super) fn github(text: &str, found: &mut Found) {
    for release in GITHUB.captures_iter(text) {
        let tag = release[3].trim_end_matches(['.', ',']).replace("%2B", "+").replace("%40", "@").to_lowercase();
        let version = match tag.strip_prefix('v') {
            Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
            _ => &tag,
        };
        found.add(Scheme::Release, format!("{}/{}@{version}", release[1].to_lowercase(), release[2].to_lowercase()));
    }
}

/// A word with a capital, or the two before a version: "Rust 1.95.0", "Claude Opus 4.5", "GPT-5.2", "Node.js v26.1.0".
static PRODUCT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"(?:(?P<first>[A-Za-z][A-Za-z0-9.+#]*)[ \u{a0}])?(?P<name>[A-Za-z][A-Za-z0-9.+#]*)(?:[ \u{a0}-]v?| version )",
        r"(?P<version>[0-9]{1,4}\.[0-9]{1,4}(?P<patch>(?:\.[0-9]{1,5}){0,2})(?P<pre>-?(?:rc|beta|alpha)[.-]?[0-9]{0,3})?)",
        r"(?P<after>[^A-Za-z0-9.,%]|[.,](?:[^0-9]|$)|$)(?P<unit>\p{L}*)",
    ))
});

/// Products with versions. A number with two parts is often something else: an amount, a score, a standard that stays for years.
pub(super) fn in_title(title: &str, found: &mut Found) {
    if !title.contains(|c: char| c.is_ascii_digit()) {
        return;
    }
    for release in PRODUCT.captures_iter(title) {
        let name = release["name"].to_lowercase();
        let exact = !release["patch"].is_empty() || release.name("pre").is_some();
        let capital = release["name"].contains(|c: char| c.is_ascii_uppercase());
        let unit = release["unit"].to_lowercase();
        let money = release["after"].contains(['€', '$', '£']) || UNITS.contains(&unit.as_str());
        if !capital || STANDARDS.contains(&name.as_str()) || money || name.len() < 2 {
            continue;
        }
        let first =
            release.name("first").map(|first| first.as_str()).filter(|first| first.contains(|c: char| c.is_ascii_uppercase()));
        let name = match first {
            _ if !exact && WORDS.contains(&name.as_str()) => continue,
            Some(first) if WORDS.contains(&name.as_str()) => first.to_lowercase(),
            None if WORDS.contains(&name.as_str()) => continue,
            Some(first) if PARTS.contains(&name.as_str()) => format!("{} {name}", first.to_lowercase()),
            _ => name,
        };
        found.add(Scheme::Release, format!("{name}@{}", release["version"].to_lowercase()));
    }
}

/// What follows an amount.
const UNITS: [&str; 34] = [
    "million",
    "millions",
    "billion",
    "billions",
    "milliard",
    "milliards",
    "trillion",
    "percent",
    "pour",
    "points",
    "point",
    "fois",
    "times",
    "x",
    "m",
    "bn",
    "md",
    "mds",
    "k",
    "go",
    "gb",
    "tb",
    "to",
    "mo",
    "mb",
    "ghz",
    "mhz",
    "km",
    "kg",
    "ans",
    "years",
    "heures",
    "hours",
    "euros",
];

/// Standards and scales: many items name them for years, which makes them no release.
const STANDARDS: [&str; 40] = [
    "cvss",
    "wcag",
    "rgaa",
    "tls",
    "ssl",
    "http",
    "html",
    "css",
    "usb",
    "bluetooth",
    "wifi",
    "web",
    "industry",
    "industrie",
    "oauth",
    "dss",
    "pci",
    "iso",
    "nis",
    "cc",
    "by",
    "sa",
    "gpl",
    "agpl",
    "lgpl",
    "apache",
    "mit",
    "ecma",
    "unicode",
    "csf",
    "saml",
    "openid",
    "epss",
    "ssvc",
    "otp",
    "hdmi",
    "pdf",
    "epub",
    "aria",
    "atag",
];

/// Words of a title that are no product's name.
const WORDS: [&str; 58] = [
    "version",
    "release",
    "update",
    "section",
    "article",
    "chapter",
    "part",
    "phase",
    "level",
    "annex",
    "annexe",
    "figure",
    "table",
    "score",
    "top",
    "over",
    "from",
    "the",
    "of",
    "in",
    "at",
    "for",
    "and",
    "with",
    "nearly",
    "about",
    "under",
    "than",
    "de",
    "plus",
    "moins",
    "environ",
    "is",
    "hits",
    "reaches",
    "raises",
    "worth",
    "to",
    "on",
    "its",
    "a",
    "an",
    "via",
    "using",
    "le",
    "la",
    "les",
    "en",
    "et",
    "du",
    "des",
    "un",
    "une",
    "niveau",
    "partie",
    "titre",
    "chapitre",
    "release-candidate",
];

/// Names that many products share: the word before belongs to them.
const PARTS: [&str; 18] = [
    "api",
    "sdk",
    "cli",
    "server",
    "studio",
    "code",
    "desktop",
    "cloud",
    "platform",
    "framework",
    "core",
    "enterprise",
    "os",
    "engine",
    "toolkit",
    "runtime",
    "edge",
    "pro",
];
