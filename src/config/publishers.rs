//! The registry of publishers: shipped as data, extended or replaced by `[[publisher]]` in `sources.toml`.

use crate::domain::{
    publisher::{Publisher, PublisherClass},
    slug::Slug,
};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;
use toml::Spanned;
use url::Url;

/// `[[publisher]]`, in the file of a team and in the registry that is shipped.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PublisherTable {
    pub(super) slug: Spanned<Slug>,
    name: String,
    class: PublisherClass,
    #[serde(default)]
    domains: Vec<String>,
    country: Option<String>,
    owner: Option<String>,
    #[serde(default)]
    sells: Vec<String>,
    accessibility_statement: Option<Url>,
    policy: Option<Url>,
    blocked: Option<String>,
    reviewed_by: Option<String>,
    review_due: Option<String>,
}

impl TryFrom<PublisherTable> for Publisher {
    type Error = (usize, String);

    fn try_from(table: PublisherTable) -> Result<Self, Self::Error> {
        let place = table.slug.span().start;
        let slug = table.slug.into_inner();
        let day = |text: String| {
            text.parse::<NaiveDate>().map_err(|_| {
                (place, format!("publisher \"{slug}\": review_due must be a day like \"2027-06-30\", not \"{text}\""))
            })
        };
        let review_due = table.review_due.map(day).transpose()?;
        Ok(Self {
            slug,
            name: table.name,
            class: table.class,
            domains: table.domains.into_iter().map(|domain| domain.to_lowercase()).collect(),
            country: table.country,
            owner: table.owner,
            sells: table.sells,
            accessibility_statement: table.accessibility_statement,
            policy: table.policy,
            blocked: table.blocked,
            reviewed_by: table.reviewed_by,
            review_due,
        })
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Registry {
    publisher: Vec<PublisherTable>,
}

static SHIPPED: LazyLock<Vec<Publisher>> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "invariant: an embedded file that a test reads")]
    let registry: Registry = toml::from_str(include_str!("publishers.toml")).expect("invariant: publishers.toml is valid");
    registry.publisher.into_iter().filter_map(|table| Publisher::try_from(table).ok()).collect()
});

/// The team's publishers, then those shipped that it did not redefine.
pub(super) fn over_shipped(mut own: Vec<Publisher>) -> Vec<Publisher> {
    let added: Vec<Publisher> =
        SHIPPED.iter().filter(|shipped| own.iter().all(|mine| mine.slug != shipped.slug)).cloned().collect();
    own.extend(added);
    own
}

#[cfg(test)]
mod tests {
    use super::{Registry, SHIPPED};
    use std::collections::BTreeSet;

    #[test]
    fn the_registry_is_valid_and_names_nobody_twice() {
        let registry: Registry = toml::from_str(include_str!("publishers.toml")).unwrap();
        assert_eq!(registry.publisher.len(), SHIPPED.len(), "every row becomes a publisher");
        let slugs: BTreeSet<_> = SHIPPED.iter().map(|publisher| &publisher.slug).collect();
        assert_eq!(slugs.len(), SHIPPED.len());
        let domains: Vec<_> = SHIPPED.iter().flat_map(|publisher| &publisher.domains).collect();
        assert_eq!(domains.iter().collect::<BTreeSet<_>>().len(), domains.len(), "one domain, one publisher");
        assert!(SHIPPED.iter().all(|publisher| !publisher.domains.is_empty()));
    }
}
