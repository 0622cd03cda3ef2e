//! The nouns of the product, as `docs/ARCHITECTURE.md` names them.
//!
//! Nothing here touches a disk, a network, an environment or a clock: a value that exists is valid, and every instant is an
//! argument. Modules stand in reading order, from what people write in `sources.toml` to what leaves by mail.

pub mod definitions;
pub mod digest;
pub mod localised;
pub mod page;
pub mod publisher;
pub mod registrable;
pub mod secret;
pub mod slug;
pub mod source;
pub mod theme;

pub mod document;
pub mod entry;
pub mod fetching;
pub mod hub;
pub mod identifier;
pub mod item;
pub mod recognition;
pub mod refresh;

pub mod archive;
pub mod candidate;
pub mod decision;
pub mod evidence;
pub mod listing;
pub mod relevance;
pub mod story;
pub mod story_act;
pub mod trust;

pub mod bounce;
pub mod delivery;
pub mod edition;
pub mod email_address;
pub mod erratum;
pub mod refusal;
pub mod subscriber;
pub mod suppression;
pub mod weblink;
