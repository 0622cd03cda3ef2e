//! Everything that `sources.toml` defines, read and validated.

use crate::domain::{digest::Digest, publisher::Publisher, slug::Slug, source::Source, theme::Theme};

/// What a team watches and publishes. Slugs are unique within each list and every reference resolves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Definitions {
    /// Subjects of the watch, in the order of the file: the order of the sections of an edition.
    pub themes: Vec<Theme>,
    /// Who stands behind the sources; those of the file over those that the product ships.
    pub publishers: Vec<Publisher>,
    /// What is watched.
    pub sources: Vec<Source>,
    /// What is published.
    pub digests: Vec<Digest>,
}

impl Definitions {
    /// The theme of that slug.
    pub fn theme(&self, slug: &Slug) -> Option<&Theme> {
        self.themes.iter().find(|theme| &theme.slug == slug)
    }

    /// The publisher of that slug.
    pub fn publisher(&self, slug: &Slug) -> Option<&Publisher> {
        self.publishers.iter().find(|publisher| &publisher.slug == slug)
    }

    /// The source of that slug.
    pub fn source(&self, slug: &Slug) -> Option<&Source> {
        self.sources.iter().find(|source| &source.slug == slug)
    }

    /// The digest of that slug.
    pub fn digest(&self, slug: &Slug) -> Option<&Digest> {
        self.digests.iter().find(|digest| &digest.slug == slug)
    }

    /// Who stands behind a source: as declared, else the publisher that owns the site's registrable domain.
    pub fn publisher_of(&self, source: &Source) -> Option<&Publisher> {
        match &source.publisher {
            Some(slug) => self.publisher(slug),
            None => self.publisher_of_host(source.url.host_str()?),
        }
    }

    /// The publisher that lists `host` or a parent domain of it, the longest match winning.
    pub fn publisher_of_host(&self, host: &str) -> Option<&Publisher> {
        let owns = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        let longest = |publisher: &Publisher| publisher.domains.iter().filter(|d| owns(d)).map(String::len).max();
        self.publishers.iter().filter_map(|p| Some((longest(p)?, p))).max_by_key(|(length, _)| *length).map(|(_, p)| p)
    }
}
