//! Fetch what is due and take it in.
