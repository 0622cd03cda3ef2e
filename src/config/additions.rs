//! Adds to `sources.toml` as a careful person would: at the end of its kind, every comment and blank line left where it was.

use crate::{
    config::{ConfigError, Mistake, parse_definitions},
    domain::{localised::Words, slug::Slug},
};
use std::path::Path;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, value};
use url::Url;

/// A `[[source]]` to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSource {
    /// Its name in commands; must be free.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// Where it is read.
    pub url: Url,
    /// BCP 47.
    pub language: Option<String>,
    /// Themes of the file or among those added.
    pub themes: Vec<Slug>,
}

/// A `[[theme]]` to write: it recognises its own name, until a person gives it better words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTheme {
    /// Its name in commands; must be free.
    pub slug: Slug,
    /// Its name for people, in both languages.
    pub name: String,
}

/// The text of `path` with these added, checked as a whole before it is given back.
///
/// # Errors
/// The text is no TOML, writes its sources in another form than `[[source]]`, or would not be valid with the additions.
pub fn with_additions(text: &str, path: &Path, themes: &[NewTheme], sources: &[NewSource]) -> Result<String, ConfigError> {
    let mut document: DocumentMut =
        text.parse().map_err(|error: toml_edit::TomlError| whole(path, error.message(), error.message()))?;
    for theme in themes {
        tables(&mut document, "theme", path)?.push(theme_table(theme));
    }
    for source in sources {
        tables(&mut document, "source", path)?.push(source_table(source));
    }
    let text = document.to_string();
    parse_definitions(&text, path)?;
    Ok(text)
}

fn tables<'a>(document: &'a mut DocumentMut, key: &str, path: &Path) -> Result<&'a mut ArrayOfTables, ConfigError> {
    let item = document.entry(key).or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    item.as_array_of_tables_mut().ok_or_else(|| {
        whole(
            path,
            &format!("\"{key}\" n'est pas écrit en tables [[{key}]] ; récrivez-le ainsi, puis recommencez"),
            &format!("\"{key}\" is not written as [[{key}]] tables; rewrite it so, then try again"),
        )
    })
}

fn whole(path: &Path, fr: &str, en: &str) -> ConfigError {
    Mistake::whole(path, Words::new(fr, en)).into()
}

fn source_table(source: &NewSource) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table.insert("slug", value(source.slug.as_str()));
    table.insert("name", value(&source.name));
    table.insert("url", value(source.url.as_str()));
    if let Some(language) = &source.language {
        table.insert("language", value(language));
    }
    if !source.themes.is_empty() {
        table.insert("themes", value(source.themes.iter().map(Slug::as_str).collect::<Array>()));
    }
    table
}

fn theme_table(theme: &NewTheme) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    table.insert("slug", value(theme.slug.as_str()));
    let name: InlineTable = [("fr", theme.name.as_str()), ("en", theme.name.as_str())].into_iter().collect();
    table.insert("name", value(name));
    table.insert("any", value([theme.name.as_str()].into_iter().collect::<Array>()));
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# ours\n[[theme]] # one\nslug = \"ai\"\nany = [\"AI\"]\n\n[[source]]\nslug = \"a\"   # kept\nurl = \"https://a.test/\"\n\n# digests\n[[digest]]\nslug = \"hebdo\"\nschedule = \"0 8 * * Mon\"\n# the end\n";

    fn new(slug: &str, themes: &[&str]) -> NewSource {
        NewSource {
            slug: Slug::parse(slug).unwrap(),
            name: "B \"b\" é".to_owned(),
            url: Url::parse("https://b.test/feed").unwrap(),
            language: Some("fr".to_owned()),
            themes: themes.iter().map(|theme| Slug::parse(theme).unwrap()).collect(),
        }
    }

    #[test]
    fn everything_that_was_there_stays_and_the_new_is_read_back() {
        let theme = NewTheme { slug: Slug::parse("web").unwrap(), name: "Web".to_owned() };
        let path = Path::new("sources.toml");
        let text = with_additions(TEXT, path, &[theme], &[new("b", &["ai", "web"])]).unwrap();
        let mut rest = text.lines();
        for line in TEXT.lines() {
            assert!(rest.any(|other| other == line), "{line} is gone or moved in\n{text}");
        }
        let definitions = parse_definitions(&text, path).unwrap();
        let source = definitions.sources.iter().find(|source| source.slug.as_str() == "b").unwrap();
        assert_eq!((source.name.as_str(), source.themes.len(), source.language.as_deref()), ("B \"b\" é", 2, Some("fr")));
        assert_eq!(definitions.themes[1].any, ["Web"]);
        assert_eq!(with_additions(TEXT, path, &[], &[]).unwrap(), TEXT);
    }

    #[test]
    fn what_would_not_be_valid_is_refused() {
        let path = Path::new("sources.toml");
        assert!(with_additions(TEXT, path, &[], &[new("a", &[])]).unwrap_err().to_string().contains("defined twice"));
        assert!(with_additions(TEXT, path, &[], &[new("b", &["nothing"])]).unwrap_err().to_string().contains("no theme"));
        assert!(with_additions("source = []", path, &[], &[new("b", &[])]).unwrap_err().to_string().contains("[[source]]"));
        assert!(with_additions("= 1", path, &[], &[]).is_err());
        assert!(with_additions("", path, &[], &[new("b", &[])]).unwrap().contains("[[source]]"));
    }
}
