//! What a person typed into a search field.

use crate::{
    domain::listing::{SearchQuery, SearchTerm},
    pipeline::{
        search::index::{is_indexed, token},
        text::Words,
    },
};
use rust_stemmers::{Algorithm, Stemmer};

/// Reads a query: items must hold every word; `"several words"` must stand together, `-word` must be absent, `begin*` is a
/// beginning. Any text is a valid query.
pub fn parse_query(text: &str) -> SearchQuery {
    let Query { wanted, unwanted, phrases } = Query::parse(text);
    SearchQuery { wanted, unwanted, phrases, stands_in }
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
    wanted: Vec<SearchTerm>,
    unwanted: Vec<SearchTerm>,
    phrases: Vec<Vec<String>>,
}

impl Query {
    fn parse(text: &str) -> Self {
        let mut query = Self::default();
        // Odd pieces stand between quotation marks; a mark left open quotes up to the end.
        for (number, piece) in text.split(['"', '«', '»', '“', '”']).enumerate() {
            if number % 2 == 1 {
                let phrase = keys(piece);
                query.wanted.extend(phrase.iter().map(|word| forms(word)));
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
}

fn keys(text: &str) -> Vec<String> {
    Words::of(text).iter().filter(is_indexed).map(|word| word.key.to_owned()).collect()
}

/// The words of one run without spaces; only the last can be a beginning, which has no plural to lose.
fn terms(bare: &str) -> Vec<SearchTerm> {
    let words = Words::of(bare);
    let last = words.len().saturating_sub(1);
    let term = |(place, word): (usize, crate::pipeline::text::Word<'_>)| {
        if place == last && bare.ends_with('*') {
            SearchTerm::Beginning(token(word.folded).into_owned())
        } else {
            forms(word.key)
        }
    };
    words.iter().filter(is_indexed).enumerate().map(term).collect()
}

/// A word as it stands and under its French and its English stem.
fn forms(word: &str) -> SearchTerm {
    let mut forms = vec![token(word).into_owned()];
    for algorithm in [Algorithm::French, Algorithm::English] {
        let stem = token(&Stemmer::create(algorithm).stem(word)).into_owned();
        if !forms.contains(&stem) {
            forms.push(stem);
        }
    }
    SearchTerm::Word(forms)
}

#[cfg(test)]
mod tests {
    use super::{Query, stands_in};
    use crate::domain::listing::SearchTerm;

    #[test]
    fn a_query_is_read_as_people_mean_it() {
        let told = |terms: &[SearchTerm]| {
            let one = |term: &SearchTerm| match term {
                SearchTerm::Word(forms) => forms.join("/"),
                SearchTerm::Beginning(beginning) => format!("{beginning}*"),
            };
            terms.iter().map(one).collect::<Vec<_>>().join(" ")
        };
        for (text, wanted, unwanted) in [
            ("cnil", "cnil", ""),
            ("règlements -offres", "reglement/regl", "offre/offr"),
            ("régl*", "regl*", ""),
            ("l'IA", "ia", ""),
            ("C++", "cplusplus", ""),
            ("-rien", "", "rien"),
            ("* \" - AND (", "and", ""),
            ("", "", ""),
        ] {
            let query = Query::parse(text);
            assert_eq!((told(&query.wanted).as_str(), told(&query.unwanted).as_str()), (wanted, unwanted), "{text}");
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
