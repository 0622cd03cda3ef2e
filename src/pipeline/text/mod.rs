//! Words, folded and stemmed, in French and English.
