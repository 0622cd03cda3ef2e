//! French words of this watch and their English counterparts, so that a fact told in both languages shares its words.

use crate::pipeline::{stories::fingerprint::number, text::Words};
use std::{collections::HashMap, sync::LazyLock};

/// Keys (`text::Word::key`) in pairs: French, English.
const PAIRS: &str = include_str!("glossary.txt");

static ENGLISH: LazyLock<HashMap<u64, u64>> = LazyLock::new(|| {
    let keys = |text: &str| Words::of(text).iter().map(|word| word.hash).next();
    let pair = |line: &str| {
        let (french, english) = line.split_once('=')?;
        Some((keys(french)?, keys(english)?))
    };
    PAIRS.lines().filter_map(pair).collect()
});

/// The hash of a word, or of its English counterpart if it is a French one.
pub(super) fn in_english(word: u64) -> u64 {
    ENGLISH.get(&word).copied().unwrap_or(word)
}

/// A word that half the items of such a watch hold tells nothing of the fact.
const COMMON: &str = "ai act ia model modele intelligence artificial artificielle data donnee europe european europeen europeenne eu ue \
    union user utilisateur company entreprise new tool outil technology technologie software logiciel digital numerique system systeme \
    release version update regulation reglement law loi article publish publie publication announce annonce launch lance france \
    francais us usa year annee today week semaine month mois day jour world monde report rapport service product produit open source \
    llm language langage generative generatif security securite public online developer developpeur code team equipe platform \
    plateforme million milliard billion euro dollar commission risk risque application app project projet research recherche chatbot \
    agent cloud protection privacy work travail need besoin access acces feature fonctionnalite support available disponible read lire";

/// The words (`fingerprint::number`) that belong to the subject of the watch more than to any fact.
pub(super) fn common_numbers() -> impl Iterator<Item = u32> {
    static NUMBERS: LazyLock<Vec<u32>> = LazyLock::new(|| Words::of(COMMON).iter().map(|word| number(word.hash)).collect());
    NUMBERS.iter().copied()
}

#[cfg(test)]
mod tests {
    use super::{PAIRS, common_numbers, in_english};
    use crate::pipeline::{
        stories::fingerprint::number,
        text::{Words, hash},
    };

    #[test]
    fn every_line_is_a_pair_of_words() {
        for line in PAIRS.lines() {
            let (french, english) = line.split_once('=').unwrap();
            assert!(Words::of(french).len() == 1 && Words::of(english).len() == 1, "{line}");
        }
        assert_eq!(in_english(hash(b"amende")), hash(b"fine"));
        assert_eq!(in_english(hash(b"mistral")), hash(b"mistral"));
        let common = |word: &str| common_numbers().any(|known| known == number(hash(word.as_bytes())));
        assert!(common("modele") && !common("cnil"));
    }
}
