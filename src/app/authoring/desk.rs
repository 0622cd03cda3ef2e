//! `sources.toml` on the desk: added to, imported into, exported from.

use crate::{
    app::{Error, Result, authoring::FoundFeed},
    config::{self, NewSource, NewTheme},
    domain::{
        definitions::Definitions,
        localised::{Locale, Localised},
        slug::Slug,
        theme::Theme,
    },
    pipeline::{
        opml::{self, OpmlFeed, OpmlList},
        relevance::ThemeMatcher,
    },
};
use anyhow::Context as _;
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};
use url::Url;

/// The authored file, read.
#[derive(Debug, Clone)]
pub struct Desk {
    path: PathBuf,
    text: String,
    definitions: Definitions,
}

/// Is the file written, or is only shown what would be?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// Written.
    Real,
    /// `--dry-run`.
    Rehearsed,
}

/// What a person wants of a source to add.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// Its name; that of the feed when absent.
    pub name: Option<String>,
    /// Slugs of its themes; none means every theme.
    pub themes: Vec<String>,
}

/// A source that was added, or would be. The field names are those of `veille sources add --json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Added {
    /// Its name in commands.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// Where it is read.
    pub url: Url,
    /// BCP 47.
    pub language: Option<String>,
    /// Its themes.
    pub themes: Vec<Slug>,
}

/// What an import did, or would do. The field names are those of `veille sources import --json`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Import {
    /// Sources added.
    pub added: Vec<Added>,
    /// Themes added: they recognise their own name, until a person gives them better words.
    pub new_themes: Vec<Slug>,
    /// Addresses that were watched before.
    pub known: Vec<Url>,
    /// What could not be taken.
    pub warnings: Vec<String>,
}

impl Desk {
    /// Reads `sources.toml` of a home folder.
    ///
    /// # Errors
    /// [`Error::Invalid`] when it is missing or wrong.
    pub fn open(home: &Path) -> Result<Self> {
        let definitions = config::load_definitions(home)?;
        let path = config::sources_path(home);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { path, text, definitions })
    }

    /// Adds one feed that was found.
    ///
    /// # Errors
    /// [`Error::Conflict`] when its address is watched already, [`Error::Invalid`] for a theme that does not exist.
    pub fn add(&self, feed: &FoundFeed, wishes: &Wishes, writing: Writing) -> Result<Added> {
        if let Some(known) = self.definitions.sources.iter().find(|source| same_address(&source.url, &feed.url)) {
            return Err(Error::Conflict(format!("{} is watched already, as \"{}\"", feed.url, known.slug)));
        }
        let themes = wishes.themes.iter().map(|text| self.theme(text)).collect::<Result<_>>()?;
        let name = wishes.name.clone().or(feed.title.clone()).unwrap_or_else(|| host(&feed.url).to_owned());
        let slug = Slugs::of(&self.definitions).free(&name);
        let added = Added { slug, name, url: feed.url.clone(), language: feed.language.clone(), themes };
        self.write(&[], std::slice::from_ref(&added), writing)?;
        Ok(added)
    }

    /// Adds every feed of a list whose address is not watched yet. Nothing is fetched.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the file is no list, or when the file would not be valid with it.
    pub fn import(&self, list: &[u8], writing: Writing) -> Result<Import> {
        let list = opml::read(list).map_err(|error| Error::Invalid(error.to_string()))?;
        let mut import = Import { warnings: list.warnings, ..Import::default() };
        let mut slugs = Slugs::of(&self.definitions);
        let mut themes = Themes { known: &self.definitions.themes, new: Vec::new(), refused: HashSet::new() };
        let mut watched: HashSet<String> = self.definitions.sources.iter().map(|source| address_key(&source.url)).collect();
        for feed in list.feeds {
            if !watched.insert(address_key(&feed.url)) {
                import.known.push(feed.url);
                continue;
            }
            let name = feed.title.unwrap_or_else(|| host(&feed.url).to_owned());
            let themes = themes.of(&feed.categories);
            import.added.push(Added { slug: slugs.free(&name), name, url: feed.url, language: feed.language, themes });
        }
        let refused = themes.refused.iter().map(|name| format!("group \"{name}\" has no word to recognise, so it is no theme"));
        import.warnings.extend(refused);
        import.new_themes = themes.new.iter().map(|theme| theme.slug.clone()).collect();
        self.write(&themes.new, &import.added, writing)?;
        Ok(import)
    }

    /// Every source as OPML 2.0, themes as groups and categories.
    pub fn export(&self, locale: Locale, now: DateTime<Utc>) -> Result<String> {
        let list = OpmlList { title: Some("veille".to_owned()), feeds: self.exported(locale), warnings: Vec::new() };
        opml::write(&list, now).map_err(|error| Error::Internal(error.into()))
    }

    /// The sources, as [`Desk::export`] lists them.
    pub fn exported(&self, locale: Locale) -> Vec<OpmlFeed> {
        let feeds = self.definitions.sources.iter().map(|source| OpmlFeed {
            title: Some(source.name.clone()),
            url: source.url.clone(),
            site: None,
            language: source.language.clone(),
            categories: source.themes.iter().map(|slug| vec![self.theme_name(slug, locale)]).collect(),
        });
        feeds.collect()
    }

    fn theme(&self, text: &str) -> Result<Slug> {
        let known = self.definitions.themes.iter().find(|theme| theme.slug.as_str() == text);
        known.map(|theme| theme.slug.clone()).ok_or_else(|| {
            let all: Vec<_> = self.definitions.themes.iter().map(|theme| theme.slug.as_str()).collect();
            Error::Invalid(format!("there is no theme \"{text}\" in sources.toml; there are: {}", all.join(", ")))
        })
    }

    /// Slashes and commas part categories, so a name may not hold them.
    fn theme_name(&self, slug: &Slug, locale: Locale) -> String {
        let name = self.definitions.theme(slug).and_then(|theme| theme.name.get(locale)).map(|(name, _)| name);
        name.unwrap_or(slug.as_str()).replace(['/', ','], " ")
    }

    fn write(&self, themes: &[NewTheme], added: &[Added], writing: Writing) -> Result<()> {
        let sources: Vec<_> = added.iter().map(NewSource::from).collect();
        let text = config::with_additions(&self.text, &self.path, themes, &sources)?;
        if writing == Writing::Real && text != self.text {
            replace(&self.path, &text).with_context(|| format!("cannot write {}", self.path.display()))?;
        }
        Ok(())
    }
}

