//! Whole messages, as readers get them.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use veille::{
    domain::{
        edition::{EditionContent, Interest, RenderedEdition},
        localised::Locale,
    },
    pipeline::{
        gate,
        render::{self, sample},
    },
    templates::Templates,
};

fn rendered(items: usize, locale: Locale) -> RenderedEdition {
    let templates = Templates::embedded();
    render::render(&sample::sample_edition(items, locale), &sample::sample_links(), &templates).unwrap()
}

/// The four editions that the aim of accessibility names, and the empty one.
#[test]
fn whole_messages() {
    for locale in [Locale::Fr, Locale::En] {
        for items in [0, 3, 25] {
            let RenderedEdition { subject, text, html, .. } = rendered(items, locale);
            insta::assert_snapshot!(format!("{locale}_{items}_text"), format!("{subject}\n\n{text}"));
            insta::assert_snapshot!(format!("{locale}_{items}_html"), html);
        }
    }
}

/// Each interest is said in plain words in both parts, in both languages, and the letter stays accessible.
#[test]
fn whose_interest_an_item_serves_is_said_in_plain_words() {
    let said = |locale: Locale| {
        locale.pick(
            ["Annonce de l'éditeur", "Communiqué de presse", "Lien d'affiliation non signalé", "Contenu ou liens payés"],
            ["Publisher's announcement", "Press release", "Affiliate link, not disclosed", "Paid content or paid links"],
        )
    };
    let all = [Interest::Announcement, Interest::PressRelease, Interest::HiddenAffiliate, Interest::Disclosed];
    for locale in [Locale::Fr, Locale::En] {
        for (interest, words) in all.into_iter().zip(said(locale)) {
            let mut content = sample::sample_edition(1, locale);
            content.sections[0].items[0].interests = vec![interest];
            let letter = render::render(&content, &sample::sample_links(), &Templates::embedded()).unwrap();
            assert!(letter.text.contains(words), "{words}");
            assert!(letter.html.replace("&#39;", "'").replace("&#x27;", "'").contains(words), "{words}");
            assert_eq!(gate::check_html_for(&letter.html, locale), [], "{words}");
        }
        let mut several = sample::sample_edition(1, locale);
        several.sections[0].items[0].interests = all.to_vec();
        let letter = render::render(&several, &sample::sample_links(), &Templates::embedded()).unwrap();
        let lines = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said(locale).iter().all(|words| lines.contains(words)), "{}", letter.text);
    }
}

/// Editions that older versions stored said "announcement": true or false.
#[test]
fn stored_announcements_are_still_read() {
    let stored = serde_json::to_value(sample::sample_edition(1, Locale::Fr)).unwrap();
    for (announced, expected) in [(true, vec![Interest::Announcement]), (false, Vec::new())] {
        let mut old = stored.clone();
        let item = old["sections"][0]["items"][0].as_object_mut().unwrap();
        item.remove("interests");
        item.insert("announcement".to_owned(), announced.into());
        let read: EditionContent = serde_json::from_value(old).unwrap();
        assert_eq!(read.sections[0].items[0].interests, expected);
    }
}
