//! `sources.toml`: what people write, checked and made into [`Definitions`].

use crate::{
    config::{ConfigError, nearest, publishers},
    domain::{
        definitions::Definitions,
        digest::{AmbiguousPolicy, Approval, CatchUp, Digest},
        localised::{Locale, Localised},
        publisher::Publisher,
        slug::Slug,
        source::{Source, SourceKind},
        theme::Theme,
    },
    pipeline::{periods, relevance::ThemeMatcher},
};
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path};
use toml::Spanned;
use url::Url;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcesFile {
    #[serde(default)]
    theme: Vec<ThemeTable>,
    #[serde(default)]
    publisher: Vec<publishers::PublisherTable>,
    #[serde(default)]
    source: Vec<SourceTable>,
    #[serde(default)]
    digest: Vec<DigestTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ThemeTable {
    slug: Spanned<Slug>,
    #[serde(default)]
    name: Localised,
    any: Spanned<Vec<String>>,
    #[serde(default)]
    all: Vec<String>,
    #[serde(default)]
    none: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceTable {
    slug: Spanned<Slug>,
    name: Option<String>,
    #[serde(default)]
    kind: Option<Spanned<SourceKind>>,
    url: Spanned<String>,
    language: Option<String>,
    #[serde(default)]
    themes: Vec<Spanned<Slug>>,
    publisher: Option<Spanned<Slug>>,
    #[serde(default)]
    paused: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DigestTable {
    slug: Spanned<Slug>,
    #[serde(default)]
    title: Localised,
    #[serde(default)]
    language: Locale,
    schedule: Spanned<String>,
    time_zone: Option<Spanned<String>>,
    #[serde(default)]
    approval: Approval,
    #[serde(default)]
    themes: Vec<Spanned<Slug>>,
    max_items: Option<usize>,
    max_items_per_theme: Option<usize>,
    #[serde(default)]
    catch_up: CatchUp,
    #[serde(default)]
    send_empty: bool,
    #[serde(default)]
    ambiguous: AmbiguousPolicy,
}

/// A mistake at a byte of the text.
type Mistake = (usize, String);

/// Reads and checks the text.
pub(super) fn parse(text: &str, path: &Path) -> Result<Definitions, ConfigError> {
    let file: SourcesFile = toml::from_str(text).map_err(|error| ConfigError::toml(path, text, &error))?;
    build(file).map_err(|(offset, problem)| ConfigError::at(path, text, offset, problem))
}

fn build(file: SourcesFile) -> Result<Definitions, Mistake> {
    unique("theme", file.theme.iter().map(|table| &table.slug))?;
    unique("publisher", file.publisher.iter().map(|table| &table.slug))?;
    unique("source", file.source.iter().map(|table| &table.slug))?;
    unique("digest", file.digest.iter().map(|table| &table.slug))?;
    let themes = themes(file.theme)?;
    let publishers = publishers::over_shipped(file.publisher.into_iter().map(Publisher::try_from).collect::<Result<_, _>>()?);
    let known = Known { themes: &themes, publishers: &publishers };
    let sources = file.source.into_iter().map(|table| source(table, &known)).collect::<Result<_, _>>()?;
    let digests = file.digest.into_iter().map(|table| digest(table, &known)).collect::<Result<_, _>>()?;
    Ok(Definitions { themes, publishers, sources, digests })
}

fn unique<'a>(what: &str, slugs: impl Iterator<Item = &'a Spanned<Slug>>) -> Result<(), Mistake> {
    let mut seen = BTreeMap::new();
    for slug in slugs {
        if seen.insert(slug.get_ref(), ()).is_some() {
            return Err((
                slug.span().start,
                format!("{what} \"{}\" is defined twice; give one of them another slug", slug.get_ref()),
            ));
        }
    }
    Ok(())
}

fn themes(tables: Vec<ThemeTable>) -> Result<Vec<Theme>, Mistake> {
    let mut themes = Vec::with_capacity(tables.len());
    for table in tables {
        let (place, slug) = (table.any.span().start, table.slug.into_inner());
        let any = table.any.into_inner();
        if any.is_empty() {
            return Err((place, format!("theme \"{slug}\" recognises nothing: give it at least one word in \"any\"")));
        }
        let theme = Theme { slug, name: table.name, any, all: table.all, none: table.none };
        ThemeMatcher::new(std::slice::from_ref(&theme)).map_err(|error| (place, error.to_string()))?;
        themes.push(theme);
    }
    Ok(themes)
}

/// What references may name.
struct Known<'a> {
    themes: &'a [Theme],
    publishers: &'a [Publisher],
}

impl Known<'_> {
    fn themes(&self, slugs: Vec<Spanned<Slug>>) -> Result<Vec<Slug>, Mistake> {
        slugs.into_iter().map(|slug| check("theme", slug, self.themes.iter().map(|theme| &theme.slug))).collect()
    }

    fn publisher(&self, slug: Option<Spanned<Slug>>) -> Result<Option<Slug>, Mistake> {
        slug.map(|slug| check("publisher", slug, self.publishers.iter().map(|publisher| &publisher.slug))).transpose()
    }
}

fn check<'a>(what: &str, slug: Spanned<Slug>, known: impl Iterator<Item = &'a Slug>) -> Result<Slug, Mistake> {
    let (start, slug) = (slug.span().start, slug.into_inner());
    match nearest(slug.as_str(), known.map(Slug::as_str)) {
        Some((other, _)) if other == slug.as_str() => Ok(slug),
        Some((other, likeness)) if likeness > 0.8 => {
            Err((start, format!("there is no {what} \"{slug}\"; did you mean \"{other}\"?")))
        }
        _ => Err((start, format!("there is no {what} \"{slug}\"; define it with [[{what}]]"))),
    }
}

