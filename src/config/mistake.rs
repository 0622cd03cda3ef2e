//! Mistakes in what people wrote: each with its place, its cause and its remedy, and all of them at once.

use crate::domain::localised::{Locale, Words};
use std::{cell::RefCell, collections::BTreeSet, fmt, ops::Range, path::Path};

/// A file that is one mistake from end to end tells so many; the rest is counted.
const TOLD: usize = 100;

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// "sources.toml:12" or "VEILLE_MAIL_URL".
    pub place: String,
    /// Cause and remedy, one line.
    pub problem: Words,
}

impl Mistake {
    /// About a file as a whole.
    pub fn whole(path: &Path, problem: Words) -> Self {
        Self { place: path.display().to_string(), problem }
    }

    /// For a reader.
    pub fn line(&self, locale: Locale) -> String {
        format!("{}: {}", self.place, self.problem.get(locale))
    }
}

/// Everything that is wrong with the files and variables that were read; at least one mistake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError(Vec<Mistake>);

impl ConfigError {
    /// In the order in which they are told: file by file, line by line.
    pub fn mistakes(&self) -> &[Mistake] {
        &self.0
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(|mistake| mistake.line(Locale::En)).collect();
        f.write_str(&lines.join("; "))
    }
}

impl From<Mistake> for ConfigError {
    fn from(mistake: Mistake) -> Self {
        Self(vec![mistake])
    }
}

/// The value, or every mistake that was found while it was read.
pub fn unless_mistaken<T>(value: T, mistakes: Vec<Mistake>) -> Result<T, ConfigError> {
    if mistakes.is_empty() { Ok(value) } else { Err(ConfigError(mistakes)) }
}

/// The mistakes of one text, while it is read.
#[derive(Debug)]
pub(super) struct Notes<'t> {
    path: &'t Path,
    text: &'t str,
    /// Where the line feeds are: a file may be one mistake a line.
    feeds: Vec<usize>,
    found: RefCell<Vec<Note>>,
}

#[derive(Debug)]
struct Note {
    offset: usize,
    kind: Kind,
    problem: Words,
}

/// What a mistake is worth beside others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The text cannot be read there.
    Syntax,
    /// What was read is wrong.
    Wrong,
    /// A key that nobody asked for: behind a title that could not be read, it may belong to that section.
    Unknown,
    /// Something is not there: where a line could not be read, it may have stood on that line.
    Absent,
}

impl<'t> Notes<'t> {
    pub(super) fn new(path: &'t Path, text: &'t str) -> Self {
        let feeds = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect();
        Self { path, text, feeds, found: RefCell::default() }
    }

    /// Keeps a mistake about what stands at byte `offset`.
    pub(super) fn add(&self, offset: usize, kind: Kind, problem: Words) {
        self.found.borrow_mut().push(Note { offset, kind, problem });
    }

    /// "sources.toml:12".
    pub(super) fn place(&self, offset: usize) -> String {
        format!("{}:{}", self.path.display(), self.line(offset))
    }

    fn line(&self, offset: usize) -> usize {
        self.feeds.partition_point(|feed| *feed < offset) + 1
    }

    /// Where the line of a byte begins and ends, its line feed apart.
    pub(super) fn line_around(&self, offset: usize) -> Range<usize> {
        let line = self.line(offset);
        let begin = if line == 1 { 0 } else { self.feeds[line - 2] + 1 };
        begin..self.feeds.get(line - 1).copied().unwrap_or(self.text.len())
    }

    /// Whether the line is, or should be, `[section]`.
    fn is_title(&self, offset: usize) -> bool {
        self.text[self.line_around(offset)].trim_start().starts_with('[')
    }

    /// In the order of the text. Where a line cannot be read, only that is told: the rest would be guesses about it.
    pub(super) fn into_mistakes(self) -> Vec<Mistake> {
        let mut notes = self.found.take();
        notes.sort_by_key(|note| (note.offset, note.kind != Kind::Syntax));
        let unreadable: BTreeSet<usize> =
            notes.iter().filter(|note| note.kind == Kind::Syntax).map(|note| self.line(note.offset)).collect();
        let titles = notes.iter().filter(|note| note.kind == Kind::Syntax && self.is_title(note.offset));
        let title = titles.map(|note| note.offset).min();
        let mut told = BTreeSet::new();
        notes.retain(|note| match note.kind {
            Kind::Syntax => told.insert(self.line(note.offset)),
            Kind::Wrong => !unreadable.contains(&self.line(note.offset)),
            Kind::Unknown => !unreadable.contains(&self.line(note.offset)) && title.is_none_or(|title| note.offset < title),
            Kind::Absent => unreadable.is_empty(),
        });
        let more = notes.len().saturating_sub(TOLD);
        let told = notes.iter().take(TOLD);
        let mut mistakes: Vec<Mistake> =
            told.map(|note| Mistake { place: self.place(note.offset), problem: note.problem.clone() }).collect();
        mistakes.dedup();
        if more > 0 {
            mistakes.push(Mistake::whole(
                self.path,
                Words::new(format!("et {more} autres erreurs"), format!("and {more} more mistakes")),
            ));
        }
        mistakes
    }
}

/// The remedy for a name that is not known: the nearest one, and all of them when none is near.
pub(super) fn meant(unknown: &str, known: &[&str]) -> Words {
    match nearest(unknown, known.iter().copied()) {
        Some((near, likeness)) if likeness > 0.75 => {
            Words::new(format!("vouliez-vous dire \"{near}\" ?"), format!("did you mean \"{near}\"?"))
        }
        Some((near, _)) => Words::new(
            format!("le plus proche est \"{near}\" ; ici sont connus : {}", known.join(", ")),
            format!("the nearest is \"{near}\", known here: {}", known.join(", ")),
        ),
        None => Words::new("rien n'est connu ici", "nothing is known here"),
    }
}

/// The known name that is most like an unknown one, and how like it is, 0 to 1 (Jaro and Winkler).
pub(crate) fn nearest<'a>(unknown: &str, known: impl Iterator<Item = &'a str>) -> Option<(&'a str, f64)> {
    known.map(|name| (name, strsim::jaro_winkler(unknown, name))).max_by(|one, other| one.1.total_cmp(&other.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_near_is_proposed_and_all_of_them_when_none_is() {
        assert_eq!(meant("shedule", &["slug", "schedule"]).en, "did you mean \"schedule\"?");
        assert_eq!(meant("zzz", &["slug", "url"]).en, "the nearest is \"url\", known here: slug, url");
    }

    #[test]
    fn a_line_that_cannot_be_read_hides_what_would_be_guessed_about_it() {
        let text = "a\nb\nc\n";
        let notes = Notes::new(Path::new("f"), text);
        let words = |text: &str| Words::new(text, text);
        notes.add(4, Kind::Wrong, words("kept"));
        notes.add(2, Kind::Syntax, words("unreadable"));
        notes.add(2, Kind::Wrong, words("a guess"));
        notes.add(0, Kind::Absent, words("perhaps on the second line"));
        notes.add(6, Kind::Unknown, words("unknown"));
        let told: Vec<String> = notes.into_mistakes().iter().map(|mistake| mistake.line(Locale::En)).collect();
        assert_eq!(told, ["f:2: unreadable", "f:3: kept", "f:4: unknown"]);
        let notes = Notes::new(Path::new("f"), "[a\nb\n");
        notes.add(3, Kind::Unknown, words("of the section that has no title"));
        notes.add(1, Kind::Syntax, words("no title"));
        assert_eq!(notes.into_mistakes().len(), 1);
    }
}
