//! The outbox: one row per edition and subscription.
