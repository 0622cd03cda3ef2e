//! Which item an entry is: the key rule, and what happens when publishers break it.
//!
//! The key is the declared stable id, else the canonical address, else a hash of source and title. Publishers reuse ids, give
//! the same id to several entries, or change all ids at once; so an entry may also be known under a more exact key, made of its
//! base key and a hash, and may be recognised by what it says where its key says nothing.

use crate::{
    domain::{
        item::{ItemKey, NewItem},
        refresh::{KnownItem, KnownItems},
        source::Source,
    },
    pipeline::canonical_url::canonical_url,
};
use ring::digest::{SHA256, digest};
use std::collections::{HashMap, HashSet};

/// Ids longer than that are hashed. Bytes.
const LONGEST_ID: usize = 500;

/// The key of an item that stands alone in its document. The two schemes of one web address are one id.
pub fn base_key(id: Option<&str>, item: &NewItem, source: &Source) -> ItemKey {
    let id = id.map(str::trim).filter(|id| !id.is_empty());
    ItemKey(match (id, &item.url) {
        (Some(id), _) => match canonical_url(id) {
            Some(url) => format!("id:{}", bounded(without_scheme(&url))),
            None => format!("id:{}", bounded(id)),
        },
        (None, Some(url)) => format!("url:{}", bounded(without_scheme(url))),
        (None, None) => format!("hash:{}", short_hash(&[source.slug.as_str(), &item.title])),
    })
}

/// Every key under which the items of a document may be known: what to ask the database for.
pub fn possible_keys(items: &[NewItem]) -> Vec<ItemKey> {
    items.iter().flat_map(|item| exact_keys(item).into_iter().chain([item.key.clone()])).collect()
}

/// What an item of a document is.
#[derive(Debug, Clone, PartialEq)]
pub enum Identity {
    /// Never seen: to be stored under that key.
    New(ItemKey),
    /// Known; the key is the one to have from now on.
    Known(KnownItem, ItemKey),
    /// Removed by retention and still listed.
    Buried(ItemKey),
    /// The same entry, word for word, as an earlier one of the document.
    Repeated,
}

/// Says of each item of one document what it is. `items` stand oldest first.
///
/// Known items are recognised by their keys first. An item left over that looks the same as a known one (see `same`) that no
/// key claimed is that one under another key; when more than half of a document is left over, the same title
/// is enough.
pub fn identify(items: &[NewItem], known: &KnownItems) -> Vec<Identity> {
    let mut matching = Matching::new(items, known);
    matching.drop_repeated();
    matching.by_key();
    matching.by_content();
    matching.rest();
    matching.found.into_iter().map(|identity| identity.unwrap_or(Identity::Repeated)).collect()
}

struct Matching<'a> {
    items: &'a [NewItem],
    known: &'a KnownItems,
    found: Vec<Option<Identity>>,
    claimed: HashSet<i64>,
}

impl<'a> Matching<'a> {
    fn new(items: &'a [NewItem], known: &'a KnownItems) -> Self {
        Self { items, known, found: vec![None; items.len()], claimed: HashSet::new() }
    }

    fn open(&self) -> Vec<usize> {
        (0..self.items.len()).filter(|index| self.found[*index].is_none()).collect()
    }

    fn claim(&mut self, index: usize, known: &KnownItem, key: ItemKey) {
        self.claimed.insert(known.id);
        self.found[index] = Some(Identity::Known(known.clone(), key));
    }

    fn drop_repeated(&mut self) {
        let mut seen = HashSet::new();
        for (index, item) in self.items.iter().enumerate() {
            if !seen.insert((&item.key, item.content_hash)) {
                self.found[index] = Some(Identity::Repeated);
            }
        }
    }

    /// The most exact key first: an item stored under one of those is not to be taken for the one that holds the base key.
    fn by_key(&mut self) {
        if self.known.by_key.is_empty() {
            return;
        }
        for index in self.open() {
            let item = &self.items[index];
            let exact = exact_keys(item).into_iter().rev().find(|key| self.is_free(key));
            let base = Some(item.key.clone()).filter(|key| self.is_free(key) && is_compatible(&self.known.by_key[key], item));
            if let Some(key) = exact.or(base) {
                self.claim(index, &self.known.by_key[&key], key);
            }
        }
    }

    fn is_free(&self, key: &ItemKey) -> bool {
        self.known.by_key.get(key).is_some_and(|known| !self.claimed.contains(&known.id))
    }

