//! One daemon a database.

use crate::store::{Result, Store, StoreError};
use std::{
    fs::{File, TryLockError},
    path::Path,
};

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
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(cannot)?;
    match file.try_lock() {
        Ok(()) => Ok(DaemonClaim { _locked: file }),
        Err(TryLockError::WouldBlock) => Err(StoreError::Conflict(format!(
            "another `veille serve` runs on {}; stop it first, or give this one another database",
            database.display()
        ))),
        Err(TryLockError::Error(error)) => Err(cannot(error)),
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
