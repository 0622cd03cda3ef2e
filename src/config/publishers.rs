//! The registry of publishers: shipped as data, extended or replaced by `[[publisher]]` in `sources.toml`.

use crate::{
    config::{
        Mistake,
        entries::{Entries, Placed},
        mistake::Notes,
        named::{Named, named},
        text,
    },
    domain::{
        localised::Words,
        publisher::{Publisher, PublisherClass},
    },
};
use chrono::NaiveDate;
use std::{path::Path, sync::LazyLock};
use url::Url;

/// The classes, as they are written.
const CLASSES: &[(&str, PublisherClass)] = &[
    ("authority", PublisherClass::Authority),
    ("standards-body", PublisherClass::StandardsBody),
    ("journal", PublisherClass::Journal),
    ("repository", PublisherClass::Repository),
    ("research", PublisherClass::Research),
    ("press", PublisherClass::Press),
    ("vendor", PublisherClass::Vendor),
    ("ngo", PublisherClass::Ngo),
    ("community", PublisherClass::Community),
    ("blog", PublisherClass::Blog),
];

/// `[[publisher]]`, in the file of a team and in the registry that is shipped.
pub(super) fn publisher(named: Named<'_, '_>) -> Option<Publisher> {
    let entries = &named.entries;
    let text = |key| entries.text(key).map(|text| text.value);
    let name = named.required("name", "\"CNIL\"", entries.text("name"));
    let class = named.required("class", "\"press\"", entries.choice("class", CLASSES));
    let domains = entries.texts("domains").map_or_else(Vec::new, |texts| texts.value);
    domains.iter().for_each(|domain| check_domain(&named, domain));
    let (country, owner) = (text("country"), text("owner"));
    let sells = entries.texts("sells").map_or_else(Vec::new, |texts| texts.value);
    let (accessibility_statement, policy) = (page(&named, "accessibility_statement"), page(&named, "policy"));
    let (blocked, reviewed_by, review_due) = (text("blocked"), text("reviewed_by"), review_due(&named));
    let slug = named.slug.clone();
    named.entries.finish();
    Some(Publisher {
        slug: slug?,
        name: name?.value,
        class: class?.value,
        domains: domains.into_iter().map(|domain| domain.value.to_lowercase()).collect(),
        country,
        owner,
        sells: sells.into_iter().map(|text| text.value).collect(),
        accessibility_statement,
        policy,
        blocked,
        reviewed_by,
        review_due,
    })
}

/// A host alone: "cnil.fr". An address would never be found again.
fn check_domain(named: &Named<'_, '_>, domain: &Placed<String>) {
    let Placed { at, value: domain } = domain;
    let host = url::Host::parse(domain);
    if domain.contains(['/', ':', ' ', '@', '*']) || host.is_err() {
        named.wrong(
            *at,
            Words::new(
                format!("domains : \"{domain}\" n'est pas un nom de domaine ; écrivez \"example.org\""),
                format!("domains: \"{domain}\" is no domain name; write \"example.org\""),
            ),
        );
    }
}

fn page(named: &Named<'_, '_>, key: &'static str) -> Option<Url> {
    let Placed { at, value: text } = named.entries.text(key)?;
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    if url.is_none() {
        named.wrong(
            at,
            Words::new(
                format!("{key} : \"{text}\" n'est pas l'adresse d'une page ; écrivez https://…"),
                format!("{key}: \"{text}\" is no address of a page; write https://…"),
            ),
        );
    }
    url
}

fn review_due(named: &Named<'_, '_>) -> Option<NaiveDate> {
    let Placed { at, value: text } = named.entries.text("review_due")?;
    let day = text.parse().ok();
    if day.is_none() {
        named.wrong(
            at,
            Words::new(
                format!("review_due doit être un jour comme \"2027-06-30\", pas \"{text}\""),
                format!("review_due must be a day like \"2027-06-30\", not \"{text}\""),
            ),
        );
    }
    day
}

/// The registry, and what is wrong with it: nothing, says a test.
fn registry() -> (Vec<Publisher>, Vec<Mistake>) {
    let text = include_str!("publishers.toml");
    let notes = Notes::new(Path::new("publishers.toml"), text);
    let table = text::tables(text, &notes);
    let file = Entries::new(&notes, &table, 0);
    let publishers = named("publisher", &file).into_iter().filter_map(publisher).collect();
    file.finish();
    (publishers, notes.into_mistakes())
}

static SHIPPED: LazyLock<Vec<Publisher>> = LazyLock::new(|| registry().0);

/// The team's publishers, then those shipped that it did not redefine.
pub(super) fn over_shipped(mut own: Vec<Publisher>) -> Vec<Publisher> {
    let added: Vec<Publisher> =
        SHIPPED.iter().filter(|shipped| own.iter().all(|mine| mine.slug != shipped.slug)).cloned().collect();
    own.extend(added);
    own
}

#[cfg(test)]
mod tests {
    use super::{SHIPPED, registry};
    use std::collections::BTreeSet;

    #[test]
    fn the_registry_is_valid_and_names_nobody_twice() {
        let (publishers, mistakes) = registry();
        assert_eq!(mistakes, [], "every row becomes a publisher");
        assert!(publishers.len() > 100, "{}", publishers.len());
        let slugs: BTreeSet<_> = SHIPPED.iter().map(|publisher| &publisher.slug).collect();
        assert_eq!(slugs.len(), SHIPPED.len());
        let domains: Vec<_> = SHIPPED.iter().flat_map(|publisher| &publisher.domains).collect();
        assert_eq!(domains.iter().collect::<BTreeSet<_>>().len(), domains.len(), "one domain, one publisher");
        assert!(SHIPPED.iter().all(|publisher| !publisher.domains.is_empty()));
    }
}
