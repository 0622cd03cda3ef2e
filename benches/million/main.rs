//! Searching, listing, composing and starting on a database of a million items of 1 KB.
//!
//! `cargo bench --bench million [-- ITEMS] [--at FOLDER]`: 100,000 items unless told. The items are made from a number (the same each
//! time) and go in by the store's own writing, two years of them from a thousand sources; with `--at` the home is made in that
//! folder, or used again when it is there. Then, in processor and wall milliseconds: searches of words of each kind, every filter of
//! a list, composing; and by the binary, with its peak memory: starting, the same commands, refreshes. It fails on no time.
#![expect(clippy::unwrap_used, reason = "a bench that cannot build its data has nothing to measure")]
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]

mod asking;
mod commands;
mod composing;
#[path = "../ingest/farm.rs"]
#[expect(dead_code, reason = "a farm that never changes")]
mod farm;
mod making;
#[path = "../../tests/it/support/refreshes.rs"]
#[expect(dead_code, reason = "helpers of tests, of which a bench needs some")]
mod refreshes;
mod stopwatch;

use std::path::PathBuf;
use veille_testbench::home::Home;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let items = arguments.iter().find_map(|text| text.parse().ok()).unwrap_or(100_000);
    let place = arguments.iter().position(|text| text == "--at").and_then(|flag| arguments.get(flag + 1)).map(PathBuf::from);
    let home = place.map_or_else(|| Home::new(tempfile::tempdir().unwrap()), |place| Home::at(&place));
    making::make(home.path(), items);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    runtime.block_on(asking::search(home.path()));
    runtime.block_on(asking::list(home.path()));
    runtime.block_on(composing::compose(home.path()));
    commands::run(&home);
}
