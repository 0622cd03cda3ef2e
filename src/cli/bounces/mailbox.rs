//! Messages one after the other, from a file, an mbox, a Maildir, a folder or standard input; never more than one in memory, and of a
//! longer one than any report only the head.

use crate::{
    app::{Error, Result},
    cli::input::unreadable,
};
use std::{
    fmt,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read},
    path::{Path, PathBuf},
};

/// Of a longer message only so many bytes are read: what it says stands at its head.
const LONGEST: usize = 12 << 20;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
/// A line that never ends is cut.
const LONGEST_LINE: u64 = 1 << 20;

/// Where messages are.
pub(super) enum Place {
    StandardInput,
    File(PathBuf),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StandardInput => f.write_str("-"),
            Self::File(path) => write!(f, "{}", path.display()),
        }
    }
}

/// The files behind a path: itself, those of `new` and `cur` of a Maildir, or the messages of a folder, in the order of their names.
pub(super) fn files(path: &Path) -> Result<Vec<Place>> {
    if path.as_os_str() == "-" {
        return Ok(vec![Place::StandardInput]);
    }
    let kind = fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    if !kind.is_dir() {
        return Ok(vec![Place::File(path.to_owned())]);
    }
    let (new, cur) = (path.join("new"), path.join("cur"));
    let folders = if new.is_dir() && cur.is_dir() { vec![new, cur] } else { vec![path.to_owned()] };
    let mut files = Vec::new();
    for folder in folders {
        let entries = fs::read_dir(&folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.map_err(|error| unreadable(&folder, &error))?;
        let hidden = |path: &Path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        files.extend(entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_file() && !hidden(path)));
    }
    files.sort();
    if files.is_empty() {
        return Err(Error::NotFound(format!("{} holds no message", path.display())));
    }
    Ok(files.into_iter().map(Place::File).collect())
}

/// Opens a file.
pub(super) fn open(place: &Place) -> io::Result<Messages> {
    let from: Box<dyn Read + Send> = match place {
        Place::StandardInput => Box::new(io::stdin()),
        Place::File(path) => Box::new(File::open(path)?),
    };
    Ok(Messages { lines: BufReader::new(from), is_mbox: None, ended: false, pending: Vec::new() })
}

/// The messages of one file.
pub(super) struct Messages {
    lines: BufReader<Box<dyn Read + Send>>,
    /// Known once the first line was read: an mbox begins with "From ".
    is_mbox: Option<bool>,
    ended: bool,
    /// A line that was read and belongs to the next message.
    pending: Vec<u8>,
}

impl Messages {
    /// The next message; none when all were read.
    pub(super) fn next(&mut self) -> io::Result<Option<Vec<u8>>> {
        let (mut message, mut after_empty) = (Vec::new(), true);
        while !self.ended {
            let line = self.line()?;
            let is_mbox = *self.is_mbox.get_or_insert_with(|| line.starts_with(b"From "));
            if line.is_empty() {
                self.ended = true;
            } else if is_mbox && after_empty && is_envelope(&line) {
                if !message.is_empty() {
                    self.pending.clear();
                    break;
                }
            } else if message.len() < LONGEST {
                message.extend_from_slice(if is_mbox { unquoted(&line) } else { &line });
            }
            after_empty = matches!(line.as_slice(), b"\n" | b"\r\n");
        }
        message.truncate(LONGEST);
        Ok(Some(message).filter(|message| !message.trim_ascii().is_empty()))
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = std::mem::take(&mut self.pending);
        if line.is_empty() {
            self.lines.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        }
        Ok(line)
    }
}

/// "From rebonds@example.org Mon Nov 23 08:00:00 2026": an address, then a day of the week, as no sentence goes on.
fn is_envelope(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ") else { return false };
    let rest = String::from_utf8_lossy(rest);
    let mut words = rest.split_whitespace().skip(1);
    words.next().is_some_and(|word| DAYS.contains(&word)) && words.any(|word| word.contains(':'))
}

/// mboxrd: a line that begins with "From " stands with one more ">" before it.
fn unquoted(line: &[u8]) -> &[u8] {
    let arrows = line.iter().take_while(|byte| **byte == b'>').count();
    if arrows > 0 && line[arrows..].starts_with(b"From ") { &line[1..] } else { line }
}

#[cfg(test)]
mod tests {
    use super::Messages;
    use std::io::{BufReader, Cursor};

    fn all(bytes: &[u8]) -> Vec<String> {
        let lines = BufReader::new(Box::new(Cursor::new(bytes.to_vec())) as Box<dyn std::io::Read + Send>);
        let mut messages = Messages { lines, is_mbox: None, ended: false, pending: Vec::new() };
        let mut all = Vec::new();
        while let Some(message) = messages.next().unwrap() {
            all.push(String::from_utf8(message).unwrap());
        }
        all
    }

    #[test]
    fn an_mbox_is_taken_apart_and_a_message_stays_whole() {
        assert_eq!(all(b"Subject: a\n\nFrom here on\n"), ["Subject: a\n\nFrom here on\n"]);
        let mbox = b"From MAILER-DAEMON Mon Nov 23 08:00:00 2026\nSubject: a\n\n>From x\nFrom here on, he said\n\nFrom now on\n\nFrom a@b.fr Tue Nov 24 08:00:00 2026\nSubject: b\n\nFrom c Wed Nov 25 08:00:00 2026 +0100\nSubject: c\n";
        assert_eq!(
            all(mbox),
            ["Subject: a\n\nFrom x\nFrom here on, he said\n\nFrom now on\n\n", "Subject: b\n\n", "Subject: c\n"]
        );
        assert_eq!(all(b"From MAILER-DAEMON Mon Nov 23 08:00:00 2026\r\nSubject: a\r\n\r\nx\r\n"), ["Subject: a\r\n\r\nx\r\n"]);
        assert!(all(b"").is_empty() && all(b"\n \n").is_empty());
    }

    #[test]
    fn of_a_message_without_end_the_head_is_read() {
        let long = [b"Subject: a\n\n".as_slice(), &vec![b'x'; 30 << 20]].concat();
        assert_eq!(all(&long).iter().map(String::len).collect::<Vec<_>>(), [super::LONGEST]);
    }
}
