//! What a refresh writes about one source.
