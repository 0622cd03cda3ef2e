//! When a shared identifier means the same fact.
//!
//! An identifier proves little by itself: every article on the AI Act names 2024/1689. What an identifier is worth is said as the
//! share of the usual likeness of words that is still asked for:
//!
//! | identifier | named in title or summary by | share asked for |
//! |---|---|---|
//! | of one fact: CVE, release, DOI, ECLI, NOR, JORFTEXT; arXiv of the last months; act of this year or the last | both | 0.15 |
//! | the same | one of them | 0.45 |
//! | the same | none: only in the body or its links | 0.7 |
//! | lasting: an older act, an RFC, an older preprint | | 0.8 |
//!
//! Whatever the row, 0.8 is asked for when an item names more than six identifiers (a round-up) or when three open stories already name
//! this one, and an identifier that six open stories name is a theme: it helps no more.

use crate::{
    domain::identifier::{Identifier, Scheme},
    pipeline::text::{Words, hash},
};

const BOTH: f64 = 0.15;
const ONE: f64 = 0.45;
const NONE: f64 = 0.7;
const WEAK: f64 = 0.8;
/// Identifiers in one item from which it is a round-up.
const ROUND_UP: usize = 6;
/// Open stories that name an identifier from which it is weak, then a theme.
const SHARED: usize = 3;
const THEME: usize = 6;
/// Months during which a preprint is news.
const PREPRINT_MONTHS: i32 = 3;

/// An identifier as an item names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) key: u64,
    /// Named in the title or the summary.
    pub(super) prominent: bool,
    /// Talked about for years.
    pub(super) lasting: bool,
}

/// The words of title and summary, and when the item happened.
pub(super) struct Context<'a> {
    pub(super) words: &'a [u64],
    pub(super) year: i32,
    pub(super) month: i32,
}

impl Mention {
    pub(super) fn of(identifier: &Identifier, context: &Context<'_>) -> Self {
        Self {
            key: hash(for_people(identifier).as_bytes()),
            prominent: wordings(identifier).iter().any(|wording| holds(context.words, wording)),
            lasting: is_lasting(identifier, context),
        }
    }
}

/// "CELEX 32024R1689".
pub(super) fn for_people(identifier: &Identifier) -> String {
    let scheme = match identifier.scheme {
        Scheme::Celex => "CELEX",
        Scheme::Eli => "ELI",
        Scheme::Ecli => "ECLI",
        Scheme::Jorftext => "Légifrance",
        Scheme::Nor => "NOR",
        Scheme::Doi => "DOI",
        Scheme::Arxiv => "arXiv",
        Scheme::Rfc => "RFC",
        Scheme::Cve => return identifier.value.clone(),
        Scheme::Release => "version",
    };
    format!("{scheme} {}", identifier.value)
}

/// The share of the usual likeness that two items which name the same identifier must still have; `None`: it helps nothing.
/// `stories`: how many open stories name it. `named`: identifiers in the item that names the more of them.
pub(super) fn share_asked(one: Mention, other: Mention, stories: usize, named: usize) -> Option<f64> {
    if stories >= THEME {
        return None;
    }
    if one.lasting || other.lasting || stories >= SHARED || named > ROUND_UP {
        return Some(WEAK);
    }
    Some(match (one.prominent, other.prominent) {
        (true, true) => BOTH,
        (false, false) => NONE,
        _ => ONE,
    })
}

fn is_lasting(identifier: &Identifier, context: &Context<'_>) -> bool {
    let value = identifier.value.as_str();
    let older = |year: Option<i32>| year.is_none_or(|year| year < context.year - 1);
    match identifier.scheme {
        Scheme::Rfc => true,
        Scheme::Celex => older(value.get(1..5).and_then(|year| year.parse().ok())),
        Scheme::Eli => older(value.split('/').find_map(|part| part.parse().ok().filter(|year| (1950..2100).contains(year)))),
        Scheme::Arxiv => {
            let number = |range| value.get(range).and_then(|digits: &str| digits.parse::<i32>().ok());
            let months = |year: i32, month: i32| (context.year - 2000 - year) * 12 + context.month - month;
            number(0..2).zip(number(2..4)).is_none_or(|(year, month)| months(year, month) > PREPRINT_MONTHS)
        }
        _ => false,
    }
}

