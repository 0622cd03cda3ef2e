//! Interests without a registry: announcements, press releases, paid links, paid text, satire; and what must not be taken for one.

use super::*;

/// The interests told of a text by an unknown publisher.
fn told(title: &str, url: &str, text: &str, links: &[&str]) -> Vec<String> {
    let lines = observe(&RULES, &item(title, None, url, text, links), None, now());
    lines
        .into_iter()
        .map(|line| line.signal)
        .filter(|signal| signal.starts_with("interest.") || signal == "status.satire")
        .collect()
}

#[test]
fn an_announcement_shows_by_several_signs_together() {
    let sober = prose(SOBER, 8);
    for (title, url, text, found) in [
        (
            "Introducing Nimbus Copilot",
            "https://nimbus.example/blog/1",
            format!("Today we're thrilled to show it. Start a free trial or book a demo. {sober}"),
            true,
        ),
        (
            "Solutio lance Coffre IA",
            "https://www.solutio-cloud.example/1",
            format!("Nous sommes très fiers de vous présenter notre plateforme. Demandez une démonstration. {sober}"),
            true,
        ),
        // A report about somebody else's product, an open project's release, a column that says "we".
        (
            "Nimbus launches Copilot",
            "https://news.example/1",
            format!("The company said it costs 5 euros per month. {sober}"),
            false,
        ),
        ("Ferrite 2.8.0 released", "https://ferrite.example/2", format!("This release contains 74 changes. {sober}"), false),
        ("Ce que nous avons appris", "https://carnet.example/3", format!("Nous avons relu trente déclarations. {sober}"), false),
        (
            "Chatbots in hospitals",
            "https://news.example/4",
            format!("\"We are launching our product, sign up for a free trial\", the firm wrote. {sober}"),
            false,
        ),
    ] {
        let signals = told(title, url, &text, &[]);
        assert_eq!(signals.contains(&"interest.own_product".to_owned()), found, "{title}: {signals:?}");
    }
}

#[test]
fn press_releases_show_by_their_shape() {
    let sober = prose(SOBER, 9);
    for (text, found) in [
        (
            format!(
                "PARIS, le 3 mars 2026 – Hexalog, leader mondial, annonce aujourd'hui un produit. {sober} À propos d'Hexalog : une société."
            ),
            true,
        ),
        (
            format!(
                "BOSTON--(NewsRelay)--Orbit, a pioneer in robots, today announced its funding. {sober} About Orbit: a company."
            ),
            true,
        ),
        (format!("SAN FRANCISCO, April 21, 2026 /NewsRelay/ -- Veridian sells. {sober} ###"), true),
        (
            format!(
                "{sober} « Nous sommes ravis », dit-elle, proud to be the leading provider, world class. About Batilia: founded in 1974."
            ),
            true,
        ),
        (format!("Pour diffusion immédiate. {sober}"), true),
        (format!("{sober} Contact presse : presse@batilia.example"), true),
        // What the press writes.
        (format!("BRUSSELS (Wire News) - A committee approved a bill. {sober} About forty people came."), false),
        (format!("Paris, 19 mars 2026 (Dépêche). L'Assemblée a adopté un texte. {sober}"), false),
        (format!("{sober} The press release says that it works. {sober}"), false),
        (format!("{sober} À propos de ce texte, les juges restent prudents. {sober}"), false),
        (format!("{sober} L'entreprise se dit « leader mondial ». {sober}"), false),
    ] {
        let signals = told("Un titre sobre", "https://journal.example/1", &text, &[]);
        assert_eq!(signals.contains(&"interest.press_release".to_owned()), found, "{text}");
    }
}

/// Its managers are quoted, its figures are its own: less than a report that says the same.
#[test]
fn what_a_release_quotes_speaks_for_less() {
    let said =
        format!("« Nous avons bien travaillé », a déclaré Jane Doe. Selon elle, 40 personnes suffisent. {}", prose(SOBER, 8));
    let support = |text: &str| {
        let lines = observe(&RULES, &item("Un titre sobre", None, "https://journal.example/1", text, &[]), None, now());
        let of = |signal: &str| lines.iter().find(|line| line.signal == signal).unwrap().support;
        (of("attribution.rate"), of("specifics.rate"))
    };
    let (report, release) = (support(&said), support(&format!("{said} Contact presse : presse@batilia.example")));
    assert!(release.0 < report.0 - 0.2 && release.1 < report.1 - 0.05, "{report:?} {release:?}");
}

