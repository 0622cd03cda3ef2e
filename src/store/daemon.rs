//! One daemon a database.

use crate::store::{Result, Store, StoreError, lock_file};
use std::{fs::File, path::Path};

/// Held while a daemon runs; dropping it, or dying, lets the next one start.
#[derive(Debug)]
pub struct DaemonClaim {
    _locked: File,
}

impl Store {
    /// Claims the database for this process's schedule. A second claim is refused, here or in another process, until the first
    /// is dropped. The lock is a file beside the database; the operating system frees it when the process dies.
    pub fn claim_daemon(&self) -> Result<DaemonClaim> {
        claim(self.path())
    }
}

pub(crate) fn claim(database: &Path) -> Result<DaemonClaim> {
    let path = database.with_extension("lock");
    let cannot = |error: std::io::Error| StoreError::Unusable(format!("cannot lock {}: {error}", path.display()));
    match lock_file::try_alone(&path).map_err(cannot)? {
        (file, true) => Ok(DaemonClaim { _locked: file }),
        (_, false) => Err(StoreError::Conflict(format!(
            "another `veille serve` runs on {}; stop it first, or give this one another database",
            database.display()
        ))),
    }
}

#[cfg(test)]
mod tests {
    use crate::store::{Store, StoreError};

    #[test]
    fn s08_the_second_daemon_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("v.sqlite3")).unwrap();
        let first = store.claim_daemon().unwrap();
        assert!(matches!(store.claim_daemon(), Err(StoreError::Conflict(_))));
        drop(first);
        store.claim_daemon().unwrap();
    }
}
