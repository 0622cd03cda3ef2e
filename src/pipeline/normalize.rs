//! An entry becomes an item.
