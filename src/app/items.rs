//! Look at what came in, and decide about it.

use crate::{
    app::{App, Error, Result},
    domain::{
        decision::{Decision, Verdict},
        evidence::Ledger,
        listing::{ItemFilter, ItemRecord, ItemRow, QuarantineRow, SearchOrder},
    },
    pipeline::{
        reliability::{Rules, ledger},
        sanitize::to_text,
        search::parse_query,
    },
    store::StoreError,
};

/// Everything about one item, with its ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemDetail {
    /// What is stored; the body as text too.
    pub record: ItemRecord,
    /// Computed anew from the stored evidence, line by line. `None` before the item was assessed.
    pub ledger: Option<Ledger>,
}

/// A decision to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Row id of the item.
    pub item: i64,
    /// What is decided.
    pub verdict: Verdict,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
}

impl App {
    /// Items, the last to come in first.
    pub async fn item_list(&self, filter: ItemFilter) -> Result<Vec<ItemRow>> {
        if let Some(theme) = &filter.theme
            && self.definitions.theme(theme).is_none()
        {
            return Err(Error::NotFound(format!("no theme \"{theme}\" in sources.toml")));
        }
        if let Some(source) = &filter.source {
            match self.store.source_state(source.clone()).await {
                // A retired source keeps its items; any other name is a mistake, and the error tells the nearest.
                Err(StoreError::NotFound(_)) => {
                    self.known_source(source)?;
                }
                Err(error) => return Err(error.into()),
                Ok(_) => {}
            }
        }
        Ok(self.store.items(filter).await?)
    }

    /// Everything about one item.
    pub async fn item_detail(&self, id: i64) -> Result<ItemDetail> {
        let mut record = self.store.item(id).await?;
        record.item.content.content_text = record.item.content.content_html.as_deref().map(to_text);
        let ledger = (!record.evidence.is_empty()).then(|| ledger(&Rules::shipped(), &record.evidence));
        Ok(ItemDetail { record, ledger })
    }

    /// Items that hold the words of a query. Any text is one, but what only says which words must be absent.
    pub async fn item_search(&self, query: String, order: SearchOrder, limit: u32) -> Result<Vec<ItemRow>> {
        let parsed = parse_query(&query);
        let excludes = |word: &str| word.starts_with('-') && word.chars().any(char::is_alphanumeric);
        if parsed.wanted.is_empty() && query.split_whitespace().any(excludes) {
            let remedy = "give a word that must be there as well: veille items search law -- -draft";
            return Err(Error::Invalid(format!("\"{query}\" only says what must be absent; {remedy}")));
        }
        Ok(self.store.search(parsed, order, limit).await?)
    }

    /// Records a decision; the earlier ones stay. Gives the item as it now stands.
    pub async fn decide(&self, choice: Choice) -> Result<ItemRow> {
        let Choice { item, verdict, actor, reason } = choice;
        if actor.trim().is_empty() {
            return Err(Error::Invalid("a decision needs a name; give it with --as".to_owned()));
        }
        let decided_at = self.clock.now();
        self.store.record_decision(Decision { item, verdict, actor, reason, decided_at }).await?;
        Ok(self.store.item(item).await?.row)
    }

    /// Entries that could not be read, the last to come first.
    pub async fn quarantined(&self, limit: u32) -> Result<Vec<QuarantineRow>> {
        Ok(self.store.quarantine(limit).await?)
    }
}
