//! A disk of one's own, small, that can be filled, enlarged and set read-only.

use std::{path::Path, process::Command};
use tempfile::TempDir;

/// A file system in memory; it goes with this.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// One of so many kilobytes. `None` where mounting is not allowed.
    #[must_use]
    pub fn of(kilobytes: u32) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let size = format!("size={kilobytes}k");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then(|| Self(folder))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Makes it larger.
    pub fn grow(&self, kilobytes: u32) {
        self.remount(&format!("size={kilobytes}k"));
    }

    /// From now on nothing can be written there. Nobody may have a file open for writing.
    pub fn set_read_only(&self) {
        self.remount("ro");
    }

    /// The contrary.
    pub fn set_writable(&self) {
        self.remount("rw");
    }

    fn remount(&self, option: &str) {
        let option = format!("remount,{option}");
        assert!(Command::new("mount").args(["-o", &option]).arg(self.path()).status().unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _gone_or_not = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}
