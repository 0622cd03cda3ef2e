//! What a person typed into a search field.

use crate::{
    domain::listing::SearchQuery,
    pipeline::{
        search::index::{is_indexed, token},
        text::Words,
    },
};
use rust_stemmers::{Algorithm, Stemmer};

/// Reads a query: items must hold every word; `"several words"` must stand together, `-word` must be absent, `begin*` is a
/// beginning. Any text is a valid query.
pub fn parse_query(text: &str) -> SearchQuery {
    let query = Query::parse(text);
    SearchQuery { expression: query.expression(), phrases: query.phrases, stands_in }
}

/// Whether the words of a phrase stand together in a text.
fn stands_in(phrase: &[String], text: &str) -> bool {
    let words = Words::of(text);
    let keys: Vec<&str> = words.iter().map(|word| word.key).collect();
    keys.windows(phrase.len()).any(|run| run.iter().zip(phrase).all(|(one, other)| one == other))
}

/// A person's words, read.
#[derive(Debug, Default, PartialEq, Eq)]
struct Query {
    wanted: Vec<Term>,
    unwanted: Vec<Term>,
    phrases: Vec<Vec<String>>,
}

#[derive(Debug, PartialEq, Eq)]
enum Term {
    Word(String),
    Beginning(String),
}

impl Query {
    fn parse(text: &str) -> Self {
        let mut query = Self::default();
        // Odd pieces stand between quotation marks; a mark left open quotes up to the end.
        for (number, piece) in text.split(['"', '«', '»', '“', '”']).enumerate() {
            if number % 2 == 1 {
                let phrase = keys(piece);
                query.wanted.extend(phrase.iter().cloned().map(Term::Word));
                query.phrases.extend((phrase.len() > 1).then_some(phrase));
                continue;
            }
            for bare in piece.split_whitespace() {
                let list = if bare.starts_with('-') { &mut query.unwanted } else { &mut query.wanted };
                list.extend(terms(bare));
            }
        }
        query
    }

    /// The expression in the language of FTS5: quoted words only, so that no text can be an operator.
    fn expression(&self) -> Option<String> {
        let wanted: Vec<String> = self.wanted.iter().map(Term::expression).collect();
        let unwanted: Vec<String> = self.unwanted.iter().map(Term::expression).collect();
        match (wanted.is_empty(), unwanted.is_empty()) {
            (true, _) => None,
            (false, true) => Some(wanted.join(" AND ")),
            (false, false) => Some(format!("({}) NOT ({})", wanted.join(" AND "), unwanted.join(" OR "))),
        }
    }
}

fn keys(text: &str) -> Vec<String> {
    Words::of(text).iter().filter(is_indexed).map(|word| word.key.to_owned()).collect()
}

/// The words of one run without spaces; only the last can be a beginning, which has no plural to lose.
fn terms(bare: &str) -> Vec<Term> {
    let words = Words::of(bare);
    let last = words.len().saturating_sub(1);
    let term = |(place, word): (usize, crate::pipeline::text::Word<'_>)| {
        if place == last && bare.ends_with('*') {
            Term::Beginning(word.folded.to_owned())
        } else {
            Term::Word(word.key.to_owned())
        }
    };
    words.iter().filter(is_indexed).enumerate().map(term).collect()
}

impl Term {
    fn expression(&self) -> String {
        match self {
            Self::Beginning(word) => format!("\"{}\" *", token(word)),
            Self::Word(word) => {
                let mut forms = vec![token(word).into_owned()];
                for algorithm in [Algorithm::French, Algorithm::English] {
                    let stem = token(&Stemmer::create(algorithm).stem(word)).into_owned();
                    if !forms.contains(&stem) {
                        forms.push(stem);
                    }
                }
                format!("(\"{}\")", forms.join("\" OR \""))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Query, stands_in};

    #[test]
    fn a_query_is_read_as_people_mean_it() {
        for (text, expected) in [
            ("cnil", Some(r#"("cnil")"#)),
            ("règlements -offres", Some(r#"(("reglement" OR "regl")) NOT (("offre" OR "offr"))"#)),
            ("régl*", Some(r#""regl" *"#)),
            ("l'IA", Some(r#"("ia")"#)),
            ("C++", Some(r#"("cplusplus")"#)),
            ("-rien", None),
            ("* \" - AND (", Some(r#"("and")"#)),
            ("", None),
        ] {
            assert_eq!(Query::parse(text).expression().as_deref(), expected, "{text}");
        }
        assert_eq!(Query::parse("« intelligences artificielles »").phrases, [["intelligence", "artificielle"]]);
    }

    #[test]
    fn a_phrase_stands_together_in_any_number() {
        let phrase = ["intelligence".to_owned(), "artificielle".to_owned()];
        assert!(stands_in(&phrase, "Les Intelligences artificielles, hier"));
        assert!(!stands_in(&phrase, "intelligence vraiment artificielle"));
        assert!(!stands_in(&phrase, ""));
    }
}
