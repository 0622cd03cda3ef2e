//! Full-text search over the index that refreshes fill.
//!
//! `pipeline::search` makes the words of the index and the expression of a query; here they only meet.

mod expression;

use crate::{
    domain::listing::{ItemRow, SearchOrder, SearchQuery},
    store::{Result, Store, items},
};
use expression::Expression;
use rusqlite::{Transaction, params};
use std::collections::HashMap;

/// Matches are weighed where no word of the query is held by more items: to weigh a word, all of those are read.
const WEIGHED: usize = 5_000;

/// Where some word is held by more, titles are looked at in so many of the newest matches.
const TITLES_READ: usize = 10_000;

/// A phrase is looked for in the text of that many items at most, newest first.
const PHRASE_CANDIDATES: usize = 2_000;

const NEWEST: &str = "select rowid from item_search where item_search match ?1 order by rowid desc limit ?2";
const WEIGHTIEST: &str =
    "select rowid from item_search where item_search match ?1 order by bm25(item_search, 8.0, 1.0), rowid desc limit ?2";
const NEWEST_FROM: &str = "select rowid from item_search where item_search match ?1 and rowid >= ?3 order by rowid desc limit ?2";

impl Store {
    /// Items that match a query; none when it has no word to look for.
    pub async fn search(&self, query: SearchQuery, order: SearchOrder, limit: u32) -> Result<Vec<ItemRow>> {
        self.read(move |transaction| {
            let Some(expression) = Expression::of(transaction, &query)? else { return Ok(Vec::new()) };
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let wanted = if query.phrases.is_empty() { limit } else { PHRASE_CANDIDATES };
            let mut found = match order {
                SearchOrder::Newest => ids(transaction, NEWEST, &expression.whole, wanted)?,
                SearchOrder::Best => best(transaction, &expression, wanted)?,
            };
            if !query.phrases.is_empty() {
                found = keep_phrases(transaction, found, &query, limit)?;
            }
            items::rows_by_id(transaction, &found)
        })
        .await
    }
}

/// Ids of matching items, the best first. Reads no more of the index than a constant times the number of words, and what it takes to
/// find the matches.
fn best(transaction: &Transaction<'_>, expression: &Expression, limit: usize) -> Result<Vec<i64>> {
    let few = |word: &String| Ok(ids(transaction, NEWEST, word, WEIGHED + 1)?.len() <= WEIGHED);
    if expression.words.iter().map(few).collect::<Result<Vec<_>>>()?.into_iter().all(|few| few) {
        return ids(transaction, WEIGHTIEST, &expression.whole, limit);
    }
    let mut found = ids(transaction, NEWEST, &expression.whole, limit.max(TITLES_READ))?;
    let Some(from) = found.last().copied() else { return Ok(found) };
    let mut in_title: HashMap<i64, usize> = HashMap::new();
    for word in &expression.words {
        let there = format!("({{title}} : {word}) AND ({})", expression.whole);
        for id in ids_from(transaction, &there, (found.len(), from))? {
            *in_title.entry(id).or_default() += 1;
        }
    }
    // Stable: among equals the newest stays first.
    found.sort_by_key(|id| std::cmp::Reverse(in_title.get(id).copied().unwrap_or_default()));
    found.truncate(limit);
    Ok(found)
}

fn ids(transaction: &Transaction<'_>, sql: &str, expression: &str, limit: usize) -> Result<Vec<i64>> {
    let mut statement = transaction.prepare_cached(sql)?;
    let found = statement.query_map(params![expression, at_most(limit)], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn ids_from(transaction: &Transaction<'_>, expression: &str, (limit, from): (usize, i64)) -> Result<Vec<i64>> {
    let mut statement = transaction.prepare_cached(NEWEST_FROM)?;
    let found = statement.query_map(params![expression, at_most(limit), from], |row| row.get(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The index does not know places, so the words of a phrase are looked for in the texts themselves.
fn keep_phrases(transaction: &Transaction<'_>, found: Vec<i64>, query: &SearchQuery, limit: usize) -> Result<Vec<i64>> {
    let mut kept = Vec::new();
    for id in found {
        if kept.len() == limit {
            break;
        }
        let texts = items::texts(transaction, id)?;
        let holds = |phrase: &Vec<String>| texts.iter().any(|text| (query.stands_in)(phrase, text));
        if query.phrases.iter().all(holds) {
            kept.push(id);
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use crate::store::{Store, StoreError};

    #[test]
    fn s07_a_damaged_index_is_told_as_damage() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("veille.sqlite3")).unwrap();
        let other = rusqlite::Connection::open(store.path()).unwrap();
        other.execute("delete from item_search_config where k = 'version'", []).unwrap();
        drop(store);
        let again = Store::open(&folder.path().join("veille.sqlite3"));
        assert!(matches!(again, Err(StoreError::Corrupt(_))), "{again:?}");
    }
}
