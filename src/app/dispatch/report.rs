//! What a dispatch did, for whoever asked for it.

use serde::Serialize;

/// What a dispatch did. The field names are those of `veille edition send --json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct DispatchReport {
    /// The relay took them.
    pub sent: usize,
    /// Refused for now; tried again later.
    pub deferred: usize,
    /// Will not be tried again.
    pub failed: usize,
    /// Nobody can know whether the relay took them.
    pub ambiguous: usize,
    /// The same, of an interrupted run: found when this one began.
    pub left_in_doubt: usize,
    /// Withdrawn at the last check.
    pub withdrawn: usize,
    /// Digests whose sending was paused, with the reason.
    pub paused: Vec<(String, String)>,
    /// Editions whose last delivery ended.
    pub editions_sent: Vec<i64>,
}

impl DispatchReport {
    /// Everything that was due was taken.
    pub fn clean(&self) -> bool {
        self.deferred + self.failed + self.ambiguous + self.left_in_doubt == 0 && self.paused.is_empty()
    }

    pub(super) fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.deferred += other.deferred;
        self.failed += other.failed;
        self.ambiguous += other.ambiguous;
        self.withdrawn += other.withdrawn;
        self.paused.extend(other.paused);
    }
}
