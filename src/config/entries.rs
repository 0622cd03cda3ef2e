//! The keys of one TOML table, read one by one: what has the wrong type, is empty, out of range or unknown is noted with its line,
//! and reading goes on.

use crate::{
    config::mistake::{Kind, Notes, meant},
    domain::{
        localised::{Localised, Words},
        slug::Slug,
    },
};
use std::{cell::RefCell, ops::RangeInclusive};
use toml::de::{DeTable, DeValue};

/// A value, and the byte at which it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Placed<T> {
    pub(super) at: usize,
    pub(super) value: T,
}

/// One table that is being read. [`Self::finish`] tells the keys that nobody asked for.
pub(super) struct Entries<'n, 't> {
    notes: &'n Notes<'t>,
    table: &'n DeTable<'n>,
    at: usize,
    /// The key that holds the table, where the table itself has no name of its own: `title.`.
    under: &'static str,
    asked: RefCell<Vec<&'static str>>,
}

impl<'n, 't> Entries<'n, 't> {
    /// `at`: where the table begins.
    pub(super) fn new(notes: &'n Notes<'t>, table: &'n DeTable<'n>, at: usize) -> Self {
        Self { notes, table, at, under: "", asked: RefCell::default() }
    }

    /// A key as messages call it.
    fn called(&self, key: &str) -> String {
        if self.under.is_empty() { key.to_owned() } else { format!("{}.{key}", self.under) }
    }

    /// Notes what is wrong with the value of a key.
    pub(super) fn wrong(&self, at: usize, problem: Words) {
        self.notes.add(at, Kind::Wrong, problem);
    }

    /// Notes that something is not there: a key of the table, or what is named at `at`.
    pub(super) fn absent(&self, at: Option<usize>, problem: Words) {
        self.notes.add(at.unwrap_or(self.at), Kind::Absent, problem);
    }

    /// Whether the key is written, whatever its value.
    pub(super) fn holds(&self, key: &str) -> bool {
        self.table.iter().any(|(name, _)| name.get_ref().as_ref() == key)
    }

