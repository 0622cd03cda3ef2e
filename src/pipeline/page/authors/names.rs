//! A signature as a page writes it, made into names as a person would write them.

use crate::pipeline::page::tree::folded;
use std::sync::LazyLock;

/// Words that introduce a signature, folded.
static INTRODUCTIONS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "par, by, ecrit par, written by, posted by, publie par, rediges par, redige par, propos recueillis par, published by, \
     auteur, auteurs, author, authors, autor, autorin, autoren, texte, text, von, por, de notre correspondant, \
     de notre correspondante, un article de, une enquete de, story by, words by, reported by, reporting by, analysis by, \
     geschrieben von, article by, article de, redaction, redaktion, from, fotos, foto und text, text und fotos"
        .split(", ")
        .collect()
});
/// Words that make a part of a signature a role, a place or a date rather than a name; folded.
static ROLES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "journaliste, journalist, reporter, correspondent, correspondant, correspondante, redacteur, redactrice, editor, writer, \
     ceo, cto, founder, cofounder, fondateur, fondatrice, president, presidente, directeur, directrice, director, manager, \
     engineer, professor, professeur, professeure, phd, researcher, scientist, chercheur, chercheuse, avocat, avocate, \
     lawyer, attorney, analyst, analyste, senior, chef, staff, contributor, contributeur, contributrice, columnist, \
     author, auteur, updated, published, publie, posted, ago, minutes, comments, commentaires, critic, maitre, \
     docteur, specialist, officer, producer, photographer, photographe, envoye, envoyee, advisor, \
     consultant, consultante, redakteur, publicado, hace, actualizado, aktualisiert, agences"
        .split(", ")
        .collect()
});
/// Signatures that name nobody; folded.
static NOBODY: LazyLock<Vec<&str>> = LazyLock::new(|| {
    "admin, administrator, administrateur, webmaster, webmestre, staff, editor, editors, the editors, redaction, \
     la redaction, equipe, l equipe, editorial, editorial team, editorial staff, newsroom, news desk, news, team, user, \
     guest, guest author, anonymous, anonyme, unknown, author, auteur, root, contact, info, noreply, no reply, support, \
     wordpress, super user, default, contributor, writer, none, null, undefined, publisher, about the author, \
     view all posts, staff writer, staff report, redaktion, die redaktion, articles, agencies, agences"
        .split(", ")
        .collect()
});
/// A date begins here; folded.
const DAYS: &str = "monday tuesday wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi dimanche montag \
     dienstag mittwoch donnerstag freitag samstag sonntag";
/// The most words in a name.
const MOST_WORDS: usize = 6;
/// The most characters in a name.
const LONGEST: usize = 60;
/// A longer signature, in bytes, is a text.
const LONGEST_SIGNATURE: usize = 4_000;
/// The most names that one signature has.
const MOST_NAMES: usize = 40;

/// The names in a signature, in order; none where it names nobody.
pub(super) fn names(signature: &str) -> Vec<String> {
    if signature.len() > LONGEST_SIGNATURE {
        return Vec::new();
    }
    let signature = html_escape::decode_html_entities(signature);
    let signature = without_tags(&signature);
    let mut names: Vec<String> = Vec::new();
    let signature = without_introduction(signature.trim());
    for name in parts(&without_brackets(signature)).iter().filter_map(|part| name(part)) {
        if names.len() < MOST_NAMES && !names.iter().any(|known| folded(known) == folded(&name)) {
            names.push(name);
        }
    }
    names
}

/// "Doe, Jane", as catalogues write it: one comma, a name of at most two words on either side.
pub(super) fn turned(signature: &str) -> String {
    match signature.split_once(',') {
        Some((last, first))
            if !first.contains([',', ';']) && first.split_whitespace().count() <= 2 && last.split_whitespace().count() <= 2 =>
        {
            format!("{} {}", first.trim(), last.trim())
        }
        _ => signature.to_owned(),
    }
}

/// Without markup, addresses of the Web and of people.
fn without_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        rest = match tag.split_once('>') {
            Some((_, after)) => after,
            None => "",
        };
        out.push(' ');
    }
    out.push_str(rest);
    let is_address = |word: &&str| word.contains("://") || word.starts_with("www.") || (word.contains('@') && word.contains('.'));
    out.split_whitespace().filter(|word| !is_address(word)).collect::<Vec<_>>().join(" ")
}

/// "By" and its like, as often as they are repeated; also where the markup left no space after it.
fn without_introduction(mut text: &str) -> &str {
    for glued in ["By", "Par", "Von"] {
        text = text.strip_prefix(glued).filter(|rest| rest.starts_with(char::is_uppercase)).unwrap_or(text);
    }
    for _ in 0..3 {
        let Some(rest) = INTRODUCTIONS.iter().filter_map(|words| after_words(text, words)).min_by_key(|rest| rest.len()) else {
            break;
        };
        text = rest;
    }
    text
}

