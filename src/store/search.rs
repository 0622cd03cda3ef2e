//! Full text.
