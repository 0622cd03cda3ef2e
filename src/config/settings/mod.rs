//! `veille.toml`, overlaid with the environment: every row of [`rows::SETTINGS`] read from both, every mistake told.

mod files;
mod login;
mod rows;
mod shapes;

use crate::{
    config::{
        Environment, Mistake,
        entries::{Entries, out_of, refused_text, whole_in_words},
        environment::{Variable, variable},
        mistake::Notes,
        text,
    },
    domain::localised::Words,
    settings::Settings,
};
use files::Files;
use login::Login;
use rows::{SECTIONS, SETTINGS, Setting, Value};
use std::{collections::BTreeMap, path::Path};

/// The settings while they are read.
#[derive(Default)]
struct Draft {
    settings: Settings,
    login: Login,
    files: Files,
    /// Where each setting was given. What stands in a file is overlaid by a variable.
    places: BTreeMap<(&'static str, &'static str), Place>,
}

struct Place {
    /// "veille.toml:3", "VEILLE_MAIL_URL".
    name: String,
    /// In the file.
    at: Option<usize>,
}

/// Reads the text of `veille.toml` and overlays the environment.
#[cfg(test)]
pub(super) fn parse(text: &str, path: &Path, environment: &Environment) -> Result<Settings, crate::config::ConfigError> {
    let (settings, mistakes) = read(text, path, environment);
    crate::config::unless_mistaken(settings, mistakes)
}

/// What can be made of both, and everything that is wrong with them.
pub(super) fn read(text: &str, path: &Path, environment: &Environment) -> (Settings, Vec<Mistake>) {
    let mut draft = Draft::default();
    let notes = Notes::new(path, text);
    let readable = text::readable(text, &notes);
    let table = text::tables(&readable, &notes);
    let file = Entries::new(&notes, &table, 0);
    for section in SECTIONS {
        if let Some(entries) = file.table(section) {
            SETTINGS.iter().filter(|row| row.section == *section).for_each(|row| from_file(row, &entries, &notes, &mut draft));
            entries.finish();
        }
    }
    file.finish();
    login::in_one_place(&mut draft, &notes);
    let mut mistakes = notes.into_mistakes();
    mistakes.extend(environment.strangers(&SETTINGS.iter().map(|row| (row.section, row.key)).collect::<Vec<_>>()));
    SETTINGS.iter().for_each(|row| from_environment(row, environment, &mut draft, &mut mistakes));
    // Only what each part says by itself can be held against the others.
    if mistakes.is_empty() {
        login::complete(&mut draft, &mut mistakes);
        files::complete(&mut draft, path.parent().unwrap_or(Path::new("")), &mut mistakes);
        deadlines(&draft, &mut mistakes);
        unreachable(&draft, &mut mistakes);
    }
    (draft.settings, mistakes)
}

impl Draft {
    fn given(&mut self, row: &Setting, place: Place) {
        self.places.insert((row.section, row.key), place);
    }

    fn place(&self, section: &'static str, key: &'static str) -> Option<&Place> {
        self.places.get(&(section, key))
    }
}

fn from_file(row: &Setting, entries: &Entries<'_, '_>, notes: &Notes<'_>, draft: &mut Draft) {
    let named = |problem: Words| problem.after(&format!("{}: ", row.key));
    let given = match &row.value {
        Value::Flag(set) => entries.flag(row.key).map(|flag| {
            set(draft, flag.value);
            flag.at
        }),
        Value::Whole(range, set) => entries.whole(row.key, range).map(|number| {
            set(draft, number.value);
            number.at
        }),
        Value::Text(set) => entries.text(row.key).map(|text| {
            if let Err(problem) = set(draft, text.value) {
                entries.wrong(text.at, named(problem));
            }
            text.at
        }),
        Value::Optional(set) => entries.optional(row.key).map(|text| {
            if let Err(problem) = set(draft, text.value) {
                entries.wrong(text.at, named(problem));
            }
            text.at
        }),
        Value::List(clear, add) => entries.texts(row.key).map(|texts| {
            clear(draft);
            for text in texts.value {
                if let Err(problem) = add(draft, &text.value) {
                    entries.wrong(text.at, named(problem));
                }
            }
            texts.at
        }),
    };
    if let Some(at) = given {
        draft.given(row, Place { name: notes.place(at), at: Some(at) });
    }
}

