//! Where the words of a text are.

use crate::pipeline::text::{fold::fold_char, hash::hash, singular::singular, stop_words::is_elision};
use unicode_normalization::char::is_combining_mark;

/// The words of a text in order. Its buffers serve again for the next text ([`Words::read`]): no allocation a word.
#[derive(Debug, Default, Clone)]
pub struct Words {
    letters: String,
    spans: Vec<Span>,
}

/// Where one word is: in the text, and folded in `letters`.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u32,
    end: u32,
    folded: u32,
    key: u32,
    key_end: u32,
    hash: u64,
    capitals: bool,
}

/// One word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// Without case, accents and ligatures.
    pub folded: &'a str,
    /// The same without its plural ending: what words are compared by.
    pub key: &'a str,
    /// [`hash`] of `key`.
    pub hash: u64,
    /// Written in capitals, a plural `s` apart: an acronym. "J'AI" is none, whatever its letters.
    pub capitals: bool,
    /// First byte in the text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

impl Words {
    /// The words of `text`.
    pub fn of(text: &str) -> Self {
        let mut words = Self::default();
        words.read(text);
        words
    }

    /// Forgets the words held and takes those of `text`: runs of letters and digits. An apostrophe ends an elided word, which is
    /// dropped ("l'", "qu'"), takes an English "'s" away, and disappears elsewhere ("aujourd'hui", "don't"). "C++" and "C#" keep
    /// their signs. Texts over 4 GiB are cut.
    pub fn read(&mut self, text: &str) {
        self.letters.clear();
        self.spans.clear();
        let mut reader = Reader { words: self, text, start: 0, folded: 0, pronoun: false };
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            // Most of a text is runs of plain letters: they are taken whole.
            let run = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
            at += if run > 0 { reader.run(at, &rest[..run]) } else { reader.character(at, rest) };
        }
        reader.end(text.len());
    }

    /// How many words.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The word at a position.
    pub fn get(&self, index: usize) -> Option<Word<'_>> {
        self.spans.get(index).map(|span| self.word(span))
    }

    /// The words in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Word<'_>> + Clone {
        self.spans.iter().map(|span| self.word(span))
    }

    /// The words whose hash `keep` approves of; the others cost next to nothing.
    pub fn those(&self, mut keep: impl FnMut(u64) -> bool) -> impl Iterator<Item = Word<'_>> {
        self.spans.iter().filter(move |span| keep(span.hash)).map(|span| self.word(span))
    }

    /// The hashes of each run of so many words.
    pub(super) fn runs(&self, words: usize) -> impl Iterator<Item = impl Iterator<Item = u64>> {
        self.spans.windows(words.max(1)).map(|run| run.iter().map(|span| span.hash))
    }

    fn word(&self, span: &Span) -> Word<'_> {
        let key = &self.letters[span.key as usize..span.key_end as usize];
        Word {
            folded: if span.folded == span.key { key } else { &self.letters[span.folded as usize..span.key as usize] },
            key,
            hash: span.hash,
            capitals: span.capitals,
            start: span.start as usize,
            end: span.end as usize,
        }
    }
}

/// What a character does to a word.
#[derive(Clone, Copy)]
enum Kind {
    Letter,
    /// Accents on their own, soft hyphens, zero-width joiners: no part of any word, end of none.
    Joint,
    Apostrophe,
    Sign,
    Other,
}

impl Kind {
    fn of(c: char) -> Self {
        match c {
            _ if c.is_alphanumeric() => Self::Letter,
            '\'' | '’' | 'ʼ' | '‘' | '＇' => Self::Apostrophe,
            '+' | '#' => Self::Sign,
            '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => Self::Joint,
            _ if !c.is_ascii() && is_combining_mark(c) => Self::Joint,
            _ => Self::Other,
        }
    }
}

/// A word being read.
struct Reader<'a> {
    words: &'a mut Words,
    text: &'a str,
    /// Where it starts in the text.
    start: usize,
    /// Where it starts in `letters`.
    folded: usize,
    /// A pronoun was elided before it: it is a verb.
    pronoun: bool,
}

