//! A file whose lock says who is at work: the operating system frees it when its holder dies.

use std::{
    fs::{File, TryLockError},
    io,
    path::Path,
};

/// Opens the file, creates it if needed, and tries to lock it alone; whether that went. Does not wait.
pub(super) fn try_alone(path: &Path) -> io::Result<(File, bool)> {
    let file = File::options().create(true).append(true).open(path)?;
    match file.try_lock() {
        Ok(()) => Ok((file, true)),
        Err(TryLockError::WouldBlock) => Ok((file, false)),
        Err(TryLockError::Error(error)) => Err(error),
    }
}
