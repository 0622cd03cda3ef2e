//! From draft to sent.
