//! Items become an edition.