    fn value(&self, key: &'static str) -> Option<Placed<&'n DeValue<'n>>> {
        self.asked.borrow_mut().push(key);
        let (_, value) = self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key)?;
        Some(Placed { at: value.span().start, value: value.get_ref() })
    }

    fn mistyped(&self, key: &str, found: &Placed<&DeValue<'_>>, expected: &Words) {
        let (kind, key) = (type_in_words(found.value), self.called(key));
        self.wrong(
            found.at,
            Words::new(
                format!("{key} : attendu {}, trouvé {}", expected.fr, kind.fr),
                format!("{key}: expected {}, found {}", expected.en, kind.en),
            ),
        );
    }

    /// A text of one line that says something.
    pub(super) fn text(&self, key: &'static str) -> Option<Placed<String>> {
        let found = self.value(key)?;
        match found.value {
            DeValue::String(text) => {
                let refused = refused_text(text);
                if let Some(problem) = refused {
                    self.wrong(found.at, problem.after(&format!("{}: ", self.called(key))));
                    return None;
                }
                Some(Placed { at: found.at, value: text.to_string() })
            }
            _ => {
                self.mistyped(key, &found, &Words::new("un texte entre guillemets", "a text between quotation marks"));
                None
            }
        }
    }

    /// A text of one line; an empty one says that there is none.
    pub(super) fn optional(&self, key: &'static str) -> Option<Placed<Option<String>>> {
        let empty = self.value(key).filter(|found| matches!(found.value, DeValue::String(text) if text.is_empty()));
        match empty {
            Some(found) => Some(Placed { at: found.at, value: None }),
            None => self.text(key).map(|text| Placed { at: text.at, value: Some(text.value) }),
        }
    }

    /// A text that is a slug.
    pub(super) fn slug(&self, key: &'static str) -> Option<Placed<Slug>> {
        let text = self.text(key)?;
        match Slug::parse(&text.value) {
            Ok(slug) => Some(Placed { at: text.at, value: slug }),
            Err(error) => {
                self.wrong(text.at, error.words().after(&format!("{key}: ")));
                None
            }
        }
    }

    /// One of some words.
    pub(super) fn choice<T: Copy>(&self, key: &'static str, known: &[(&str, T)]) -> Option<Placed<T>> {
        let text = self.text(key)?;
        if let Some((_, value)) = known.iter().find(|(name, _)| *name == text.value) {
            return Some(Placed { at: text.at, value: *value });
        }
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let Words { fr, en } = meant(&text.value, &names);
        let value = text.value;
        self.wrong(
            text.at,
            Words::new(format!("{key} : valeur inconnue \"{value}\" ; {fr}"), format!("{key}: unknown value \"{value}\"; {en}")),
        );
        None
    }

    /// True or false.
    pub(super) fn flag(&self, key: &'static str) -> Option<Placed<bool>> {
        let found = self.value(key)?;
        match found.value {
            DeValue::Boolean(flag) => Some(Placed { at: found.at, value: *flag }),
            _ => {
                self.mistyped(
                    key,
                    &found,
                    &Words::new("true ou false, sans guillemets", "true or false, without quotation marks"),
                );
                None
            }
        }
    }

    /// A whole number in a range.
    pub(super) fn whole(&self, key: &'static str, range: &RangeInclusive<u64>) -> Option<Placed<u64>> {
        let found = self.value(key)?;
        let DeValue::Integer(integer) = found.value else {
            self.mistyped(key, &found, &whole_in_words(range));
            return None;
        };
        // One that does not fit into 64 bits is out of every range.
        match u64::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|number| range.contains(number)) {
            Some(number) => Some(Placed { at: found.at, value: number }),
            None => {
                self.wrong(found.at, out_of(range, &integer.to_string()).after(&format!("{key}: ")));
                None
            }
        }
    }

    /// A list of texts; an absent one is empty.
    pub(super) fn texts(&self, key: &'static str) -> Option<Placed<Vec<Placed<String>>>> {
        let found = self.value(key)?;
        let DeValue::Array(array) = found.value else {
            let expected = Words::new("une liste : [\"un\", \"deux\"]", "a list: [\"one\", \"two\"]");
            self.mistyped(key, &found, &expected);
            return None;
        };
        let mut texts = Vec::with_capacity(array.len());
        for element in array.iter() {
            let element = Placed { at: element.span().start, value: element.get_ref() };
            match element.value {
                DeValue::String(text) => match refused_text(text) {
                    Some(problem) => self.wrong(element.at, problem.after(&format!("{}: ", self.called(key)))),
                    None => texts.push(Placed { at: element.at, value: text.to_string() }),
                },
                _ => {
                    let expected = Words::new("des textes entre guillemets", "texts between quotation marks");
                    self.mistyped(key, &element, &expected);
                }
            }
        }
        Some(Placed { at: found.at, value: texts })
    }

    /// A list of slugs.
    pub(super) fn slugs(&self, key: &'static str) -> Vec<Placed<Slug>> {
        let texts = self.texts(key).map_or_else(Vec::new, |texts| texts.value);
        let slug = |text: Placed<String>| match Slug::parse(&text.value) {
            Ok(slug) => Some(Placed { at: text.at, value: slug }),
            Err(error) => {
                self.wrong(text.at, error.words().after(&format!("{key}: ")));
                None
            }
        };
        texts.into_iter().filter_map(slug).collect()
    }

    /// A text in one language or both.
    pub(super) fn localised(&self, key: &'static str) -> Localised {
        let Some(found) = self.value(key) else { return Localised::default() };
        let DeValue::Table(table) = found.value else {
            let expected = Words::new(
                "un texte par langue : { fr = \"…\", en = \"…\" }",
                "a text for each language: { fr = \"…\", en = \"…\" }",
            );
            self.mistyped(key, &found, &expected);
            return Localised::default();
        };
        let languages = Entries { under: key, ..Entries::new(self.notes, table, found.at) };
        let localised =
            Localised { fr: languages.text("fr").map(|text| text.value), en: languages.text("en").map(|text| text.value) };
        languages.finish();
        localised
    }

    /// A table of its own; an absent one has no keys.
    pub(super) fn table(&self, key: &'static str) -> Option<Entries<'n, 't>> {
        let found = self.value(key)?;
        let DeValue::Table(table) = found.value else {
            let expected = Words::new(format!("une section [{key}]"), format!("a section [{key}]"));
            self.mistyped(key, &found, &expected);
            return None;
        };
        Some(Entries::new(self.notes, table, found.at))
    }

    /// Tables that repeat: `[[source]]`.
    pub(super) fn repeated(&self, key: &'static str) -> Vec<Entries<'n, 't>> {
        let Some(found) = self.value(key) else { return Vec::new() };
        let expected = Words::new(format!("des sections [[{key}]]"), format!("sections [[{key}]]"));
        let DeValue::Array(array) = found.value else {
            self.mistyped(key, &found, &expected);
            return Vec::new();
        };
        let mut tables = Vec::with_capacity(array.len());
        for element in array.iter() {
            let at = element.span().start;
            match element.get_ref() {
                DeValue::Table(table) => tables.push(Entries::new(self.notes, table, at)),
                other => self.mistyped(key, &Placed { at, value: other }, &expected),
            }
        }
        tables
    }

    /// Tells every key that was not asked for.
    pub(super) fn finish(self) {
        let known = self.asked.take();
        for (name, _) in self.table.iter().filter(|(name, _)| !known.contains(&name.get_ref().as_ref())) {
            let Words { fr, en } = meant(name.get_ref(), &known);
            let unknown = name.get_ref();
            self.notes.add(
                name.span().start,
                Kind::Unknown,
                Words::new(format!("clé inconnue \"{unknown}\" ; {fr}"), format!("unknown key \"{unknown}\"; {en}")),
            );
        }
    }
}

