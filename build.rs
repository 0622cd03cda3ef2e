//! Gives the program a number that changes with the code that reads documents, and with the libraries that it uses: what an
//! older reader made of an entry is not taken for what this one would make of it (`pipeline::familiar`).
#![expect(clippy::disallowed_methods, reason = "how a build script and cargo talk to each other")]

use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What decides how a document is read.
const READER: [&str; 3] = ["Cargo.lock", "src/pipeline", "src/domain"];

fn main() -> io::Result<()> {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut files = Vec::new();
    for place in READER {
        println!("cargo::rerun-if-changed={place}");
        collect(&root.join(place), &mut files)?;
    }
    files.sort();
    let mut number = 0xcbf2_9ce4_8422_2325_u64; // FNV-1a
    for file in files {
        for byte in fs::read(file)? {
            number = (number ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    println!("cargo::rustc-env=VEILLE_READER={number:016x}");
    Ok(())
}

fn collect(place: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !place.is_dir() {
        files.push(place.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(place)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}
