//! Words and phrases in running text, found in one pass together with the counts that tone and readability need.

use super::{
    fold::{Word, hashes, is_mark},
    rules::TextRules,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasherDefault, Hasher},
};

/// The tables of `[words]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    Attribution,
    Clickbait,
    Announcement,
    PressRelease,
    Sponsored,
    AffiliateDisclosure,
    ActTitle,
    OwnAct,
    Truncated,
    Withdrawn,
}

impl Kind {
    const ALL: [Self; 10] = [
        Self::Attribution,
        Self::Clickbait,
        Self::Announcement,
        Self::PressRelease,
        Self::Sponsored,
        Self::AffiliateDisclosure,
        Self::ActTitle,
        Self::OwnAct,
        Self::Truncated,
        Self::Withdrawn,
    ];
}

/// The compiled tables.
pub(crate) struct Phrases {
    list: Vec<Phrase>,
    /// By the hash of the last word.
    by_last: HashMap<u64, Vec<u16>, BuildHasherDefault<Already>>,
}

struct Phrase {
    kind: Kind,
    text: String,
    words: Vec<u64>,
}

/// Words that a phrase may have at most.
const LONGEST: usize = 6;

/// A phrase found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) kind: Kind,
    phrase: u16,
    /// Position of its first word, from 0.
    pub(crate) word: u32,
}

/// What one pass over a text counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scan {
    pub(crate) words: u32,
    pub(crate) sentences: u32,
    /// Words of more than six letters.
    pub(crate) long_words: u32,
    pub(crate) letters: u32,
    /// Letters in shouted words.
    pub(crate) shouted: u32,
    pub(crate) exclamations: u32,
    pub(crate) quotations: u32,
    pub(crate) ellipsis: bool,
    pub(crate) hits: Vec<Hit>,
}

impl Scan {
    /// The first phrase found of that kind.
    pub(crate) fn first(&self, kind: Kind) -> Option<Hit> {
        self.hits.iter().copied().find(|hit| hit.kind == kind)
    }

    /// Share of letters that shout, 0 to 1.
    pub(crate) fn shouted_share(&self) -> f64 {
        if self.letters == 0 { 0.0 } else { f64::from(self.shouted) / f64::from(self.letters) }
    }

    /// Occurrences per 1,000 words.
    pub(crate) fn rate(&self, count: u32) -> f64 {
        if self.words == 0 { 0.0 } else { f64::from(count) * 1000.0 / f64::from(self.words) }
    }

    /// LIX: words per sentence plus the percentage of words over six letters (Björnsson 1968).
    pub(crate) fn lix(&self) -> f64 {
        let (words, sentences) = (f64::from(self.words.max(1)), f64::from(self.sentences.max(1)));
        words / sentences + 100.0 * f64::from(self.long_words) / words
    }
}

impl Phrases {
    pub(crate) fn compile(tables: &BTreeMap<Kind, Vec<String>>) -> Result<Self, String> {
        let mut list = Vec::new();
        for kind in Kind::ALL {
            let table = tables.get(&kind).ok_or_else(|| format!("[words] lacks the table of {kind:?}"))?;
            for text in table {
                let words = hashes(text);
                if words.is_empty() || words.len() > LONGEST {
                    return Err(format!("[words] \"{text}\" must have 1 to {LONGEST} words"));
                }
                list.push(Phrase { kind, text: text.clone(), words });
            }
        }
        let mut by_last: HashMap<u64, Vec<u16>, BuildHasherDefault<Already>> = HashMap::default();
        let mut longest_first: Vec<(usize, &Phrase)> = list.iter().enumerate().collect();
        longest_first.sort_by_key(|(_, phrase)| std::cmp::Reverse(phrase.words.len()));
        for (index, phrase) in longest_first {
            let index = u16::try_from(index).map_err(|_| "[words] has more than 65,535 phrases".to_owned())?;
            by_last.entry(phrase.words[phrase.words.len() - 1]).or_default().push(index);
        }
        Ok(Self { list, by_last })
    }

    /// The phrase as the table writes it.
    pub(crate) fn text(&self, hit: Hit) -> &str {
        &self.list[usize::from(hit.phrase)].text
    }

    /// Reads `text` once.
    pub(crate) fn scan(&self, rules: &TextRules, text: &str) -> Scan {
        let mut pass = Pass::new(self, rules);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c.is_alphanumeric() {
                pass.letter(c);
            } else if !is_mark(c) {
                pass.end_word();
                pass.punctuation(c, chars.peek().copied());
            }
        }
        pass.finish()
    }
}

/// The state of one pass.
struct Pass<'a> {
    phrases: &'a Phrases,
    rules: &'a TextRules,
    scan: Scan,
    word: Word,
    /// Hashes of the last words of the sentence, newest last.
    recent: [u64; LONGEST],
    /// How many of them belong to this sentence.
    in_sentence: usize,
    /// Shouted words in a row, and their letters.
    run: (u32, u32),
    /// Word at which a quotation opened.
    quote: Option<u32>,
    dots: u32,
}

impl<'a> Pass<'a> {
    fn new(phrases: &'a Phrases, rules: &'a TextRules) -> Self {
        let (scan, word) = (Scan::default(), Word::default());
        Self { phrases, rules, scan, word, recent: [0; LONGEST], in_sentence: 0, run: (0, 0), quote: None, dots: 0 }
    }

