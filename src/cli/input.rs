//! How a document reaches a command: from a file or from standard input, and no more of it than is ever read.

use crate::{
    app::{Error, Result},
    domain::document::LONGEST,
};
use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::Path,
};

/// The bytes of a document; `-` is standard input. Refused when it is longer than the longest that is fetched.
pub(crate) fn document(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |error: std::io::Error| unreadable(path, &error);
    if path == Path::new("-") {
        return bounded(std::io::stdin().lock(), path, 0).map_err(unreadable)?;
    }
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_or(0, |metadata| metadata.len());
    bounded(file, path, length).map_err(unreadable)?
}

/// A file that is not there is refused, one that cannot be read is a wrong argument.
pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    let message = format!("cannot read {}: {error}", path.display());
    if error.kind() == ErrorKind::NotFound { Error::NotFound(message) } else { Error::Invalid(message) }
}

fn bounded(from: impl Read, path: &Path, length: u64) -> std::io::Result<Result<Vec<u8>>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length.min(LONGEST) + 1).unwrap_or_default());
    from.take(LONGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST {
        let message = format!("{}: longer than {} MiB, and no longer document is read", path.display(), LONGEST >> 20);
        return Ok(Err(Error::Refused(message)));
    }
    Ok(Ok(bytes))
}
