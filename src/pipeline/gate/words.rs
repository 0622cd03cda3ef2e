//! Word lists and small questions about words, in French and in English.

use regex::Regex;
use std::sync::LazyLock;

/// In lower case, without punctuation, arrows and quotation marks around it, white space folded, apostrophes straight.
pub(super) fn fold(text: &str) -> String {
    let lower = text.to_lowercase().replace(['’', 'ʼ'], "'");
    let trimmed = lower.trim_matches(|c: char| !c.is_alphanumeric());
    trimmed.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words of at least one letter or digit.
pub(super) fn count(text: &str) -> usize {
    text.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
}

/// A constant pattern; the tests use each of them.
#[expect(clippy::expect_used, reason = "invariant: constant patterns, each compiled by a test")]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("invariant: a constant pattern is valid")
}

/// French link texts that say nothing of where they lead, between bars.
const VAGUE_IN_FRENCH: &str = "ici|là|là-bas|lien|ce lien|le lien|lien externe|lien vers (?:la source|l'article|le site)|source|la source|suite|la suite|\
            lire|lire ici|(?:lire|voir|découvrir|consulter) (?:la |toute la )?suite|lire (?:plus|l'article|l'article complet|tout l'article|davantage)|\
            (?:cliquez|cliquer|clique|appuyez)(?: ici| sur ce lien| sur le lien)?|cliquez ici pour (?:lire|voir|continuer|en savoir plus)|\
            (?:pour )?en savoir(?: plus|\\+)?|savoir plus|plus d'infos?|plus d'informations?|plus|plus de détails|détails?|voir|voir plus|voir ici|\
            voir (?:l'article|le site|la source|en ligne)|accéder|accéder (?:au site|à l'article|au lien)|consulter|consulter (?:l'article|le site)|\
            ouvrir|continuer|continuer la lecture|article|l'article|article complet|télécharger|site|le site|page|la page|document|suivant|précédent|\
            j'en profite|je découvre|découvrir|retrouvez-nous|url|web|site web|titre|sans titre";

/// The same in English.
const VAGUE_IN_ENGLISH: &str = "here|there|link|this link|this|this page|this article|click|click here|click this|click for more|tap here|click this link|\
            more|more here|more info|more information|more details|read|read more|read on|read article|read the article|read full article|\
            read the full article|read full story|read this|continue|continue reading|keep reading|learn more|find out more|see more|see here|\
            view|view more|view article|view details|show more|details?|discover|discover more|get started|go|go here|go to (?:site|page|link)|visit|\
            visit site|visit page|open|open link|download|full article|full story|source|article|the article|story|website|page|web page|next|previous|\
            untitled|title|info";

/// Whether a link text says nothing of where it leads.
pub(super) fn is_vague(text: &str) -> bool {
    static VAGUE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("^(?:{VAGUE_IN_FRENCH}|{VAGUE_IN_ENGLISH})$")));
    let folded = fold(text);
    let letters = folded.chars().filter(|c| c.is_alphanumeric()).count();
    letters < 2 || VAGUE.is_match(&folded)
}

/// What a language is called in another, for « En anglais »: (tag, in French, in English).
pub(super) const LANGUAGES: [(&str, &str, &str); 22] = [
    ("ar", "arabe", "arabic"),
    ("cs", "tchèque", "czech"),
    ("da", "danois", "danish"),
    ("de", "allemand", "german"),
    ("el", "grec", "greek"),
    ("en", "anglais", "english"),
    ("es", "espagnol", "spanish"),
    ("et", "estonien", "estonian"),
    ("fi", "finnois", "finnish"),
    ("fr", "français", "french"),
    ("hu", "hongrois", "hungarian"),
    ("it", "italien", "italian"),
    ("ja", "japonais", "japanese"),
    ("ko", "coréen", "korean"),
    ("nl", "néerlandais", "dutch"),
    ("pl", "polonais", "polish"),
    ("pt", "portugais", "portuguese"),
    ("ro", "roumain", "romanian"),
    ("ru", "russe", "russian"),
    ("sv", "suédois", "swedish"),
    ("uk", "ukrainien", "ukrainian"),
    ("zh", "chinois", "chinese"),
];

/// Numbers in words.
const NUMBERS: [&str; 38] = [
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "vingt",
    "trente",
    "quarante",
    "two",
    "three",
    "four",
    "five",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
];

/// Whether a text holds a number, in figures or in words. "Un" and "one" count only before what they count.
pub(super) fn holds_number(text: &str) -> bool {
    static ONE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"\b(?:une?|one|aucune?|no|a) (?:seule? |single )?(?:articles?|sujets?|nouvelles?|items?|story|stories|entry|entries|news)\b",
        )
    });
    let lower = text.to_lowercase();
    let figures = |word: &str| (1..=3).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_digit());
    ONE.is_match(&lower) || lower.split(|c: char| !c.is_alphanumeric()).any(|word| NUMBERS.contains(&word) || figures(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vague_link_texts_are_known_in_both_languages() {
        for vague in [
            "ici",
            "Lire la suite",
            "« Lire la suite… »",
            "En savoir plus →",
            "Cliquez ici !",
            "Read more",
            "HERE",
            "click here",
            "",
            "…",
            "l’article",
        ] {
            assert!(is_vague(vague), "{vague}");
        }
        for telling in ["La CNIL publie un guide", "Lire la suite : le guide de la CNIL", "Se désabonner", "NIS 2", "Rust 1.95"]
        {
            assert!(!is_vague(telling), "{telling}");
        }
    }

    #[test]
    fn numbers_are_found_in_figures_and_in_words() {
        assert!(holds_number("Cette semaine, trois articles"));
        assert!(holds_number("25 items"));
        assert!(!holds_number("Semaine du 2026"));
        assert!(holds_number("Un seul article cette semaine"));
        assert!(!holds_number("Un guide de la CNIL"));
    }
}
