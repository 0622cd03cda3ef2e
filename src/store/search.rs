//! Full-text search over the index that refreshes fill.
//!
//! `pipeline::search` makes the words of the index and the expression of a query; here they only meet.

use crate::{
    domain::listing::{ItemRow, SearchOrder, SearchQuery},
    store::{Result, Store, items},
};
use rusqlite::Transaction;
use std::collections::HashSet;

/// Beyond that many matches, ranking reads too much and says too little.
const RANKED_AT_MOST: usize = 5_000;

/// A phrase is looked for in the text of that many items at most, newest first.
const PHRASE_CANDIDATES: usize = 2_000;

impl Store {
    /// Items that match a query; none when it has no word to look for.
    pub async fn search(&self, query: SearchQuery, order: SearchOrder, limit: u32) -> Result<Vec<ItemRow>> {
        self.read(move |transaction| {
            let Some(expression) = &query.expression else { return Ok(Vec::new()) };
            let limit = usize::try_from(limit).unwrap_or(usize::MAX);
            let wanted = if query.phrases.is_empty() { limit } else { PHRASE_CANDIDATES };
            let mut found = matching(transaction, expression, order, wanted)?;
            if !query.phrases.is_empty() {
                found = keep_phrases(transaction, found, &query, limit)?;
            }
            items::rows_by_id(transaction, &found)
        })
        .await
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
    use crate::{
        pipeline::search::parse_query,
        store::{Store, StoreError},
    };
    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn any_text_is_a_valid_query(text in "\\PC{0,40}") {
            let connection = rusqlite::Connection::open_in_memory().unwrap();
            connection.execute_batch(
                "create virtual table s using fts5 (title, body, content='', contentless_delete=1, detail=column, tokenize='ascii')"
            ).unwrap();
            if let Some(expression) = parse_query(&text).expression {
                for expression in [format!("{{title}} : ({expression})"), expression] {
                    connection.prepare("select rowid from s where s match ?1").unwrap()
                        .query([&expression]).unwrap().next().unwrap();
                }
            }
        }
    }
}
