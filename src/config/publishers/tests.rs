//! The registry counted and checked, and what a team may write over it.

use super::{CLASSES, Registry, SHIPPED, registry};
use crate::{
    config::{STARTER_SOURCES, sources},
    domain::publisher::PublisherClass,
};
use std::{collections::BTreeSet, path::Path};

/// The day on which the data was last worked on: nobody looked at it later.
const TODAY: &str = "2026-11-25";

fn read(text: &str) -> Result<crate::domain::publisher::Publisher, String> {
    let definitions = sources::parse(text, Path::new("s")).map_err(|error| error.to_string())?;
    Ok(definitions.publishers.into_iter().next().unwrap())
}

#[test]
fn the_registry_is_valid_and_names_nobody_twice() {
    let (Registry { publishers, licences }, mistakes) = registry();
    assert_eq!(mistakes, [], "every row becomes a publisher");
    assert!(publishers.len() >= 180 && licences.len() >= 10, "{} {}", publishers.len(), licences.len());
    let slugs: BTreeSet<_> = publishers.iter().map(|publisher| &publisher.slug).collect();
    assert_eq!(slugs.len(), publishers.len());
    let names: BTreeSet<_> = publishers.iter().map(|publisher| publisher.name.to_lowercase()).collect();
    assert_eq!(names.len(), publishers.len(), "one name, one publisher");
    let domains: Vec<_> = publishers.iter().flat_map(|publisher| &publisher.domains).collect();
    assert_eq!(domains.iter().collect::<BTreeSet<_>>().len(), domains.len(), "one domain, one publisher");
    for class in CLASSES {
        assert!(publishers.iter().any(|publisher| publisher.class == class.1), "nobody is {}", class.0);
    }
    for licence in &licences {
        assert!(licence.terms.fr.is_some() && licence.terms.en.is_some(), "{}", licence.slug);
        assert!(publishers.iter().any(|publisher| publisher.licence.as_ref() == Some(licence)), "{} serves nobody", licence.slug);
    }
}

#[test]
fn every_shipped_publisher_has_its_review_and_nothing_from_the_future() {
    let today = TODAY.parse().unwrap();
    for publisher in &SHIPPED.publishers {
        let slug = &publisher.slug;
        assert!(!publisher.domains.is_empty() && publisher.reviewed_by.is_some(), "{slug}");
        assert!(publisher.reviewed_on.is_some_and(|day| day <= today), "{slug}");
        assert!(publisher.review_due.is_some_and(|day| day > today), "{slug}");
        assert_eq!(publisher.blocked, None, "{slug}: a team blocks, not the product");
        let sells = matches!(publisher.class, PublisherClass::Vendor);
        assert!(!sells || !publisher.sells.is_empty(), "{slug} sells something, or is no vendor");
        for page in publisher.policy.iter().chain(&publisher.accessibility_statement) {
            assert_eq!(page.scheme(), "https", "{slug}: {page}");
        }
    }
}

