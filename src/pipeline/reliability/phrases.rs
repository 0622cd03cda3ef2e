//! Words and phrases in running text, found in one pass together with the counts that tone and readability need.

use super::{
    fold::{Word, hashes, is_mark},
    rules::TextRules,
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

/// Declares the tables of `[words]`.
macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident),+ $(,)?) => {
        /// The tables of `[words]`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(crate) enum Kind { $($(#[$doc])* $kind),+ }

        impl Kind {
            const ALL: &[Self] = &[$(Self::$kind),+];
        }
    };
}

kinds! {
    /// Says where something is from.
    Attribution,
    /// Says that it is from somewhere, and not from where.
    Vague,
    Clickbait,
    /// Emotive, absolute, conspiratorial.
    Loaded,
    /// Presses the reader: share, order, hurry.
    Plea,
    /// The writer and the reader: I, we, you.
    Personal,
    /// Everyday words that are no acronym: in capitals they shout.
    Shouted,
    Announcement,
    /// An announcement in the first person.
    OwnVoice,
    /// Prices, trials, demonstrations.
    Offer,
    PressRelease,
    /// A section of press releases when it opens a sentence: "About …".
    Boilerplate,
    /// What companies say of themselves.
    Superlative,
    Sponsored,
    /// Paid for, where it stands at the head of a signature or category.
    PaidLabel,
    AffiliateDisclosure,
    Deal,
    Satire,
    ActTitle,
    OwnAct,
    Truncated,
    Withdrawn,
}

/// The compiled tables.
pub(crate) struct Phrases {
    list: Vec<Phrase>,
    /// The words of [`Kind::Shouted`].
    shouted: HashSet<u64, BuildHasherDefault<Already>>,
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

/// Words after which a mark that nothing answers opened no quotation.
const LONGEST_QUOTE: u32 = 150;

/// A phrase found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) kind: Kind,
    phrase: u16,
    /// Position of its first word, from 0.
    pub(crate) word: u32,
    /// It opens a sentence or a line.
    pub(crate) opens: bool,
    /// Between quotation marks: somebody else's words.
    pub(crate) quoted: bool,
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
    /// Numbers, and words with a capital inside a sentence: what can be checked.
    pub(crate) specifics: u32,
    pub(crate) exclamations: u32,
    pub(crate) questions: u32,
    pub(crate) quotations: u32,
    pub(crate) ellipsis: bool,
    pub(crate) hits: Vec<Hit>,
}

impl Scan {
    /// The first phrase found of that kind.
    pub(crate) fn first(&self, kind: Kind) -> Option<Hit> {
        self.hits.iter().copied().find(|hit| hit.kind == kind)
    }

