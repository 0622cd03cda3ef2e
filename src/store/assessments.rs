//! Evidence and scores of items and sources.
