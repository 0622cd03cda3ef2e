//! Where else a feed says that it is: further pages (RFC 5005), hubs that tell of changes and its own address (WebSub).

use crate::{domain::entry::Elsewhere, pipeline::parse::ranked::Ranked};

/// No feed needs more hubs than that.
const MAX_HUBS: usize = 4;
/// RFC 4287, section 4.2.7.2: a relation may be written in full.
const REGISTRY: &str = "http://www.iana.org/assignments/relation/";

/// The links read so far.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Links {
    older: Ranked<String>,
    hubs: Vec<String>,
    own: Ranked<String>,
}

impl Links {
    /// Takes a link, if its relation is one of ours and it leads to the web.
    pub(in crate::pipeline) fn take(&mut self, relation: &str, address: Option<String>) {
        let Some(address) = address.filter(|address| address.starts_with("http://") || address.starts_with("https://")) else {
            return;
        };
        match relation.strip_prefix(REGISTRY).unwrap_or(relation) {
            // An archive never changes, while pages move with each new entry: RFC 5005, sections 3 and 4.
            "prev-archive" => self.older.offer(0, Some(address)),
            "next" => self.older.offer(1, Some(address)),
            "hub" if self.hubs.len() < MAX_HUBS && !self.hubs.contains(&address) => self.hubs.push(address),
            "self" => self.own.offer(0, Some(address)),
            _ => {}
        }
    }

    pub(in crate::pipeline) fn finish(self) -> Elsewhere {
        Elsewhere { older: self.older.best(), hubs: self.hubs, own: self.own.best() }
    }
}