/// What follows these words, when the text opens with them.
fn after_words<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let mut rest = text.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '@');
    for word in words.split(' ') {
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (first, after) = rest.split_at(end);
        if folded(first) != word || after.starts_with(['\'', '’', '-', '.']) {
            return None;
        }
        rest = after.trim_start_matches([' ', ':', '\u{a0}', ',']);
    }
    (!rest.is_empty()).then_some(rest)
}

fn without_brackets(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}

/// The text between marks and words that stand between names.
fn parts(text: &str) -> Vec<String> {
    let marks = [',', ';', '/', '|', '•', '·', '&', '\n', '–', '—', '+', '>', '»'];
    let mut parts = Vec::new();
    for piece in text.split(marks).flat_map(|piece| piece.split(" - ")) {
        let mut words: Vec<&str> = Vec::new();
        for word in piece.split_whitespace() {
            if DAYS.split(' ').any(|day| day == folded(word)) {
                break;
            }
            if matches!(
                folded(word).as_str(),
                "and"
                    | "et"
                    | "und"
                    | "under"
                    | "avec"
                    | "with"
                    | "y"
                    | "e"
                    | "for"
                    | "pour"
                    | "on"
                    | "le"
                    | "in"
                    | "in:"
                    | "mit"
            ) && !words.is_empty()
                && (word.chars().all(char::is_lowercase) || word == "AND" || word == "Et" || word == "ET")
            {
                parts.push(words.join(" "));
                words.clear();
            } else {
                words.push(word);
            }
        }
        parts.push(words.join(" "));
    }
    parts
}

/// A part of a signature as a name, if it is one.
fn name(part: &str) -> Option<String> {
    let part = without_introduction(part.trim());
    let part = part.trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != '\'').trim_start_matches(['.', '@']).trim();
    let part = part
        .strip_suffix('.')
        .filter(|rest| rest.rsplit([' ', '.']).next().is_some_and(|last| last.chars().count() > 2))
        .unwrap_or(part);
    let plain = folded(part);
    let digits = plain.chars().filter(char::is_ascii_digit).count();
    let letters = plain.chars().filter(|c| c.is_alphabetic()).count();
    let words = part.split_whitespace().count();
    let address = part.contains('@') || part.contains("http") || part.contains("www.") || part.contains(".com/");
    let lower = part.chars().next().is_some_and(char::is_lowercase) && words > 2;
    let refused = part.contains([':', '：'])
        || part.starts_with(|c: char| c.is_ascii_digit())
        || address
        || letters < 2
        || digits > 4
        || words > MOST_WORDS
        || part.chars().count() > LONGEST
        || lower;
    (!refused && !NOBODY.contains(&plain.as_str()) && !is_role(part))
        .then(|| part.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn is_role(part: &str) -> bool {
    let plain = folded(part);
    let words: Vec<&str> = plain.split(' ').collect();
    words.iter().any(|word| ROLES.contains(word))
}

/// Two words or more, each with a capital or in a script without any: looks like a person's full name.
pub(super) fn is_full(name: &str) -> bool {
    let words: Vec<&str> = name.split_whitespace().collect();
    let capital =
        |word: &&&str| word.chars().next().is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()));
    let capitals = words.iter().filter(capital).count();
    (2..=5).contains(&words.len()) && capitals >= 2 && !name.chars().any(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::{names, turned};
    use proptest::prelude::*;

    #[test]
    fn reads_names_as_people_write_them() {
        for (signature, expected) in [
            ("By Jane Doe", &["Jane Doe"][..]),
            ("Par Jeanne Dupont et Paul Durand", &["Jeanne Dupont", "Paul Durand"]),
            ("Jane Doe, Senior Reporter", &["Jane Doe"]),
            ("Jane Doe, John Roe and Mary Major", &["Jane Doe", "John Roe", "Mary Major"]),
            ("Jeanne Dupont (avec AFP)", &["Jeanne Dupont"]),
            ("Written by: Jane Doe | 3 March 2020", &["Jane Doe"]),
            ("jane.doe@example.org", &[]),
            ("https://www.facebook.com/jane", &[]),
            ("admin", &[]),
            ("La Rédaction", &[]),
            ("Jean-Marie Le Pen", &["Jean-Marie Le Pen"]),
            ("O'Brien, Conan", &["O'Brien", "Conan"]),
            ("MORITZ PAPPERT", &["MORITZ PAPPERT"]),
            ("Geschrieben von Cooper", &["Cooper"]),
            ("Dr. J. R. Smith Jr.", &["Dr. J. R. Smith Jr."]),
            ("<a href='/x'>Jane Doe</a>", &["Jane Doe"]),
            ("", &[]),
        ] {
            assert_eq!(names(signature), expected, "{signature}");
        }
        assert_eq!(turned("Doe, Jane"), "Jane Doe");
        assert_eq!(turned("Jane Doe, John Roe, Mary Major"), "Jane Doe, John Roe, Mary Major");
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = (names(&text), turned(&text));
        }
    }
}
