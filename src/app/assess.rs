//! What a source or a document is worth, and why.
