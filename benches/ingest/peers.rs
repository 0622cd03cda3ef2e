//! Other programs on the same farm, as they come: those that are installed.
//!
//! None does what a refresh does (cleaning, search, evidence, stories); each stores the entries in its own way.

use crate::farm::Farm;
use std::{
    fmt::Write,
    fs,
    path::Path,
    process::{Command, Stdio},
    sync::atomic::Ordering,
};
use veille_testbench::measure::{Used, measure};

/// A feed reader of others.
struct Peer {
    name: &'static str,
    /// Prints its version; that it cannot be started means that it is not installed.
    version: &'static [&'static str],
    /// Writes what it needs into a folder: the base of the farm's addresses and how many feeds there are.
    prepare: fn(&Path, &str, usize),
    /// Asks every feed once, in the current folder.
    refresh: &'static [&'static str],
    /// Where it keeps entries: a file or a folder.
    store: &'static str,
}

const PEERS: [Peer; 4] = [
    Peer {
        name: "newsboat",
        version: &["newsboat", "--version"],
        prepare: |folder, base, feeds| {
            fs::write(folder.join("urls"), lines(feeds, |number| format!("{base}/{number}"))).unwrap();
            fs::write(folder.join("config"), "reload-threads 8\n").unwrap();
        },
        refresh: &["newsboat", "-C", "config", "-u", "urls", "-c", "cache.db", "-x", "reload"],
        store: "cache.db",
    },
    Peer {
        name: "sfeed",
        version: &["dpkg-query", "-W", "-f", "${Version}\n", "sfeed"],
        prepare: |folder, base, feeds| {
            fs::create_dir(folder.join("feeds")).unwrap();
            let list = lines(feeds, |number| format!("feed \"f{number}\" \"{base}/{number}\""));
            // As it comes it does not unpack what the farm packs.
            let fetch = "fetch() {\ncurl -L -f -s -m 15 --compressed \"$2\"\n}\n";
            fs::write(folder.join("sfeedrc"), format!("sfeedpath=\"$PWD/feeds\"\n{fetch}feeds() {{\n{list}}}\n")).unwrap();
        },
        refresh: &["sfeed_update", "./sfeedrc"],
        store: "feeds",
    },
    Peer {
        name: "reader",
        version: &["python3", "-c", "import reader; print(reader.__version__)"],
        prepare: |folder, base, feeds| {
            let script = format!(
                "from reader import make_reader\nr = make_reader('reader.sqlite')\n\
                 known = {{f.url for f in r.get_feeds()}}\n\
                 for n in range({feeds}):\n    u = f'{base}/{{n}}'\n    if u not in known: r.add_feed(u)\n\
                 r.update_feeds(workers=8)\n"
            );
            fs::write(folder.join("refresh.py"), script).unwrap();
        },
        refresh: &["python3", "refresh.py"],
        store: "reader.sqlite",
    },
    Peer {
        name: "rss2email (ids only)",
        version: &["r2e", "--version"],
        prepare: |folder, base, feeds| {
            let list = lines(feeds, |number| format!("[feed.f{number}]\nurl = {base}/{number}\n"));
            fs::write(folder.join("r2e.cfg"), format!("[DEFAULT]\nto = nobody@example.org\n{list}")).unwrap();
        },
        refresh: &["r2e", "-c", "r2e.cfg", "-d", "r2e.json", "run", "--no-send"],
        store: "r2e.json",
    },
];

/// Measures each peer that is installed, cold, with nothing new and with one feed in ten changed.
pub(crate) fn compare(feeds: usize, show: impl Fn(&str, &Used, u64)) {
    for peer in &PEERS {
        let Some(version) = version(peer) else {
            println!("{}: not installed", peer.name);
            continue;
        };
        let farm = Farm::serve();
        let folder = tempfile::tempdir().unwrap();
        (peer.prepare)(folder.path(), &farm.base, feeds);
        let refresh = |what: &str| {
            let [program, arguments @ ..] = peer.refresh else { return };
            let what = format!("{} {version}: {what}", peer.name);
            match measure(Command::new(program).args(arguments).current_dir(folder.path()).stderr(Stdio::null())) {
                Ok(used) => show(&what, &used, size(&folder.path().join(peer.store))),
                Err(failure) => println!("{what}: {failure}"),
            }
        };
        refresh("cold");
        refresh("nothing new");
        farm.state.generation.store(1, Ordering::SeqCst);
        refresh("one in ten changed");
    }
}

fn version(peer: &Peer) -> Option<String> {
    let [program, arguments @ ..] = peer.version else { return None };
    let answer = Command::new(program).args(arguments).output().ok().filter(|answer| answer.status.success())?;
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    text.split_whitespace().find(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

fn lines(feeds: usize, line: impl Fn(usize) -> String) -> String {
    (0..feeds).fold(String::new(), |mut text, number| {
        let _infallible = writeln!(text, "{}", line(number));
        text
    })
}

/// Bytes of a file, or of the files in a folder.
fn size(path: &Path) -> u64 {
    let files = fs::read_dir(path).map(|entries| entries.filter_map(|entry| Some(entry.ok()?.metadata().ok()?.len())).sum());
    files.unwrap_or_else(|_| fs::metadata(path).map_or(0, |file| file.len()))
}
