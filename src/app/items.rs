//! Look at items and decide on them.
