//! The lines of a file, one at a time: labelled pages are long, and a file of them is longer than memory.

use crate::{
    app::{Error, Result},
    domain::document::LONGEST,
};
use std::{
    fs::File,
    io::{BufRead, BufReader, ErrorKind, Read},
    path::Path,
};

/// A page of the longest kind, every byte of it escaped in two.
const LONGEST_LINE: u64 = 2 * LONGEST;

/// One line with its number, from 1; its text, or why it cannot be read.
pub(super) type Line = (usize, std::result::Result<String, String>);

/// Hands each line of `path` that is not blank to `take`, in order.
pub(super) fn read_lines(path: &Path, mut take: impl FnMut(Line)) -> Result<()> {
    let unreadable = |error: std::io::Error| {
        let message = format!("cannot read {}: {error}", path.display());
        if error.kind() == ErrorKind::NotFound { Error::NotFound(message) } else { Error::Invalid(message) }
    };
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let mut bytes = Vec::new();
    for number in 1.. {
        bytes.clear();
        if file.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes).map_err(unreadable)? == 0 {
            break;
        }
        let cut = !bytes.ends_with(b"\n") && bytes.len() as u64 == LONGEST_LINE;
        if cut {
            file.skip_until(b'\n').map_err(unreadable)?;
            take((number, Err(format!("longer than {} MiB", LONGEST_LINE >> 20))));
        } else if !bytes.trim_ascii().is_empty() {
            take((number, String::from_utf8(bytes.clone()).map_err(|_| "not UTF-8".to_owned())));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::read_lines;

    #[test]
    fn numbers_lines_and_says_what_it_cannot_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows.jsonl");
        std::fs::write(&file, b"one\n\n  \r\n\xff\nfive").unwrap();
        let mut found = Vec::new();
        read_lines(&file, |line| found.push(line)).unwrap();
        assert_eq!(found, [(1, Ok("one\n".to_owned())), (4, Err("not UTF-8".to_owned())), (5, Ok("five".to_owned()))]);
        let missing = read_lines(&folder.path().join("none"), |_| ()).unwrap_err();
        assert!(missing.to_string().contains("none"), "{missing}");
    }
}
