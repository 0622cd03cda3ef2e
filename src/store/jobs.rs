//! Scheduled work that must happen once.
