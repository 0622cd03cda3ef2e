//! A home folder, and the binary run in it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tempfile::TempDir;

/// The binary under test: the one that `VEILLE_BINARY` names, or the one that was built with the test or bench that runs.
///
/// # Panics
///
/// If it is not there.
#[must_use]
pub fn program() -> PathBuf {
    let beside = || std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("veille");
    let program = std::env::var_os("VEILLE_BINARY").map_or_else(beside, PathBuf::from);
    assert!(program.exists(), "{} is missing: build it, or name another by VEILLE_BINARY", program.display());
    program
}

/// Settings under which the binary may ask servers of this machine, as fast as it can.
pub const LOOPBACK: &str = "[fetch]\nallow_networks = [\"127.0.0.0/8\"]\nhost_interval_ms = 0\n";

/// A folder that `--home` names.
pub struct Home {
    path: PathBuf,
    /// It goes with this.
    _folder: Option<TempDir>,
}

impl Home {
    /// The home that is in a folder; it goes with this.
    #[must_use]
    pub fn new(folder: TempDir) -> Self {
        Self { path: folder.path().to_owned(), _folder: Some(folder) }
    }

    /// The home that is in a folder, or shall be; it stays.
    ///
    /// # Panics
    ///
    /// If the folder cannot be made.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        std::fs::create_dir_all(path).unwrap();
        Self { path: path.to_owned(), _folder: None }
    }

    /// A new home with these two files.
    #[must_use]
    pub fn with(sources: impl AsRef<[u8]>, settings: impl AsRef<[u8]>) -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("sources.toml"), sources).unwrap();
        std::fs::write(folder.path().join("veille.toml"), settings).unwrap();
        Self::new(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The binary, with this home.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.arg("--home").arg(self.path()).args(arguments).env_remove("VEILLE_NOW");
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs it and reads the one JSON document on standard output.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.run(arguments);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!(
                "{arguments:?}: {error}: {}\n{}",
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            )
        })
    }
}