impl Reader<'_> {
    fn inside(&self) -> bool {
        self.words.letters.len() > self.folded
    }

    /// Takes a run of plain letters and digits. Gives its length.
    fn run(&mut self, at: usize, run: &str) -> usize {
        if !self.inside() {
            self.start = at;
        }
        let letters = &mut self.words.letters;
        let before = letters.len();
        letters.push_str(run);
        letters[before..].make_ascii_lowercase();
        run.len()
    }

    /// Takes the first character of `rest`, and what belongs to it. Gives how many bytes it took.
    fn character(&mut self, at: usize, rest: &str) -> usize {
        let mut chars = rest.chars();
        let Some(c) = chars.next() else { return 0 };
        let (length, next) = (c.len_utf8(), || rest[c.len_utf8()..].chars().next());
        match Kind::of(c) {
            Kind::Letter => self.letter(at, c),
            Kind::Joint => {}
            Kind::Apostrophe if self.inside() && next().is_some_and(char::is_alphanumeric) => {
                return length + usize::from(self.apostrophe(at, length));
            }
            Kind::Sign if self.takes_sign(at, c, next()) => self.words.letters.push(c),
            _ => self.end(at),
        }
        length
    }

    fn letter(&mut self, at: usize, c: char) {
        if !self.inside() {
            self.start = at;
        }
        fold_char(c, &mut self.words.letters);
    }

    /// "C++", "F#": only after a single letter, and at the end of the word.
    fn takes_sign(&self, at: usize, c: char, next: Option<char>) -> bool {
        let word = &self.words.letters[self.folded..];
        let single =
            word.bytes().filter(u8::is_ascii_alphabetic).count() == 1 && word.len() + 1 == at + c.len_utf8() - self.start;
        single && next.is_none_or(|next| next == c || !next.is_alphanumeric())
    }

    /// Whether the letter that follows is the "s" of a possessive, to be passed over.
    fn apostrophe(&mut self, at: usize, length: usize) -> bool {
        let word = &self.words.letters[self.folded..];
        if is_elision(word) {
            let pronoun = matches!(word, "j" | "m" | "t");
            self.words.letters.truncate(self.folded);
            self.pronoun = pronoun;
            return false;
        }
        let mut rest = self.text[at + length..].chars();
        let possessive = matches!(rest.next(), Some('s' | 'S')) && rest.next().is_none_or(|c| !c.is_alphanumeric());
        if possessive {
            self.end(at);
        }
        possessive
    }

    /// Closes the word, if one is open.
    fn end(&mut self, at: usize) {
        let pronoun = std::mem::take(&mut self.pronoun);
        if !self.inside() {
            return;
        }
        let letters = &mut self.words.letters;
        let (folded, key) = (self.folded, letters.len());
        let (kept, ending) = singular(&letters[folded..]);
        let (kept, same) = (kept.len(), ending.is_empty() && kept.len() == key - folded);
        if !same {
            letters.extend_from_within(folded..folded + kept);
            letters.push_str(ending);
        }
        let key = if same { folded } else { key };
        let narrow = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        self.words.spans.push(Span {
            start: narrow(self.start),
            end: narrow(at),
            folded: narrow(folded),
            key: narrow(key),
            key_end: narrow(letters.len()),
            hash: hash(&letters.as_bytes()[key..]),
            capitals: !pronoun && in_capitals(&self.text[self.start..at]),
        });
        self.folded = letters.len();
    }
}

fn in_capitals(word: &str) -> bool {
    let singular = word.strip_suffix('s').unwrap_or(word);
    !singular.chars().any(char::is_lowercase) && singular.chars().filter(|c| c.is_uppercase()).count() >= 2
}

#[cfg(test)]
mod tests {
    use super::Words;
    use proptest::prelude::*;

    fn check(text: &str, expect: &str) {
        let keys: Vec<String> = Words::of(text).iter().map(|word| word.key.to_owned()).collect();
        assert_eq!(keys.join(" "), expect, "{text}");
    }

    #[test]
    fn finds_the_words() {
        for (text, expect) in [
            ("", ""),
            ("Règlements sur l’IA", "reglement sur ia"),
            ("qu'OpenAI jusqu'aux lorsqu'il n'est", "openai aux il est"),
            ("OpenAI's model, the models' cost", "openai model the model cost"),
            ("aujourd'hui don't prud’hommes", "aujourdhui dont prudhomme"),
            ("(UE) 2024/1689, art. 5", "ue 2024 1689 art 5"),
            ("GPT-5 et C++, C# ou F#.", "gpt 5 et c++ c# ou f#"),
            ("Disney+ a+b issue#3", "disney a b issue 3"),
            ("porte\u{ad}feuille re\u{301}gle", "portefeuille regle"),
            ("« L’œuvre » d’Ève", "oeuvre eve"),
            ("Journaux, réseaux & policies", "journal reseau policie"),
        ] {
            check(text, expect);
        }
    }

    #[test]
    fn tells_acronyms_from_verbs() {
        for (text, expect) in
            [("l'IA", true), ("J'AI", false), ("LLMs", true), ("Ai", false), ("ai", false), ("A", false), ("NIS2", true)]
        {
            assert_eq!(Words::of(text).iter().any(|word| word.capitals), expect, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_word_stands_in_its_text(text in r"[\PC'’ +#\u{301}-]{0,60}") {
            let words = Words::of(&text);
            let mut end = 0;
            for word in words.iter() {
                prop_assert!(end <= word.start && word.start < word.end && word.end <= text.len());
                prop_assert!(text.is_char_boundary(word.start) && text.is_char_boundary(word.end));
                prop_assert!(!word.key.is_empty());
                end = word.end;
            }
        }

        #[test]
        fn case_and_accents_change_nothing(text in "[a-zéèàôç' ]{0,40}") {
            let keys = |text: &str| Words::of(text).iter().map(|word| word.hash).collect::<Vec<_>>();
            prop_assert_eq!(keys(&text), keys(&text.to_uppercase()));
            prop_assert_eq!(keys(&text), keys(&super::super::fold(&text)));
        }
    }
}
