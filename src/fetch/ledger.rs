//! When each host was last asked, known to every process of a home and past the death of each: a small file beside the database.
//!
//! Not a table: a request must be noted before it leaves, and a transaction for each would cost more than the request. What is
//! written here is in the hands of the operating system, so a killed process loses nothing; only a stop of the whole machine
//! does, which takes longer than the usual spacing.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// Only hosts asked within the last interval need a place.
const PLACES: u64 = 16_384;
/// Neighbouring places where one host may stand.
const WINDOW: u64 = 16;
/// Bytes of a place: a hash of the host, then milliseconds since 1970, both little-endian.
const PLACE: usize = 16;

/// The file, opened at the first request: who only checks the settings writes nothing.
pub(crate) struct Ledger {
    path: PathBuf,
    file: Mutex<Option<File>>,
    interval: Duration,
}

/// One host, and when it was last asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    host: u64,
    asked: u64,
}

impl Ledger {
    /// `interval` is what stands between two requests to a host.
    pub(crate) fn new(path: PathBuf, interval: Duration) -> Self {
        Self { path, file: Mutex::default(), interval }
    }

    /// How long this host may not be asked yet; `None` when it may be.
    pub(crate) fn left(&self, host: &str) -> io::Result<Option<Duration>> {
        let (host, now) = (hash(host), now());
        self.alone(|file| Ok(place_for(host, &read(file, host)?, now, self.interval).err()))
    }

    /// Notes that this host is asked now, or says how long that must wait.
    pub(crate) fn claim(&self, host: &str) -> io::Result<Option<Duration>> {
        let host = hash(host);
        self.alone(|file| {
            let now = now();
            match place_for(host, &read(file, host)?, now, self.interval) {
                Ok(place) => write(file, host, place, now).map(|()| None),
                Err(left) => Ok(Some(left)),
            }
        })
    }

    /// Notes that a request to this host has ended, so that the next is spaced from there.
    pub(crate) fn ended(&self, host: &str) -> io::Result<()> {
        let host = hash(host);
        self.alone(|file| match read(file, host)?.iter().position(|place| place.host == host) {
            Some(place) => write(file, host, place, now()),
            None => Ok(()),
        })
    }

    /// Does the work while nobody else, in this process or another, is at the file: for as long as it takes to look at one place.
    /// A home without a database has asked nobody, and there is nothing to do.
    fn alone<T: Default>(&self, work: impl FnOnce(&File) -> io::Result<T>) -> io::Result<T> {
        let mut opened = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.is_none() && !self.path.parent().is_some_and(Path::is_dir) {
            return Ok(T::default());
        }
        let file = match opened.take() {
            Some(file) => file,
            None => open(&self.path)?,
        };
        let file = opened.insert(file);
        file.lock()?;
        let done = work(file);
        file.unlock()?;
        done
    }
}

fn open(path: &Path) -> io::Result<File> {
    let file = File::options().create(true).truncate(false).read(true).write(true).open(path)?;
    let length = PLACES * PLACE as u64;
    if file.metadata()?.len() != length {
        file.set_len(length)?;
    }
    Ok(file)
}

/// The place where the host stands or may stand; or how long until it may be asked, or until a place becomes free for it.
fn place_for(host: u64, places: &[Place], now: u64, interval: Duration) -> Result<usize, Duration> {
    let left = |place: &Place| left(place.asked, now, interval);
    match places.iter().position(|place| place.host == host) {
        Some(own) if left(&places[own]).is_zero() => Ok(own),
        Some(own) => Err(left(&places[own])),
        None => match places.iter().enumerate().min_by_key(|(_, place)| left(place)) {
            Some((free, place)) if left(place).is_zero() => Ok(free),
            Some((_, place)) => Err(left(place)),
            None => Err(interval),
        },
    }
}

