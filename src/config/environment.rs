//! `VEILLE_…` variables, and `VEILLE_…_FILE` for what must not stand in an environment.

use crate::{
    config::{
        Mistake,
        mistake::{meant, nearest},
    },
    domain::localised::Words,
};
use std::{collections::BTreeMap, ffi::OsString, fs};

/// The variables that concern us, read once.
#[derive(Debug, Clone, Default)]
pub struct Environment(BTreeMap<String, OsString>);

/// A variable that sets something.
pub(crate) struct Variable {
    /// "VEILLE_MAIL_URL", or with "_FILE" when the value comes from a file.
    pub(crate) name: String,
    pub(crate) value: String,
}

/// A variable outside the sections that is so near to a setting is a mistyped one.
const MISTYPED: f64 = 0.92;

impl Environment {
    /// Those of this process.
    pub fn of_process() -> Self {
        let named = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        Self(named.filter(|(name, _)| name.starts_with("VEILLE_")).collect())
    }

    /// Those given, for tests.
    pub fn from_pairs<const N: usize>(pairs: [(&str, &str); N]) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect())
    }

    /// Tells the variables that set nothing: a mistyped name would leave the setting as it was, without a word. `known`: section and
    /// key. Variables outside the sections (`VEILLE_HOME`, `VEILLE_LOG` …) are others' business, unless one is nearly a setting.
    pub(crate) fn strangers(&self, known: &[(&str, &str)]) -> Vec<Mistake> {
        let variables: Vec<String> = known.iter().map(|(section, key)| variable(section, key)).collect();
        let stranger = |name: &String| {
            let bare = name.strip_suffix("_FILE").unwrap_or(name);
            if variables.iter().any(|known| known == bare || known == name) {
                return None;
            }
            let section = known.iter().map(|(section, _)| *section).find(|section| name.starts_with(&variable(section, "")));
            let near: Vec<&str> = match section {
                Some(section) => {
                    variables.iter().map(String::as_str).filter(|known| known.starts_with(&variable(section, ""))).collect()
                }
                None => variables.iter().map(String::as_str).filter(|known| alike(known, bare) > MISTYPED).collect(),
            };
            if near.is_empty() {
                return None;
            }
            let Words { fr, en } = meant(bare, &near);
            let problem = Words::new(format!("ce réglage n'existe pas ; {fr}"), format!("no such setting; {en}"));
            Some(Mistake { place: name.clone(), problem })
        };
        self.0.keys().filter_map(stranger).collect()
    }

    /// The value of `VEILLE_SECTION_KEY`, or the content of the file that `VEILLE_SECTION_KEY_FILE` names, without its last line feed.
    pub(crate) fn value(&self, section: &str, key: &str) -> Result<Option<Variable>, Mistake> {
        let name = variable(section, key);
        let file_name = format!("{name}_FILE");
        match (self.0.get(&name), self.0.get(&file_name)) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(Mistake {
                problem: Words::new(
                    format!("{file_name} est donnée aussi ; gardez l'une des deux"),
                    format!("{file_name} is given as well; keep one of the two"),
                ),
                place: name,
            }),
            (Some(value), None) => match value.clone().into_string() {
                Ok(value) => Ok(Some(Variable { name, value })),
                Err(_) => Err(Mistake { place: name, problem: Words::new("n'est pas en UTF-8", "is not UTF-8") }),
            },
            (None, Some(file)) => match fs::read_to_string(file) {
                Ok(text) => Ok(Some(Variable { name: file_name, value: text.trim_end_matches(['\n', '\r']).to_owned() })),
                Err(error) => Err(unreadable(file_name, file, &error)),
            },
        }
    }
}

fn unreadable(name: String, file: &OsString, error: &std::io::Error) -> Mistake {
    let file = file.display();
    Mistake {
        place: name,
        problem: Words::new(
            format!("le fichier \"{file}\" est illisible ({error}) ; vérifiez qu'il existe et que veille peut le lire"),
            format!("cannot read \"{file}\": {error}; check that it is there and that veille may read it"),
        ),
    }
}

/// How alike two variables are, what they all begin with apart.
fn alike(one: &str, other: &str) -> f64 {
    let bare = |name: &str| name.strip_prefix("VEILLE_").unwrap_or_default().to_owned();
    nearest(&bare(other), [bare(one).as_str()].into_iter()).map_or(0.0, |(_, likeness)| likeness)
}

/// The variable that overlays a setting.
pub(crate) fn variable(section: &str, key: &str) -> String {
    format!("VEILLE_{}_{}", section.to_uppercase(), key.to_uppercase())
}
