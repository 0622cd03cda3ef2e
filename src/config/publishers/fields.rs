//! The fields of one publisher, each checked, each as before where it is left out.

use super::{CLASSES, Registry};
use crate::{
    config::{entries::Placed, mistake::nearest, named::Named},
    domain::{
        localised::Words,
        publisher::{Licence, Publisher},
        registrable::registrable_domain,
    },
};
use chrono::NaiveDate;
use url::Url;

/// A table being read, over what was known before.
pub(super) struct Fields<'f, 'n, 't> {
    pub(super) named: &'f Named<'n, 't>,
    pub(super) before: Option<&'f Publisher>,
}

impl Fields<'_, '_, '_> {
    /// Every field is read, whatever is wrong with the others.
    pub(super) fn publisher(&self, registry: &Registry) -> Option<Publisher> {
        let (named, before) = (self.named, self.before);
        let (name, class) = (named.entries.text("name"), named.entries.choice("class", CLASSES));
        if before.is_none() {
            named.required("name", "\"CNIL\"", name.as_ref());
            named.required("class", "\"press\"", class.as_ref());
        }
        let domains = self.domains();
        let sells = named.entries.texts("sells").map(|list| list.value.into_iter().map(|text| text.value).collect());
        let country = self.country();
        let accessibility_statement = self.page("accessibility_statement", |held| held.accessibility_statement.clone());
        let policy = self.page("policy", |held| held.policy.clone());
        let licence = self.licence(registry);
        let [owner, quotation, blocked, reviewed_by] = [
            self.text("owner", |held| held.owner.clone()),
            self.text("quotation", |held| held.quotation.clone()),
            self.text("blocked", |held| held.blocked.clone()),
            self.text("reviewed_by", |held| held.reviewed_by.clone()),
        ];
        let (reviewed_on, review_due) = self.reviews();
        Some(Publisher {
            slug: named.slug.clone()?,
            name: name.map(|text| text.value).or_else(|| before.map(|held| held.name.clone()))?,
            class: class.map(|choice| choice.value).or_else(|| before.map(|held| held.class))?,
            domains,
            country,
            owner,
            sells: sells.or_else(|| before.map(|held| held.sells.clone())).unwrap_or_default(),
            accessibility_statement,
            policy,
            licence,
            quotation,
            blocked,
            reviewed_by,
            reviewed_on,
            review_due,
        })
    }

    /// A text; an empty one takes back what was known.
    fn text(&self, key: &'static str, held: fn(&Publisher) -> Option<String>) -> Option<String> {
        self.named.entries.optional(key).map_or_else(|| self.before.and_then(held), |text| text.value)
    }

    fn page(&self, key: &'static str, held: fn(&Publisher) -> Option<Url>) -> Option<Url> {
        if !self.named.entries.holds(key) {
            self.named.entries.optional(key);
            return self.before.and_then(held);
        }
        page(self.named, key)
    }

    fn domains(&self) -> Vec<String> {
        match self.named.entries.texts("domains") {
            None => self.before.map(|held| held.domains.clone()).unwrap_or_default(),
            Some(list) => {
                list.value.iter().for_each(|domain| self.check_domain(domain));
                list.value.into_iter().map(|domain| domain.value.to_lowercase()).collect()
            }
        }
    }

    /// A host alone that somebody can own: "cnil.fr". An address would never be found again, and a public suffix is everybody's.
    fn check_domain(&self, Placed { at, value: domain }: &Placed<String>) {
        let host = url::Host::parse(domain);
        if domain.contains(['/', ':', ' ', '@', '*']) || host.is_err() {
            self.named.wrong(
                *at,
                Words::new(
                    format!("domains : \"{domain}\" n'est pas un nom de domaine ; écrivez \"example.org\""),
                    format!("domains: \"{domain}\" is no domain name; write \"example.org\""),
                ),
            );
        } else if matches!(host, Ok(url::Host::Domain(_))) && registrable_domain(&domain.to_lowercase()).is_none() {
            self.named.wrong(
                *at,
                Words::new(
                    format!(
                        "domains : \"{domain}\" est un suffixe public, sous lequel chacun peut publier ; écrivez le nom entier"
                    ),
                    format!("domains: \"{domain}\" is a public suffix, under which anybody may publish; write the whole name"),
                ),
            );
        }
    }

    /// Two capitals, as ISO 3166 has them, or "EU".
    fn country(&self) -> Option<String> {
        let Some(placed) = self.named.entries.optional("country") else {
            return self.before.and_then(|held| held.country.clone());
        };
        let country = placed.value?;
        if country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase()) {
            return Some(country);
        }
        self.named.wrong(
            placed.at,
            Words::new(
                format!("country : \"{country}\" n'est pas un code de pays ; écrivez deux capitales : \"FR\", \"EU\""),
                format!("country: \"{country}\" is no country code; write two capitals: \"FR\", \"EU\""),
            ),
        );
        None
    }

    /// One of the licences that the registry describes.
    fn licence(&self, registry: &Registry) -> Option<Licence> {
        let Some(placed) = self.named.entries.optional("licence") else {
            return self.before.and_then(|held| held.licence.clone());
        };
        let slug = placed.value?;
        let known = registry.licences.iter().find(|licence| licence.slug.as_str() == slug);
        if known.is_none() {
            let names: Vec<&str> = registry.licences.iter().map(|licence| licence.slug.as_str()).collect();
            let near = nearest(&slug, names.iter().copied()).map_or(String::new(), |(near, _)| near.to_owned());
            let all = names.join(", ");
            self.named.wrong(
                placed.at,
                Words::new(
                    format!("licence : \"{slug}\" est inconnue ; la plus proche est \"{near}\", connues ici : {all}"),
                    format!("licence: \"{slug}\" is unknown; the nearest is \"{near}\", known here: {all}"),
                ),
            );
        }
        known.cloned()
    }

    /// When it was looked at, and when it is to be again: in that order.
    fn reviews(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let on = self.day("reviewed_on", |held| held.reviewed_on);
        let (at, due) = self.day("review_due", |held| held.review_due).unzip();
        let (on_at, on) = on.unzip();
        if let (Some(on), Some(due)) = (on, due)
            && due <= on
        {
            self.named.wrong(
                at.or(on_at).unwrap_or_default(),
                Words::new(
                    format!("review_due ({due}) doit venir après reviewed_on ({on})"),
                    format!("review_due ({due}) must come after reviewed_on ({on})"),
                ),
            );
        }
        (on, due)
    }

    /// A day, and where it is written.
    fn day(&self, key: &'static str, held: fn(&Publisher) -> Option<NaiveDate>) -> Option<(usize, NaiveDate)> {
        let Some(Placed { at, value: text }) = self.named.entries.text(key) else {
            let inherited = self.before.filter(|_| !self.named.entries.holds(key));
            return inherited.and_then(held).map(|day| (0, day));
        };
        let day = text.parse().ok();
        if day.is_none() {
            self.named.wrong(
                at,
                Words::new(
                    format!("{key} doit être un jour comme \"2027-06-30\", pas \"{text}\""),
                    format!("{key} must be a day like \"2027-06-30\", not \"{text}\""),
                ),
            );
        }
        day.map(|day| (at, day))
    }
}

/// The address of a page; an empty text says that there is none.
pub(super) fn page(named: &Named<'_, '_>, key: &'static str) -> Option<Url> {
    let Placed { at, value } = named.entries.optional(key)?;
    let text = value?;
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