/// What is refused of any text: nothing at all, and what would act on whoever prints it.
pub(super) fn refused_text(text: &str) -> Option<Words> {
    if text.trim().is_empty() {
        return Some(Words::new(
            "est vide ; écrivez quelque chose ou ôtez la ligne",
            "is empty; write something or remove the line",
        ));
    }
    text.chars().any(char::is_control).then(|| {
        Words::new(
            "contient un caractère de commande ou un retour à la ligne ; écrivez un texte d'une ligne",
            "holds a control character or a line break; write a text of one line",
        )
    })
}

/// What is told of a number outside its range.
pub(super) fn out_of(range: &RangeInclusive<u64>, found: &str) -> Words {
    let (least, most) = (range.start(), range.end());
    Words::new(
        format!("doit être entre {least} et {most}, pas {found}"),
        format!("must be between {least} and {most}, not {found}"),
    )
}

/// What is expected where a number is.
pub(super) fn whole_in_words(range: &RangeInclusive<u64>) -> Words {
    let (least, most) = (range.start(), range.end());
    Words::new(format!("un nombre entier de {least} à {most}"), format!("a whole number from {least} to {most}"))
}

fn type_in_words(value: &DeValue<'_>) -> Words {
    match value {
        DeValue::String(_) => Words::new("un texte", "a text"),
        DeValue::Integer(_) => Words::new("un nombre entier", "a whole number"),
        DeValue::Float(_) => Words::new("un nombre à virgule", "a decimal number"),
        DeValue::Boolean(_) => Words::new("true ou false", "true or false"),
        DeValue::Datetime(_) => Words::new("une date", "a date"),
        DeValue::Array(_) => Words::new("une liste", "a list"),
        DeValue::Table(_) => Words::new("une table", "a table"),
    }
}
