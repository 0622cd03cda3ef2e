//! Full text: which words of an item are found, and how a person's words find them.
//!
//! A word is folded (lower case, no accents, no ligatures), then stemmed by the item's language. A query does not say its
//! language, so each of its words is looked for as it stands and under its French and its English stem.

use crate::{
    domain::{
        item::NewItem,
        listing::{ItemRow, SearchOrder},
    },
    store::{Result, Store, items},
};
use rusqlite::Transaction;
use rust_stemmers::{Algorithm, Stemmer};
use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Beyond that many matches, ranking reads too much and says too little.
const RANKED_AT_MOST: usize = 5_000;

/// A phrase is looked for in the text of that many items at most, newest first.
const PHRASE_CANDIDATES: usize = 2_000;

impl Store {
    /// Items that hold every word of `query`. `"several words"` must stand together, `-word` must be absent, `begin*` is a
    /// beginning. Any text is a valid query; one without a word to look for finds nothing.
    pub async fn search(&self, query: String, order: SearchOrder, limit: u32) -> Result<Vec<ItemRow>> {
        let query = Query::parse(&query);
        self.read(move |transaction| {
            let Some(expression) = query.expression() else { return Ok(Vec::new()) };
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let wanted = if query.phrases.is_empty() { limit } else { PHRASE_CANDIDATES };
            let mut found = matching(transaction, &expression, order, wanted)?;
            if !query.phrases.is_empty() {
                found = keep_phrases(transaction, found, &query.phrases, limit)?;
            }
            items::rows_by_id(transaction, &found)
        })
        .await
    }
}

/// What the index holds of an item: each distinct stem once a column, since the index counts columns and not places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IndexedText {
    pub(crate) title: String,
    pub(crate) body: String,
}

impl IndexedText {
    pub(crate) fn of(item: &NewItem) -> Self {
        let language = item.language.as_deref().unwrap_or_default();
        let body = item.content_text.as_deref().unwrap_or_default();
        Self { title: distinct_stems(&[&item.title], language), body: distinct_stems(&[&item.summary, body], language) }
    }
}

/// Ids of matching items, in order.
fn matching(transaction: &Transaction<'_>, expression: &str, order: SearchOrder, limit: usize) -> Result<Vec<i64>> {
    let newest = "select rowid from item_search where item_search match ?1 order by rowid desc limit ?2";
    if order == SearchOrder::Newest {
        return ids(transaction, newest, expression, limit);
    }
    let count = "select rowid from item_search where item_search match ?1 limit ?2";
    if ids(transaction, count, expression, RANKED_AT_MOST + 1)?.len() <= RANKED_AT_MOST {
        let ranked =
            "select rowid from item_search where item_search match ?1 order by bm25(item_search, 8.0, 1.0), rowid desc limit ?2";
        return ids(transaction, ranked, expression, limit);
    }
    let mut found = ids(transaction, newest, &format!("{{title}} : ({expression})"), limit)?;
    let in_title: HashSet<i64> = found.iter().copied().collect();
    found.extend(ids(transaction, newest, expression, limit)?.into_iter().filter(|id| !in_title.contains(id)));
    found.truncate(limit);
    Ok(found)
}

fn ids(transaction: &Transaction<'_>, sql: &str, expression: &str, limit: usize) -> Result<Vec<i64>> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = transaction.prepare_cached(sql)?;
    let found = statement.query_map(rusqlite::params![expression, limit], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// The index does not know places, so the words of a phrase are checked in the text itself.
fn keep_phrases(transaction: &Transaction<'_>, found: Vec<i64>, phrases: &[Vec<String>], limit: usize) -> Result<Vec<i64>> {
    let mut kept = Vec::new();
    for id in found {
        if kept.len() == limit {
            break;
        }
        let texts = items::texts(transaction, id)?;
        let folded: Vec<Vec<String>> = texts.iter().map(|text| words(text).collect()).collect();
        let holds =
            |phrase: &Vec<String>| folded.iter().any(|words| words.windows(phrase.len()).any(|run| run == phrase.as_slice()));
        if phrases.iter().all(holds) {
            kept.push(id);
        }
    }
    Ok(kept)
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
                let phrase: Vec<String> = words(piece).collect();
                query.wanted.extend(phrase.iter().cloned().map(Term::Word));
                query.phrases.extend((phrase.len() > 1).then_some(phrase));
                continue;
            }
            for bare in piece.split_whitespace() {
                let list = if bare.starts_with('-') { &mut query.unwanted } else { &mut query.wanted };
                let mut terms: Vec<Term> = words(bare).map(Term::Word).collect();
                if bare.ends_with('*')
                    && let Some(Term::Word(last)) = terms.pop()
                {
                    terms.push(Term::Beginning(last));
                }
                list.extend(terms);
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

impl Term {
    fn expression(&self) -> String {
        match self {
            Self::Beginning(word) => format!("\"{word}\" *"),
            Self::Word(word) => {
                let mut forms = vec![word.clone()];
                for language in ["fr", "en"] {
                    let stem = stem(word, language);
                    if !forms.contains(&stem) {
                        forms.push(stem);
                    }
                }
                format!("(\"{}\")", forms.join("\" OR \""))
            }
        }
    }
}

/// The folded words of a text, in order. Elided French articles ("l'", "qu'") are no words.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            let start = rest.find(char::is_alphanumeric)?;
            let from = &rest[start..];
            let end = from.find(|c: char| !c.is_alphanumeric() && !is_combining_mark(c)).unwrap_or(from.len());
            let (word, after) = from.split_at(end);
            rest = after;
            if !(after.starts_with(['\'', '’']) && is_elided(word)) && word.len() <= LONGEST_WORD {
                return Some(fold(word));
            }
        }
    })
}

