//! Items that tell the same fact.