    fn by_content(&mut self) {
        let open = self.open();
        let all_changed = open.len() * 2 > self.items.len();
        let mut by_title: HashMap<&str, Vec<&(ItemKey, KnownItem)>> = HashMap::new();
        let mut by_url: HashMap<&str, Vec<&(ItemKey, KnownItem)>> = HashMap::new();
        for gone in self.known.listed.iter().filter(|(_, known)| !self.claimed.contains(&known.id)) {
            by_title.entry(&gone.1.title).or_default().push(gone);
            if let Some(url) = &gone.1.url {
                by_url.entry(url).or_default().push(gone);
            }
        }
        let mut taken: HashSet<ItemKey> = self.known.by_key.keys().cloned().collect();
        for index in open {
            let item = &self.items[index];
            let alike = by_title.get(item.title.as_str()).into_iter().chain(item.url.as_deref().and_then(|url| by_url.get(url)));
            let is_twin = |(_, gone): &&&(ItemKey, KnownItem)| !self.claimed.contains(&gone.id) && same(gone, item, all_changed);
            if let Some((own_key, twin)) = alike.flatten().find(is_twin).copied() {
                // Another known item may hold the key that this one would move to: then a more exact one, else none.
                let mut keys = [item.key.clone()].into_iter().chain(exact_keys(item));
                let key = keys.find(|key| taken.insert(key.clone())).unwrap_or_else(|| own_key.clone());
                self.claim(index, twin, key);
            }
        }
    }

    /// What is left is new, under the first of its keys that nothing else holds.
    fn rest(&mut self) {
        let mut taken: HashSet<ItemKey> = self.known.by_key.keys().cloned().collect();
        taken.extend(self.found.iter().flatten().filter_map(|identity| match identity {
            Identity::Known(_, key) => Some(key.clone()),
            _ => None,
        }));
        for index in self.open() {
            let item = &self.items[index];
            // The exact keys cost three hashes: they are made when the base key does not settle it.
            let keys = || [item.key.clone()].into_iter().chain(std::iter::once_with(|| exact_keys(item)).flatten());
            let buried = if self.known.buried.is_empty() { None } else { keys().find(|key| self.known.buried.contains(key)) };
            self.found[index] = match buried {
                Some(key) => Some(Identity::Buried(key)),
                None => keys().find(|key| taken.insert(key.clone())).map(Identity::New),
            };
        }
    }
}

/// The keys of an item that does not stand alone under its base key, from the least exact to the most.
fn exact_keys(item: &NewItem) -> [ItemKey; 3] {
    let url = item.url.as_deref().unwrap_or_default();
    let published = item.published.map(|date| date.at.timestamp().to_string()).unwrap_or_default();
    let parts = [url, &item.title, &published, &item.summary];
    [2, 3, 4].map(|count| ItemKey(format!("{}#{}", item.key.0, short_hash(&parts[..count]))))
}

/// The base of a key, if it may be an exact one.
pub(super) fn base_of_exact(key: &str) -> Option<&str> {
    let (base, hash) = key.rsplit_once('#')?;
    (hash.len() == 32 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(base)
}

/// A declared id is believed unless everything else contradicts it; an address or a title alone, less.
fn is_compatible(known: &KnownItem, item: &NewItem) -> bool {
    let published = item.published.map(|date| date.at);
    let (title, date) = (known.title == item.title, published.is_some() && known.published_at == published);
    if item.key.0.starts_with("id:") {
        title || date || (known.url.is_some() && known.url == item.url)
    } else {
        title || date || known.published_at.is_none() || published.is_none()
    }
}

/// Whether an item that left the document and one that came in under another key are the same. Dates that differ say no.
fn same(gone: &KnownItem, item: &NewItem, all_changed: bool) -> bool {
    let title = gone.title == item.title;
    let url = gone.url.is_some() && gone.url == item.url;
    match (gone.published_at, item.published.map(|date| date.at)) {
        (Some(before), Some(now)) => before == now && (title || (url && all_changed)),
        _ => title && (url || all_changed),
    }
}

fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest)
}

fn bounded(id: &str) -> String {
    if id.len() <= LONGEST_ID { id.to_owned() } else { format!("sha256:{}", short_hash(&[id])) }
}

/// Sixteen bytes of SHA-256, hexadecimal.
fn short_hash(parts: &[&str]) -> String {
    let joined = parts.join("\u{1f}");
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half & 15)]);
    digest(&SHA256, joined.as_bytes()).as_ref()[..16].iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

#[cfg(test)]
mod tests;
