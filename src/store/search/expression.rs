//! A query in the language of FTS5: quoted words only, so that no text can be an operator.

use crate::{
    domain::listing::{SearchQuery, SearchTerm},
    store::Result,
};
use rusqlite::{OptionalExtension, Transaction};

/// More words with one beginning are left to the index itself, which then puts together everything that they stand in.
const WORDS_AT_MOST: usize = 400;

/// See the module.
pub(super) struct Expression {
    /// All of it.
    pub(super) whole: String,
    /// What is wanted, word by word.
    pub(super) words: Vec<String>,
}

impl Expression {
    /// `None` when there is nothing to look for.
    pub(super) fn of(tx: &Transaction<'_>, query: &SearchQuery) -> Result<Option<Self>> {
        let all = |terms: &[SearchTerm]| terms.iter().map(|term| one(tx, term)).collect::<Result<Vec<_>>>();
        let (words, unwanted) = (all(&query.wanted)?, all(&query.unwanted)?);
        Ok(match (words.is_empty(), unwanted.is_empty()) {
            (true, _) => None,
            (false, true) => Some(Self { whole: words.join(" AND "), words }),
            (false, false) => Some(Self { whole: format!("({}) NOT ({})", words.join(" AND "), unwanted.join(" OR ")), words }),
        })
    }
}

fn one(tx: &Transaction<'_>, term: &SearchTerm) -> Result<String> {
    Ok(match term {
        SearchTerm::Word(forms) => any_of(forms),
        SearchTerm::Beginning(beginning) => match words_with(tx, beginning)? {
            Some(words) if !words.is_empty() => any_of(&words),
            _ => format!("\"{beginning}\" *"),
        },
    })
}

fn any_of(words: &[String]) -> String {
    format!("(\"{}\")", words.join("\" OR \""))
}

/// The words of the index that begin so; `None` when they are too many. From one to the next by a look-up, so that what they stand
/// in is not read.
fn words_with(tx: &Transaction<'_>, beginning: &str) -> Result<Option<Vec<String>>> {
    let mut next = tx.prepare_cached("select term from item_word where term >= ?1 limit 1")?;
    let (mut words, mut from) = (Vec::new(), beginning.to_owned());
    loop {
        let word: Option<String> = next.query_row([&from], |row| row.get(0)).optional()?;
        match word.filter(|word| word.starts_with(beginning)) {
            None => return Ok(Some(words)),
            Some(_) if words.len() == WORDS_AT_MOST => return Ok(None),
            Some(word) => {
                from = format!("{word}!"); // comes before every sign that a word can go on with
                words.push(word);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Expression, WORDS_AT_MOST};
    use crate::{pipeline::search::parse_query, store::migrate};
    use proptest::prelude::*;
    use rusqlite::Connection;
    use std::path::Path;

    fn index(words: &[&str]) -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        migrate::run(&mut connection, Path::new("memory")).unwrap();
        for (id, word) in words.iter().enumerate() {
            connection
                .execute("insert into item_search (rowid, title, body) values (?1, ?2, 'x')", (id as i64 + 1, word))
                .unwrap();
        }
        connection
    }

    fn whole(connection: &mut Connection, text: &str) -> Option<String> {
        let tx = connection.transaction().unwrap();
        Expression::of(&tx, &parse_query(text)).unwrap().map(|expression| expression.whole)
    }

    #[test]
    fn no_text_is_an_operator() {
        let mut index = index(&["regl", "reglement", "regl2", "rege", "élan", "éland"]);
        for (text, expected) in [
            ("cnil", Some(r#"("cnil")"#)),
            ("règlements -offres", Some(r#"(("reglement" OR "regl")) NOT (("offre" OR "offr"))"#)),
            ("régl*", Some(r#"("regl" OR "regl2" OR "reglement")"#)),
            ("absent*", Some(r#""absent" *"#)),
            ("* \" - AND (", Some(r#"("and")"#)),
            ("-rien", None),
            ("", None),
        ] {
            assert_eq!(whole(&mut index, text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn a_beginning_of_too_many_words_is_left_to_the_index() {
        let words: Vec<String> = (0..=WORDS_AT_MOST).map(|n| format!("bulk{n}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        assert_eq!(whole(&mut index(&words), "bulk*").unwrap(), r#""bulk" *"#);
        let few = whole(&mut index(&words[1..]), "bulk*").unwrap();
        assert_eq!(few.matches(" OR ").count() + 1, WORDS_AT_MOST);
    }

    proptest! {
        #[test]
        fn any_text_is_a_valid_query(text in "\\PC{0,40}") {
            let mut connection = index(&["regl", "élan", "a"]);
            if let Some(expression) = whole(&mut connection, &text) {
                for expression in [format!("({{title}} : ({expression})) AND ({expression})"), expression] {
                    connection.prepare("select rowid from item_search where item_search match ?1").unwrap()
                        .query([&expression]).unwrap().next().unwrap();
                }
            }
        }
    }
}