#[test]
fn paid_links_are_told_from_links_that_count_visitors() {
    let sober = prose(SOBER, 9);
    let priced = format!("{sober} Voir le prix en promotion.");
    for (text, link, expected) in [
        (&sober, "https://www.amazon.example/dp/B0?tag=site-21", Some("interest.affiliate")),
        (&sober, "https://www.awin1.com/cread.php?awinmid=1", Some("interest.affiliate")),
        (&sober, "https://shop.example/a?utm_source=x&ref=newsletter", None),
        (&priced, "https://shop.example/a?ref=mysite", Some("interest.affiliate")),
        (&sober, "https://github.com/example/repo?ref=mysite", None),
        (&sober, "https://other.example/?tag=christopher-dallman", None),
        (&sober, "https://journal.example/go?aff=mine", None),
        (&sober, "https://shop.example/go?aff=mine", Some("interest.affiliate")),
    ] {
        let signals = told("Un titre sobre", "https://journal.example/1", text, &[link]);
        assert_eq!(signals.first().map(String::as_str), expected, "{link}");
    }
    for (rel, paid) in [("sponsored", true), ("nofollow sponsored", true), ("nofollow", false), ("unsponsored", false)] {
        let html = format!("<p>{sober} <a href=\"https://shop.example/\" rel=\"{rel}\">x</a></p>");
        let base = item("Un titre sobre", None, "https://journal.example/1", &sober, &["https://shop.example/"]);
        let lines = observe(&RULES, &NewItem { content_html: Some(html), ..base }, None, now());
        assert_eq!(lines.iter().any(|line| line.signal == "interest.affiliate"), paid, "{rel}");
    }
}

#[test]
fn paid_text_says_so_in_many_places() {
    let sober = prose(SOBER, 16);
    let base = item("Un titre sobre", None, "https://journal.example/1", &sober, &[]);
    let signed =
        |name: &str| NewItem { authors: vec![Author { name: name.to_owned(), place: "author", url: None }], ..base.clone() };
    let sponsored = |item: &NewItem| observe(&RULES, item, None, now()).iter().any(|line| line.signal == "interest.sponsored");
    assert!(!sponsored(&base));
    assert!(sponsored(&signed("Contenu partenaire")));
    assert!(sponsored(&NewItem { categories: vec!["Sponsored".to_owned()], ..base.clone() }));
    assert!(!sponsored(&NewItem { categories: vec!["State-sponsored attacks".to_owned()], ..base.clone() }));
    let with = |text: String| NewItem { content_text: Some(text), ..base.clone() };
    assert!(sponsored(&with(format!("Contenu proposé par Rempart. {sober}"))));
    assert!(sponsored(&with(format!("{sober} This content was paid for by FlowBank."))));
    assert!(
        !sponsored(&with(format!("{sober} Le site publie aussi des articles sponsorisés par des marques. {sober}"))),
        "spoken about"
    );
}

#[test]
fn satire_that_calls_itself_so_is_not_scored() {
    let sober = prose(SOBER, 16);
    for (text, satire) in [
        (format!("{sober} Cet article est satirique."), true),
        (format!("{sober} The Daily Turnip is a satirical publication."), true),
        (format!("{sober} Le procès du journal satirique s'ouvre lundi. {sober}"), false),
    ] {
        let item = item("Un titre sobre", Some("Jane Doe"), "https://journal.example/1", &text, &[]);
        let result = scored(&item, None);
        assert_eq!(result.caps.contains(&"cap.blocked".to_owned()), satire, "{text}");
        assert_eq!(result.score == 0.0, satire);
    }
}

#[test]
fn readers_are_told_each_interest_once_in_a_fixed_order() {
    use crate::domain::edition::Interest::{Announcement, Disclosed, HiddenAffiliate, PressRelease};
    let line = |signal| evidence(signal, 0.1, 1.0);
    let all = [
        Signal::InterestSponsored,
        Signal::AuthorPerson,
        Signal::InterestAffiliate,
        Signal::InterestPressRelease,
        Signal::InterestOwnProduct,
        Signal::InterestOwnProduct,
    ];
    let told = crate::pipeline::reliability::interests(&all.map(line));
    assert_eq!(told, [Announcement, PressRelease, HiddenAffiliate, Disclosed]);
    assert_eq!(crate::pipeline::reliability::interests(&[line(Signal::InterestsOccasional)]), []);
}
