//! Plural endings of French and English, lightly: no dictionary, the same rule for both languages, so that a rule and a text meet
//! whatever the language of either. Not a stemmer: "publier" and "publication" stay apart.

/// Whether the final letter is no plural, and the word would otherwise meet another.
fn is_unchanged(word: &str) -> bool {
    matches!(word, "news" | "windows" | "paris" | "pays" | "lens" | "chaos" | "alias" | "bonus" | "virus" | "cours")
}

/// How a folded word is written in the singular: the part to keep, and what to put after it.
pub fn singular(word: &str) -> (&str, &'static str) {
    let may_change = word.len() >= 4 && matches!(word.as_bytes().last(), Some(b's' | b'x' | b'y' | b'e'));
    if !may_change || !word.is_ascii() || is_unchanged(word) {
        return (word, "");
    }
    if let Some(start) = word.strip_suffix("aux").filter(|start| start.len() >= 2 && !start.ends_with('e')) {
        return (start, "al");
    }
    if let Some(start) = word.strip_suffix('x').filter(|start| ["eau", "eu", "ou"].iter().any(|end| start.ends_with(end))) {
        return (start, "");
    }
    let word = word.strip_suffix('s').filter(|start| !start.ends_with('s')).unwrap_or(word);
    // "policies" and "policy", "technologies", "technologie" and "technology" meet.
    if let Some(start) = word
        .strip_suffix('y')
        .filter(|start| start.len() >= 3 && !matches!(start.as_bytes().last(), Some(b'a' | b'e' | b'i' | b'o' | b'u')))
    {
        return (start, "ie");
    }
    // "classes", "classe" and "class", "boxes" and "box", "searches" and "search" meet.
    let hissing =
        |start: &&str| matches!(start.as_bytes(), [.., b's', b's'] | [.., b'x'] | [.., b'c' | b's', b'h'] | [.., b'z', b'z']);
    (word.strip_suffix('e').filter(hissing).unwrap_or(word), "")
}

#[cfg(test)]
mod tests {
    use super::singular;

    fn key(word: &str) -> String {
        let (start, end) = singular(word);
        format!("{start}{end}")
    }

    #[test]
    fn singular_and_plural_meet() {
        for (one, many) in [
            ("reglement", "reglements"),
            ("modele", "modeles"),
            ("model", "models"),
            ("journal", "journaux"),
            ("national", "nationaux"),
            ("reseau", "reseaux"),
            ("enjeu", "enjeux"),
            ("bijou", "bijoux"),
            ("policy", "policies"),
            ("technologie", "technologies"),
            ("technology", "technologies"),
            ("class", "classes"),
            ("box", "boxes"),
            ("search", "searches"),
            ("recherche", "recherches"),
            ("llm", "llms"),
            ("gpu", "gpus"),
            ("loi", "lois"),
            ("day", "days"),
            ("process", "processes"),
        ] {
            assert_eq!(key(one), key(many), "{one} {many}");
        }
    }

    #[test]
    fn different_words_stay_apart() {
        for (one, other) in
            [("news", "new"), ("windows", "window"), ("parti", "partie"), ("taux", "tau"), ("ai", "ais"), ("linux", "linu")]
        {
            assert_ne!(key(one), key(other), "{one} {other}");
        }
    }

    #[test]
    fn the_singular_of_a_singular_is_itself() {
        for word in ["policies", "technologies", "classes", "journaux", "reseaux", "processes", "searches", "analyses", "boxes"] {
            assert_eq!(key(&key(word)), key(word), "{word}");
        }
    }
}
