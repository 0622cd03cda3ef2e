//! Rules, compiled: from what a person wrote to words.

use crate::{
    domain::localised,
    pipeline::text::{Words, hash},
};
use rustc_hash::FxHashMap;

/// Characters of other query languages: a rule that holds one would not do what its author means.
const REFUSED: &[char] = &['|', '\\', '[', ']', '{', '}', '^', '$', '"', '?', '<', '>', '='];
/// Letters that a word must have before its `*`.
const PREFIX: usize = 3;
/// Longest acronym that matches in capitals only.
const SHORT_ACRONYM: usize = 3;

/// What a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Any,
    All,
    None,
}

/// One rule.
#[derive(Debug)]
pub(super) struct Rule {
    /// Number of its theme.
    pub(super) theme: usize,
    pub(super) kind: Kind,
    /// As written.
    pub(super) text: String,
    /// Hashes of the words that must follow one another.
    pub(super) words: Vec<u64>,
    /// The beginning that the word after them must have.
    pub(super) prefix: Option<String>,
    /// Matches capitals only.
    pub(super) capitals: bool,
}

impl Rule {
    /// Reads a rule; the error is the end of a sentence that began with the rule.
    pub(super) fn compile(theme: usize, kind: Kind, text: &str) -> Result<Self, localised::Words> {
        let open = text.trim_end().strip_suffix('*');
        let plain = open.unwrap_or(text);
        refuse_signs(plain)?;
        let found = Words::of(plain);
        let mut words: Vec<_> = found.iter().collect();
        let prefix = open.and_then(|_| words.pop()).map(|word| word.folded.to_owned());
        if words.is_empty() && prefix.is_none() {
            return Err(localised::Words::new(
                "n'a ni lettre ni chiffre, et ne peut donc rien reconnaître ; écrivez un mot ou une expression",
                "has no letter or digit, so it can never match; write a word or a phrase",
            ));
        }
        if open.is_some_and(|open| open.ends_with(|c: char| !c.is_alphanumeric())) {
            let at = position(text, open);
            return Err(localised::Words::new(
                format!("a `*` au caractère {at}, loin de tout mot ; placez-la juste après la dernière lettre"),
                format!("has `*` at character {at} apart from any word; put it right after the last letter"),
            ));
        }
        if prefix.as_ref().is_some_and(|prefix| prefix.chars().count() < PREFIX) {
            let at = position(text, open);
            return Err(localised::Words::new(
                format!("a `*` au caractère {at} après moins de {PREFIX} lettres ; écrivez davantage du mot"),
                format!("has `*` at character {at} after fewer than {PREFIX} letters; write more of the word"),
            ));
        }
        let single = words.len() == 1 && prefix.is_none();
        let capitals = single && words[0].capitals && words[0].folded.len() <= SHORT_ACRONYM && is_letters(words[0].folded);
        Ok(Self { theme, kind, text: text.to_owned(), words: words.iter().map(|word| word.hash).collect(), prefix, capitals })
    }

    /// How many words of a text it takes.
    pub(super) fn length(&self) -> usize {
        self.words.len() + usize::from(self.prefix.is_some())
    }
}

fn is_letters(word: &str) -> bool {
    word.chars().all(char::is_alphabetic)
}

/// Counted from 1, as people do: where the `*` after `open` is.
fn position(text: &str, open: Option<&str>) -> usize {
    open.unwrap_or(text).chars().count() + 1
}

fn refuse_signs(text: &str) -> Result<(), localised::Words> {
    let refused = |c: char| c == '*' || c.is_control() || REFUSED.contains(&c);
    match text.chars().enumerate().find(|(_, c)| refused(*c)) {
        None => Ok(()),
        Some((at, '*')) => Err(localised::Words::new(
            format!("a `*` au caractère {} ; elle ne peut que finir la règle", at + 1),
            format!("has `*` at character {}; it may only end the rule", at + 1),
        )),
        Some((at, c)) => Err(localised::Words::new(
            format!(
                "a {c:?} au caractère {} ; une règle est un mot ou une expression, avec `*` à la fin pour toute terminaison : écrivez une règle par tournure",
                at + 1
            ),
            format!(
                "has {c:?} at character {}; rules are plain words and phrases, with `*` at the end for any ending: write one rule for each wording",
                at + 1
            ),
        )),
    }
}

/// Finds the rules that may begin at a word.
pub(super) struct RuleIndex {
    by_word: FxHashMap<u64, Vec<usize>>,
    by_beginning: FxHashMap<u64, Vec<usize>>,
}

impl RuleIndex {
    pub(super) fn new(rules: &[Rule]) -> Self {
        let (mut by_word, mut by_beginning) = (FxHashMap::<u64, Vec<usize>>::default(), FxHashMap::<u64, Vec<usize>>::default());
        for (number, rule) in rules.iter().enumerate() {
            match (rule.words.first(), &rule.prefix) {
                (Some(first), _) => by_word.entry(*first).or_default().push(number),
                (None, Some(prefix)) => by_beginning.entry(beginning(prefix).unwrap_or_default()).or_default().push(number),
                (None, None) => {}
            }
        }
        Self { by_word, by_beginning }
    }

    /// The rules whose first word may be this one.
    pub(super) fn candidates<'a>(&'a self, hash: u64, folded: &str) -> impl Iterator<Item = usize> + use<'a> {
        let whole = self.by_word.get(&hash);
        let open =
            if self.by_beginning.is_empty() { None } else { beginning(folded).and_then(|start| self.by_beginning.get(&start)) };
        whole.into_iter().chain(open).flatten().copied()
    }
}

/// Hash of the first letters of a word.
fn beginning(word: &str) -> Option<u64> {
    let (last, c) = word.char_indices().nth(PREFIX - 1)?;
    Some(hash(&word.as_bytes()[..last + c.len_utf8()]))
}
