//! C2: personal interests. One's own product, paid links, paid texts, press releases.

use super::{Notes, Seen, content::host};
use crate::{
    domain::publisher::{Publisher, PublisherClass},
    pipeline::reliability::{fold::folded, phrases::Kind, signal::Signal},
};

pub(super) fn interest(notes: &mut Notes<'_>, seen: &Seen<'_>) {
    if let Some(excerpt) = own_product(notes, seen) {
        notes.add(Signal::InterestOwnProduct, excerpt);
    }
    affiliate(notes, seen);
    if let Some(hit) = seen.edges(notes.rules.data.text.sponsored_words, Kind::Sponsored) {
        notes.add(Signal::InterestSponsored, notes.rules.phrases.text(hit).to_owned());
    }
    if let Some(excerpt) = press_release(notes, seen) {
        notes.add(Signal::InterestPressRelease, excerpt);
    }
}

/// News about what the publisher sells; or, from a vendor, a title that announces.
fn own_product(notes: &Notes<'_>, seen: &Seen<'_>) -> Option<String> {
    let publisher = seen.publisher?;
    sold(publisher, &seen.item.title).or_else(|| {
        let hit = seen.title.first(Kind::Announcement).filter(|_| publisher.class == PublisherClass::Vendor)?;
        Some(notes.rules.phrases.text(hit).to_owned())
    })
}

fn sold(publisher: &Publisher, title: &str) -> Option<String> {
    if publisher.sells.is_empty() {
        return None;
    }
    let title = format!(" {} ", folded(title));
    let named = |product: &&String| {
        let product = folded(product);
        !product.is_empty() && title.contains(&format!(" {product} "))
    };
    publisher.sells.iter().find(named).cloned()
}

fn affiliate(notes: &mut Notes<'_>, seen: &Seen<'_>) {
    let rules = &notes.rules.data.affiliate;
    let pays = |link: &&String| {
        let domain = host(link).map(registrable);
        domain.is_some_and(|domain| rules.domains.iter().any(|paying| paying == domain))
            || rules.marks.iter().any(|mark| link.contains(mark.as_str()))
    };
    let link = seen.item.links.iter().take(super::content::LINKS_READ).find(pays);
    let marked =
        || seen.item.content_html.as_deref().is_some_and(|html| html.contains("sponsored") && html.contains("rel=\"sponsored"));
    let disclosed = seen.body.as_ref().and_then(|body| body.scan.first(Kind::AffiliateDisclosure));
    match (link, disclosed) {
        (_, Some(hit)) => notes.add(Signal::InterestSponsored, notes.rules.phrases.text(hit).to_owned()),
        (Some(link), None) => notes.add(Signal::InterestAffiliate, link.clone()),
        (None, None) if marked() => notes.add(Signal::InterestAffiliate, "rel=sponsored".to_owned()),
        (None, None) => {}
    }
}

/// An authority's communiqué is its official word; anybody else's is a text by the one it speaks of.
fn press_release(notes: &Notes<'_>, seen: &Seen<'_>) -> Option<String> {
    use PublisherClass::{Authority, Journal, Repository, Research, StandardsBody};
    let class = seen.publisher.map(|publisher| publisher.class);
    if matches!(class, Some(Authority | StandardsBody | Journal | Repository | Research)) {
        return None;
    }
    let words = notes.rules.data.text.sponsored_words;
    let hit = seen.edges(words, Kind::PressRelease)?;
    Some(notes.rules.phrases.text(hit).to_owned())
}

impl Seen<'_> {
    /// A phrase in the title, or near the beginning or the end of the body: elsewhere it is spoken about, not said.
    fn edges(&self, words: u32, kind: Kind) -> Option<crate::pipeline::reliability::phrases::Hit> {
        let in_body = self.body.as_ref().and_then(|body| {
            let near = |word: u32| word < words || (body.complete && word + words >= body.scan.words);
            body.scan.hits.iter().copied().find(|hit| hit.kind == kind && near(hit.word))
        });
        self.title.first(kind).or(in_body)
    }
}

pub(super) fn registrable(host: &str) -> &str {
    psl::domain_str(host).unwrap_or(host)
}