/// A time to come is that of a clock that was put back since: a little is waited for, more is not believed.
fn left(asked: u64, now: u64, interval: Duration) -> Duration {
    let ahead = Duration::from_millis(asked.saturating_sub(now));
    match ahead <= interval {
        true => (interval + ahead).saturating_sub(Duration::from_millis(now.saturating_sub(asked))),
        false => Duration::ZERO,
    }
}

fn read(file: &File, host: u64) -> io::Result<Vec<Place>> {
    let mut bytes = [0; WINDOW as usize * PLACE];
    file.read_exact_at(&mut bytes, offset(host))?;
    let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    Ok(bytes.chunks_exact(PLACE).map(|place| Place { host: number(&place[..8]), asked: number(&place[8..]) }).collect())
}

fn write(file: &File, host: u64, place: usize, asked: u64) -> io::Result<()> {
    let bytes = [host.to_le_bytes(), asked.to_le_bytes()].concat();
    file.write_all_at(&bytes, offset(host) + (place * PLACE) as u64)
}

/// Where the window of a host begins.
fn offset(host: u64) -> u64 {
    host % (PLACES - WINDOW) * PLACE as u64
}

/// Never 0: that is an empty place.
fn hash(host: &str) -> u64 {
    let digest = ring::digest::digest(&ring::digest::SHA256, host.as_bytes());
    digest.as_ref().iter().take(8).fold(0, |hash: u64, byte| hash << 8 | u64::from(*byte)).max(1)
}

#[expect(clippy::disallowed_methods, reason = "servers feel real seconds, whatever week a replay is in")]
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn f08_a_host_is_spaced_across_processes_and_its_neighbours_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.hosts");
        let (first, second) = (Ledger::new(path.clone(), SECOND), Ledger::new(path.clone(), SECOND));
        assert_eq!((first.left("a:80").unwrap(), first.claim("a:80").unwrap()), (None, None));
        assert!(second.left("a:80").unwrap().is_some_and(|left| left > SECOND / 2));
        assert!(second.claim("a:80").unwrap().is_some_and(|left| left > SECOND / 2));
        assert_eq!(second.claim("a:443").unwrap(), None);
        drop((first, second));
        assert!(Ledger::new(path, SECOND).claim("a:80").unwrap().is_some(), "it outlives who wrote it");
    }

    #[test]
    fn f08_the_next_request_is_spaced_from_the_end_of_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::new(folder.path().join("v.hosts"), Duration::from_millis(200));
        assert_eq!(ledger.claim("a:80").unwrap(), None);
        std::thread::sleep(Duration::from_millis(120));
        ledger.ended("a:80").unwrap();
        assert!(ledger.left("a:80").unwrap().is_some_and(|left| left > Duration::from_millis(100)));
        std::thread::sleep(Duration::from_millis(210));
        assert_eq!(ledger.claim("a:80").unwrap(), None);
    }

    #[test]
    fn a_home_without_a_database_gets_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::new(folder.path().join("db/v.hosts"), SECOND);
        assert_eq!((ledger.left("a:80").unwrap(), ledger.claim("a:80").unwrap()), (None, None));
        ledger.ended("a:80").unwrap();
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn f08_a_full_window_makes_a_host_wait_and_forgets_nobody() {
        let place = |host, asked| Place { host, asked };
        let full: Vec<Place> = (0..WINDOW).map(|number| place(100 + number, 5_000 + number)).collect();
        assert_eq!(place_for(1, &full, 5_500, SECOND), Err(Duration::from_millis(500)));
        assert_eq!(place_for(1, &full, 6_000, SECOND), Ok(0));
        assert_eq!(place_for(103, &full, 6_002, SECOND), Err(Duration::from_millis(1)));
        assert_eq!(place_for(103, &full, 6_003, SECOND), Ok(3));
        assert_eq!(place_for(103, &full, 4_503, SECOND), Err(SECOND * 3 / 2), "a clock put back a little is waited for");
        assert_eq!(place_for(103, &full, 1_000, SECOND), Ok(3), "and a day is not");
    }
}