#[test]
fn the_owners_of_several_are_written_alike() {
    let owners: BTreeSet<_> = SHIPPED.publishers.iter().filter_map(|publisher| publisher.owner.as_deref()).collect();
    for owner in owners {
        assert!(owner.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{owner}");
    }
}

/// Who was asked for beside the starter pack.
const NEIGHBOURS: &[&str] = &[
    "www.cnil.fr",
    "www.edpb.europa.eu",
    "edps.europa.eu",
    "cyber.gouv.fr",
    "enisa.europa.eu",
    "www.amf-france.org",
    "acpr.banque-france.fr",
    "www.arcep.fr",
    "www.economie.gouv.fr",
    "www.defenseurdesdroits.fr",
    "www.conseil-etat.fr",
    "www.ccomptes.fr",
    "curia.europa.eu",
    "ec.europa.eu",
    "www.europarl.europa.eu",
    "www.legifrance.gouv.fr",
    "eur-lex.europa.eu",
    "www.vie-publique.fr",
    "www.inria.fr",
    "www.nist.gov",
    "ico.org.uk",
    "www.bsi.bund.de",
    "aesia.digital.gob.es",
    "www.garanteprivacy.it",
    "www.oecd.org",
    "www.unesco.org",
    "www.coe.int",
    "www.iso.org",
    "www.cencenelec.eu",
    "www.etsi.org",
    "www.w3.org",
    "www.ietf.org",
    "www.afnor.org",
    "arxiv.org",
    "hal.science",
    "dl.acm.org",
    "ieeexplore.ieee.org",
    "www.nature.com",
    "www.lemonde.fr",
    "openai.com",
    "www.anthropic.com",
    "blog.google",
    "www.microsoft.com",
    "ai.meta.com",
    "mistral.ai",
    "huggingface.co",
    "developer.nvidia.com",
    "aws.amazon.com",
    "www.ibm.com",
    "simonwillison.net",
];

#[test]
fn every_source_of_the_starter_pack_and_every_neighbour_asked_for_is_there() {
    let definitions = sources::parse(STARTER_SOURCES, Path::new("sources.toml")).unwrap();
    for source in &definitions.sources {
        let publisher = definitions.publisher_of(source);
        assert!(publisher.is_some_and(|publisher| publisher.reviewed_by.is_some()), "{}", source.slug);
    }
    for host in NEIGHBOURS {
        assert!(definitions.publisher_of_host(host).is_some(), "{host}");
    }
}

#[test]
fn a_team_changes_one_field_and_keeps_the_others() {
    let changed = read("[[publisher]]\nslug = \"openai\"\nowner = \"microsoft\"\nreview_due = \"2028-01-01\"\n").unwrap();
    let shipped = SHIPPED.publishers.iter().find(|publisher| publisher.slug.as_str() == "openai").unwrap();
    assert_eq!((changed.owner.as_deref(), changed.review_due.unwrap().to_string()), (Some("microsoft"), "2028-01-01".to_owned()));
    assert_eq!((&changed.name, &changed.domains, &changed.sells), (&shipped.name, &shipped.domains, &shipped.sells));
    let cleared = read("[[publisher]]\nslug = \"the-verge\"\nowner = \"\"\npolicy = \"\"\nlicence = \"\"\nsells = []\n").unwrap();
    assert_eq!((cleared.owner, cleared.policy, cleared.licence), (None, None, None));
    let own = read("[[publisher]]\nslug = \"nous\"\nname = \"Nous\"\nclass = \"blog\"\nlicence = \"cc-by-4\"\n").unwrap();
    assert_eq!(own.licence.unwrap().name, "Creative Commons BY 4.0");
}

#[test]
fn mistakes_are_told_with_their_remedy() {
    let new = "[[publisher]]\nslug = \"nous\"\nname = \"Nous\"\nclass = \"blog\"\n";
    for (text, says) in [
        ("[[publisher]]\nslug = \"nous\"\n", "name is missing"),
        ("[[publisher]]\nslug = \"nous\"\nname = \"Nous\"\n", "class is missing"),
        (&format!("{new}domains = [\"https://nous.example/x\"]\n"), "no domain name"),
        (&format!("{new}domains = [\"gouv.fr\"]\n"), "public suffix"),
        (&format!("{new}domains = [\"github.io\"]\n"), "public suffix"),
        (&format!("{new}country = \"France\"\n"), "two capitals"),
        (&format!("{new}licence = \"cc-by4\"\n"), "the nearest is \"cc-by-4\""),
        (&format!("{new}policy = \"cnil.fr/x\"\n"), "no address of a page"),
        (&format!("{new}reviewed_on = \"hier\"\n"), "reviewed_on must be a day"),
        (&format!("{new}reviewed_on = \"2026-05-01\"\nreview_due = \"2026-04-01\"\n"), "must come after"),
        (&format!("{new}licence_url = \"x\"\n"), "unknown key"),
        ("[[publisher]]\nslug = \"cnil\"\nclass = \"autorité\"\n", "unknown value"),
    ] {
        let error = read(text).expect_err(says);
        assert!(error.contains(says), "{text}: {error}");
    }
}
