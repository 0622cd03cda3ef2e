//! Stems, for search: "publication" and "publications", "sanctionner" and "sanctionnera" meet.
//!
//! The Snowball stemmers want accents; readers type without. So words are folded first, in the index and in the query alike: a few
//! French stems (of feminine participles) are longer than they could be, none depends on how a word was typed.

use crate::pipeline::text::{stop_words::is_stop_word, words::Words};
use rust_stemmers::{Algorithm, Stemmer};
use std::borrow::Cow;

/// The stem of a folded word, in the language of the text (primary tag); French and English are stemmed, others left as they are.
pub fn stem<'a>(folded: &'a str, language: Option<&str>) -> Cow<'a, str> {
    match stemmer(language) {
        Some(stemmer) => stemmer.stem(folded),
        None => Cow::Borrowed(folded),
    }
}

/// The stems of a text, separated by spaces, without the words of grammar: what the search index holds beside the words.
pub fn search_text(text: &str, language: Option<&str>) -> String {
    let words = Words::of(text);
    let stemmer = stemmer(language);
    let mut stems = String::with_capacity(text.len());
    for word in words.iter().filter(|word| !is_stop_word(word.folded)) {
        if !stems.is_empty() {
            stems.push(' ');
        }
        match &stemmer {
            Some(stemmer) => stems.push_str(&stemmer.stem(word.folded)),
            None => stems.push_str(word.folded),
        }
    }
    stems
}

fn stemmer(language: Option<&str>) -> Option<Stemmer> {
    match language?.get(..2)? {
        "fr" => Some(Stemmer::create(Algorithm::French)),
        "en" => Some(Stemmer::create(Algorithm::English)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{search_text, stem};
    use crate::pipeline::text::fold;

    #[test]
    fn forms_of_a_word_meet() {
        for (language, one, other) in [
            ("fr", "régulateurs", "régulateur"),
            ("fr", "Règlementations", "reglementation"),
            ("fr", "sanctionnera", "sanctionner"),
            ("en", "regulations", "regulation"),
            ("en", "published", "publishing"),
        ] {
            let (one, other) = (fold(one), fold(other));
            assert_eq!(stem(&one, Some(language)), stem(&other, Some(language)), "{one} {other}");
        }
    }

    #[test]
    fn accents_change_no_stem() {
        assert_eq!(
            search_text("Les régulateurs sanctionnés", Some("fr")),
            search_text("les regulateurs sanctionnes", Some("fr-FR"))
        );
        assert_eq!(search_text("of the models", Some("en")), "model");
        assert_eq!(search_text("Die Modelle", Some("de")), "die modelle");
    }
}
