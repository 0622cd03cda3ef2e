//! Whether a text still stands in the files of a database: what the rows no longer hold, free pages may.

use crate::store::{Result, StoreError};
use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
};

/// Bytes at a time.
const PIECE: usize = 1 << 20;

/// Whether the text stands in the database or its log, in any case of its ASCII letters.
pub(super) fn stand_in(database: &Path, text: &str) -> Result<bool> {
    for file in [database.to_owned(), super::log::path(database)] {
        if stands_in_file(&file, text)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn stands_in_file(path: &PathBuf, text: &str) -> Result<bool> {
    let unreadable = |error: std::io::Error| StoreError::Unusable(format!("cannot read {}: {error}", path.display()));
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unreadable(error)),
    };
    let text = text.to_ascii_lowercase();
    let finder = memchr::memmem::Finder::new(text.as_bytes());
    let (mut window, mut kept) = (vec![0; PIECE + text.len()], 0);
    loop {
        let read = file.read(&mut window[kept..]).map_err(unreadable)?;
        if read == 0 {
            return Ok(false);
        }
        window[kept..kept + read].make_ascii_lowercase();
        let end = kept + read;
        if finder.find(&window[..end]).is_some() {
            return Ok(true);
        }
        // what may be the beginning of it stays
        let from = end - (text.len() - 1).min(end);
        window.copy_within(from..end, 0);
        kept = end - from;
    }
}

#[cfg(test)]
mod tests {
    use super::stand_in;

    #[test]
    fn a_text_is_found_wherever_it_stands() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.sqlite3");
        for at in [0, 1, super::PIECE - 3, super::PIECE, super::PIECE + 5, 3 * super::PIECE - 20] {
            let mut bytes = vec![b'm'; 3 * super::PIECE];
            std::fs::write(&path, &bytes).unwrap();
            assert!(!stand_in(&path, "marie@example.net").unwrap());
            bytes[at..at + 17].copy_from_slice(b"Marie@Example.NET");
            std::fs::write(&path, &bytes).unwrap();
            assert!(stand_in(&path, "marie@example.net").unwrap(), "at {at}");
        }
        std::fs::remove_file(&path).unwrap();
        std::fs::write(super::super::log::path(&path), "marie@example.net").unwrap();
        assert!(stand_in(&path, "marie@example.net").unwrap(), "in the log");
    }
}
