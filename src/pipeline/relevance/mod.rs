//! Which themes an item answers, and why.
//!
//! A rule is a word, a phrase, or either with a final `*`. It matches whole words, one after another, without regard to case, accents,
//! plural endings or the language of the item. One exception: an acronym of two or three letters ("AI", "RAG") matches only where it
//! is written in capitals, since "ai" is a French verb and "rag" an English noun; a category that is nothing but the acronym also
//! counts. Longer acronyms and phrases ("RGPD", "AI Act") match in any case.
//!
//! The text of an item is read once, whatever the number of themes: the hash of each word finds the rules that begin with it.

mod matching;
mod rules;
mod scoring;

use crate::{
    domain::{item::NewItem, localised::Words, relevance::Relevance, slug::Slug, theme::Theme},
    pipeline::relevance::{
        matching::Hits,
        rules::{Kind, Rule, RuleIndex},
    },
    pipeline::text::ItemWords,
};

/// The rules of all themes, compiled once.
pub struct ThemeMatcher {
    themes: Vec<Slug>,
    rules: Vec<Rule>,
    index: RuleIndex,
}

/// A rule that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("theme \"{theme}\": rule \"{rule}\" {why}")]
pub struct RuleError {
    /// Of which theme.
    pub theme: Slug,
    /// As written.
    pub rule: String,
    /// What is wrong, with the offending character.
    pub why: Words,
}

impl RuleError {
    /// For a reader.
    pub fn words(&self) -> Words {
        let Self { theme, rule, why } = self;
        Words::new(format!("thème \"{theme}\" : la règle \"{rule}\" {}", why.fr), self.to_string())
    }
}

impl ThemeMatcher {
    /// Compiles the rules; a rule that could never match is an error.
    pub fn new(themes: &[Theme]) -> Result<Self, RuleError> {
        let mut rules = Vec::new();
        for (number, theme) in themes.iter().enumerate() {
            for (kind, texts) in [(Kind::Any, &theme.any), (Kind::All, &theme.all), (Kind::None, &theme.none)] {
                for text in texts {
                    let refused = |why| RuleError { theme: theme.slug.clone(), rule: text.clone(), why };
                    rules.push(Rule::compile(number, kind, text).map_err(refused)?);
                }
            }
        }
        let index = RuleIndex::new(&rules);
        Ok(Self { themes: themes.iter().map(|theme| theme.slug.clone()).collect(), rules, index })
    }

    /// What each of `themes` (all when empty) makes of an item, of which `words` are the words; themes of which nothing matched are left out. In the order in which the
    /// themes were given to [`Self::new`].
    ///
    /// A theme answers when one rule of `any` and every rule of `all` matched; when a rule of `none` matched as well, the score is 0 and
    /// `excluded_by` says which.
    pub fn relevance(&self, item: &NewItem, words: &ItemWords, themes: &[Slug]) -> Vec<Relevance> {
        let hits = Hits::of(item, words, &self.rules, &self.index);
        let wanted = |slug: &Slug| themes.is_empty() || themes.contains(slug);
        let numbered = self.themes.iter().enumerate().filter(|(_, slug)| wanted(slug));
        numbered.filter_map(|(number, slug)| scoring::relevance(number, slug, &self.rules, &hits)).collect()
    }
}

#[cfg(test)]
mod tests;
