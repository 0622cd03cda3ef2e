//! Care of the database file: these need no sources, no mail and no network, and work when nothing else does.

use crate::{
    app::{Error, Result},
    store::{
        Store, StoreError,
        backup::{self, Copied},
        check, export,
    },
};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};

/// Copies the database to a file, while others write, and checks the copy against it.
pub async fn back_up(database: PathBuf, to: PathBuf) -> Result<Copied> {
    needs(&database)?;
    off_the_threads(move || backup::backup(&database, &to)).await
}

/// Puts a backup in the place of the database; gives where the old one is kept. The schema is then brought up to date.
pub async fn restore(from: PathBuf, database: PathBuf, now: DateTime<Utc>) -> Result<(Copied, Option<PathBuf>)> {
    needs(&from)?;
    off_the_threads(move || {
        let restored = backup::restore(&from, &database, now)?;
        Store::open(&database)?;
        Ok(restored)
    })
    .await
}

/// What restoring would bring; writes nothing, refuses what restoring would refuse.
pub async fn try_restore(from: PathBuf, database: PathBuf) -> Result<Copied> {
    needs(&from)?;
    off_the_threads(move || backup::try_restore(&from, &database)).await
}

/// What is wrong with the database, one line each.
pub async fn check(database: PathBuf) -> Result<Vec<String>> {
    needs(&database)?;
    off_the_threads(move || check::check(&database)).await
}

/// Writes everything as JSON lines and CSV; gives each name with its number of rows.
pub async fn export(database: PathBuf, folder: PathBuf) -> Result<Vec<(&'static str, u64)>> {
    needs(&database)?;
    off_the_threads(move || export::export(&database, &folder)).await
}

fn needs(path: &Path) -> Result<()> {
    if path.is_file() { Ok(()) } else { Err(Error::NotFound(format!("there is no file {}", path.display()))) }
}

async fn off_the_threads<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, StoreError> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => Ok(result?),
        Err(error) => Err(Error::Internal(error.into())),
    }
}