fn source(table: SourceTable, known: &Known<'_>) -> Result<Source, Mistake> {
    let slug = table.slug.into_inner();
    let (place, text) = (table.url.span().start, table.url.into_inner());
    let url = Url::parse(&text).map_err(|error| (place, format!("source \"{slug}\": \"{text}\" is no address: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err((place, format!("source \"{slug}\": only http and https addresses are read, not \"{text}\"")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        let remedy = "sources.toml is no place for secrets, and no request carries them; remove what stands before the @";
        return Err((place, format!("source \"{slug}\": the address holds a user name or a password; {remedy}")));
    }
    let kind = match table.kind {
        None => SourceKind::Feed,
        Some(kind) if *kind.get_ref() == SourceKind::Feed => SourceKind::Feed,
        Some(kind) => return Err((kind.span().start, format!("source \"{slug}\": this version reads only kind = \"feed\""))),
    };
    Ok(Source {
        name: table.name.unwrap_or_else(|| slug.to_string()),
        slug,
        kind,
        url,
        language: table.language.map(|tag| tag.to_lowercase()),
        themes: known.themes(table.themes)?,
        publisher: known.publisher(table.publisher)?,
        paused: table.paused,
    })
}

fn digest(table: DigestTable, known: &Known<'_>) -> Result<Digest, Mistake> {
    let (place, cron) = (table.schedule.span().start, table.schedule.into_inner());
    let (zone_place, zone) =
        table.time_zone.map_or((place, "Europe/Paris".to_owned()), |zone| (zone.span().start, zone.into_inner()));
    let zone = zone.parse().map_err(|_| (zone_place, format!("\"{zone}\" is no time zone; write it like \"Europe/Paris\"")))?;
    let slug = table.slug.into_inner();
    let schedule = periods::schedule(&cron, zone).map_err(|error| (place, format!("digest \"{slug}\": {error}")))?;
    let max_items = table.max_items.unwrap_or(15);
    if !(1..=100).contains(&max_items) {
        return Err((place, format!("digest \"{slug}\": max_items must be between 1 and 100")));
    }
    Ok(Digest {
        title: if table.title == Localised::default() {
            Localised { fr: Some(slug.to_string()), en: Some(slug.to_string()) }
        } else {
            table.title
        },
        slug,
        language: table.language,
        schedule,
        approval: table.approval,
        themes: known.themes(table.themes)?,
        max_items,
        max_items_per_theme: table.max_items_per_theme.unwrap_or(max_items).max(1),
        catch_up: table.catch_up,
        send_empty: table.send_empty,
        ambiguous: table.ambiguous,
    })
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::path::Path;

    const THEME: &str = "[[theme]]\nslug = \"ai-act\"\nany = [\"AI Act\"]\n";

    fn problem(text: &str) -> String {
        parse(&format!("{THEME}{text}"), Path::new("sources.toml")).unwrap_err().to_string()
    }

    #[test]
    fn reads_the_documented_example() {
        let text = format!(
            "{THEME}name = {{ fr = \"Règlement européen sur l'IA\", en = \"EU AI Act\" }}\nnone = [\"offre d'emploi\"]\n\
             [[source]]\nslug = \"cnil\"\nname = \"CNIL\"\nkind = \"feed\"\nurl = \"https://www.cnil.fr/fr/rss.xml\"\nlanguage = \"fr\"\nthemes = [\"ai-act\"]\npublisher = \"cnil\"\n\
             [[digest]]\nslug = \"hebdo\"\ntitle = {{ fr = \"Veille IA de la semaine\" }}\nlanguage = \"fr\"\nschedule = \"0 8 * * Mon\"\ntime_zone = \"Europe/Paris\"\napproval = \"required\"\nmax_items = 15\n"
        );
        let definitions = parse(&text, Path::new("sources.toml")).unwrap();
        assert_eq!((definitions.sources.len(), definitions.themes.len(), definitions.digests.len()), (1, 1, 1));
        assert_eq!(definitions.publisher_of(&definitions.sources[0]).unwrap().name, "CNIL");
    }

    #[test]
    fn mistakes_name_the_line_and_the_remedy() {
        let cases = [
            (
                "[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\n[[source]]\nslug = \"a\"\nurl = \"https://b.fr\"\n",
                "sources.toml:8: source \"a\" is defined twice; give one of them another slug",
            ),
            (
                "[[source]]\nslug = \"a\"\nurl = \"a.fr/rss\"\n",
                "sources.toml:6: source \"a\": \"a.fr/rss\" is no address: relative URL without a base",
            ),
            (
                "[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\nthemes = [\"ai-akt\"]\n",
                "sources.toml:7: there is no theme \"ai-akt\"; did you mean \"ai-act\"?",
            ),
            (
                "[[source]]\nslug = \"a\"\nurl = \"https://a.fr\"\nlangage = \"fr\"\n",
                "sources.toml:7: unknown key \"langage\"; did you mean \"language\"?",
            ),
            (
                "[[digest]]\nslug = \"d\"\nschedule = \"0 8 * * Mon\"\ntime_zone = \"Paris\"\n",
                "sources.toml:7: \"Paris\" is no time zone; write it like \"Europe/Paris\"",
            ),
            (
                "[[source]]\nslug = \"a\"\nkind = \"page\"\nurl = \"https://a.fr\"\n",
                "sources.toml:6: source \"a\": this version reads only kind = \"feed\"",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(problem(text), expected);
        }
        assert!(problem("[[source]]\nslug = \"Les Échos\"\nurl = \"https://a.fr\"\n").contains("for instance \"les-echos\""));
    }
}
