//! The home folder of the demonstration.

use crate::app::{Error, Result, demo::feeds::SAMPLES};
use std::{fmt::Write, net::SocketAddr, path::Path};

/// Marks a folder that the demonstration made, and may therefore empty.
const MARK: &str = ".veille-demo";

const THEMES_AND_DIGESTS: &str = include_str!("themes.toml");

const SETTINGS: &str = "# The demonstration: sample feeds on loopback, mail into a folder.\n\
    [fetch]\nallow_networks = [\"127.0.0.0/8\"]\n# One after the other, so that every demonstration numbers its items alike.\nconcurrency = 1\n\n\
    [mail]\nurl = \"file:outbox\"\nfrom = \"Veille de démonstration <veille@demo.example.org>\"\nreply_to = \"veille@demo.example.org\"\n";

/// Empties the folder of an earlier demonstration; refuses any other that holds something.
pub(super) fn prepare(home: &Path) -> Result<()> {
    let internal =
        |error: std::io::Error| Error::Internal(anyhow::Error::new(error).context(format!("cannot prepare {}", home.display())));
    if home.exists() {
        let occupied = std::fs::read_dir(home).map_err(internal)?.next().is_some();
        if occupied && !home.join(MARK).exists() {
            return Err(Error::Refused(format!("{} holds other files; name a new folder with --out", home.display())));
        }
        std::fs::remove_dir_all(home).map_err(internal)?;
    }
    std::fs::create_dir_all(home).and_then(|()| std::fs::write(home.join(MARK), "")).map_err(internal)
}

/// Writes `sources.toml` and `veille.toml`.
pub(super) fn write(home: &Path, addresses: &[SocketAddr]) -> Result<()> {
    let files = [("sources.toml", sources(addresses)), ("veille.toml", SETTINGS.to_owned())];
    for (name, text) in files {
        std::fs::write(home.join(name), text).map_err(|error| Error::Internal(error.into()))?;
    }
    Ok(())
}

fn sources(addresses: &[SocketAddr]) -> String {
    let mut text = THEMES_AND_DIGESTS.to_owned();
    for (sample, address) in SAMPLES.iter().zip(addresses) {
        let _infallible = write!(
            text,
            "\n[[publisher]]\nslug = \"{slug}\"\nname = \"{name}\"\nclass = \"{class}\"\ndomains = [\"{domain}\"]\n{keys}\n\
             [[source]]\nslug = \"{slug}\"\nname = \"{name}\"\nurl = \"http://{address}/feed\"\nlanguage = \"{language}\"\npublisher = \"{slug}\"\n",
            slug = sample.slug,
            name = sample.name,
            class = sample.class,
            domain = sample.domain,
            keys = sample.publisher_keys,
            language = sample.language,
        );
    }
    text
}
