//! Who publishes a page, by its own word.

use super::{
    Sources,
    structured::{self, Resolved},
};
use serde_json::Value;

/// Names of `meta` elements that give the publisher or the site.
const METAS: &[&str] = &["citation_publisher", "dc.publisher", "dcterms.publisher", "publisher", "article:publisher"];
const SITE: &[&str] = &["og:site_name", "application-name", "citation_journal_title", "apple-mobile-web-app-title"];

/// The publisher that the page declares: JSON-LD, then `meta` elements.
pub(super) fn declared(sources: &Sources<'_>) -> Option<String> {
    let works = sources.structured.works();
    let by_work = works.iter().filter_map(|work| work.get("publisher").or_else(|| work.get("sourceOrganization")));
    let mut by_work = by_work.filter_map(|value| name(sources, value));
    let by_meta = || sources.metas.named(METAS).map(|(_, name)| name.to_owned()).find(|name| is_name(name));
    by_work.next().or_else(by_meta)
}

/// The publisher, or at least the name of the site.
pub(super) fn publisher(sources: &Sources<'_>) -> Option<String> {
    let site = || sources.metas.named(SITE).map(|(_, name)| name.to_owned()).find(|name| is_name(name));
    let of_site = || {
        let sites = sources
            .structured
            .objects()
            .filter(|object| structured::types(object).iter().any(|kind| kind == "website" || kind.ends_with("organization")));
        sites.filter_map(|object| structured::text(object, "name")).find(|name| is_name(name))
    };
    declared(sources).or_else(site).or_else(of_site)
}

/// All the names that the site goes by: they are no titles and no people.
pub(super) fn site_names(sources: &Sources<'_>) -> Vec<String> {
    let mut names: Vec<String> = publisher(sources).into_iter().collect();
    names.extend(sources.metas.named(SITE).map(|(_, name)| name.to_owned()));
    names.extend(sources.metas.named(&["twitter:site"]).map(|(_, name)| name.trim_start_matches('@').to_owned()));
    let host = sources.url.and_then(|url| url.host_str()).map(|host| host.trim_start_matches("www.").to_owned());
    names.extend(host.iter().filter_map(|host| Some(host.rsplit('.').nth(1)?.to_owned())));
    names.extend(host);
    names
}

fn name(sources: &Sources<'_>, value: &Value) -> Option<String> {
    let name = structured::several(value).iter().find_map(|one| match sources.structured.resolved(one) {
        Resolved::Object(object) => structured::text(object, "name").or_else(|| structured::text(object, "legalName")),
        Resolved::Other(other) => structured::plain(other),
    });
    name.filter(|name| is_name(name))
}

fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && !name.starts_with("http") && !name.starts_with('@') && name.chars().count() <= 120
}
