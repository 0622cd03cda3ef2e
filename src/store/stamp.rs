//! How the database's file lay when it was last closed well: noted beside it, so that a start need not read a file of gigabytes that
//! nobody touched since. Such a file is read through while it serves.
//!
//! The system counts every change of a file, of its bytes or its name, as a time that no program can set (`ctime`). It goes by
//! ticks: where the last change and the note fall into one, the note says nothing.

use crate::store::{
    Result, Store, in_background, log, mark,
    opening::{open_to_read, quick_check},
};
use std::{
    fs::{self, File, Metadata},
    future::Future,
    os::unix::fs::{FileExt, MetadataExt},
    path::Path,
    sync::Arc,
};

/// Where it stands in the file beside the database: after the mark.
const PLACE: u64 = mark::BYTES as u64;
const FIELDS: usize = 5;
const BYTES: usize = FIELDS * 8;

/// Device, inode, size, and when it last changed: seconds and nanoseconds.
type Stamp = [i64; FIELDS];

fn of(file: &Metadata) -> Option<Stamp> {
    let number = |value: u64| i64::try_from(value).ok();
    Some([number(file.dev())?, number(file.ino())?, number(file.size())?, file.ctime(), file.ctime_nsec()])
}

/// Notes how the database lies, which nobody has open any more.
pub(super) fn note(database: &Path) {
    let noted = || {
        if fs::metadata(log::path(database)).is_ok_and(|log| log.len() > 0) {
            return None;
        }
        let bytes: Vec<u8> = of(&fs::metadata(database).ok()?)?.iter().flat_map(|field| field.to_le_bytes()).collect();
        File::options().write(true).open(mark::path(database)).ok()?.write_all_at(&bytes, PLACE).ok()
    };
    if noted().is_none() {
        tracing::debug!("how the database lies is not noted; the next start of the server reads all of it");
    }
}

/// Whether it lies as it was noted.
pub(super) fn holds(database: &Path) -> bool {
    let noted = || {
        let beside = File::open(mark::path(database)).ok()?;
        let mut bytes = [0; BYTES];
        beside.read_exact_at(&mut bytes, PLACE).ok()?;
        let mut fields = bytes.chunks_exact(8).filter_map(|eight| eight.try_into().ok().map(i64::from_le_bytes));
        let noted: Stamp = std::array::from_fn(|_| fields.next().unwrap_or_default());
        let (file, beside) = (fs::metadata(database).ok()?, beside.metadata().ok()?);
        let later = (file.ctime(), file.ctime_nsec()) < (beside.ctime(), beside.ctime_nsec());
        Some(later && of(&file)? == noted)
    };
    noted().unwrap_or(false)
}

impl Store {
    /// Refuses a damaged file: reads all of it, which takes seconds for each gigabyte; unless nobody touched it since it was closed
    /// well. Then: true, and [`Store::look_through`] is to be called while it is used.
    pub async fn refuse_damage(&self) -> Result<bool> {
        if self.connections.untouched() {
            return Ok(true);
        }
        let connections = Arc::clone(&self.connections);
        in_background(move || connections.quick_check()).await?;
        Ok(false)
    }

    /// Reads the whole file while others read and write, or until `stop`. Errors: it is damaged.
    pub async fn look_through(&self, stop: impl Future<Output = ()>) -> Result<()> {
        let connection = open_to_read(self.path())?;
        let interrupt = connection.get_interrupt_handle();
        let looking = in_background(move || quick_check(&connection));
        tokio::pin!(looking);
        tokio::select! {
            looked = &mut looking => looked,
            () = stop => {
                interrupt.interrupt();
                let _interrupted = looking.await;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{holds, note};
    use crate::store::{Store, StoreError, mark};
    use std::{fs, future, path::Path, time::Duration};

    fn closed_well(path: &Path) -> Vec<u8> {
        drop(Store::open(path).unwrap());
        settle();
        drop(Store::open(path).unwrap()); // writes nothing: the note is of a later tick than the file
        fs::read(path).unwrap()
    }

    /// Until the system's clock of files has ticked.
    fn settle() {
        std::thread::sleep(Duration::from_millis(30));
    }

    #[tokio::test]
    async fn s07_only_a_file_that_nobody_touched_is_read_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("veille.sqlite3");
        let bytes = closed_well(&path);
        assert!(holds(&path));
        assert!(Store::open(&path).unwrap().refuse_damage().await.unwrap(), "untouched");

        settle();
        fs::write(&path, &bytes).unwrap(); // the same bytes: only the time tells
        assert!(!Store::open(&path).unwrap().refuse_damage().await.unwrap(), "somebody wrote");
        assert!(Store::open(&path).unwrap().refuse_damage().await.unwrap(), "closed well since");

        let copy = folder.path().join("copy.sqlite3");
        fs::copy(&path, &copy).unwrap();
        fs::rename(&copy, &path).unwrap();
        assert!(!holds(&path), "another file");

        fs::remove_file(mark::path(&path)).unwrap();
        assert!(!holds(&path), "nothing was noted");
    }

    #[tokio::test]
    async fn s07_what_rotted_unseen_is_found_while_it_serves() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("veille.sqlite3");
        let mut bytes = closed_well(&path);
        let end = bytes.len() - 8192;
        bytes[end..].fill(0x5a);
        fs::write(&path, &bytes).unwrap();
        settle();
        note(&path); // as if the medium had done it
        let store = Store::open(&path).unwrap();
        assert!(store.refuse_damage().await.unwrap());
        let looked = store.look_through(future::pending()).await;
        assert!(matches!(looked, Err(StoreError::Corrupt(_))), "{looked:?}");
    }
}
