//! What the machine lets this process have: open files, memory, threads. Asked once, at the start; what is asked for at once is cut to
//! it, so that a small machine is slower and nothing worse.

use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use std::{io, num::NonZero, os::unix::process::CommandExt, process::Command, sync::mpsc, thread};
use tokio::signal::unix::{SignalKind, signal};

/// Files that the database, the logs, the probes and the runtime have open.
const FILES_OF_OUR_OWN: u64 = 32;
/// A request: its connection, and the question to a name server before it.
const FILES_A_REQUEST: u64 = 2;
/// Below, not even the database can be opened.
const LEAST_FILES: u64 = 24;
/// A document, decoded, and what is made of it. Bytes.
const MEMORY_A_REQUEST: u64 = 24 << 20;
/// The program, its threads, the database's pages. Bytes.
const MEMORY_OF_OUR_OWN: u64 = 96 << 20;
/// Below, the C library's habit of taking 64 MiB of addresses for each thread would leave none. Bytes.
const TIGHT: u64 = 2 << 30;
/// The variable by which that habit is broken: docs/decisions/0042.
const ARENAS: &str = "MALLOC_ARENA_MAX";
/// One that runs, one that blocks, and one to spare.
const LEAST_THREADS: usize = 3;

/// Addresses that each thread takes for its stack: as the runtime does, so that what was tried is what is had. Bytes.
pub const STACK: usize = 2 << 20;

/// Threads that the runtime may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads {
    /// Those that run what does not block.
    pub workers: usize,
    /// Those that block: reading documents, the database.
    pub blocking: usize,
}

/// A limit under which nothing can be done, or the start once more that failed.
#[derive(Debug)]
pub enum TooLittle {
    /// So many files.
    Files(u64),
    /// So many threads.
    Threads(usize),
    /// Why the program could not be started again.
    Memory(io::Error),
}

impl TooLittle {
    /// Which limit to raise, in French and in English.
    pub fn told(&self) -> (String, String) {
        match self {
            Self::Files(few) => (
                format!("{few} fichiers seulement peuvent être ouverts à la fois (ulimit -n) ; il en faut {LEAST_FILES}"),
                format!("only {few} files may be open at once (ulimit -n); {LEAST_FILES} are needed"),
            ),
            Self::Threads(few) => (
                format!("{few} fils d'exécution seulement peuvent démarrer (ulimit -u) ; il en faut {LEAST_THREADS}"),
                format!("only {few} threads can be started (ulimit -u); {LEAST_THREADS} are needed"),
            ),
            Self::Memory(error) => (
                format!("impossible de démarrer sous la limite de mémoire (ulimit -v) : {error}"),
                format!("cannot start under the limit of memory (ulimit -v): {error}"),
            ),
        }
    }
}

/// Takes all files that are allowed, and gives the threads that may be had, of those that are wanted. Errors: what is too little,
/// and which limit to raise. May start the program once more, with less of an appetite for addresses.
///
/// `lasting`: the work is long enough for a second start not to count.
pub fn settle(wanted: Threads, lasting: bool) -> Result<Threads, TooLittle> {
    let files = getrlimit(Resource::Nofile);
    if files.current != files.maximum {
        let _as_many_as_before = setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files });
    }
    if let Some(few) = open_files().filter(|files| *files < LEAST_FILES) {
        return Err(TooLittle::Files(few));
    }
    share_arenas(lasting).map_err(TooLittle::Memory)?;
    let had = threads_up_to(wanted.workers + wanted.blocking);
    if had < LEAST_THREADS {
        let no_room = || TooLittle::Memory(io::ErrorKind::OutOfMemory.into());
        return Err(if is_tight() { no_room() } else { TooLittle::Threads(had) });
    }
    Ok(if had < wanted.workers + wanted.blocking { Threads { workers: 1, blocking: had - 2 } } else { wanted })
}

/// A file that grows to the largest size allowed (ulimit -f) ends the process by a signal, unless somebody listens to it: then the write
/// fails, and is told like that of a full disk. To be called within the runtime, which listens to the end.
pub fn outlive_large_files() -> io::Result<()> {
    signal(SignalKind::from_raw(Signal::XFSZ.as_raw())).map(drop)
}

/// Of so many requests at once, those that files and memory suffice for; at least one.
pub fn requests_at_once(asked: usize) -> usize {
    within(asked, open_files(), getrlimit(Resource::As).current)
}

fn within(asked: usize, files: Option<u64>, memory: Option<u64>) -> usize {
    let by_files = files.map_or(u64::MAX, |files| files.saturating_sub(FILES_OF_OUR_OWN) / FILES_A_REQUEST);
    let by_memory = memory.map_or(u64::MAX, |bytes| bytes.saturating_sub(MEMORY_OF_OUR_OWN) / MEMORY_A_REQUEST);
    usize::try_from(by_files.min(by_memory)).unwrap_or(usize::MAX).clamp(1, asked.max(1))
}

fn open_files() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// Starts the program once more with few arenas for all threads: the C library reads its variable when it is loaded, so there is no later
/// moment to say it. One where memory is tight, one a processor where the work is long; and only where it is tight is a failure one.
fn share_arenas(lasting: bool) -> io::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "no setting of ours: whether the C library was told already")]
    let told = std::env::var_os(ARENAS).is_some();
    let tight = is_tight();
    if told || !(tight || lasting) {
        return Ok(());
    }
    let arenas = if tight { 1 } else { thread::available_parallelism().map_or(2, NonZero::get) };
    let again = std::env::current_exe()
        .map(|program| Command::new(program).args(std::env::args_os().skip(1)).env(ARENAS, arenas.to_string()).exec());
    if tight { Err(again.unwrap_or_else(|error| error)) } else { Ok(()) }
}

fn is_tight() -> bool {
    getrlimit(Resource::As).current.is_some_and(|bytes| bytes < TIGHT)
}

/// How many threads can be had at once, up to so many.
fn threads_up_to(wanted: usize) -> usize {
    let (end, wait) = mpsc::channel::<()>();
    let wait = std::sync::Arc::new(std::sync::Mutex::new(wait));
    let mut threads = Vec::new();
    while threads.len() < wanted {
        let wait = std::sync::Arc::clone(&wait);
        // Each waits for the one before it, and the first for the end of this.
        let until_end = move || drop(wait.lock().map(|wait| wait.recv()));
        match thread::Builder::new().stack_size(STACK).spawn(until_end) {
            Ok(thread) => threads.push(thread),
            Err(_) => break,
        }
    }
    drop(end);
    threads.into_iter().map(thread::JoinHandle::join).filter(Result::is_ok).count()
}

#[cfg(test)]
mod tests {
    use super::{threads_up_to, within};

    #[test]
    fn g05_what_is_asked_for_at_once_is_cut_to_the_limits() {
        const MB: u64 = 1 << 20;
        for (files, memory, requests) in [
            (None, None, 64),
            (Some(1_024), None, 64),
            (Some(64), None, 16),
            (Some(20), None, 1),
            (Some(1_024), Some(400 * MB), 12),
            (Some(48), Some(400 * MB), 8),
            (None, Some(50 * MB), 1),
        ] {
            assert_eq!(within(64, files, memory), requests, "{files:?} files, {memory:?} bytes");
        }
        assert_eq!(within(0, None, None), 1);
        assert_eq!(threads_up_to(8), 8);
    }
}
