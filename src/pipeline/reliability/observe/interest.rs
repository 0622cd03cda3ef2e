//! C2: personal interests. One's own product, paid links, paid texts, press releases.

use super::{Notes, Seen, content::host, release};
use crate::{
    domain::{
        edition::Interest,
        evidence::Evidence,
        publisher::{Publisher, PublisherClass},
        registrable::registrable_or_whole,
    },
    pipeline::reliability::{
        fold::folded,
        phrases::{Hit, Kind},
        signal::Signal,
    },
};

pub(super) fn interest(notes: &mut Notes<'_>, seen: &Seen<'_>) {
    if let Some(excerpt) = own_product(notes, seen) {
        notes.add(Signal::InterestOwnProduct, excerpt);
    }
    affiliate(notes, seen);
    let label = || seen.labels.hits.iter().copied().find(|hit| hit.kind == Kind::PaidLabel && hit.opens);
    if let Some(hit) = seen.edges(notes.rules.data.text.sponsored_words, Kind::Sponsored).or_else(label) {
        notes.add(Signal::InterestSponsored, notes.rules.phrases.text(hit).to_owned());
    }
    if let Some(excerpt) = release::press_release(notes, seen) {
        notes.add(Signal::InterestPressRelease, excerpt);
    }
}

/// What readers are told of the interests among the evidence, in a fixed order.
pub fn interests(evidence: &[Evidence]) -> Vec<Interest> {
    const TOLD: [(Signal, Interest); 4] = [
        (Signal::InterestOwnProduct, Interest::Announcement),
        (Signal::InterestPressRelease, Interest::PressRelease),
        (Signal::InterestAffiliate, Interest::HiddenAffiliate),
        (Signal::InterestSponsored, Interest::Disclosed),
    ];
    let found = |signal: Signal| evidence.iter().any(|line| line.signal == signal.name());
    TOLD.iter().filter(|(signal, _)| found(*signal)).map(|(_, interest)| *interest).collect()
}

/// News about what the publisher sells; from a vendor, a title that announces; from anybody who sells, several signs together.
fn own_product(notes: &Notes<'_>, seen: &Seen<'_>) -> Option<String> {
    if let Some(publisher) = seen.publisher {
        let announced = || seen.title.first(Kind::Announcement).filter(|_| publisher.class == PublisherClass::Vendor);
        let known = sold(publisher, &seen.item.title).or_else(|| Some(notes.rules.phrases.text(announced()?).to_owned()));
        if known.is_some() || !matches!(publisher.class, PublisherClass::Vendor | PublisherClass::Blog) {
            return known;
        }
    }
    announcement(notes, seen)
}

/// Without a registry: the title announces, the site's own name is in it, "we" speak, and there is something to buy or to try.
fn announcement(notes: &Notes<'_>, seen: &Seen<'_>) -> Option<String> {
    let (rule, phrases) = (&notes.rules.data.announcement, &notes.rules.phrases);
    let first = |kind: Kind| {
        let body = seen.body.as_ref()?;
        body.scan.hits.iter().copied().find(|hit| hit.kind == kind && !hit.quoted)
    };
    let (mut points, mut signs) = (0, Vec::new());
    let mut count = |sign: Option<String>, worth: u32| {
        points += if sign.is_some() { worth } else { 0 };
        signs.extend(sign);
    };
    let said = |hit: Option<Hit>| hit.map(|hit| phrases.text(hit).to_owned());
    let offers = seen.body.as_ref().map_or(0, |body| body.scan.own(Kind::Offer));
    count(said(seen.title.first(Kind::Announcement)), rule.title);
    count(own_name(seen), rule.own_name);
    count(said(first(Kind::OwnVoice)), rule.own_voice);
    count(said(first(Kind::Offer)), if offers > 1 { rule.several_offers } else { rule.offer });
    (points >= rule.threshold).then(|| signs.join(" · "))
}

/// The name of the site, as its domain has it, among the words of the title.
fn own_name(seen: &Seen<'_>) -> Option<String> {
    let name = seen.site_name()?;
    let title = folded(&seen.item.title);
    let words: Vec<&str> = title.split(' ').collect();
    let joined = |count: usize| words.windows(count).any(|run| run.concat() == name);
    let begins = name.len() >= 6 && words.iter().any(|word| word.len() >= 5 && name.starts_with(word));
    (name.len() >= 3 && (joined(1) || joined(2) || joined(3) || begins)).then_some(name)
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
    let link = paying_link(notes, seen);
    let marked = || seen.item.content_html.as_deref().is_some_and(is_marked_paid);
    let disclosed = seen.body.as_ref().and_then(|body| body.scan.first(Kind::AffiliateDisclosure));
    match (link, disclosed) {
        (_, Some(hit)) => notes.add(Signal::InterestSponsored, notes.rules.phrases.text(hit).to_owned()),
        (Some(link), None) => notes.add(Signal::InterestAffiliate, link.to_owned()),
        (None, None) if marked() => notes.add(Signal::InterestAffiliate, "rel=sponsored".to_owned()),
        (None, None) => {}
    }
}

/// A link that pays whoever placed it. Some marks also count visitors for nobody's profit: those need a price beside them.
fn paying_link<'a>(notes: &Notes<'_>, seen: &Seen<'a>) -> Option<&'a str> {
    let rules = &notes.rules.data.affiliate;
    let has = |link: &str, marks: &[String]| marks.iter().any(|mark| link.contains(mark.as_str()));
    let own = seen.item.url.as_deref().and_then(host).map(registrable_or_whole);
    let paying = |link: &str| {
        let Some(host) = host(link) else { return false };
        let domain = registrable_or_whole(host);
        // Elsewhere `tag=` is a subject, not somebody's account.
        let marked = has(link, &rules.marks) || (host.contains("amazon.") && link.contains("tag="));
        rules.domains.iter().any(|paying| paying == domain) || (marked && own != Some(domain))
    };
    let mut links = seen.item.links.iter().take(super::content::LINKS_READ).map(String::as_str);
    let deals = || seen.body.as_ref().is_some_and(|body| body.scan.first(Kind::Deal).is_some());
    links.clone().find(|link| paying(link)).or_else(|| links.find(|link| has(link, &rules.weak_marks)).filter(|_| deals()))
}

/// `rel` holds "sponsored", alone or among others.
fn is_marked_paid(html: &str) -> bool {
    let values = html.split("rel=\"").skip(1).filter_map(|rest| rest.split('"').next());
    html.contains("sponsored") && values.flat_map(str::split_whitespace).any(|value| value.eq_ignore_ascii_case("sponsored"))
}

impl Seen<'_> {
    /// The name of the site as its domain has it: "solutiocloud" of "www.solutio-cloud.example".
    pub(super) fn site_name(&self) -> Option<String> {
        let domain = registrable_or_whole(self.item.url.as_deref().and_then(host)?);
        Some(folded(domain.split('.').next()?).replace(' ', ""))
    }

    /// A phrase in the title, among the signatures and categories, or near the beginning or the end of the body: elsewhere it is
    /// spoken about, not said.
    pub(super) fn edges(&self, words: u32, kind: Kind) -> Option<Hit> {
        let in_body = || {
            let body = self.body.as_ref()?;
            let near = |word: u32| word < words || (body.complete && word + words >= body.scan.words);
            body.scan.hits.iter().copied().find(|hit| hit.kind == kind && near(hit.word) && !hit.quoted)
        };
        self.title.first(kind).or_else(|| self.labels.first(kind)).or_else(in_body)
    }
}
