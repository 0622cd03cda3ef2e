//! The alarm clock: a tick each minute that asks what is due.