/// Longer runs are encoded data, not words. Bytes.
const LONGEST_WORD: usize = 80;

fn is_elided(word: &str) -> bool {
    const ELIDED: [&str; 13] = ["c", "d", "j", "l", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"];
    ELIDED.iter().any(|elided| word.eq_ignore_ascii_case(elided))
}

fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(word.len());
    // A circled or bracketed number decomposes into signs, which would split the word anew.
    for c in word.nfkd().filter(|c| c.is_alphanumeric() && !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            other => folded.push(other),
        }
    }
    folded
}

fn distinct_stems(texts: &[&str], language: &str) -> String {
    let mut seen: HashSet<String> = HashSet::new();
    let mut joined = String::new();
    for word in texts.iter().flat_map(|text| words(text)) {
        if !seen.contains(&word) {
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(&stem(&word, language));
            seen.insert(word);
        }
    }
    joined
}

/// Few words make most of a text: remembering their stems spares four fifths of the work.
struct Stems {
    stemmer: Stemmer,
    known: HashMap<String, String>,
}

const REMEMBERED: usize = 20_000;

thread_local! {
    static FRENCH: RefCell<Stems> = RefCell::new(Stems::new(Algorithm::French));
    static ENGLISH: RefCell<Stems> = RefCell::new(Stems::new(Algorithm::English));
}

impl Stems {
    fn new(algorithm: Algorithm) -> Self {
        Self { stemmer: Stemmer::create(algorithm), known: HashMap::new() }
    }

    fn of(&mut self, word: &str) -> String {
        if let Some(stem) = self.known.get(word) {
            return stem.clone();
        }
        let stem = self.stemmer.stem(word).into_owned();
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(word.to_owned(), stem.clone());
        stem
    }
}

fn stem(word: &str, language: &str) -> String {
    if language.starts_with("fr") {
        FRENCH.with_borrow_mut(|stems| stems.of(word))
    } else if language.starts_with("en") {
        ENGLISH.with_borrow_mut(|stems| stems.of(word))
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Query, distinct_stems, words};
    use proptest::prelude::*;

    #[test]
    fn words_are_folded_and_elisions_dropped() {
        for (text, expected) in [
            ("L'Œuvre d’Été : règlement (UE) 2024/1689", "oeuvre ete reglement ue 2024 1689"),
            ("jusqu'à l'IA", "a ia"),
            ("don't GPT-4o ﬁn", "don t gpt 4o fin"),
            ("e\u{301}te\u{301}", "ete"),
            ("⑴", "1"),
            ("<b>…</b>", "b b"),
            ("", ""),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }

    #[test]
    fn each_stem_is_indexed_once() {
        assert_eq!(distinct_stems(&["Règlement", "règlements et règlement"], "fr"), "regl regl et");
        assert_eq!(distinct_stems(&["regulations regulation"], "en"), "regul regul");
        assert_eq!(distinct_stems(&["Verordnungen"], "de"), "verordnungen");
    }

    #[test]
    fn a_query_is_read_as_people_mean_it() {
        for (text, expected) in [
            ("cnil", Some(r#"("cnil")"#)),
            ("règlement -offres", Some(r#"(("reglement" OR "regl")) NOT (("offres" OR "offre" OR "offr"))"#)),
            ("régl*", Some(r#""regl" *"#)),
            ("-rien", None),
            ("* \" - AND (", Some(r#"("and")"#)),
            ("", None),
        ] {
            assert_eq!(Query::parse(text).expression().as_deref(), expected, "{text}");
        }
        assert_eq!(Query::parse("« intelligence artificielle »").phrases, [["intelligence", "artificielle"]]);
    }

    proptest! {
        #[test]
        fn any_text_is_a_valid_query(text in "\\PC{0,40}") {
            let connection = rusqlite::Connection::open_in_memory().unwrap();
            connection.execute_batch(
                "create virtual table s using fts5 (title, body, content='', contentless_delete=1, detail=column, tokenize='ascii')"
            ).unwrap();
            if let Some(expression) = Query::parse(&text).expression() {
                for expression in [format!("{{title}} : ({expression})"), expression] {
                    connection.prepare("select rowid from s where s match ?1").unwrap()
                        .query([&expression]).unwrap().next().unwrap();
                }
            }
        }
    }
}
