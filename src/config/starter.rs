//! What `veille init` writes: the starter pack and a commented `veille.toml`.

/// The starter pack: the `sources.toml` of the repository itself.
pub const STARTER_SOURCES: &str = include_str!("../../sources.toml");

/// A `veille.toml` in which every key stands, commented, with its default.
pub const STARTER_SETTINGS: &str = include_str!("starter_veille.toml");

#[cfg(test)]
mod tests {
    use super::{STARTER_SETTINGS, STARTER_SOURCES};
    use crate::{
        config::{Environment, settings, sources},
        domain::publisher::PublisherClass,
        settings::Settings,
    };
    use std::path::Path;

    #[test]
    fn the_starter_pack_is_what_was_promised() {
        let definitions = sources::parse(STARTER_SOURCES, Path::new("sources.toml")).unwrap();
        let official = |class| matches!(class, PublisherClass::Authority | PublisherClass::StandardsBody);
        let french = definitions.sources.iter().filter(|source| source.language.as_deref() == Some("fr")).count();
        let regulators = definitions
            .sources
            .iter()
            .filter(|source| definitions.publisher_of(source).is_some_and(|publisher| official(publisher.class)))
            .count();
        assert!(
            definitions.sources.len() >= 60 && french >= 20 && regulators >= 25,
            "{} sources, {french} French, {regulators} official",
            definitions.sources.len()
        );
        assert!(definitions.themes.len() >= 4);
        for source in &definitions.sources {
            assert!(source.publisher.is_some() && source.language.is_some() && !source.themes.is_empty(), "{}", source.slug);
        }
    }

    #[test]
    fn every_default_of_the_commented_settings_is_the_real_one() {
        let uncommented: String = STARTER_SETTINGS
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .fold(String::new(), |text, line| text + line + "\n");
        let settings = settings::parse(&uncommented, Path::new("veille.toml"), &Environment::default()).unwrap();
        assert_eq!(settings, Settings::default());
        assert_eq!(
            settings::parse(STARTER_SETTINGS, Path::new("veille.toml"), &Environment::default()).unwrap(),
            Settings::default()
        );
    }
}
