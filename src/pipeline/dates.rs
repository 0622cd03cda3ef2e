//! Dates in words, in French and English.
