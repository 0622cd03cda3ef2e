//! The entries of a source's last document, as far as nobody need read them again.
//!
//! An entry that comes again as it came (same nodes, same surroundings, same reader) says what it said: of it only what tells
//! which item it is is needed, and the row of that item holds it. Cleaning, language, references and the comparison of contents
//! are spared. A trace is believed only while its row holds what it held when the trace was made; else the entry is read.

use crate::{
    domain::{
        fetching::{DatePrecision, StatedDate},
        item::{ItemKey, NewItem},
        recognition::{EntryHash, EntryMark, Recognition, Trace, TracedItem},
        source::Source,
    },
    pipeline::identity,
};
use chrono::{DateTime, Utc};
use ring::digest::{SHA256, digest};
use rustc_hash::FxHashMap;

/// Changes with the code that reads (`build.rs`).
const READER: &str = env!("VEILLE_READER");

/// See the module.
#[derive(Debug, Clone, PartialEq)]
pub struct Familiar {
    /// What the reading of any entry depends on, beside its document.
    surroundings: String,
    entries: FxHashMap<EntryHash, (EntryMark, NewItem)>,
}

impl Familiar {
    /// Nothing is known yet.
    pub fn nothing(source: &Source) -> Self {
        let surroundings = format!("{READER}\n{}", source.language.as_deref().unwrap_or_default());
        Self { surroundings, entries: FxHashMap::default() }
    }

    /// What was kept, without what no longer agrees with its row.
    pub fn of(source: &Source, kept: Vec<TracedItem>) -> Self {
        let entries = kept.into_iter().filter_map(|kept| {
            let mark = kept.trace.mark;
            Some((mark.hash, (mark, remembered(kept)?)))
        });
        Self { entries: entries.collect(), ..Self::nothing(source) }
    }

    /// Nobody need read nothing.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn surroundings(&self) -> &str {
        &self.surroundings
    }

    pub(super) fn mark(&self, hash: EntryHash) -> Option<EntryMark> {
        self.entries.get(&hash).map(|(mark, _)| *mark)
    }

    /// As much of the item as says which it is; the rest of it is empty.
    pub(super) fn item(&self, recognition: Recognition) -> Option<&NewItem> {
        let Recognition::Known(mark) = recognition else { return None };
        self.entries.get(&mark.hash).map(|(_, item)| item)
    }
}

/// What to keep of an entry whose item has that key from now on. `None` for one that cannot be recognised.
pub fn trace(recognition: Recognition, item: &NewItem, key: &ItemKey) -> Option<Trace> {
    let (Recognition::Read(mark) | Recognition::Known(mark)) = recognition else { return None };
    let exact = *key != item.key;
    if exact && identity::base_of_exact(&key.0) != Some(&item.key.0) {
        return None;
    }
    let fractions = [item.published, item.updated].map(|date| date.map_or(0, |date| date.at.timestamp_subsec_nanos()));
    Some(Trace { mark, exact, fractions, seal: seal(item) })
}

fn remembered(kept: TracedItem) -> Option<NewItem> {
    let Trace { exact, fractions, seal: sealed, .. } = kept.trace;
    let key = if exact { identity::base_of_exact(&kept.key)?.to_owned() } else { kept.key };
    let item = NewItem {
        key: ItemKey(key),
        url: kept.url,
        title: kept.title,
        authors: Vec::new(),
        published: kept.published.map(|at| whole(at, fractions[0])),
        updated: kept.updated.map(|at| whole(at, fractions[1])),
        unreadable_date: None,
        language: None,
        summary: kept.summary,
        content_html: None,
        content_text: None,
        categories: Vec::new(),
        links: Vec::new(),
        identifiers: Vec::new(),
        content_hash: kept.content_hash,
    };
    (seal(&item) == sealed).then_some(item)
}

/// How exact a date was said to be counts for nothing that is known.
fn whole(second: DateTime<Utc>, nanoseconds: u32) -> StatedDate {
    let at = DateTime::from_timestamp(second.timestamp(), nanoseconds).unwrap_or(second);
    StatedDate { at, precision: DatePrecision::Zoned }
}

/// Over what the row must hold: the content hash stands for title, dates and summary.
fn seal(item: &NewItem) -> [u8; 8] {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend(item.content_hash);
    for part in [Some(&item.key.0), item.url.as_ref()] {
        bytes.extend(part.map_or(usize::MAX, String::len).to_le_bytes());
        bytes.extend(part.map(String::as_bytes).unwrap_or_default());
    }
    let hash = digest(&SHA256, &bytes);
    std::array::from_fn(|at| hash.as_ref()[at])
}
