//! Whole messages, as readers get them.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use veille::{
    domain::{edition::RenderedEdition, localised::Locale},
    pipeline::render::{self, sample},
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