fn from_environment(row: &Setting, environment: &Environment, draft: &mut Draft, mistakes: &mut Vec<Mistake>) {
    match environment.value(row.section, row.key) {
        Ok(None) => {}
        Ok(Some(Variable { name, value })) => {
            let problems = from_text(row, &value, draft);
            mistakes.extend(problems.into_iter().map(|problem| Mistake { place: name.clone(), problem }));
            draft.given(row, Place { name, at: None });
        }
        Err(mistake) => mistakes.push(mistake),
    }
}

/// A variable holds a bare text; a list is written with commas, or as in the file.
fn from_text(row: &Setting, text: &str, draft: &mut Draft) -> Vec<Words> {
    let done = match &row.value {
        Value::Flag(set) => match text.trim() {
            "true" => {
                return {
                    set(draft, true);
                    Vec::new()
                };
            }
            "false" => {
                return {
                    set(draft, false);
                    Vec::new()
                };
            }
            _ => Err(Words::new("attendu true ou false", "expected true or false")),
        },
        Value::Whole(range, set) => match text.trim().replace('_', "").parse::<u64>() {
            Ok(number) if range.contains(&number) => {
                return {
                    set(draft, number);
                    Vec::new()
                };
            }
            Ok(number) => Err(out_of(range, &number.to_string())),
            Err(_) => {
                let Words { fr, en } = whole_in_words(range);
                Err(Words::new(format!("attendu {fr}"), format!("expected {en}")))
            }
        },
        Value::Text(set) => refused_text(text).map_or_else(|| set(draft, text.to_owned()), Err),
        Value::Optional(set) if text.is_empty() => set(draft, None),
        Value::Optional(set) => refused_text(text).map_or_else(|| set(draft, Some(text.to_owned())), Err),
        Value::List(clear, add) => {
            clear(draft);
            let bare = text.trim().trim_start_matches('[').trim_end_matches(']');
            let parts = bare.split(',').map(|part| part.trim().trim_matches(['"', '\''])).filter(|part| !part.is_empty());
            return parts.filter_map(|part| add(draft, part).err()).collect();
        }
    };
    done.err().into_iter().collect()
}

/// A whole request that ends before it may connect: one of the two is not meant.
fn deadlines(draft: &Draft, mistakes: &mut Vec<Mistake>) {
    let fetch = &draft.settings.fetch;
    let (connect, total) = (draft.place("fetch", "connect_timeout_s"), draft.place("fetch", "total_timeout_s"));
    if let (Some(_), Some(place)) = (connect, total)
        && fetch.total_timeout < fetch.connect_timeout
    {
        let (connect, total) = (fetch.connect_timeout.as_secs(), fetch.total_timeout.as_secs());
        mistakes.push(Mistake {
            place: place.name.clone(),
            problem: Words::new(
                format!("total_timeout_s ({total}) est plus court que connect_timeout_s ({connect}) ; allongez l'un ou raccourcissez l'autre"),
                format!("total_timeout_s ({total}) is shorter than connect_timeout_s ({connect}); lengthen the one or shorten the other"),
            ),
        });
    }
}

/// Hubs that are asked to tell of changes where nobody can be reached.
fn unreachable(draft: &Draft, mistakes: &mut Vec<Mistake>) {
    let web = &draft.settings.web;
    if let (Some(true), false, Some(place)) = (web.websub, web.is_public, draft.place("web", "websub")) {
        mistakes.push(Mistake {
            place: place.name.clone(),
            problem: Words::new(
                "websub demande public_url, l'adresse où les hubs nous joignent ; donnez-la ou ôtez websub",
                "websub needs public_url, the address where hubs reach us; give it or remove websub",
            ),
        });
    }
}

/// One line of `veille config check`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EffectiveSetting {
    /// "fetch.concurrency".
    pub key: String,
    /// As it would be written; secrets hidden.
    pub value: String,
    /// It holds a secret, or may: it is best given by `VEILLE_…_FILE`.
    pub secret: bool,
}

/// Every setting in force, secrets hidden.
pub fn effective(settings: &Settings) -> Vec<EffectiveSetting> {
    let line = |row: &Setting| EffectiveSetting {
        key: format!("{}.{}", row.section, row.key),
        value: (row.show)(settings),
        secret: row.secret,
    };
    SETTINGS.iter().map(line).collect()
}

/// The settings that hold a secret, or may: section, key and variable.
pub fn secret_settings() -> Vec<(&'static str, &'static str, String)> {
    let secret = SETTINGS.iter().filter(|row| row.secret);
    secret.map(|row| (row.section, row.key, variable(row.section, row.key))).collect()
}

#[cfg(test)]
mod tests;
