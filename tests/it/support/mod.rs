//! What several integration tests share.

pub(crate) mod outbox;
pub(crate) mod refreshes;
