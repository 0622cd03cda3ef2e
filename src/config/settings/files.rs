//! The files that `[mail]` names: certificates that vouch for the relay, keys that sign. Relative to the home folder.

use super::Draft;
use crate::{
    config::Mistake,
    domain::localised::Words,
    settings::{Authorities, DkimSettings, Secret},
};
use std::path::{Path, PathBuf};

/// What was given, wherever; the selector of the first key is a setting of its own.
#[derive(Default)]
pub(super) struct Files {
    pub(super) authorities: Option<PathBuf>,
    pub(super) key: Option<PathBuf>,
    pub(super) second_selector: Option<String>,
    pub(super) second_key: Option<PathBuf>,
}

/// Reads the files.
pub(super) fn complete(draft: &mut Draft, home: &Path, mistakes: &mut Vec<Mistake>) {
    let Files { authorities, key, second_selector, second_key } = std::mem::take(&mut draft.files);
    if let Some(file) = authorities {
        match content(home, &file) {
            Ok(pem) => draft.settings.mail.authorities = Some(Authorities { file, pem }),
            Err(problem) => mistakes.push(mistake(draft, "ca_file", problem)),
        }
    }
    let selector = draft.settings.mail.dkim_selector.clone();
    for (selector, file, keys) in [
        (selector, key, ("dkim_selector", "dkim_key_file")),
        (second_selector, second_key, ("dkim_second_selector", "dkim_second_key_file")),
    ] {
        let Some(key_file) = file else { continue };
        match signing(home, selector, &key_file, keys.0) {
            Ok((selector, key)) => draft.settings.mail.dkim.push(DkimSettings { selector, key_file, key }),
            Err(problem) => mistakes.push(mistake(draft, keys.1, problem)),
        }
    }
}

fn signing(home: &Path, selector: Option<String>, file: &Path, named: &str) -> Result<(String, Secret), Words> {
    let selector = selector.ok_or_else(|| {
        Words::new(
            format!("il manque {named}, sous lequel la clé est publiée"),
            format!("{named} is missing, under which the key is published"),
        )
    })?;
    Ok((selector, Secret::new(content(home, file)?)))
}

fn content(home: &Path, file: &Path) -> Result<String, Words> {
    let file = home.join(file);
    std::fs::read_to_string(&file).map_err(|error| {
        let file = file.display();
        Words::new(format!("{file} ne peut être lu : {error}"), format!("cannot read {file}: {error}"))
    })
}

fn mistake(draft: &Draft, key: &'static str, problem: Words) -> Mistake {
    let place = draft.place("mail", key).map(|place| place.name.clone()).unwrap_or_default();
    Mistake { place, problem: problem.after(&format!("{key}: ")) }
}