/// The word runs by which a text names an identifier.
fn wordings(identifier: &Identifier) -> Vec<Vec<u64>> {
    let value = identifier.value.as_str();
    let run = |text: &str| Words::of(text).iter().map(|word| word.hash).collect::<Vec<_>>();
    match identifier.scheme {
        Scheme::Celex => {
            let year = value.get(1..5).unwrap_or_default();
            let number = value.get(6..).unwrap_or_default().trim_start_matches('0');
            vec![run(value), run(&format!("{year}/{number}")), run(&format!("{number}/{year}"))]
        }
        Scheme::Rfc => vec![run(&format!("RFC {value}")), run(&format!("RFC{value}"))],
        Scheme::Release => {
            let (product, version) = value.split_once('@').unwrap_or((value, ""));
            let product = product.rsplit('/').next().unwrap_or(product);
            let version = version.trim_start_matches('v');
            vec![
                run(&format!("{product} {version}")),
                run(&format!("{product} v{version}")),
                run(&format!("{product} version {version}")),
            ]
        }
        _ => vec![run(value)],
    }
}

fn holds(words: &[u64], run: &[u64]) -> bool {
    !run.is_empty() && words.windows(run.len()).any(|window| window == run)
}

#[cfg(test)]
mod tests {
    use super::{Context, Identifier, Mention, Scheme, share_asked};
    use crate::pipeline::text::Words;

    fn mention(scheme: Scheme, value: &str, text: &str) -> Mention {
        let words: Vec<u64> = Words::of(text).iter().map(|word| word.hash).collect();
        Mention::of(&Identifier { scheme, value: value.to_owned() }, &Context { words: &words, year: 2026, month: 11 })
    }

    #[test]
    fn tells_facts_from_themes_and_prominent_from_mentioned() {
        for (scheme, value, text, prominent, lasting) in [
            (Scheme::Celex, "32024R1689", "le règlement (UE) 2024/1689", true, true),
            (Scheme::Celex, "32026R0012", "Regulation (EU) 2026/12", true, false),
            (Scheme::Celex, "32026R0012", "un nouveau règlement", false, false),
            (Scheme::Cve, "CVE-2026-12345", "Faille CVE-2026-12345", true, false),
            (Scheme::Cve, "CVE-2026-12345", "Faille CVE-2026-1234", false, false),
            (Scheme::Release, "rust@1.95.0", "Announcing Rust 1.95.0", true, false),
            (Scheme::Release, "rust@1.95.0", "Announcing Rust 1.96.0", false, false),
            (Scheme::Rfc, "9110", "RFC 9110 explained", true, true),
            (Scheme::Arxiv, "2610.01234", "", false, false),
            (Scheme::Arxiv, "1706.03762", "", false, true),
        ] {
            let found = mention(scheme, value, text);
            assert_eq!((found.prominent, found.lasting), (prominent, lasting), "{value} {text}");
        }
    }

    #[test]
    fn asks_for_more_words_the_more_an_identifier_is_shared() {
        let fact = mention(Scheme::Cve, "CVE-2026-1", "CVE-2026-1");
        let asked: Vec<_> = [1, 2, 3, 5].into_iter().filter_map(|stories| share_asked(fact, fact, stories, 1)).collect();
        assert!(asked.is_sorted() && asked.len() == 4 && asked[0] < asked[3]);
        assert_eq!(share_asked(fact, fact, 6, 1), None);
        assert!(share_asked(fact, fact, 1, 20) > share_asked(fact, fact, 1, 1));
    }
}
