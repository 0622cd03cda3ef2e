//! From rows to domain values.