impl From<&Added> for NewSource {
    fn from(added: &Added) -> Self {
        Self {
            slug: added.slug.clone(),
            name: added.name.clone(),
            url: added.url.clone(),
            language: added.language.clone(),
            themes: added.themes.clone(),
        }
    }
}

/// Groups of a list matched with themes; those that match none become themes.
struct Themes<'a> {
    known: &'a [Theme],
    new: Vec<NewTheme>,
    refused: HashSet<String>,
}

impl Themes<'_> {
    fn of(&mut self, categories: &[Vec<String>]) -> Vec<Slug> {
        let mut slugs = Vec::new();
        for name in categories.iter().filter_map(|path| path.last()) {
            if let Some(slug) = self.named(name)
                && !slugs.contains(&slug)
            {
                slugs.push(slug);
            }
        }
        slugs
    }

    fn named(&mut self, name: &str) -> Option<Slug> {
        let slug = Slug::propose(name);
        if let Some(theme) = self.known.iter().find(|theme| is_named(theme, &slug)) {
            return Some(theme.slug.clone());
        }
        if self.new.iter().any(|theme| theme.slug == slug) {
            return Some(slug);
        }
        let localised = Localised { fr: Some(name.to_owned()), en: Some(name.to_owned()) };
        let theme = Theme { slug: slug.clone(), name: localised, any: vec![name.to_owned()], all: Vec::new(), none: Vec::new() };
        if ThemeMatcher::new(&[theme]).is_err() {
            self.refused.insert(name.to_owned());
            return None;
        }
        self.new.push(NewTheme { slug: slug.clone(), name: name.to_owned() });
        Some(slug)
    }
}

/// By its slug or by either name, whatever the case, the accents and the punctuation.
fn is_named(theme: &Theme, slug: &Slug) -> bool {
    let names = [&theme.name.fr, &theme.name.en];
    theme.slug == *slug || names.into_iter().flatten().any(|name| Slug::propose(name) == *slug)
}

/// The slugs in use.
struct Slugs(HashSet<String>);

impl Slugs {
    fn of(definitions: &Definitions) -> Self {
        Self(definitions.sources.iter().map(|source| source.slug.to_string()).collect())
    }

    /// The slug of a name, with a number when it is taken; taken from now on.
    fn free(&mut self, name: &str) -> Slug {
        let first = Slug::propose(name);
        let mut slug = first.clone();
        let mut number = 2_usize;
        while !self.0.insert(slug.to_string()) {
            let end = format!("-{number}");
            let head: String = first.as_str().chars().take(64 - end.len()).collect();
            slug = Slug::propose(&format!("{}{end}", head.trim_end_matches('-')));
            number += 1;
        }
        slug
    }
}

fn same_address(a: &Url, b: &Url) -> bool {
    address_key(a) == address_key(b)
}

/// http or https, with or without a final slash: the same place.
fn address_key(url: &Url) -> String {
    let text = url.as_str().split_once("://").map_or(url.as_str(), |(_, rest)| rest);
    text.trim_end_matches('/').to_owned()
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("source")
}

/// Whole or not at all: written beside, then put in its place.
fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let path = fs::canonicalize(path)?;
    let beside = path.with_extension("toml.new");
    fs::write(&beside, text)?;
    fs::set_permissions(&beside, fs::metadata(&path)?.permissions())?;
    fs::rename(&beside, &path)
}