    fn letter(&mut self, c: char) {
        self.dots = 0;
        self.word.push(c);
    }

    fn end_word(&mut self) {
        if self.word.length == 0 {
            return;
        }
        let word = std::mem::take(&mut self.word);
        self.scan.words += 1;
        self.scan.letters += word.letters;
        self.scan.long_words += u32::from(word.length > 6);
        self.shouting(&word);
        self.recent.rotate_left(1);
        self.recent[LONGEST - 1] = word.value();
        self.in_sentence += 1;
        self.match_phrases();
    }

    /// Acronyms are no shouting: only long words in capitals, and runs of them, are.
    fn shouting(&mut self, word: &Word) {
        let capitals = word.letters >= 2 && word.capitals == word.letters;
        if !capitals {
            self.end_run();
        } else if word.letters >= self.rules.shouted_letters {
            self.scan.shouted += word.letters;
            self.run.0 += 1;
        } else {
            self.run = (self.run.0 + 1, self.run.1 + word.letters);
        }
    }

    fn end_run(&mut self) {
        let (words, letters) = std::mem::take(&mut self.run);
        if words >= self.rules.shouted_run && letters >= self.rules.shouted_run_letters {
            self.scan.shouted += letters;
        }
    }

    /// Of the phrases of one kind that end here, the longest.
    fn match_phrases(&mut self) {
        let Some(candidates) = self.phrases.by_last.get(&self.recent[LONGEST - 1]) else { return };
        let before = self.scan.hits.len();
        for &index in candidates {
            let phrase = &self.phrases.list[usize::from(index)];
            let length = phrase.words.len();
            let known = self.scan.hits[before..].iter().any(|hit| hit.kind == phrase.kind);
            if !known && length <= self.in_sentence && self.recent[LONGEST - length..] == phrase.words[..] {
                let word = self.scan.words - u32::try_from(length).unwrap_or_default();
                self.scan.hits.push(Hit { kind: phrase.kind, phrase: index, word });
            }
        }
    }

    fn punctuation(&mut self, c: char, next: Option<char>) {
        let at_end = next.is_none_or(char::is_whitespace);
        self.dots = if c == '.' { self.dots + 1 } else { 0 };
        self.scan.ellipsis |= c == '…' || self.dots == 3;
        match c {
            '!' => {
                self.scan.exclamations += 1;
                self.end_sentence();
            }
            '?' | '…' | '\n' => self.end_sentence(),
            '.' if at_end => self.end_sentence(),
            '«' | '“' => self.quote = Some(self.scan.words),
            '»' | '”' => self.close_quote(),
            '"' if self.quote.is_some() => self.close_quote(),
            '"' => self.quote = Some(self.scan.words),
            _ => {}
        }
    }

    fn close_quote(&mut self) {
        if self.quote.take().is_some_and(|start| self.scan.words - start >= self.rules.quotation_words) {
            self.scan.quotations += 1;
        }
    }

    fn end_sentence(&mut self) {
        if self.in_sentence > 0 {
            self.scan.sentences += 1;
            self.in_sentence = 0;
        }
    }

    fn finish(mut self) -> Scan {
        self.end_word();
        self.end_run();
        self.end_sentence();
        self.scan
    }
}

/// The key already is a hash.
#[derive(Default)]
struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, Scan};
    use crate::pipeline::reliability::{Rules, fold::folded};

    fn scan(text: &str) -> Scan {
        let rules = Rules::shipped();
        rules.phrases.scan(&rules.data.text, text)
    }

    #[test]
    fn finds_phrases_without_case_accents_or_sentence_borders() {
        for (text, kind, found) in [
            ("Selon la CNIL, tout va bien", Kind::Attribution, 1),
            ("D’après l’ANSSI, « tout va bien » a de\u{301}clare\u{301} Jane", Kind::Attribution, 2),
            ("According to NIST", Kind::Attribution, 1),
            ("It is according. To be sure", Kind::Attribution, 0),
            ("12 astuces pour gagner", Kind::Clickbait, 1),
            ("Les astuces", Kind::Clickbait, 0),
            ("You won’t believe it", Kind::Clickbait, 1),
            ("Décret nº 2026-12 du 3 mars", Kind::ActTitle, 1),
            ("CONTENU SPONSORISÉ", Kind::Sponsored, 1),
        ] {
            let hits = scan(text).hits.iter().filter(|hit| hit.kind == kind).count();
            assert_eq!(hits, found, "{text}");
        }
    }

    #[test]
    fn counts_what_tone_needs() {
        let counted = scan("La CNIL dit : « c’est bien comme cela ». Version 1.95.0 sort !\nFin…");
        assert_eq!((counted.sentences, counted.exclamations, counted.quotations, counted.ellipsis), (3, 1, 1, true));
        for (text, shouted) in [
            ("CNIL, RGPD et ENISA", 0),
            ("SCANDALE chez les autres", 8),
            ("EU AI ACT", 0),
            ("THIS IS HUGE NEWS for you", 14),
            ("NEVER DO THIS AGAIN", 16),
        ] {
            assert_eq!(scan(text).shouted, shouted, "{text}");
        }
        assert_eq!(folded("  Défenseur des Droits, ŒUVRE! "), "defenseur des droits oeuvre");
    }
}
