//! From a file to a text, and from a text to TOML: what cannot be read is told line by line, and the rest is read.

use crate::{
    config::mistake::{Kind, Mistake, Notes},
    domain::localised::Words,
};
use std::{collections::BTreeMap, fs, io, ops::Range, path::Path};
use toml::de::{DeTable, Error};

/// Ten thousand sources take two megabytes.
const LONGEST: u64 = 16 << 20;
/// How often lines are taken out and the rest is read again.
const MOST_ROUNDS: usize = 100;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// The text of a file; `None` when there is no such file, or when it cannot be read at all. A byte order mark is no part of it.
pub(super) fn of_file(path: &Path, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let mut wrong = |problem| mistakes.push(Mistake::whole(path, problem));
    match fs::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
        Err(error) => {
            wrong(unreadable(&error));
            return None;
        }
        Ok(found) if !found.is_file() => {
            wrong(Words::new("n'est pas un fichier ; mettez-y le fichier TOML", "is not a file; put the TOML file there"));
            return None;
        }
        Ok(found) if found.len() > LONGEST => {
            let mib = LONGEST >> 20;
            wrong(Words::new(
                format!("dépasse {mib} Mio : ce n'est sans doute pas le bon fichier"),
                format!("is larger than {mib} MiB: it is probably not the right file"),
            ));
            return None;
        }
        Ok(_) => {}
    }
    match fs::read(path) {
        Ok(bytes) => of_bytes(bytes, path, mistakes),
        Err(error) => {
            wrong(unreadable(&error));
            None
        }
    }
}

fn unreadable(error: &io::Error) -> Words {
    Words::new(
        format!("illisible ({error}) ; vérifiez les droits du fichier et de ses dossiers"),
        format!("cannot be read: {error}; check the rights of the file and its folders"),
    )
}

fn of_bytes(bytes: Vec<u8>, path: &Path, mistakes: &mut Vec<Mistake>) -> Option<String> {
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let bytes = error.into_bytes();
            let lines = bytes.split(|byte| *byte == b'\n').enumerate();
            let wrong = lines.filter(|(_, line)| std::str::from_utf8(line).is_err());
            mistakes.extend(wrong.take(20).map(|(number, _)| not_utf8(path, number + 1)));
            if bytes.contains(&0) {
                return None; // UTF-16, or no text at all: every line would be a mistake
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
    };
    match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) => Some(rest.to_owned()),
        None => Some(text),
    }
}

fn not_utf8(path: &Path, line: usize) -> Mistake {
    Mistake {
        place: format!("{}:{line}", path.display()),
        problem: Words::new(
            "cette ligne n'est pas en UTF-8 ; enregistrez le fichier en UTF-8",
            "this line is not UTF-8; save the file as UTF-8",
        ),
    }
}

/// What may be repeated of an address that cannot be read: neither what stands before an `@` nor a query, where secrets are.
pub(super) fn sayable(address: &str) -> &str {
    let after = address.rsplit('@').next().unwrap_or_default();
    after.split(['?', '#']).next().unwrap_or_default()
}

