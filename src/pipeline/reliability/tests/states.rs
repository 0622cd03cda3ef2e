//! Found, looked for and not found, could not look: three things, never confused.

use super::*;

/// The support of the first line of that kind; `None` when nothing was written.
fn support(item: &NewItem, kind: &str) -> Option<f64> {
    let lines = observe(&RULES, item, None, now());
    lines.iter().find(|line| line.signal.starts_with(&format!("{kind}."))).map(|line| line.support)
}

/// An item with its markup at hand, so that its links show.
fn marked_up(text: &str, links: &[&str]) -> NewItem {
    let bare = item("Un titre sobre", None, "https://blog.example/1", text, links);
    NewItem { content_html: Some(format!("<p>{text}</p>")), ..bare }
}

#[test]
fn a_body_that_was_not_there_says_nothing_and_one_that_was_does() {
    let plain = prose("Elle est grande et belle et reste bien sage dans la douce nuit calme.", 12);
    let told = format!("{plain} Selon la CNIL, « rien ne change pour les autres », a déclaré Jane Doe le 3 mars 2026.");
    let pressing = format!("{plain} {}", prose("C'est une honte, réveillez-vous et partagez !", 4));
    let addressed = format!("{plain} {}", prose("Nous vous offrons notre aide pour vos projets et vos équipes.", 4));
    let nothing = |kind: &str| assert_eq!(support(&marked_up("", &[]), kind), None, "{kind}: nothing was there to be read");
    // Kind, a text in which it is found, one in which it is looked for in vain.
    for (kind, found, not_found) in [
        ("attribution", &told, &plain),
        ("specifics", &told, &plain),
        ("words", &plain, &pressing),
        ("address", &plain, &addressed),
        ("body", &plain, &pressing),
    ] {
        nothing(kind);
        let (found, not_found) = (support(&marked_up(found, &[]), kind), support(&marked_up(not_found, &[]), kind));
        assert!(found.unwrap() > not_found.unwrap() + 0.1, "{kind}: {found:?} {not_found:?}");
    }
    nothing("readability");
    assert!(support(&marked_up(&plain, &[]), "readability").is_some());
}

#[test]
fn links_of_a_text_without_markup_are_unknown() {
    let plain = prose(SOBER, 12);
    let cited = support(&marked_up(&plain, &["https://www.cnil.fr/fr/decision"]), "links").unwrap();
    let uncited = support(&marked_up(&plain, &[]), "links").unwrap();
    assert!(cited > uncited + 0.1, "{cited} {uncited}");
    let bare = item("Un titre sobre", None, "https://blog.example/1", &plain, &[]);
    assert_eq!(support(&bare, "links"), None, "what lies behind the words was lost with the markup");
    let written_out = NewItem { links: vec!["https://www.cnil.fr/fr/decision".to_owned()], ..bare };
    assert_eq!(support(&written_out, "links"), Some(cited));
    let teaser = marked_up("Un début de texte, puis plus rien.", &[]);
    assert_eq!(support(&teaser, "links"), None, "a teaser has no sources yet");
}

#[test]
fn an_author_a_date_and_a_title_are_always_looked_for() {
    let base = item("Un titre sobre", Some("Jane Doe"), "https://blog.example/1", "", &[]);
    for (kind, found, not_found) in [
        ("author", base.clone(), NewItem { authors: Vec::new(), ..base.clone() }),
        ("date", base.clone(), NewItem { published: None, ..base.clone() }),
    ] {
        assert!(support(&found, kind).unwrap() > support(&not_found, kind).unwrap() + 0.3, "{kind}");
    }
    assert!(support(&base, "title").is_some());
    assert_eq!(support(&NewItem { title: String::new(), ..base.clone() }, "title"), None);
    let profile = |url: Option<&str>| {
        let authors = vec![Author { name: "Jane Doe".to_owned(), place: "author", url: url.map(str::to_owned) }];
        support(&NewItem { authors, ..base.clone() }, "profile")
    };
    assert_eq!(profile(Some("https://orcid.org/0000-0002-1825-0097")), Some(1.0));
    assert_eq!(profile(Some("https://orcid.org/0000-0002-1825-0098")), Some(0.8), "an address, but no ORCID");
    assert_eq!(profile(None), None);
}

/// Each of the sentences says where something is from, in tenses and moods that the tables must know.
#[test]
fn hears_attributions_in_both_languages_and_vague_ones_as_vague() {
    let density = |sentence: &str| {
        let text = format!("{} {sentence}", prose("Elle est grande et belle et reste bien sage dans la douce nuit calme.", 10));
        support(&marked_up(&text, &[]), "attribution").unwrap()
    };
    let silent = density("Rien de plus ici.");
    for said in [
        "D'après l'agence, tout va bien.",
        "Le ministre affirmait le contraire hier.",
        "Les juges ont reconnu une erreur.",
        "Cela suffit, prévient Thomas Bui.",
        "L'opérateur, contacté par nos soins, se tait.",
        "Le fabricant n'a pas donné suite.",
        "Une source parle sous couvert d'anonymat.",
        "Officials told reporters that it works.",
        "The company declined to comment.",
        "Court documents show a debt.",
        "She warned of delays.",
        "A spokeswoman confirmed the sale.",
        "It works, according to the auditors.",
    ] {
        assert!(density(said) > silent + 0.05, "{said}");
    }
    for vague in [
        "Everyone knows that it works.",
        "Des études prouvent que cela marche.",
        "Selon certains, cela marche.",
        "Some people say so.",
    ] {
        assert!(density(vague) <= silent + 1e-9, "{vague}");
    }
}

#[test]
fn a_site_that_signs_with_its_own_name_is_an_organisation() {
    let signed = |name: &str, url: &str| {
        let lines = observe(&RULES, &item("Un titre sobre", Some(name), url, "", &[]), None, now());
        lines[0].signal.clone()
    };
    assert_eq!(signed("Snopes", "https://www.snopes.example/1"), "author.organisation");
    assert_eq!(signed("Al-Bawaba", "https://www.albawaba.example/1"), "author.organisation");
    assert_eq!(signed("Snopes", "https://news.example/1"), "author.pseudonym");
    assert_eq!(signed("Jane Doe", "https://jane.example/1"), "author.person");
}
