//! The verbs that touch nothing: the same input gives the same output, whatever the day and the machine.
//!
//! In the order in which an item meets them.

pub mod bounce;
pub mod canonical_url;
mod caught;
pub mod charset;
pub mod compose;
pub mod dates;
pub mod discover;
pub mod errata;
pub mod excerpt;
pub mod familiar;
pub mod further_pages;
pub mod gate;
pub mod identifiers;
pub mod identity;
pub mod language;
pub mod link_header;
pub mod markup;
pub mod measure;
pub mod mime;
pub mod next_check;
pub mod normalize;
pub mod opml;
pub mod page;
pub mod parse;
pub mod periods;
pub mod plan;
pub mod qualification;
pub mod reading;
pub(crate) mod references;
pub mod relevance;
pub mod reliability;
pub mod render;
pub mod sanitize;
pub mod search;
pub mod stories;
pub mod text;
pub mod tracking;
pub mod websub;
