//! Subscribers and their subscriptions.
