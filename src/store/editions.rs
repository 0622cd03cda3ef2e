//! Editions, from draft to sent.