    /// How often phrases of that kind are found, not counting other people's words.
    pub(crate) fn own(&self, kind: Kind) -> u32 {
        let own = self.hits.iter().filter(|hit| hit.kind == kind && !hit.quoted).count();
        u32::try_from(own).unwrap_or(u32::MAX)
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
        let mut shouted = HashSet::default();
        for kind in Kind::ALL.iter().copied() {
            let table = tables.get(&kind).ok_or_else(|| format!("[words] lacks the table of {kind:?}"))?;
            for text in table {
                let words = hashes(text);
                if words.is_empty() || words.len() > LONGEST {
                    return Err(format!("[words] \"{text}\" must have 1 to {LONGEST} words"));
                }
                if kind == Kind::Shouted {
                    shouted.extend(words);
                    continue;
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
        Ok(Self { list, shouted, by_last })
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

/// Words in capitals in a row: how many, their letters, and those of them that do not count yet.
#[derive(Default)]
struct Run {
    words: u32,
    letters: u32,
    waiting: u32,
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
    /// Words in capitals in a row.
    run: Run,
    /// The mark that opened a quotation, and at which word.
    quote: Option<(char, u32)>,
    dots: u32,
}

impl<'a> Pass<'a> {
    fn new(phrases: &'a Phrases, rules: &'a TextRules) -> Self {
        let (scan, word) = (Scan::default(), Word::default());
        Self { phrases, rules, scan, word, recent: [0; LONGEST], in_sentence: 0, run: Run::default(), quote: None, dots: 0 }
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
        let named = word.capitals > 0 && word.letters > 1 && self.in_sentence > 0;
        self.scan.specifics += u32::from(named || word.letters == 0);
        self.shouting(&word);
        self.recent.rotate_left(1);
        self.recent[LONGEST - 1] = word.value();
        self.in_sentence += 1;
        self.match_phrases();
    }

    /// Acronyms are no shouting: only long words in capitals, everyday ones, and runs of them, are.
    fn shouting(&mut self, word: &Word) {
        let capitals = word.letters >= 2 && word.capitals == word.letters;
        if !capitals {
            return self.end_run();
        }
        self.run.words += 1;
        self.run.letters += word.letters;
        if word.letters >= self.rules.shouted_letters || self.phrases.shouted.contains(&word.value()) {
            self.scan.shouted += word.letters;
        } else {
            self.run.waiting += word.letters;
        }
    }

    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if run.words >= self.rules.shouted_run && run.letters >= self.rules.shouted_run_letters {
            self.scan.shouted += run.waiting;
        }
    }

    /// Of the phrases of one kind that end here, the longest.
    fn match_phrases(&mut self) {
        let Some(candidates) = self.phrases.by_last.get(&self.recent[LONGEST - 1]) else { return };
        let before = self.scan.hits.len();
        let quoted = self.quote.is_some_and(|(_, start)| self.scan.words - start <= LONGEST_QUOTE);
        for &index in candidates {
            let phrase = &self.phrases.list[usize::from(index)];
            let length = phrase.words.len();
            let known = self.scan.hits[before..].iter().any(|hit| hit.kind == phrase.kind);
            if !known && length <= self.in_sentence && self.recent[LONGEST - length..] == phrase.words[..] {
                let word = self.scan.words - u32::try_from(length).unwrap_or_default();
                let opens = length == self.in_sentence;
                self.scan.hits.push(Hit { kind: phrase.kind, phrase: index, word, opens, quoted });
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
            '?' => {
                self.scan.questions += 1;
                self.end_sentence();
            }
            '…' | '\n' => self.end_sentence(),
            '.' if at_end => self.end_sentence(),
            '«' | '»' | '“' | '”' | '„' | '"' => self.quotation_mark(c),
            _ => {}
        }
    }

    /// A quotation ends at the mark that answers its first one; a quotation inside another belongs to it.
    fn quotation_mark(&mut self, c: char) {
        let here = self.scan.words;
        let opener = self.quote.map(|(opener, _)| opener);
        let ends = match opener {
            Some('«') => c == '»',
            Some('„') => matches!(c, '“' | '”'),
            Some('“') => c == '”',
            Some(_) => c == '"',
            None => false,
        };
        let starts = matches!(c, '«' | '“' | '„' | '"') && (opener.is_none() || opener == Some(c));
        if ends {
            let words = self.quote.take().map_or(0, |(_, start)| here - start);
            self.scan.quotations += u32::from((self.rules.quotation_words..=LONGEST_QUOTE).contains(&words));
        } else if starts || self.quote.is_some_and(|(_, start)| here - start > LONGEST_QUOTE) {
            self.quote = matches!(c, '«' | '“' | '„' | '"').then_some((c, here));
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
    fn finds_quotations_by_the_marks_of_several_languages() {
        for (text, found) in [
            ("Elle dit : « c'est bien comme cela », puis sort.", 1),
            ("She said “it is fine like that” and left.", 1),
            ("Sie sagt „das ist so ganz gut“ und geht.", 1),
            ("He said \"it is fine like that\" and \"so it stays for now\".", 2),
            ("« Il m'a dit “je ne sais pas trop” hier soir »", 1),
            ("Le mot « oui » suffit.", 0),
            ("Un écran de 27\" suffit à tout le monde ici", 0),
            ("“It goes on.\n“It still goes on in a second paragraph.”", 1),
            ("une » qui ferme ce que rien n'ouvre", 0),
        ] {
            assert_eq!(scan(text).quotations, found, "{text}");
        }
        let of = |text: &str| scan(text).own(Kind::Loaded);
        assert_eq!(
            (of("C'est une honte pour tous"), of("« C'est une honte pour tous », dit-il")),
            (1, 0),
            "other people's words"
        );
    }

    #[test]
    fn counts_what_can_be_checked() {
        for (text, specifics) in [
            ("Le 3 mars 2026, la CNIL a écrit à Jane Doe.", 5),
            ("Ils nous mentent depuis toujours et tout le monde le sait.", 0),
        ] {
            assert_eq!(scan(text).specifics, specifics, "{text}");
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
            ("What they are NOT telling you", 3),
        ] {
            assert_eq!(scan(text).shouted, shouted, "{text}");
        }
        assert_eq!(folded("  Défenseur des Droits, ŒUVRE! "), "defenseur des droits oeuvre");
    }
}
