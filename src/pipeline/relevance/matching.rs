//! Where the rules match, in one pass over the text of an item.

use crate::{
    domain::{
        identifier::{Identifier, Scheme},
        item::NewItem,
        relevance::Place,
    },
    pipeline::{
        relevance::rules::{Kind, Rule, RuleIndex},
        text::{ItemWords, Word, Words},
    },
};

/// Where a rule was met.
#[derive(Debug, Clone)]
pub(super) struct Hit {
    /// The best place.
    pub(super) place: Place,
    /// The words met there first.
    pub(super) found: String,
    pub(super) count: u32,
}

/// What each rule met, by number.
pub(super) struct Hits(Vec<Option<Hit>>);

impl Hits {
    /// Best place first, so that the first hit of a rule is its best.
    pub(super) fn of(item: &NewItem, words: &ItemWords, rules: &[Rule], index: &RuleIndex) -> Self {
        let mut scan = Scan { rules, index, hits: vec![None; rules.len()], met: Vec::new() };
        scan.words(&words.title, 0, &item.title, Place::Title);
        let mut own = Words::default();
        for category in &item.categories {
            own.read(category);
            scan.words(&own, 0, category, Place::Category);
        }
        for identifier in item.identifiers.iter().map(in_words) {
            own.read(&identifier);
            scan.words(&own, 0, &identifier, Place::Identifier);
        }
        scan.words(&words.summary, 0, &item.summary, Place::Summary);
        if let Some(body) = &item.content_text {
            scan.words(&words.body, after_summary(body, &item.summary), body, Place::Body);
        }
        scan.hits.iter_mut().flatten().for_each(|hit| hit.count = hit.count.max(1));
        Self(scan.hits)
    }

    pub(super) fn get(&self, rule: usize) -> Option<&Hit> {
        self.0.get(rule)?.as_ref()
    }
}

/// Where the body goes on after the summary that was cut from its beginning: nothing is counted twice.
fn after_summary(body: &str, summary: &str) -> usize {
    let beginning = summary.trim().trim_end_matches(['…', '.', ' ', '[', ']']);
    if body.starts_with(beginning) { beginning.len() } else { 0 }
}

/// An identifier in every wording that a rule may use: "32024R1689", "(UE) 2024/1689", "1689/2024".
fn in_words(identifier: &Identifier) -> String {
    let value = &identifier.value;
    match identifier.scheme {
        Scheme::Celex => match act_number(value) {
            Some((year, number)) if year < 2000 => format!("{value} | {}/{number} | {year}/{number}", year % 100),
            Some((year, number)) => format!("{value} | UE {year}/{number} | EU {year}/{number} | {number}/{year}"),
            None => value.clone(),
        },
        Scheme::Rfc => format!("RFC {value}"),
        Scheme::Arxiv => format!("arXiv {value}"),
        Scheme::Doi => format!("DOI {value}"),
        _ => value.clone(),
    }
}

/// Year and number of an act, from its EUR-Lex number: sector 3, year, kind, number.
fn act_number(celex: &str) -> Option<(u32, u32)> {
    let year = celex.strip_prefix('3')?.get(..4)?.parse().ok()?;
    let number = celex.get(5..)?.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    Some((year, number[..digits].parse().ok()?))
}

struct Scan<'a> {
    rules: &'a [Rule],
    index: &'a RuleIndex,
    hits: Vec<Option<Hit>>,
    /// Rules met at the current word.
    met: Vec<usize>,
}

impl Scan<'_> {
    /// Takes the words of `text` that start at byte `from` or later.
    fn words(&mut self, words: &Words, from: usize, text: &str, place: Place) {
        let whole_category = place == Place::Category && words.len() == 1;
        for (at, word) in words.iter().enumerate() {
            if word.start < from {
                continue;
            }
            self.met.clear();
            for number in self.index.candidates(word.hash, word.folded) {
                let rule = &self.rules[number];
                if (!rule.capitals || word.capitals || whole_category) && is_met(rule, words, at, text) {
                    self.met.push(number);
                }
            }
            for position in 0..self.met.len() {
                let number = self.met[position];
                if !self.is_part_of_longer(number) {
                    self.record(number, (text, place), words, at);
                }
            }
        }
    }

    /// "AI" is not counted beside "AI Act" of the same theme: it is the same mention.
    fn is_part_of_longer(&self, number: usize) -> bool {
        let rule = &self.rules[number];
        let longer = |other: &Rule| other.theme == rule.theme && other.kind == Kind::Any && other.length() > rule.length();
        rule.kind == Kind::Any && self.met.iter().any(|other| longer(&self.rules[*other]))
    }

    fn record(&mut self, number: usize, (text, place): (&str, Place), words: &Words, at: usize) {
        // An identifier was found in the text or its links: there it counts, not twice.
        let count = u32::from(place != Place::Identifier);
        let Some(slot) = self.hits.get_mut(number) else { return };
        if let Some(hit) = slot {
            hit.count = hit.count.saturating_add(count);
            return;
        }
        let last = words.get(at + self.rules[number].length() - 1);
        let (Some(first), Some(last)) = (words.get(at), last) else { return };
        *slot = Some(Hit { place, found: text[first.start..last.end].to_owned(), count });
    }
}

/// Whether the words from `at` on are those of the rule, with no end of sentence between them.
fn is_met(rule: &Rule, words: &Words, at: usize, text: &str) -> bool {
    let follows = |before: Word<'_>, after: Word<'_>| !text[before.end..after.start].contains(['!', '?', ';', '\n', '|']);
    let together = |offset: usize| match (words.get(at + offset), words.get(at + offset + 1)) {
        (Some(before), Some(after)) => follows(before, after),
        _ => false,
    };
    let same = |(offset, hash): (usize, &u64)| words.get(at + offset).is_some_and(|word| word.hash == *hash);
    let begins = |prefix: &String| words.get(at + rule.words.len()).is_some_and(|word| word.folded.starts_with(prefix.as_str()));
    rule.words.iter().enumerate().all(same) && rule.prefix.as_ref().is_none_or(begins) && (0..rule.length() - 1).all(together)
}