/// The text with every line blank that cannot be read by itself, each noted: the reader of TOML, which goes on behind an error,
/// takes some of what follows for a part of it.
pub(super) fn readable(text: &str, notes: &Notes<'_>) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..MOST_ROUNDS {
        let rest = String::from_utf8_lossy(&bytes).into_owned();
        let (_, errors) = DeTable::parse_recoverable(&rest);
        // One a line: a line may be a thousand errors.
        let first: BTreeMap<usize, (Range<usize>, &Error)> = errors
            .iter()
            .rev()
            .map(|error| {
                let line = notes.line_around(begin(error));
                (line.start, (line, error))
            })
            .collect();
        let broken: Vec<_> = first.into_values().filter(|(line, error)| is_broken(&rest[line.clone()], error)).collect();
        if broken.is_empty() {
            return rest;
        }
        for (line, error) in broken {
            notes.add(begin(error), Kind::Syntax, in_words(error));
            bytes[line].fill(b' ');
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads TOML as far as it can be read; what cannot is noted.
pub(super) fn tables<'t>(text: &'t str, notes: &Notes<'_>) -> DeTable<'t> {
    let (table, errors) = DeTable::parse_recoverable(text);
    errors.iter().for_each(|error| notes.add(begin(error), Kind::Syntax, in_words(error)));
    table.into_inner()
}

/// Whether the line itself is what cannot be read, and not a value that it is a part of.
fn is_broken(line: &str, error: &Error) -> bool {
    let of_a_value = ["unclosed array, ", "unclosed inline", "missing comma", "extra comma"];
    let may_be_inside = of_a_value.iter().any(|beginning| error.message().starts_with(beginning));
    (line.contains('=') || !may_be_inside) && DeTable::parse(line).is_err()
}

fn begin(error: &Error) -> usize {
    error.span().map_or(0, |span| span.start)
}

/// What the TOML reader says, in both languages. Its English is kept: it is what one searches for.
fn in_words(error: &Error) -> Words {
    let said = error.message().trim().replace('\n', " ");
    let known = FRENCH.iter().find(|(english, _)| said.starts_with(english));
    let french = known.map_or("cette ligne n'est pas du TOML correct", |(_, french)| *french);
    let remedy = if known.is_some() { String::new() } else { format!(" ({said})") };
    Words::new(format!("{french}{remedy}"), said)
}

/// How the messages of the TOML reader begin, and what they mean. First match wins.
const FRENCH: &[(&str, &str)] = &[
    ("duplicate key", "cette clé est déjà donnée plus haut ; gardez-en une seule"),
    ("key with no value", "une clé sans valeur : il manque « = » et ce qui suit"),
    ("missing value", "il manque la valeur après « = »"),
    ("extra `=`", "un « = » de trop"),
    ("unclosed array", "la liste n'est pas fermée : il manque « ] »"),
    ("unclosed table", "le titre de section n'est pas fermé : il manque « ] »"),
    ("unclosed inline table", "la table n'est pas fermée : il manque « } »"),
    ("missing comma", "il manque une virgule entre deux éléments"),
    ("extra comma", "une virgule de trop"),
    ("invalid basic string", "le texte n'est pas correct : il commence et finit par un guillemet droit \""),
    ("invalid multi-line basic string", "le texte sur plusieurs lignes n'est pas correct : il commence et finit par \"\"\""),
    ("invalid literal string", "le texte n'est pas correct : il commence et finit par une apostrophe '"),
    ("string values must be quoted", "un texte s'écrit entre guillemets droits : \"…\""),
    ("invalid escape", "cette suite après « \\ » n'existe pas ; pour une barre oblique inverse, écrivez \\\\"),
    ("unexpected key or value", "plusieurs choses sur une ligne : une clé et sa valeur par ligne"),
    ("cannot recurse further", "trop de listes ou de tables l'une dans l'autre"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<(String, String)> {
        let notes = Notes::new(Path::new("f"), text);
        tables(&readable(text, &notes), &notes);
        notes.into_mistakes().into_iter().map(|mistake| (mistake.place, mistake.problem.fr)).collect()
    }

    #[test]
    fn every_line_that_cannot_be_read_is_told_in_french_too() {
        let text = "a = 1\r\na = 2\r\nb\r\nc = \r\nd = [1\r\n";
        let found = told(text);
        assert_eq!(told("a = [\n1\n").len(), 1, "a list that is never closed is one mistake");
        assert_eq!(found.iter().map(|(place, _)| place.as_str()).collect::<Vec<_>>(), ["f:2", "f:3", "f:4", "f:5"], "{found:?}");
        assert!(found[0].1.contains("déjà") && found[1].1.contains("sans valeur"), "{found:?}");
    }

    #[test]
    fn a_text_that_is_not_utf8_is_read_all_the_same() {
        let mut mistakes = Vec::new();
        let text = of_bytes(b"\xef\xbb\xbfa = 1\nb = \"\xff\"\n".to_vec(), Path::new("f"), &mut mistakes).unwrap();
        assert_eq!((mistakes.len(), mistakes[0].place.as_str()), (1, "f:2"));
        assert!(text.contains('\u{fffd}'));
        assert_eq!(of_bytes(b"\xff\xfea\0".to_vec(), Path::new("f"), &mut mistakes), None);
        let marked = of_bytes("\u{feff}a = 1".into(), Path::new("f"), &mut Vec::new());
        assert_eq!(marked.as_deref(), Some("a = 1"));
    }
}
